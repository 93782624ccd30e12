"""From slots to start times: where no order of a day fits, plan again without what could not be ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

from planning.solver.costs import breakdown, cell_cost
from planning.solver.grid import Forbidden
from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.result import Violation
from planning.solver.rules import capacity_violations, is_allowed, load_of
from planning.solver.sequencing import sequence
from planning.solver.stopping import Stop

# Plans made again around what had no order, then single interventions tried in one day more.
MOST_PLANS = 10
MOST_TRIES = 40

# Plans again near the given plan without the forbidden pairs of intervention and slot.
Replan = Callable[[Mapping[str, str], Forbidden], dict[str, str]]


@dataclass(slots=True)
class Timed:
    """``unordered`` holds what was found of each intervention that had no place in some order; ``forbidden`` where."""

    assignments: dict[str, str]
    starts: dict[str, int] = field(default_factory=dict)
    unordered: dict[str, Violation] = field(default_factory=dict)
    forbidden: set[tuple[str, str]] = field(default_factory=set)
    pins: tuple[Violation, ...] = ()


def with_start_times(
    problem: WeekProblem, assignments: dict[str, str], *, seed: int, stop: Stop, replan: Replan | None
) -> Timed:
    """The cheapest plan found in which every day has an order; a pin keeps its slot even without one.

    What has no order is left out, the week planned again without it there, and so on; without ``replan`` only once.
    """
    timed, best = Timed(assignments), inf
    unordered: dict[str, Violation] = {}
    forbidden: set[tuple[str, str]] = set()
    for _ in range(MOST_PLANS):
        order = sequence(problem, assignments, seed=seed, stop=stop)
        stuck = {one.intervention: one for one in order.unordered if _movable(problem, one.intervention)}
        kept = {item: slot for item, slot in assignments.items() if item not in stuck}
        unordered.update(stuck)
        forbidden.update((item, assignments[item]) for item in stuck)
        cost = breakdown(problem, kept).total
        if cost < best:
            pins = tuple(one for one in order.unordered if one.intervention not in stuck)
            timed, best = Timed(kept, order.starts, pins=pins), cost
        if not stuck or replan is None or stop.reached():
            break
        assignments = replan(kept, forbidden)
    timed.unordered, timed.forbidden = unordered, forbidden
    if replan is not None:
        _insert(problem, timed, seed=seed, stop=stop)
    return timed


def _movable(problem: WeekProblem, intervention_id: str) -> bool:
    return problem.intervention_by_id[intervention_id].pinned is None


def _insert(problem: WeekProblem, timed: Timed, *, seed: int, stop: Stop) -> None:
    """Try each intervention left out for want of an order in the other slots that have room, the cheapest first."""
    left_out = [item for item in problem.interventions if item.id in timed.unordered]
    left_out = [item for item in left_out if item.id not in timed.assignments]
    left_out.sort(key=problem.unplanned_cost, reverse=True)
    tries = 0
    for item in left_out:
        for slot in _open_slots(problem, timed.assignments, item):
            if tries >= MOST_TRIES or stop.reached():
                return
            tries += 1
            if _fits_in_day(problem, timed, item, slot, seed=seed, stop=stop):
                break


def _open_slots(problem: WeekProblem, assignments: Mapping[str, str], item: Intervention) -> list[Slot]:
    load = load_of(problem, assignments)
    slots = [
        slot
        for slot in problem.slots
        if is_allowed(problem, item, slot)
        and cell_cost(problem, item, slot) <= problem.unplanned_cost(item)
        and not capacity_violations(problem, load, item, slot)
    ]
    return sorted(slots, key=lambda slot: cell_cost(problem, item, slot))


def _fits_in_day(problem: WeekProblem, timed: Timed, item: Intervention, slot: Slot, *, seed: int, stop: Stop) -> bool:
    """Whether the slot's day has an order with the intervention in it; if so the plan takes it."""
    day = {other: where for other, where in timed.assignments.items() if problem.slot_by_id[where].day == slot.day}
    order = sequence(problem, {**day, item.id: slot.id}, seed=seed, stop=stop)
    if any(_movable(problem, one.intervention) for one in order.unordered):
        return False
    chosen = {**timed.assignments, item.id: slot.id}
    timed.assignments = {one.id: chosen[one.id] for one in problem.interventions if one.id in chosen}
    timed.starts.update(order.starts)
    return True
