"""From slots to start times: where no order of a day fits, plan again without what could not be ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import cast

from planning.solver.costs import breakdown
from planning.solver.day.order import FITTING, SHOWN
from planning.solver.grid import Forbidden
from planning.solver.no_order import explained
from planning.solver.problem import WeekProblem
from planning.solver.reordering import Ordered, make_room
from planning.solver.result import Violation
from planning.solver.sequencing import sequence
from planning.solver.stopping import Stop

# The first plan, and those made again around what had no order.
MOST_PLANS = 3

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
    problem: WeekProblem,
    assignments: dict[str, str],
    *,
    seed: int,
    stop: Stop,
    replan: Replan | None,
    places: Mapping[str, tuple[str, int]] | None = None,
) -> Timed:
    """The cheapest plan found in which every day has an order; a pin keeps its slot even without one.

    What has no order gets room made for it, or is left out; then the week is planned again without it there, and so
    on until a plan loses nothing. Without ``replan`` it is left out at once. Whoever stays in the slot of ``places``
    keeps its start there too, wherever the day allows.
    """
    timed, best = Timed(assignments), inf
    unordered: dict[str, Violation] = {}
    forbidden: set[tuple[str, str]] = set()
    for _ in range(MOST_PLANS):
        order = sequence(problem, assignments, seed=seed, stop=stop, effort=FITTING, kept=_kept(assignments, places))
        unfit = explained(problem, assignments, order.starts, order.unordered)
        stuck = {one.intervention: one for one in unfit if _movable(problem, one.intervention)}
        kept = {item: slot for item, slot in assignments.items() if item not in stuck}
        pins = tuple(one for one in unfit if one.intervention not in stuck)
        unordered.update(stuck)
        forbidden.update((item, assignments[item]) for item in stuck)
        if stuck and replan is not None:
            mended = make_room(problem, kept, order.starts, _conflicts(stuck), seed=seed, stop=stop)
        else:
            mended = Ordered(kept, order.starts)
        cost = breakdown(problem, mended.assignments).charged
        if cost < best:
            timed, best = Timed(mended.assignments, mended.starts, pins=pins), cost
        if best <= breakdown(problem, assignments).charged or replan is None or stop.reached():
            break
        assignments = replan(kept, forbidden)
    hours = _kept(timed.assignments, places)
    polished = sequence(problem, timed.assignments, seed=seed, stop=stop, effort=SHOWN, known=timed.starts, kept=hours)
    timed.starts = polished.starts
    timed.unordered, timed.forbidden = unordered, forbidden
    return timed


def _kept(assignments: Mapping[str, str], places: Mapping[str, tuple[str, int]] | None) -> dict[str, int]:
    return {key: start for key, (slot, start) in (places or {}).items() if assignments.get(key) == slot}


def _conflicts(stuck: Mapping[str, Violation]) -> dict[str, tuple[str, ...]]:
    """With each, the others that it does not fit together with."""
    return {key: tuple(map(str, cast("Iterable[object]", one.facts.get("together", ())))) for key, one in stuck.items()}


def _movable(problem: WeekProblem, intervention_id: str) -> bool:
    return problem.intervention_by_id[intervention_id].pinned is None
