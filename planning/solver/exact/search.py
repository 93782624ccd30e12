"""Runs the model on HiGHS, the one inside SciPy, and reads the proof or the bound."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from math import inf, isfinite
from threading import Thread

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from planning.solver.costs import breakdown
from planning.solver.exact.constraints import constraints
from planning.solver.exact.fixing import close_dear_cells
from planning.solver.exact.objective import Objective, objective
from planning.solver.exact.variables import Variables, choose_variables, expand
from planning.solver.grid import Floats, grid_of
from planning.solver.observer import Observer, Progress
from planning.solver.problem import WeekProblem
from planning.solver.stopping import Stop

_POLL_SECONDS = 0.05
_LEAST_SECONDS = 0.01
_REPORT_SECONDS = 0.3
# A round's bound is known at its end only: the first is short, so that the gap shown falls early.
_FIRST_ROUND_SECONDS, _LONGER = 8.0, 3.0
# SciPy's status codes. Leaving everyone out is always a plan: "infeasible" can only mean the limit on the cost.
_SOLVED, _OUT_OF_TIME, _NOTHING_CHEAPER = 0, 1, 2
_ANSWERED = (_SOLVED, _OUT_OF_TIME, _NOTHING_CHEAPER)


@dataclass(frozen=True, slots=True)
class ExactOutcome:
    """The best plan known (None: time ran out before any), a bound no plan can beat, and whether both meet."""

    assignments: dict[str, str] | None
    lower_bound: float
    proven: bool


def solve_exact(
    problem: WeekProblem,
    *,
    stop: Stop,
    incumbent: Mapping[str, str] | None = None,
    bound: float = -inf,
    observer: Observer | None = None,
) -> ExactOutcome:
    """A cheaper plan than ``incumbent`` (a feasible one), or the proof that there is none, or a better ``bound``.

    Time and cancellation are ``stop``'s; a cancelled solve answers at once with what it has.
    """
    variables = choose_variables(grid_of(problem))
    goal = objective(variables)
    if not variables.groups:
        return ExactOutcome(dict(variables.grid.pinned), goal.pinned, proven=True)
    known = None if incumbent is None else dict(incumbent)
    cost = inf if known is None else breakdown(problem, known).charged
    search = _Search(problem, variables, goal, stop, observer or Observer())
    return search.run(known, cost, max(bound, goal.cost(_cheapest_cells(variables, goal))))


def _cheapest_cells(variables: Variables, goal: Objective) -> float:
    """A bound without search: everyone in their cheapest cell, capacities ignored."""
    cheapest = goal.coefficients[variables.cells :].copy()
    np.minimum.at(cheapest, variables.group, goal.coefficients[: variables.cells])
    return float(cheapest @ variables.group_sizes)


@dataclass(slots=True)
class _Search:
    problem: WeekProblem
    variables: Variables
    goal: Objective
    stop: Stop
    observer: Observer
    linear: float = -inf  # the bound of the linear relaxation, once a round has it

    def run(self, known: dict[str, str] | None, cost: float, bound: float) -> ExactOutcome:
        """Rounds of growing length, so that a search abandoned by a cancellation ends by itself; mostly one round."""
        seconds = _FIRST_ROUND_SECONDS
        while cost - bound > self._tolerance(cost) and not self.stop.reached():
            result = self._one_round(min(seconds, self.stop.remaining), cost, bound)
            bound = max(bound, min(cost, self.linear))
            if result is None:
                break
            if result.x is not None:
                known, cost = self._cheaper(known, cost, np.asarray(result.x))
            bound = max(bound, self._proven_bound(result, cost))
            if result.status not in _ANSWERED:
                break
            seconds *= _LONGER
        self.observer.progress(Progress("proof", self.stop.elapsed, _finite(cost), min(bound, cost)))
        return ExactOutcome(known, min(bound, cost), known is not None and cost - bound <= self._tolerance(cost))

    def _cheaper(
        self, known: dict[str, str] | None, cost: float, values: Floats
    ) -> tuple[dict[str, str] | None, float]:
        found = expand(self.variables, values)
        found_cost = breakdown(self.problem, found).charged
        if found_cost >= cost:
            return known, cost
        self.observer.incumbent(found, found_cost)
        return found, found_cost

    def _tolerance(self, cost: float) -> float:
        return 1e-6 * max(1.0, abs(cost)) if isfinite(cost) else 0.0

    def _proven_bound(self, result: OptimizeResult, cost: float) -> float:
        if result.status in (_SOLVED, _NOTHING_CHEAPER):
            return cost
        dual = result.mip_dual_bound
        if dual is None or not isfinite(dual):
            return -inf
        return min(cost, self.goal.cost(self.goal.rounded_up(float(dual))))

    def _one_round(self, seconds: float, cost: float, bound: float) -> OptimizeResult | None:
        """HiGHS in a thread of its own (it releases the interpreter): progress goes out, a cancellation comes in.

        None when cancelled: the thread is left to its time limit and its answer is not read.
        """
        answer: Future[OptimizeResult] = Future()
        limit = self.goal.below(cost) if isfinite(cost) else None

        def work() -> None:
            try:
                answer.set_result(self._highs(limit, seconds))
            except BaseException as error:
                answer.set_exception(error)

        Thread(target=work, name="highs", daemon=True).start()
        reported = -inf
        while True:
            try:
                return answer.result(timeout=_POLL_SECONDS)
            except TimeoutError:
                if self.stop.cancelled():
                    return None
            if self.stop.elapsed - reported >= _REPORT_SECONDS:
                reported = self.stop.elapsed
                self.observer.progress(Progress("proof", reported, _finite(cost), min(cost, max(bound, self.linear))))

    def _highs(self, limit: float | None, seconds: float) -> OptimizeResult:
        ends, variables, coefficients = self.stop.elapsed + seconds, self.variables, self.goal.coefficients
        rows = constraints(variables)
        upper = np.concatenate([variables.group_sizes[variables.group], variables.group_sizes]).astype(float)
        if limit is not None:
            upper, linear = close_dear_cells(coefficients, rows, upper, limit, max(seconds, _LEAST_SECONDS))
            self.linear = max(self.linear, self.goal.cost(self.goal.relaxed(linear)) if isfinite(linear) else -inf)
            rows.append(LinearConstraint(coefficients[np.newaxis, :], -inf, limit))
        return milp(
            coefficients,
            constraints=rows,
            bounds=Bounds(0, upper),
            integrality=np.ones(variables.size, dtype=np.int64),
            options={"time_limit": max(ends - self.stop.elapsed, _LEAST_SECONDS), "mip_rel_gap": 0.0},
        )


def _finite(cost: float) -> float | None:
    return cost if isfinite(cost) else None
