"""Start times: an order of each day over all its rooms, constructed and then improved by seeded attempts.

Within a slot any order costs the same, so an order is judged by what the assignment does not see: everyone placed
inside their slot, rooms cleaned between two interventions, no surgeon in two rooms at once, then few idle minutes.

A day is built from a priority list: each intervention in turn takes the earliest start that everything placed before
it allows. Every feasible day can be shifted left into one that some list gives, so looking for a list is enough.
Start times are minutes after midnight.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.result import Violation
from planning.solver.stopping import Stop

_ATTEMPTS_TO_COMPACT = 80
_ATTEMPTS_TO_FIT = 1500
_ATTEMPTS_AFTER_TIME = 200
_ATTEMPTS_BEFORE_RESTART = 120


@dataclass(frozen=True, slots=True)
class Sequence:
    """``starts`` of everyone who has a place in the day; ``unordered`` tells who found none, and beside whom."""

    starts: dict[str, int]
    unordered: tuple[Violation, ...] = ()


def sequence(
    problem: WeekProblem,
    assignments: Mapping[str, str],
    *,
    seed: int = 0,
    stop: Stop | None = None,
    attempts: int = _ATTEMPTS_TO_FIT,
) -> Sequence:
    """The same seed and plan give the same start times, unless ``stop`` cuts the attempts short.

    A cancellation leaves the first order found, the end of the time some attempts to find one that fits.

    ``attempts`` a day are made to fit everyone in. A ``pinned_start`` is kept to the minute, whatever it breaks; the
    others are placed around it.
    """
    days: dict[int, list[_Case]] = defaultdict(list)
    for item in problem.interventions:
        slot = problem.slot_by_id.get(assignments.get(item.id, ""))
        if slot is not None:
            days[slot.day].append(_case(item, slot))
    starts: dict[str, int] = {}
    unordered: list[Violation] = []
    for day in sorted(days):
        walk = random.Random(f"{seed}/{day}")
        order = _Day(tuple(days[day]), problem.turnover).best_order(walk, stop or Stop(seconds=None), attempts)
        starts.update({case.item.id: start for case, start in order.starts.items()})
        unordered += [_no_order(case, days[day], order) for case in order.unplaced]
    return Sequence(starts, tuple(unordered))


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    item: Intervention
    slot: Slot
    fixed: int | None

    @property
    def slack(self) -> int:
        return self.slot.length - self.item.duration


@dataclass(frozen=True, slots=True)
class _Order:
    """Lower ``value`` is better: pins without a place, all without a place, idle minutes."""

    priorities: tuple[_Case, ...]
    starts: dict[_Case, int]
    unplaced: tuple[_Case, ...]
    value: tuple[int, int, int]

    def rank(self, least: int) -> tuple[int, ...]:
        """What the walk compares. Idle minutes count from ``least`` on: before, they would only hold it back."""
        return self.value if len(self.unplaced) <= least else self.value[:2]


@dataclass(frozen=True, slots=True)
class _Busy:
    """What one room or one surgeon does: (start, end) without cleaning."""

    spans: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def forbidden(self, key: str, duration: int, between: int) -> Iterator[tuple[int, int]]:
        """Open ranges in which an intervention of this duration cannot start."""
        for start, end in self.spans.get(key, ()):
            yield start - duration - between, end + between


@dataclass(frozen=True, slots=True)
class _Day:
    cases: tuple[_Case, ...]
    turnover: int

    def best_order(self, draw: random.Random, stop: Stop, attempts: int) -> _Order:
        """A walk over priority lists that never gets worse, started again elsewhere when it stays put too long.

        It ends when nobody more can have a place and the rest is compact, or after a number of attempts; a smaller
        number when the time is up, for a plan without an order is worth little.
        """
        current = best = min((self._build(one) for one in self._priority_lists()), key=lambda order: order.value)
        least = self._least_unplaced()
        quiet = 0
        for attempt in range(attempts):
            limit = _ATTEMPTS_TO_COMPACT if len(best.unplaced) <= least else attempts
            if best.value <= (0, least, 0) or attempt >= limit or (attempt % 20 == 0 and _ended(stop, attempt)):
                break
            restart = quiet >= _ATTEMPTS_BEFORE_RESTART
            order = self._build(self._shuffled(draw) if restart else self._moved(current, draw))
            quiet = 0 if restart or order.rank(least) < current.rank(least) else quiet + 1
            if restart or order.rank(least) <= current.rank(least):
                current = order
            best = min(best, order, key=lambda one: one.value)
        return best

    def _least_unplaced(self) -> int:
        """How many have no place in any order: a surgeon, or a room, with more work than its hours hold."""
        by_surgeon: dict[str, list[_Case]] = defaultdict(list)
        by_room: dict[str, list[_Case]] = defaultdict(list)
        for case in self._free():
            by_surgeon[case.item.surgeon].append(case)
            by_room[case.slot.room].append(case)
        surgeons = sum(_excess(cases, 0) for cases in by_surgeon.values())
        return max(surgeons, sum(_excess(cases, self.turnover) for cases in by_room.values()))

    def _priority_lists(self) -> list[list[_Case]]:
        """Rules of thumb to start from. Ties keep the week's order, so that similar weeks look similar."""
        fixed, free = self._fixed(), self._free()
        rooms: dict[str, set[str]] = defaultdict(set)
        load: dict[str, int] = defaultdict(int)
        for case in self.cases:
            rooms[case.item.surgeon].add(case.slot.room)
            load[case.slot.id] += case.item.duration + self.turnover
        spare = {case.slot.id: case.slot.length - load[case.slot.id] for case in self.cases}
        lists = [
            sorted(free, key=lambda case: case.slot.start),
            sorted(free, key=lambda case: (case.slot.start, case.item.pinned is None, spare[case.slot.id])),
            sorted(free, key=lambda case: (case.slot.start, -len(rooms[case.item.surgeon]), case.item.surgeon)),
            sorted(free, key=lambda case: (case.slot.start, spare[case.slot.id], -case.item.duration)),
            sorted(free, key=lambda case: (case.slack, -len(rooms[case.item.surgeon]))),
        ]
        return [[*fixed, *one] for one in lists]

    def _build(self, priorities: list[_Case]) -> _Order:
        rooms, surgeons = _Busy(), _Busy()
        starts: dict[_Case, int] = {}
        unplaced: list[_Case] = []
        for case in priorities:
            start = case.fixed if case.fixed is not None else self._earliest(case, rooms, surgeons)
            if start is None:
                unplaced.append(case)
                continue
            starts[case] = start
            span = (start, start + case.item.duration)
            rooms.spans[case.slot.room].append(span)
            surgeons.spans[case.item.surgeon].append(span)
        pins = sum(case.item.pinned is not None for case in unplaced)
        idle = 2 * self._room_idle(starts) + _gaps(surgeons.spans.values())
        return _Order(tuple(priorities), starts, tuple(unplaced), (pins, len(unplaced), idle))

    def _earliest(self, case: _Case, rooms: _Busy, surgeons: _Busy) -> int | None:
        duration = case.item.duration
        ranges = [
            *rooms.forbidden(case.slot.room, duration, self.turnover),
            *surgeons.forbidden(case.item.surgeon, duration, 0),
        ]
        start = case.slot.start
        for low, high in sorted(ranges):
            if start <= low:
                break
            start = max(start, high)
        return start if start + duration <= case.slot.end else None

    def _room_idle(self, starts: Mapping[_Case, int]) -> int:
        """Minutes of a slot lost before its last intervention ends, the first minutes of the slot included."""
        last: dict[str, int] = defaultdict(int)
        used: dict[str, int] = defaultdict(int)
        for case, start in starts.items():
            slot = case.slot
            last[slot.id] = max(last[slot.id], start + case.item.duration - slot.start)
            used[slot.id] += case.item.duration + self.turnover
        return sum(max(0, last[key] - used[key] + self.turnover) for key in used)

    def _moved(self, order: _Order, draw: random.Random) -> list[_Case]:
        """One intervention elsewhere in the list; one without a place goes forward."""
        moved, first = list(order.priorities), len(self._fixed())
        if len(moved) - first < 2:
            return moved
        if order.unplaced:
            here = moved.index(draw.choice(order.unplaced))
            moved.insert(draw.randint(first, here), moved.pop(here))
        if not order.unplaced or draw.random() < 0.5:
            case = moved.pop(draw.randrange(first, len(moved)))
            moved.insert(draw.randint(first, len(moved)), case)
        return moved

    def _shuffled(self, draw: random.Random) -> list[_Case]:
        free = self._free()
        return [*self._fixed(), *draw.sample(free, len(free))]

    def _fixed(self) -> list[_Case]:
        return [case for case in self.cases if case.fixed is not None]

    def _free(self) -> list[_Case]:
        return [case for case in self.cases if case.fixed is None]


