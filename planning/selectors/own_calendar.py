"""The surgeon's coming weeks: their slots, what the approved versions plan, absences and wishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from planning.calendar import Week, minute_of
from planning.models import Absence, Placement, Slot, SlotPattern, Surgeon
from planning.models.slots import SlotKind
from planning.selectors.hits import planned_of

WEEKS = 6
Patterns = Callable[[Week], Iterable[tuple[date, SlotPattern]]]


@dataclass(frozen=True, slots=True)
class Hours:
    """A slot of the surgeon's own, or one shared by their specialty; ``expected``: the master plan's, not dated yet."""

    room: str
    start: int
    end: int
    own: bool
    expected: bool = False


@dataclass(slots=True)
class Day:
    date: date
    past: bool
    hours: list[Hours] = field(default_factory=list)
    planned: list[Placement] = field(default_factory=list)
    absence: Absence | None = None
    wishes: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not (self.hours or self.planned or self.absence)

    @property
    def whole_day_wish(self) -> str:
        """What both halves share."""
        wishes = list(self.wishes.values())
        return wishes[0] if len(wishes) == 2 and wishes[0] == wishes[1] else ""


def coming_weeks(surgeon: Surgeon, today: date, patterns: Patterns) -> list[tuple[Week, list[Day]]]:
    """From this week on, Monday to Friday and the week-end days with something. ``patterns`` for weeks not written."""
    weeks = [Week.of(today)]
    while len(weeks) < WEEKS:
        weeks.append(weeks[-1].next)
    first, last = weeks[0].monday, weeks[-1].days[6]
    days = {day: Day(day, day < today) for week in weeks for day in week.days}
    _add_hours(surgeon, weeks, days, patterns)
    for row in planned_of(surgeon, first, last):
        days[row.slot.date].planned.append(row)
    for absence in surgeon.absences.filter(starts_on__lte=last, ends_on__gte=first):
        for day, cell in days.items():
            if absence.starts_on <= day <= absence.ends_on:
                cell.absence = absence
    wishes: dict[int, dict[str, str]] = defaultdict(dict)
    for wish in surgeon.preferences.all():
        wishes[wish.weekday][wish.half] = wish.wish
    for day, cell in days.items():
        cell.wishes = wishes.get(day.weekday(), {})
    # An absence alone does not open the week-end.
    return [
        (week, [days[day] for day in week.days if day.weekday() < 5 or days[day].hours or days[day].planned])
        for week in weeks
    ]


def _add_hours(surgeon: Surgeon, weeks: list[Week], days: dict[date, Day], patterns: Patterns) -> None:
    span = (weeks[0].monday, weeks[-1].days[6])
    dated = Slot.objects.filter(date__range=span).order_by().values_list("date", flat=True).distinct()
    written = {Week.of(day) for day in dated}
    theirs = Q(surgeon=surgeon) | Q(surgeon=None, specialty=surgeon.specialty_id)
    rows = Slot.objects.filter(theirs, date__range=span, kind=SlotKind.REGULAR).select_related("room")
    for row in rows.order_by("starts_at", "room__position"):
        start, end = minute_of(row.starts_at, row.date), minute_of(row.ends_at, row.date)
        days[row.date].hours.append(Hours(row.room.code, start, end, row.surgeon_id == surgeon.pk))
    for week in weeks:
        if week in written:
            continue
        for day, pattern in patterns(week):
            shared = pattern.surgeon_id is None and pattern.specialty_id == surgeon.specialty_id
            if pattern.kind == SlotKind.REGULAR and (shared or pattern.surgeon_id == surgeon.pk):
                own = pattern.surgeon_id == surgeon.pk
                hours = Hours(pattern.room.code, pattern.start_minute, pattern.end_minute, own, expected=True)
                days[day].hours.append(hours)
