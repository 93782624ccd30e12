"""What a swap would do, before it is done: two interventions, or two whole room-days, exchange their places.

Judged with the planner's own rules and costs, as ``evaluation.price`` judges one drop; the service asks again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planning.selectors.evaluation import MeaninglessPlace, Status, UnknownIntervention
from planning.selectors.indicators import overtime_minutes, regular_hours
from planning.selectors.judging import (
    cost_change,
    new_timeline_violations,
    placed_in_time,
    pushed_elsewhere,
    slot_and_capacity,
    slot_at,
    verdict,
)
from planning.selectors.loaded import LoadedWeek
from planning.selectors.timeline import Busy, push
from planning.selectors.warnings import slot_warnings
from planning.solver import problem as solver
from planning.solver.result import CostBreakdown, Violation
from planning.solver.rules import load_of

RoomDay = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Landing:
    """Where one intervention of the swap ends up."""

    slot: solver.Slot
    start: int
    end: int
    overtime_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Swap:
    """A swap judged. ``shifts`` are the neighbours pushed, from and to; ``assignments`` and ``starts`` the result."""

    week: LoadedWeek
    status: Status
    landings: dict[str, Landing]
    shifts: dict[str, tuple[int, int]]
    delta: CostBreakdown
    violations: tuple[Violation, ...]
    remarks: tuple[Violation, ...]
    assignments: dict[str, str]
    starts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Partner:
    """One intervention to swap with; ``refused`` when the hours of a room leave no place at all."""

    intervention: str
    status: Status
    delta: float | None
    reasons: tuple[Violation, ...] = ()
    refused: MeaninglessPlace | None = None


# --- Two interventions -------------------------------------------------------------------------------------------


def swap_two(loaded: LoadedWeek, first: str, second: str) -> Swap:
    """Each takes the other's start, whatever their lengths.

    In one room and day they exchange their order and nobody outside of them moves. Elsewhere, those that follow
    make room for the longer one. Raises ``UnknownIntervention``, or ``MeaninglessPlace`` when a room would close.
    """
    for key in (first, second):
        if key not in loaded.assignments:
            raise UnknownIntervention(key)
    if first == second:
        raise MeaninglessPlace("same")
    ours, theirs = (loaded.problem.slot_by_id[loaded.assignments[key]] for key in (first, second))
    if (ours.room, ours.day) == (theirs.room, theirs.day):
        return _judged(loaded, *_in_one_room(loaded, first, second))
    starts: dict[str, int] = {first: loaded.starts[second], second: loaded.starts[first]}
    homes = {first: theirs, second: ours}
    pushed: dict[str, int] = {}
    for key, slot in homes.items():
        item = loaded.problem.intervention_by_id[key]
        there = _neighbours(loaded, (slot.room, slot.day), {first, second})
        pushed |= push(starts[key], item.duration, there, loaded.problem.turnover_of(item))
    return _judged(loaded, starts, homes, pushed)


def _in_one_room(
    loaded: LoadedWeek, one: str, other: str
) -> tuple[dict[str, int], dict[str, solver.Slot], dict[str, int]]:
    """The later one starts where the earlier one did; the room is clean again when it was before."""
    problem, starts = loaded.problem, loaded.starts
    early, late = sorted((one, other), key=starts.__getitem__)
    lengths = {key: problem.room_minutes(problem.intervention_by_id[key]) for key in (early, late)}
    early_slot, late_slot = (problem.slot_by_id[loaded.assignments[key]] for key in (early, late))
    room_day = early_slot.room, early_slot.day
    rest = _neighbours(loaded, room_day, {early, late})
    between = [busy for busy in rest if starts[early] < busy.start < starts[late]]
    shift = lengths[late] - lengths[early]
    pushed = {busy.id: busy.start + shift for busy in between if shift and not busy.fixed}
    wanted = {early: starts[late] + shift, late: starts[early]}
    return {key: wanted[key] for key in (one, other)}, {early: late_slot, late: early_slot}, pushed


def _neighbours(loaded: LoadedWeek, room_day: RoomDay, without: set[str]) -> list[Busy]:
    rest = {key: slot for key, slot in loaded.assignments.items() if key not in without}
    return [busy for busy, slot in placed_in_time(loaded, rest) if (slot.room, slot.day) == room_day]


def partners(loaded: LoadedWeek, key: str) -> list[Partner]:
    """Every other placed intervention as a partner, the cheapest first, then those against ever more rules."""
    found = []
    for other in loaded.assignments:
        if other == key:
            continue
        try:
            judged = swap_two(loaded, key, other)
        except MeaninglessPlace as error:
            found.append(Partner(other, "rule", None, refused=error))
            continue
        found.append(Partner(other, judged.status, judged.delta.total, judged.violations))
    return sorted(found, key=_order)


def _order(one: Partner) -> tuple[bool, bool, int, float]:
    against = one.status == "rule"
    return against, one.refused is not None, len(one.reasons) if against else 0, one.delta or 0.0


# --- Two room-days -----------------------------------------------------------------------------------------------


def swap_rooms(loaded: LoadedWeek, one: RoomDay, other: RoomDay) -> Swap:
    """All that is placed in each room-day goes to the other at the same hours. Raises ``MeaninglessPlace``."""
    if one == other:
        raise MeaninglessPlace("same")
    for room, day in (one, other):
        if room not in loaded.rooms:
            raise MeaninglessPlace("room")
        if not 0 <= day < loaded.problem.days:
            raise MeaninglessPlace("day", loaded.rooms[room])
    starts: dict[str, int] = {}
    homes: dict[str, solver.Slot] = {}
    for here, there in ((one, other), (other, one)):
        for busy in _neighbours(loaded, here, set()):
            slot = slot_at(loaded, *there, busy.start, busy.end)
            if slot is None:
                raise MeaninglessPlace("slot", loaded.rooms[there[0]])
            starts[busy.id], homes[busy.id] = busy.start, slot
    if not starts:
        raise MeaninglessPlace("empty")
    return _judged(loaded, starts, homes, {})


# --- Shared parts ------------------------------------------------------------------------------------------------


def _judged(
    loaded: LoadedWeek, wanted: Mapping[str, int], homes: Mapping[str, solver.Slot], pushed: Mapping[str, int]
) -> Swap:
    """``homes`` are slots of the room-day where each goes, for want of one that holds its new hours."""
    problem = loaded.problem
    rest = {key: slot for key, slot in loaded.assignments.items() if key not in wanted}
    after = dict(rest)
    for key, begin in pushed.items():
        after[key] = _placed_slot(loaded, problem.slot_by_id[rest[key]], key, begin).id
    slots = {key: _placed_slot(loaded, homes[key], key, begin) for key, begin in wanted.items()}
    own = tuple(_own_violations(loaded, after, slots))
    after |= {key: slot.id for key, slot in slots.items()}
    starts = {**loaded.starts, **pushed, **wanted}
    days = {slot.day for slot in slots.values()}
    told = verdict(
        (
            *own,
            *pushed_elsewhere(loaded, rest, after, pushed),
            *new_timeline_violations(loaded, rest, after, starts, days),
        )
    )
    delta = cost_change(problem, loaded.assignments, after)
    late = overtime_minutes(loaded, {key: slot.id for key, slot in slots.items()}, starts, regular_hours(loaded))
    ends = {key: starts[key] + problem.intervention_by_id[key].duration for key in slots}
    return Swap(
        week=loaded,
        status=told.status(delta.total),
        landings={key: Landing(slot, starts[key], ends[key], late[key]) for key, slot in slots.items()},
        shifts={key: (loaded.starts[key], begin) for key, begin in pushed.items()},
        delta=delta,
        violations=told.against,
        remarks=told.remarks,
        assignments=after,
        starts=starts,
    )


def _placed_slot(loaded: LoadedWeek, home: solver.Slot, key: str, start: int) -> solver.Slot:
    """The slot of ``home``'s room-day that holds these hours. Raises ``MeaninglessPlace`` when the room is closed."""
    row, end = loaded.rooms[home.room], start + loaded.problem.intervention_by_id[key].duration
    if not row.opens <= start <= end <= row.closes:
        raise MeaninglessPlace("closing", row)
    return slot_at(loaded, home.room, home.day, start, end) or home


def _own_violations(
    loaded: LoadedWeek, others: Mapping[str, str], slots: Mapping[str, solver.Slot]
) -> Iterator[Violation]:
    """What those that change places break, each counted after the one before it."""
    problem = loaded.problem
    load = load_of(problem, others)
    for key, slot in slots.items():
        item = problem.intervention_by_id[key]
        yield from slot_and_capacity(problem, load, item, slot)
        yield from slot_warnings(loaded, key, slot.id)
        load.add(problem, item, slot)
