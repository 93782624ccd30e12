"""What a plan is judged by: the five criteria of the paper's comparison, and its cost.

Every rate is a ratio of sums, never a mean of ratios, so that rooms, days and weeks can be added up. Denominators:

- occupancy: minutes of the regular slots offered. Work in overtime counts above, so that a room can exceed 100 %,
  as room 1 does in the paper's Table 1;
- planned share: interventions asked for;
- slot fill: length of the slots, regular and overtime, that a specialty or a surgeon owns.

Work is counted as planned occupation: durations, plus the turnover between two interventions of a slot: of all but one,
the longest, since which one comes last is not known here.
Overtime minutes are operated minutes alone, as equation (9) pays them. All times are minutes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planning.solver.costs import breakdown
from planning.solver.problem import Intervention, Slot, SlotKind, WeekProblem
from planning.solver.result import CostBreakdown


@dataclass(frozen=True, slots=True)
class Rate:
    """``part / whole``; None when nothing was offered."""

    part: int = 0
    whole: int = 0

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.part + other.part, self.whole + other.whole)


@dataclass(frozen=True, slots=True)
class RoomDay:
    """One room on one day. Start, end and idle minutes between interventions only when start times are known."""

    room: str
    day: int
    used_minutes: int
    regular_minutes: int
    overtime_minutes: int
    interventions: int
    first_start: int | None = None
    last_end: int | None = None
    idle_minutes: int | None = None

    @property
    def occupancy(self) -> Rate:
        return Rate(self.used_minutes, self.regular_minutes)


@dataclass(frozen=True, slots=True)
class Criteria:
    """``slot_fill_by_owner`` is keyed by surgeon id where a surgeon owns the slot, by specialty otherwise."""

    occupancy: Rate
    occupancy_by_room: Mapping[str, Rate]
    room_days: tuple[RoomDay, ...]
    overtime_minutes: int
    overrunning_room_days: int
    overrunning_rooms: tuple[str, ...]
    planned_share: Rate
    slot_fill: Rate
    slot_fill_by_owner: Mapping[str, Rate]
    cost: CostBreakdown

    @property
    def rooms_overrunning(self) -> int:
        """Distinct rooms with overtime on one day at least: the paper's Table 3."""
        return len(self.overrunning_rooms)


def evaluate(problem: WeekProblem, assignments: Mapping[str, str], starts: Mapping[str, int] | None = None) -> Criteria:
    """The criteria of a plan, feasible or not: intervention id to slot id, and start minutes where known."""
    placed = _by_slot(problem, assignments)
    room_days = _room_days(problem, placed, starts or {})
    overrunning = [one for one in room_days if one.overtime_minutes]
    fills = _fills(problem, placed)
    by_room = {room.id: _sum(one.occupancy for one in room_days if one.room == room.id) for room in problem.rooms}
    return Criteria(
        occupancy=_sum(by_room.values()),
        occupancy_by_room=by_room,
        room_days=room_days,
        overtime_minutes=sum(one.overtime_minutes for one in room_days),
        overrunning_room_days=len(overrunning),
        overrunning_rooms=tuple(sorted({one.room for one in overrunning})),
        planned_share=Rate(sum(map(len, placed.values())), len(problem.interventions)),
        slot_fill=_sum(fills.values()),
        slot_fill_by_owner=fills,
        cost=breakdown(problem, assignments),
    )


def slot_work(problem: WeekProblem, assignments: Mapping[str, str]) -> dict[str, int]:
    """Minutes of work in each slot, counted as occupancy and slot fill count them."""
    placed = _by_slot(problem, assignments)
    return {slot.id: _work(problem, placed.get(slot.id, [])) for slot in problem.slots}


Placed = Mapping[str, list[Intervention]]


def _by_slot(problem: WeekProblem, assignments: Mapping[str, str]) -> Placed:
    placed: dict[str, list[Intervention]] = defaultdict(list)
    for item in problem.interventions:
        if item.id in assignments:
            placed[assignments[item.id]].append(item)
    return placed


def _work(problem: WeekProblem, items: list[Intervention]) -> int:
    turnovers = [problem.turnover_of(item) for item in items]
    return sum(item.duration for item in items) + sum(turnovers) - max(turnovers, default=0)


def _room_days(problem: WeekProblem, placed: Placed, starts: Mapping[str, int]) -> tuple[RoomDay, ...]:
    """Every room-day with a slot, by room in the week's order and then by day."""
    slots: dict[tuple[str, int], list[Slot]] = defaultdict(list)
    for slot in problem.slots:
        slots[slot.room, slot.day].append(slot)
    rank = {room.id: number for number, room in enumerate(problem.rooms)}
    keys = sorted(slots, key=lambda key: (rank[key[0]], key[1]))
    return tuple(_room_day(problem, key, slots[key], placed, starts) for key in keys)


def _room_day(
    problem: WeekProblem, key: tuple[str, int], slots: list[Slot], placed: Placed, starts: Mapping[str, int]
) -> RoomDay:
    items = [item for slot in slots for item in placed.get(slot.id, ())]
    late = [item for slot in slots if slot.kind is SlotKind.OVERTIME for item in placed.get(slot.id, ())]
    timed = [item for item in items if item.id in starts]
    times = sorted((starts[one.id], starts[one.id] + one.duration, problem.turnover_of(one)) for one in timed)
    return RoomDay(
        room=key[0],
        day=key[1],
        used_minutes=sum(_work(problem, placed.get(slot.id, [])) for slot in slots),
        regular_minutes=sum(slot.length for slot in slots if slot.kind is SlotKind.REGULAR),
        overtime_minutes=sum(item.duration for item in late),
        interventions=len(items),
        first_start=times[0][0] if times else None,
        last_end=max(end for _, end, _ in times) if times else None,
        idle_minutes=_idle(times) if times else None,
    )


def _idle(times: list[tuple[int, int, int]]) -> int:
    """Minutes between two interventions during which the room is neither in use nor being cleaned.

    ``times`` are starts, ends and the minutes of cleaning after, in order.
    """
    idle, ready = 0, times[0][1] + times[0][2]
    for start, end, turnover in times[1:]:
        idle += max(0, start - ready)
        ready = max(ready, end + turnover)
    return idle


def _fills(problem: WeekProblem, placed: Placed) -> dict[str, Rate]:
    fills: dict[str, Rate] = {}
    for slot in problem.slots:
        owner = slot.surgeon or slot.specialty
        if owner is not None:
            work = _work(problem, placed.get(slot.id, []))
            fills[owner] = fills.get(owner, Rate()) + Rate(work, slot.length)
    return fills


def _sum(rates: Iterable[Rate]) -> Rate:
    return sum(rates, Rate())
