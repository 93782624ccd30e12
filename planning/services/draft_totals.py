"""The cost at that moment, for the journal: what the drafts that a decision touches cost before it and after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from planning.models import Plan
from planning.selectors.totals import total_of


class DraftTotals:
    """Made before the decision; asked after each of its lines, whose own part of the change it tells."""

    def __init__(self, plans: Iterable[Plan]) -> None:
        self.plans = sorted(plans, key=lambda plan: plan.monday)
        self.totals = [total_of(plan) for plan in self.plans]

    @property
    def monday(self) -> date | None:
        """The week that a line about several is told under."""
        return self.plans[-1].monday if self.plans else None

    def now(self) -> tuple[float | None, float | None]:
        """The cost of that week, and by how much all of them changed since asked last; None when there is none."""
        if not self.plans:
            return None, None
        before, self.totals = self.totals, [total_of(plan) for plan in self.plans]
        return self.totals[-1], sum(self.totals) - sum(before)


def draft_totals(mondays: Iterable[date]) -> DraftTotals:
    """Of the drafts of these weeks."""
    return DraftTotals(Plan.objects.filter(status=Plan.Status.DRAFT, monday__in=list(mondays)).select_related("base"))
