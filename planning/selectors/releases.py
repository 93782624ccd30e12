"""The releases done and to come, and what became of the hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planning.calendar import minute_of
from planning.models import Placement, Plan, SlotRelease

CURRENT = (Plan.Status.DRAFT, Plan.Status.APPROVED)


@dataclass(frozen=True, slots=True)
class Released:
    """``used`` are the minutes placed there since, ``share`` of its length."""

    row: SlotRelease
    used: int

    @property
    def minutes(self) -> int:
        return self.row.end_minute - self.row.start_minute

    @property
    def share(self) -> float:
        return min(1.0, self.used / self.minutes)


def released(rows: Iterable[SlotRelease]) -> list[Released]:
    """One query more, however many: the placements of the draft, or else of the approved version, at these hours."""
    known = list(rows)
    days = {(row.room_id, row.date) for row in known}
    placed = Placement.objects.filter(
        plan__status__in=CURRENT,
        slot__room__in={room for room, _day in days},
        slot__date__in={day for _room, day in days},
    )
    spans: dict[tuple[int, date], dict[int, tuple[int, int]]] = defaultdict(dict)
    names = ("slot__room_id", "slot__date", "intervention_id", "starts_at", "minutes")
    for room, day, intervention, starts_at, minutes in placed.order_by("-plan__status").values_list(*names):
        start = minute_of(starts_at, day)
        spans[room, day][intervention] = (start, start + minutes)
    return [Released(row, _inside(row, spans[row.room_id, row.date].values())) for row in known]


def _inside(row: SlotRelease, spans: Iterable[tuple[int, int]]) -> int:
    return sum(max(0, min(end, row.end_minute) - max(start, row.start_minute)) for start, end in spans)


@dataclass(frozen=True, slots=True)
class Uptake:
    """Of one specialty's past releases: how many, and the share of their hours that were used afterwards."""

    count: int
    share: float


def uptake_by_specialty(since: date, until: date) -> dict[int, Uptake]:
    """Over the released slots of these days, both included."""
    found: dict[int, list[Released]] = defaultdict(list)
    for one in released(SlotRelease.objects.filter(date__range=(since, until))):
        found[one.row.specialty_id].append(one)
    return {
        key: Uptake(len(ones), sum(min(one.used, one.minutes) for one in ones) / sum(one.minutes for one in ones))
        for key, ones in found.items()
    }
