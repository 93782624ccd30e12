"""What a drop would do, before it is done. Nothing here writes; the service that moves asks ``price`` again.

The rules and the costs are the planner's own (planning/solver/rules, costs.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from planning.calendar import at_minute
from planning.models import Slot
from planning.selectors.indicators import overtime_minutes, regular_hours
from planning.selectors.judging import (
    cost_change,
    identities,
    new_timeline_violations,
    newly,
    placed_in_time,
    pushed_elsewhere,
    slot_and_capacity,
    slot_at,
    verdict,
)
from planning.selectors.loaded import LoadedWeek
from planning.selectors.sharing import refused_starts
from planning.selectors.timeline import Busy, after_fixed, earliest, push, snap
from planning.selectors.warnings import no_slot, room_closed, slot_warnings
from planning.selectors.week_rows import RoomRow, SlotRow
from planning.solver import problem as solver
from planning.solver.costs import cell_cost
from planning.solver.result import CostBreakdown, Violation
from planning.solver.rules import load_of, operating_span, timeline_violations, wanted_span

Status = Literal["free", "cost", "rule", "closed"]
NEW_SLOT = 0


class UnknownIntervention(LookupError):
    """Not an intervention of this week."""


class MeaninglessPlace(Exception):
    """No such room, day or hour: nothing to judge. ``why`` names it, ``room`` is the room when there is one.

    Of a swap too: past ``closing``, with itself (``same``), of two ``empty`` room-days, or where no ``slot`` is.
    """

    def __init__(
        self,
        why: Literal["room", "day", "hours", "push", "closing", "same", "empty", "slot"],
        room: RoomRow | None = None,
    ) -> None:
        self.why, self.room = why, room
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Target:
    """The best place of one room and day. ``closed`` ones have no place at all."""

    room: str
    day: int
    status: Status
    slot: str | None = None
    start: int | None = None
    end: int | None = None
    delta: float | None = None
    overtime_minutes: int = 0
    reasons: tuple[Violation, ...] = ()
    remarks: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """One place judged. ``week`` holds the slot to open, if any; ``assignments`` and ``starts`` are the result."""

    week: LoadedWeek
    status: Status
    room: str
    day: int
    start: int
    end: int
    slot: str
    opens_slot: bool
    delta: CostBreakdown
    overtime_minutes: int
    shifts: dict[str, tuple[int, int]]
    violations: tuple[Violation, ...]
    remarks: tuple[Violation, ...]
    assignments: dict[str, str]
    starts: dict[str, int]


# --- Lift: every room and day at once ----------------------------------------------------------------------------


def lift(loaded: LoadedWeek, intervention: str) -> tuple[list[Target], float]:
    """The best place of each room and day, and what putting it back in the list changes."""
    item = _item(loaded, intervention)
    judge = _Judge(loaded, item)
    targets = [
        judge.target(str(room.id), (day - loaded.week.monday).days)
        for day in loaded.operating_days
        for room in loaded.shown_rooms
    ]
    return targets, loaded.problem.unplanned_cost(item) - judge.cost_now


class _Judge:
    """One intervention against a week without it."""

    def __init__(self, loaded: LoadedWeek, item: solver.Intervention) -> None:
        self.loaded, self.item, self.problem = loaded, item, loaded.problem
        self.others = {key: slot for key, slot in loaded.assignments.items() if key != item.id}
        self.load = load_of(self.problem, self.others)
        self.busy: dict[tuple[str, int], list[Busy]] = {}
        self.surgeon: dict[int, list[Busy]] = {}
        for busy, slot in placed_in_time(loaded, self.others):
            self.busy.setdefault((slot.room, slot.day), []).append(busy)
            if self.problem.intervention_by_id[busy.id].surgeon == item.surgeon:
                self.surgeon.setdefault(slot.day, []).append(busy)
        self.hours = regular_hours(loaded)
        self.refused: dict[int, int] = {}
        self.days: dict[int, tuple[dict[str, str], frozenset[tuple[str, str, object]]]] = {}
        now = loaded.assignments.get(item.id)
        self.cost_now = (
            self.problem.unplanned_cost(item)
            if now is None
            else cell_cost(self.problem, item, self.problem.slot_by_id[now])
        )

    def target(self, room: str, day: int) -> Target:
        reason = self.loaded.closures.get((room, day))
        if reason is not None:
            return Target(room, day, "closed", reasons=(room_closed(self.item.id, room, day, reason),))
        slots = self.loaded.room_days.get((room, day), ())
        if not slots:
            return Target(room, day, "closed", reasons=(no_slot(self.item.id, room, day),))
        found = []
        for slot in slots:
            target = self._in_slot(slot)
            if not target.reasons and not target.remarks and slot.kind is solver.SlotKind.REGULAR:
                return target  # a later slot of the day can only be later, or dearer
            found.append(target)
        return min(found, key=lambda one: (len(one.reasons), len(one.remarks), one.delta or 0.0, one.start or 0))

    def _in_slot(self, slot: solver.Slot) -> Target:
        problem, item = self.problem, self.item
        broken = slot_and_capacity(problem, self.load, item, slot)
        start, untimely = self._start(slot)
        told = verdict((*broken, *untimely))
        delta = cell_cost(problem, item, slot) - self.cost_now
        end = start + item.duration
        spans = self.hours.get((slot.room, slot.day), ())
        inside = sum(max(0, min(end, to) - max(start, begin)) for begin, to in spans)
        late = item.duration - inside
        return Target(slot.room, slot.day, told.status(delta), slot.id, start, end, delta, late, *told)

    def _start(self, slot: solver.Slot) -> tuple[int, tuple[Violation, ...]]:
        """The earliest start free in the room and for the surgeon, when they want it, in their hours, with a bed.

        Else the one that breaks least, and where the surgeon is never free the earliest in the room.
        """
        minutes, turnover = self.item.duration, self.problem.turnover_of(self.item)
        room = self.busy.get((slot.room, slot.day), [])
        surgeon = self.surgeon.get(slot.day, [])
        hours, whole = operating_span(self.problem, self.item, slot), (slot.start, slot.end)
        wanted = wanted_span(self.problem, self.item, slot) or hours
        found: dict[int, tuple[Violation, ...]] = {}
        shared = self._refused(slot)
        for span, refused in ((wanted, shared), (hours, shared), (whole, shared), (hours, 0), (whole, 0)):
            start = earliest(*span, minutes, room, surgeon, turnover, refused)
            if start is not None and start not in found:
                found[start] = self._untimely(slot, start)
                if not found[start]:
                    return start, ()
        if found:
            return min(found.items(), key=lambda one: (sum(not broken.soft for broken in one[1]), len(one[1]), one[0]))
        start = earliest(*whole, minutes, room, [], turnover)
        if start is None:
            latest = max(slot.start, self.loaded.rooms[slot.room].closes - minutes)
            start = min(after_fixed(slot.start, minutes, room, turnover), latest)
        return start, self._untimely(slot, start)

    def _refused(self, slot: solver.Slot) -> int:
        """The starts of the slot's day without a bed or the equipment it takes. Asked for each of the day's slots."""
        if slot.day not in self.refused:
            self.refused[slot.day] = refused_starts(self.problem, self.item, slot, self.others, self.loaded.starts)
        return self.refused[slot.day]

    def _untimely(self, slot: solver.Slot, start: int) -> tuple[Violation, ...]:
        """What the day would break with it there and does not break without, whomever the rule blames."""
        rest, known = self._day(slot.day)
        starts = {**self.loaded.starts, self.item.id: start}
        return newly(timeline_violations(self.problem, {**rest, self.item.id: slot.id}, starts), known)

    def _day(self, day: int) -> tuple[dict[str, str], frozenset[tuple[str, str, object]]]:
        """The day without it: what is placed there, and what that breaks. Asked for each of the day's slots."""
        if day not in self.days:
            rest = {key: held for key, held in self.others.items() if self.problem.slot_by_id[held].day == day}
            self.days[day] = rest, identities(timeline_violations(self.problem, rest, self.loaded.starts))
        return self.days[day]


