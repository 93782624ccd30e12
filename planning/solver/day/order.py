"""The order of one day: rules of thumb, a compiled search, then a constraint program over all of it or some rooms."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.solver.day.bounds import least_cost, least_unplaced
from planning.solver.day.problem import Case, DayProblem, Schedule
from planning.solver.stopping import Stop

if TYPE_CHECKING:
    from planning.solver.day.search import Search

# A day of so many cases is given to the constraint program whole; of a larger one, rooms with so many at a time.
WHOLE, PART = 20, 16
# Deterministic seconds of one part.
PART_EFFORT = 0.03
# Searches side by side, one a core: the compiled steps let go of Python's lock.
CORES = 2


@dataclass(frozen=True, slots=True)
class Effort:
    """Cycles of the local search and the steps of each, then deterministic seconds of CP-SAT.

    ``to_fit`` while somebody has no place, ``to_improve`` once everyone has.
    """

    cycles_to_fit: int
    cycles_to_improve: int
    steps: int
    exact_to_fit: float
    exact_to_improve: float


# One day to close; the days of a week to show; whether everyone has a place; the same in passing, for one of many
# plans.
THOROUGH = Effort(6, 6, 10_000, 0.2, 0.2)
SHOWN = Effort(4, 3, 6_000, 0.12, 0.12)
FITTING = Effort(6, 1, 3_000, 0.15, 0.0)
QUICK = Effort(2, 1, 1_000, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class DayOrder:
    """``bound``: no order in which all have a place costs less."""

    schedule: Schedule
    bound: int

    @property
    def proven(self) -> bool:
        return not self.schedule.unplaced and self.schedule.minutes.cost <= self.bound


def order_day(
    problem: DayProblem, *, seed: str, stop: Stop, effort: Effort = THOROUGH, known: Mapping[str, int] | None = None
) -> DayOrder:
    """The best order found, never worse than the ``known`` starts; the same for the same arguments.

    A cancellation leaves the first order, the end of the time one cycle to find one that fits. An order to be shown
    has everyone as early as its cost allows: rooms open on time, and nobody waits for nothing.
    """
    from planning.solver.day.search import settled  # loading the compiler takes half a second the first time

    bound = least_cost(problem)
    best = _searched(problem, seed, stop, effort, known, bound)
    exact = effort.exact_to_fit if best.unplaced else effort.exact_to_improve
    if problem.free and exact and best.rank > (0, 0, bound) and not stop.reached():
        if len(problem.cases) <= WHOLE:
            best, bound = _whole(problem, best, bound, exact)
        else:
            draw, rounds = random.Random(seed), round(exact / PART_EFFORT)
            best = _in_parts(problem, best, draw, stop, rounds, fit_only=not effort.exact_to_improve)
    return DayOrder(settled(best) if effort.exact_to_improve else best, bound)


def _searched(
    problem: DayProblem, seed: str, stop: Stop, effort: Effort, known: Mapping[str, int] | None, bound: int
) -> Schedule:
    """The best of the rules of thumb and of as many searches as there are cores."""
    from planning.solver.day.search import Search

    least = least_unplaced(problem)
    searches = [Search(problem, seed=f"{seed}/{core}", least=least) for core in range(CORES)]
    for one in searches:
        if known is not None:
            one.rebuild(known)
        one.rules_of_thumb()
    if problem.free and searches[0].value > bound and not stop.cancelled():
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(lambda one: _annealed(one, bound, least, stop, effort), searches))
    return min(searches, key=lambda one: one.value).best


def _annealed(search: Search, bound: int, least: int, stop: Stop, effort: Effort) -> None:
    for cycle in range(max(effort.cycles_to_fit, effort.cycles_to_improve)):
        if search.left_out <= least and cycle >= effort.cycles_to_improve:
            return
        if search.value <= bound or stop.cancelled() or (cycle and stop.reached()):
            return
        search.anneal(effort.steps, bound)


def _whole(problem: DayProblem, best: Schedule, bound: int, effort: float) -> tuple[Schedule, int]:
    from planning.solver.day.cp_sat import solve_day  # half a second to import, and most days need none of it

    answer = solve_day(problem, best, effort=effort)
    return answer.schedule or best, max(bound, answer.bound or 0)


def _in_parts(
    problem: DayProblem, best: Schedule, draw: random.Random, stop: Stop, rounds: int, *, fit_only: bool
) -> Schedule:
    """A large neighbourhood search: some rooms that share surgeons are ordered again, the others stay as they are."""
    from planning.solver.day.cp_sat import solve_day

    for _ in range(rounds):
        if stop.reached() or (fit_only and not best.unplaced):
            break
        among = frozenset(_part(problem, best, draw))
        best = solve_day(problem, best, effort=PART_EFFORT, among=among).schedule or best
    return best


def _part(problem: DayProblem, best: Schedule, draw: random.Random) -> Iterable[Case]:
    """A room, one of someone without a place first, then those that share most surgeons with it, by chance."""
    rooms: dict[str, list[Case]] = {}
    for case in problem.free:
        rooms.setdefault(case.room, []).append(case)
    unplaced = [case.room for case in best.unplaced if case.fixed is None]
    first = draw.choice(unplaced or list(rooms))
    surgeons = {case.surgeon for case in rooms[first]}
    shared = {
        room: sum(case.surgeon in surgeons for case in cases) + 1.5 * draw.random() for room, cases in rooms.items()
    }
    size = 0
    for room in (first, *sorted(rooms.keys() - {first}, key=lambda one: -shared[one])):
        size += len(rooms[room])
        if size > PART and room != first:
            return
        yield from rooms[room]
