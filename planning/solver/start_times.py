"""From slots to start times: where no order of a day fits, plan again without what could not be ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from planning.solver.grid import Forbidden
from planning.solver.problem import WeekProblem
from planning.solver.result import Violation
from planning.solver.sequencing import sequence
from planning.solver.stopping import Stop

MOST_ATTEMPTS = 8

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
    """Order every day. After a few plans, or without ``replan``, what has no order is left out; a pin never is."""
    timed = Timed(assignments)
    attempts = 0
    while True:
        order = sequence(problem, timed.assignments, seed=seed, stop=stop)
        movable = [one for one in order.unordered if problem.intervention_by_id[one.intervention].pinned is None]
        if not movable:
            timed.starts = order.starts
            timed.pins = order.unordered
            return timed
        for violation in movable:
            slot = timed.assignments.pop(violation.intervention)
            timed.forbidden.add((violation.intervention, slot))
            timed.unordered[violation.intervention] = violation
        attempts += 1
        if replan is not None and attempts <= MOST_ATTEMPTS and not stop.reached():
            timed.assignments = replan(timed.assignments, timed.forbidden)