# --- Price: one place --------------------------------------------------------------------------------------------


def price(loaded: LoadedWeek, intervention: str, room: str, day: int, wanted: int) -> Price:
    """A drop at the minute ``wanted`` of a room and day: where it lands, whom it pushes, what it breaks and costs.

    Raises ``UnknownIntervention``, or ``MeaninglessPlace`` for what no written reason can justify.
    """
    item = _item(loaded, intervention)
    row = _room(loaded, room, day)
    others = {key: slot for key, slot in loaded.assignments.items() if key != item.id}
    there = sorted(
        (busy for busy, slot in placed_in_time(loaded, others) if (slot.room, slot.day) == (room, day)),
        key=lambda one: one.start,
    )
    if not row.opens <= wanted < row.closes:
        raise MeaninglessPlace("hours", row)
    start = snap(wanted, there)
    end = start + item.duration
    if not row.opens <= start <= end <= row.closes:
        raise MeaninglessPlace("hours", row)
    pushed = push(start, item.duration, there, loaded.problem.turnover_of(item))
    for key, begin in pushed.items():
        if begin + loaded.problem.intervention_by_id[key].duration > row.closes:
            raise MeaninglessPlace("push", row)
    week, slot, opens_slot = _slot_for(loaded, row, day, start, end)
    return _priced(week, item, others, slot, start, pushed, opens_slot=opens_slot)