def _case(item: Intervention, slot: Slot) -> _Case:
    """A pinned start counts in the slot it was chosen for."""
    return _Case(item, slot, item.pinned_start if item.pinned == slot.id else None)


def _ended(stop: Stop, attempt: int) -> bool:
    return stop.cancelled() or (attempt >= _ATTEMPTS_AFTER_TIME and stop.reached())


def _excess(cases: list[_Case], between: int) -> int:
    """How many of these, one after the other, must go for the others to fit between any two hours of their slots."""
    most = 0
    for opening in {case.slot.start for case in cases}:
        for closing in {case.slot.end for case in cases}:
            inside = [case for case in cases if opening <= case.slot.start and case.slot.end <= closing]
            durations = sorted(case.item.duration + between for case in inside)
            while durations and sum(durations) > closing - opening + between:
                durations.pop()
            most = max(most, len(inside) - len(durations))
    return most


def _gaps(rows: Iterable[list[tuple[int, int]]]) -> int:
    """Minutes between the first start and the last end during which nothing happens."""
    return sum(
        max(0, max(end for _, end in row) - min(row)[0] - sum(end - start for start, end in row)) for row in rows
    )


def _no_order(case: _Case, day: list[_Case], order: _Order) -> Violation:
    item, slot = case.item, case.slot
    rooms = sorted({other.slot.room for other in day if other.item.surgeon == item.surgeon} - {slot.room})
    elsewhere = f", surgeon {item.surgeon} also operates in {', '.join(rooms)}" if rooms else ""
    message = f"no start leaves {item.duration} min free in slot {slot.id} beside its other interventions{elsewhere}"
    beside = tuple(other.item.id for other in day if other.slot.id == slot.id and other in order.starts)
    facts: dict[str, object] = {"day": slot.day, "room": slot.room, "duration": item.duration}
    return Violation(
        "no_order", item.id, message, slot.id, {**facts, "surgeon": item.surgeon, "rooms": rooms, "beside": beside}
    )
