"""Whether a request still has a place in the slots of the coming weeks: a first look at many of them at once.

Minutes are counted slot by slot; hours within a slot, and the rules that tie interventions together, are for
selectors/first_places.py, which looks at one request for real.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from planning.calendar import Week
from planning.models import (
    Absence,
    Intervention,
    Placement,
    Plan,
    Room,
    RoomClosure,
    Site,
    Slot,
    SurgeonAvailability,
)
from planning.models.slots import SlotKind

DAYS_AHEAD = 42


@dataclass(frozen=True, slots=True)
class _Free:
    day: date
    room: int
    surgeon: int | None
    minutes: int


class FreeCapacity:
    """Read once, in eight queries, whatever is asked of it."""

    def __init__(self, today: date) -> None:
        self.today, self.last = today, today + timedelta(days=DAYS_AHEAD)
        self.closed: dict[int, list[tuple[date, date]]] = defaultdict(list)
        self.away: dict[int, list[tuple[date, date]]] = defaultdict(list)
        for room, first, last in self._coming(RoomClosure).values_list("room_id", "starts_on", "ends_on"):
            self.closed[room].append((first, last))
        for surgeon, first, last in self._coming(Absence).values_list("surgeon_id", "starts_on", "ends_on"):
            self.away[surgeon].append((first, last))
        self.weekdays = set(SurgeonAvailability.objects.values_list("surgeon_id", "weekday"))
        rooms = Room.objects.filter(in_service=True).values_list("pk", "equipment")
        self.equipment: dict[int, set[int]] = defaultdict(set)
        for room, held in rooms:
            self.equipment[room].add(held)
        self.slots = self._slots()

    def _coming(self, model: type[RoomClosure] | type[Absence]) -> Any:
        return model._default_manager.filter(starts_on__lte=self.last, ends_on__gt=self.today)

    def _slots(self) -> dict[int | None, list[_Free]]:
        """By specialty (None: open to all), in the order of the days."""
        site = Site.objects.filter(pk=1).first() or Site(pk=1)
        used = self._used(site.turnover_minutes)
        rows = Slot.objects.filter(date__gt=self.today, date__lte=self.last, kind=SlotKind.REGULAR)
        rows = rows.exclude(origin=Slot.Origin.EXCEPTION).order_by("date", "starts_at")
        found: dict[int | None, list[_Free]] = defaultdict(list)
        for pk, day, room, starts, ends, specialty, surgeon in rows.values_list(
            "pk", "date", "room_id", "starts_at", "ends_at", "specialty_id", "surgeon_id"
        ):
            if room in self.equipment and not _covered(self.closed[room], day):
                left = round((ends - starts).total_seconds() / 60) - used[pk]
                found[specialty].append(_Free(day, room, surgeon, left))
        return found

    def _used(self, turnover: int) -> dict[int, int]:
        """What each week's draft takes of its slots, or its approved version where there is no draft."""
        rows = Placement.objects.filter(slot__date__gt=self.today, slot__date__lte=self.last)
        drafts = set(
            Plan.objects.filter(status=Plan.Status.DRAFT, monday__gte=Week.of(self.today).monday).values_list(
                "monday", flat=True
            )
        )
        used: dict[int, int] = defaultdict(int)
        living = rows.filter(plan__status__in=(Plan.Status.DRAFT, Plan.Status.APPROVED))
        for slot, minutes, status, monday in living.values_list("slot_id", "minutes", "plan__status", "plan__monday"):
            if (status == Plan.Status.DRAFT) == (monday in drafts):
                used[slot] += minutes + turnover
        return used

    def has_place(self, row: Intervention, equipment: Collection[int]) -> bool:
        """In its specialty's slots or those open to all, from its admission to its deadline, on its surgeon's days."""
        needed = set(equipment)
        return any(
            self._fits(row, one, needed)
            for specialty in (row.specialty_id, None)
            for one in self.slots.get(specialty, ())
        )

    def _fits(self, row: Intervention, slot: _Free, needed: set[int]) -> bool:
        return (
            row.admission_date < slot.day <= row.deadline_date
            and row.planned_minutes <= slot.minutes
            and slot.surgeon in (None, row.surgeon_id)
            and (row.surgeon_id, slot.day.weekday()) in self.weekdays
            and needed <= self.equipment[slot.room]
            and not _covered(self.away[row.surgeon_id], slot.day)
        )

    def equipped(self, equipment: Collection[int]) -> bool:
        """Whether a room in service has all of it."""
        return any(set(equipment) <= held for held in self.equipment.values())


def _covered(spans: list[tuple[date, date]], day: date) -> bool:
    return any(first <= day <= last for first, last in spans)