def _priced(
    week: LoadedWeek,
    item: solver.Intervention,
    others: Mapping[str, str],
    slot: solver.Slot,
    start: int,
    pushed: Mapping[str, int],
    *,
    opens_slot: bool,
) -> Price:
    problem = week.problem
    assignments = dict(others)
    for key, begin in pushed.items():
        length = problem.intervention_by_id[key].duration
        new = slot_at(week, slot.room, slot.day, begin, begin + length)
        assignments[key] = new.id if new is not None else others[key]
    starts = {**week.starts, **pushed, item.id: start}
    told = verdict(
        (
            *slot_and_capacity(problem, load_of(problem, assignments), item, slot),
            *slot_warnings(week, item.id, slot.id),
            *pushed_elsewhere(week, others, assignments, pushed),
            *new_timeline_violations(week, others, {**assignments, item.id: slot.id}, starts, {slot.day}),
        )
    )
    assignments[item.id] = slot.id
    delta = cost_change(problem, week.assignments, assignments)
    overtime = overtime_minutes(week, {item.id: slot.id}, starts, regular_hours(week))[item.id]
    return Price(
        week=week,
        status=told.status(delta.total),
        room=slot.room,
        day=slot.day,
        start=start,
        end=start + item.duration,
        slot=slot.id,
        opens_slot=opens_slot,
        delta=delta,
        overtime_minutes=overtime,
        shifts={key: (week.starts[key], begin) for key, begin in pushed.items()},
        violations=told.against,
        remarks=told.remarks,
        assignments=assignments,
        starts=starts,
    )


# --- Shared parts ------------------------------------------------------------------------------------------------


def _item(loaded: LoadedWeek, intervention: str) -> solver.Intervention:
    item = loaded.problem.intervention_by_id.get(intervention)
    if item is None:
        raise UnknownIntervention(intervention)
    return item


def _room(loaded: LoadedWeek, room: str, day: int) -> RoomRow:
    row = loaded.rooms.get(room)
    if row is None:
        raise MeaninglessPlace("room")
    if not 0 <= day < loaded.problem.days:
        raise MeaninglessPlace("day", row)
    return row


def _slot_for(
    loaded: LoadedWeek, room: RoomRow, day: int, start: int, end: int
) -> tuple[LoadedWeek, solver.Slot, bool]:
    """The slot at this time; where the week has none, a hidden one, or one to be opened over the whole gap."""
    key = str(room.id)
    slot = slot_at(loaded, key, day, start, end)
    if slot is not None:
        return loaded, slot, False
    when = loaded.week.days[day]
    moment = at_minute(when, start)
    hidden = [row for row in loaded.hidden.values() if row.room == room.id and row.date == when]
    row = next((one for one in hidden if one.starts_at <= moment < one.ends_at), None)
    opens_slot = row is None
    if row is None:
        around = [one for one in (*loaded.slots.values(), *hidden) if one.room == room.id and one.date == when]
        begin = max((one.ends_at for one in around if one.ends_at <= moment), default=at_minute(when, room.opens))
        until = min((one.starts_at for one in around if one.starts_at > moment), default=at_minute(when, room.closes))
        overtime, exception = solver.SlotKind.OVERTIME.value, Slot.Origin.EXCEPTION.value
        row = SlotRow(NEW_SLOT, when, room.id, begin, until, overtime, None, None, 1, None, exception)
    week = loaded.with_slot(row)
    return week, week.problem.slot_by_id[str(row.id)], opens_slot
