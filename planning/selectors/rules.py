"""How many placements of a week break each rule."""

from __future__ import annotations

from collections import Counter

from planning.calendar import Week
from planning.models import Plan
from planning.selectors.loaded import load_week_problem
from planning.selectors.warnings import told_of
from planning.solver.levels import SETTING_OF


def broken_in(week: Week) -> Counter[str]:
    """By rule, the interventions that break it in the week's draft, or in its approved version when it has none."""
    living = Plan.objects.filter(monday=week.monday, status__in=(Plan.Status.DRAFT, Plan.Status.APPROVED))
    plan = min(living, key=lambda one: one.status != Plan.Status.DRAFT, default=None)
    found: Counter[str] = Counter()
    if plan is not None:
        loaded = load_week_problem(week, plan)
        for violations in told_of(loaded, loaded.assignments, loaded.starts).values():
            found.update({SETTING_OF.get(one.rule, one.rule) for one in violations})
    return found
