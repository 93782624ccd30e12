"""How long the same procedure has really lasted in the room: what a planned duration is proposed from."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, QuerySet

from planning.models import Intervention, Surgeon

# With fewer cases than this the wider group speaks.
ENOUGH = 5
# The latest ones: a surgeon of ten years ago is another surgeon.
MOST_CASES = 400
STEP = 5
# A bar of the histogram is one of these, the narrowest that keeps the bars few.
BAR_MINUTES, MOST_BARS = (5, 10, 15, 30, 60, 120), 24


class Group(StrEnum):
    """Whose cases speak, from the narrowest to the widest."""

    OWN = "own"
    PROCEDURE = "procedure"
    SURGEON = "surgeon"
    SPECIALTY = "specialty"


@dataclass(frozen=True)
class History:
    """Minutes from entry to exit, in order. ``own`` counts the surgeon's own cases of this procedure."""

    group: Group
    minutes: tuple[int, ...]
    own: int

    @property
    def count(self) -> int:
        return len(self.minutes)

    @property
    def is_own(self) -> bool:
        return self.group is Group.OWN

    @cached_property
    def median(self) -> int:
        return round(statistics.median(self.minutes))

    @cached_property
    def p80(self) -> int:
        """Four cases in five were over by then; linear between two cases."""
        if self.count == 1:
            return self.minutes[0]
        return round(statistics.quantiles(self.minutes, n=5, method="inclusive")[3])

    @property
    def advised(self) -> int:
        """What the form proposes: the P80, in steps of five minutes."""
        return rounded(self.p80)

    def over(self, minutes: int) -> int:
        """How many of them lasted longer."""
        return sum(one > minutes for one in self.minutes)

    def bars(self) -> list[tuple[int, int, int]]:
        """The histogram: from, to, how many. Bars without a case are there too."""
        low, high = self.minutes[0], self.minutes[-1]
        width = next((one for one in BAR_MINUTES if high // one - low // one < MOST_BARS), BAR_MINUTES[-1])
        first, last = low // width, high // width
        counts = Counter(minutes // width for minutes in self.minutes)
        return [(bar * width, (bar + 1) * width, counts[bar]) for bar in range(first, last + 1)]


def rounded(minutes: int) -> int:
    return max(STEP, STEP * round(minutes / STEP))


def duration_history(surgeon: Surgeon, label: str, code: str = "") -> History | None:
    """The narrowest group with ``ENOUGH`` cases, else the widest one that has any; None when nothing was done yet.

    Four queries at the most.
    """
    same = _same_procedure(label, code)
    done = Intervention.objects.filter(state=Intervention.State.DONE, entered_at__isnull=False, left_at__isnull=False)
    groups = (
        (Group.OWN, done.filter(same, surgeon=surgeon)),
        (Group.PROCEDURE, done.filter(same)),
        (Group.SURGEON, done.filter(surgeon=surgeon, specialty=surgeon.specialty_id)),
        (Group.SPECIALTY, done.filter(specialty=surgeon.specialty_id)),
    )
    found, own = None, 0
    for group, rows in groups:
        minutes = _minutes(rows)
        if group is Group.OWN:
            own = len(minutes)
        if minutes:
            found = History(group, minutes, own)
        if len(minutes) >= ENOUGH:
            break
    return found


class Usual(NamedTuple):
    """Of the latest cases: the equipment that more than half needed, whether most were ambulatory, the median stay."""

    equipment: frozenset[int]
    ambulatory: bool
    recovery_minutes: int


def usual_needs(surgeon: Surgeon, label: str, code: str = "") -> Usual | None:
    """Of the surgeon's own cases of the procedure, else of everybody's."""
    rows = Intervention.objects.submitted().filter(_same_procedure(label, code))
    own = rows.filter(surgeon=surgeon)
    asked = (own if own.exists() else rows).order_by("-pk").values_list("pk", "ambulatory", "recovery_minutes")[:50]
    latest = {pk: (ambulatory, stay) for pk, ambulatory, stay in asked}
    if not latest:
        return None
    held = Intervention.equipment.through.objects.filter(intervention_id__in=latest)
    counts = Counter(held.values_list("equipment_id", flat=True))
    usual = frozenset(key for key, count in counts.items() if 2 * count > len(latest))
    at_home = sum(ambulatory for ambulatory, _stay in latest.values())
    return Usual(usual, 2 * at_home > len(latest), statistics.median_low(stay for _, stay in latest.values()))


def _same_procedure(label: str, code: str) -> Q:
    same = Q(procedure_label__iexact=label.strip())
    return same | Q(procedure_code=code) if code else same


def _minutes(rows: QuerySet[Intervention]) -> tuple[int, ...]:
    times = rows.order_by("-entered_at").values_list("entered_at", "left_at")[:MOST_CASES]
    return tuple(sorted(round((left - entered).total_seconds() / 60) for entered, left in times if entered and left))
