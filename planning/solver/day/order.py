"""The order of one day: rules of thumb, a local search, then a constraint program over all of it or over some rooms."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planning.solver.day.bounds import least_cost, least_unplaced
from planning.solver.day.constructive import Order, Search, first_order, rebuilt
from planning.solver.day.problem import Case, DayProblem, Schedule
from planning.solver.stopping import Stop

# A day of so many cases is given to the constraint program whole; of a larger one, rooms with so many at a time.
WHOLE, PART = 20, 16
# Deterministic seconds of one part.
PART_EFFORT = 0.03
# Attempts that are made even when the time is up: a plan without an order is worth little.
AFTER_TIME = 200


@dataclass(frozen=True, slots=True)
class Effort:
    """Attempts of the local search, then deterministic seconds of CP-SAT (about as many on a processor's clock).

    ``to_fit`` while somebody has no place, ``to_improve`` once everyone has.
    """

    attempts_to_fit: int
    attempts_to_improve: int
    exact_to_fit: float
    exact_to_improve: float


# One day to close; the days of a week to show; whether everyone has a place; the same in passing, for one of many
# plans.
THOROUGH = Effort(600, 300, 0.2, 0.2)
SHOWN = Effort(600, 200, 0.12, 0.12)
FITTING = Effort(600, 40, 0.15, 0.0)
QUICK = Effort(150, 20, 0.0, 0.0)


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

    A cancellation leaves the first order, the end of the time some attempts to find one that fits.
    """
    bound, least = least_cost(problem), least_unplaced(problem)
    first = first_order(problem)
    if known is not None:
        first = min(rebuilt(problem, known), first, key=lambda order: order.rank)
    if not problem.free:
        return DayOrder(first.schedule, bound)
    draw = random.Random(seed)
    best = _walked(Search(problem, draw, first, least), bound, stop, effort).schedule
    exact = effort.exact_to_fit if best.unplaced else effort.exact_to_improve
    if exact and best.rank > (0, 0, bound) and not stop.reached():
        if len(problem.cases) <= WHOLE:
            return _whole(problem, best, bound, exact)
        best = _in_parts(problem, best, draw, stop, round(exact / PART_EFFORT), fit_only=not effort.exact_to_improve)
    return DayOrder(best, bound)


def _walked(search: Search, bound: int, stop: Stop, effort: Effort) -> Order:
    for attempt in range(effort.attempts_to_fit):
        done = search.best.rank[1] <= search.least and attempt >= effort.attempts_to_improve
        if done or search.best.rank <= (0, 0, bound):
            break
        if attempt % 20 == 0 and (stop.cancelled() or (attempt >= AFTER_TIME and stop.reached())):
            break
        search.step()
    return search.best


def _whole(problem: DayProblem, best: Schedule, bound: int, effort: float) -> DayOrder:
    from planning.solver.day.cp_sat import solve_day  # half a second to import, and most days need none of it

    answer = solve_day(problem, best, effort=effort)
    return DayOrder(answer.schedule or best, max(bound, answer.bound or 0))


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
