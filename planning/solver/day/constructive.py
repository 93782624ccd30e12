"""Orders of a day built from a priority list, and a local search over the lists.

Each case in turn takes the earliest start that everything placed before it allows, not before its release. Every
feasible order comes from some list and some releases, so looking for those is enough; without releases no case could
wait for its surgeon's next one.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from planning.solver.day.occupancy import Occupancy
from planning.solver.day.problem import Case, DayProblem, Schedule

# The temperature of the annealing, as a share of the order's cost, at the start and the end of a cycle.
HOT, COLD = 0.1, 0.002
CYCLE = 150


@dataclass(frozen=True, slots=True)
class Order:
    """``priorities`` are the cases without a fixed start, ``releases`` the starts that the search holds back."""

    priorities: tuple[Case, ...]
    releases: Mapping[Case, int]
    schedule: Schedule
    rank: tuple[int, int, int]


def build(problem: DayProblem, priorities: Sequence[Case], releases: Mapping[Case, int]) -> Order:
    occupancy = Occupancy(problem)
    starts: dict[Case, int] = {}
    for case, start in problem.fixed:
        starts[case] = start
        occupancy.place(case, start, held=problem.held.get(case.id, 0))
    for case in priorities:
        found = occupancy.earliest(case, max(case.opening, releases.get(case, 0)))
        if found is not None:
            starts[case] = found
            occupancy.place(case, found)
    schedule = Schedule(problem, starts)
    return Order(tuple(priorities), releases, schedule, schedule.rank)


def rebuilt(problem: DayProblem, known: Mapping[str, int]) -> Order:
    """The order that gave these starts, by id; those without one come last."""
    priorities = sorted(problem.free, key=lambda case: known.get(case.id, math.inf))
    return build(problem, priorities, {case: known[case.id] for case in priorities if case.id in known})


def first_order(problem: DayProblem) -> Order:
    """The best of a few rules of thumb. Ties keep the week's order, so that similar weeks look similar."""
    orders = (build(problem, sorted(problem.free, key=rule), {}) for rule in _rules_of_thumb(problem))
    return min(orders, key=lambda order: order.rank)


def _rules_of_thumb(problem: DayProblem) -> list[Callable[[Case], tuple[object, ...]]]:
    slot_start = problem.slot_start
    rooms: dict[str, set[str]] = defaultdict(set)
    spare: dict[str, int] = {}
    for case in problem.cases:
        rooms[case.surgeon].add(case.room)
        whole = case.closing - slot_start[case.slot]
        spare[case.slot] = spare.get(case.slot, whole) - case.duration - case.turnover
    return [
        lambda case: (slot_start[case.slot], case.septic, -case.early, case.early and case.duration, case.surgeon),
        lambda case: (slot_start[case.slot], case.septic, case.surgeon, -case.early, case.early and case.duration),
        lambda case: (not case.pinned, case.septic, slot_start[case.slot], spare[case.slot]),
        lambda case: (slot_start[case.slot], case.septic, -len(rooms[case.surgeon]), case.surgeon),
        lambda case: (slot_start[case.slot], case.septic, spare[case.slot], -case.duration),
        lambda case: (case.septic, case.closing - case.opening - case.duration, -len(rooms[case.surgeon])),
    ]


@dataclass(slots=True)
class Search:
    """Simulated annealing in short cycles, each from the best order so far, over lists and releases.

    While more than ``least`` have no place only their number counts: how the others stand would hold the search back.
    """

    problem: DayProblem
    draw: random.Random
    best: Order
    least: int = 0
    _current: Order = field(init=False)
    _steps: int = 0

    def __post_init__(self) -> None:
        self._current = self.best

    def step(self) -> None:
        place = self._steps % CYCLE
        self._steps += 1
        if place == 0:
            self._current = self.best
        order = self._moved()
        if self._accepts(order, HOT * (COLD / HOT) ** (place / CYCLE)):
            self._current = order
        if order.rank < self.best.rank:
            self.best = order

    def _accepts(self, order: Order, temperature: float) -> bool:
        now, new = self._current.rank, order.rank
        if new[:2] != now[:2]:
            return new[:2] < now[:2]
        worse = new[2] - now[2]
        if worse <= 0 or new[1] > self.least:
            return True
        return self.draw.random() < math.exp(-worse / (temperature * max(1, now[2])))

    def _moved(self) -> Order:
        """One case elsewhere in the list, two exchanged, or one held back; one without a place goes forward."""
        current, draw = self._current, self.draw
        moved, releases = list(current.priorities), current.releases
        unplaced = [case for case in moved if case not in current.schedule.starts]
        if unplaced:
            here = moved.index(draw.choice(unplaced))
            moved.insert(draw.randint(0, here), moved.pop(here))
            if draw.random() < 0.5:
                return build(self.problem, moved, releases)
        choice = draw.random()
        if choice < 0.3 and not unplaced:
            releases = self._held_back(current)
        elif choice < 0.4 and releases:
            dropped = draw.choice(list(releases))
            releases = {case: at for case, at in releases.items() if case is not dropped}
        elif choice < 0.7:
            self._exchange(moved)
        else:
            case = moved.pop(draw.randrange(len(moved)))
            moved.insert(draw.randint(0, len(moved)), case)
        return build(self.problem, moved, releases)

    def _exchange(self, moved: list[Case]) -> None:
        """Two cases of one room or of one surgeon change places: others hardly see each other."""
        case = self.draw.choice(moved)
        near = [other for other in moved if other.room == case.room or other.surgeon == case.surgeon]
        here, there = moved.index(case), moved.index(self.draw.choice(near))
        moved[here], moved[there] = moved[there], moved[here]

    def _held_back(self, order: Order) -> Mapping[Case, int]:
        """A surgeon's cases before a wait start later, one just in time for the next: the wait is gone."""
        by_surgeon: dict[str, list[tuple[int, Case]]] = defaultdict(list)
        for case, start in order.schedule.starts.items():
            by_surgeon[case.surgeon].append((start, case))
        waits: list[tuple[list[Case], int]] = []
        for row in by_surgeon.values():
            row.sort(key=lambda one: one[0])
            for index, (start, case) in enumerate(row[:-1]):
                if start + case.duration < row[index + 1][0]:
                    waits.append(([one for _, one in row[: index + 1]], row[index + 1][0]))
        if not waits:
            return order.releases
        before, until = self.draw.choice(waits)
        releases = dict(order.releases)
        for case in reversed(before):
            until -= case.duration
            if case.fixed is None:
                releases[case] = max(until, 0)
        return releases
