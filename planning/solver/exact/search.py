"""Runs the model on HiGHS round by round, and reads the proof or the bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from math import inf, isfinite
from threading import Thread

import numpy as np
from scipy.optimize import OptimizeResult

from planning.solver.costs import breakdown
from planning.solver.exact.objective import Objective, objective
from planning.solver.exact.program import run_highs
from planning.solver.exact.variables import Variables, choose_variables, expand
from planning.solver.grid import grid_of
from planning.solver.observer import Observer, Progress
from planning.solver.problem import WeekProblem
from planning.solver.stopping import Stop

_POLL_SECONDS = 0.05
_REPORT_SECONDS = 0.3
# A round's bound is known at its end only: the first is short, so that the gap shown falls early.
_FIRST_ROUND_SECONDS, _LONGER = 8.0, 3.0
# SciPy's status codes. Leaving everyone out is always a plan: "infeasible" can only mean the limit on the cost.
_SOLVED, _OUT_OF_TIME, _NOTHING_CHEAPER = 0, 1, 2
_ANSWERED = (_SOLVED, _OUT_OF_TIME, _NOTHING_CHEAPER)

# Looks for a cheaper plan than the one given, until the stop.
Meanwhile = Callable[[Mapping[str, str], Stop], Mapping[str, str]]


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
    meanwhile: Meanwhile | None = None,
    raised: Callable[[float], None] | None = None,
) -> ExactOutcome:
    """A cheaper plan than ``incumbent`` (a feasible one), or the proof that there is none, or a better ``bound``.

    Time and cancellation are ``stop``'s; a cancelled solve answers at once with what it has. ``meanwhile`` goes on
    improving the best plan while HiGHS works in its thread, and ``raised`` hears a bound as soon as there is one.
    """
    variables = choose_variables(grid_of(problem))
    goal = objective(variables)
    if not variables.groups:
        return ExactOutcome(dict(variables.grid.pinned), goal.pinned, proven=True)
    known = None if incumbent is None else dict(incumbent)
    cost = inf if known is None else breakdown(problem, known).charged
    search = _Search(problem, variables, goal, stop, observer or Observer(), meanwhile, raised)
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
    meanwhile: Meanwhile | None
    raised: Callable[[float], None] | None
    linear: float = -inf  # the bound of the linear relaxation, once a round has it

    def run(self, known: dict[str, str] | None, cost: float, bound: float) -> ExactOutcome:
        """Rounds of growing length, so that a search abandoned by a cancellation ends by itself; mostly one round."""
        seconds = _FIRST_ROUND_SECONDS
        while cost - bound > self._tolerance(cost) and not self.stop.reached():
            result, better = self._one_round(min(seconds, self.stop.remaining), known, cost, bound)
            before = cost
            if better is not None:
                known, cost = self._cheaper(known, cost, better)
            bound = max(bound, min(cost, self.linear))
            if result is None:
                break
            if result.x is not None:
                found = expand(self.variables, np.asarray(result.x))
                known, cost = self._cheaper(known, cost, found)
                before = min(before, breakdown(self.problem, found).charged)
            # What the program says is about the plan it set out from, or found.
            bound = max(bound, min(cost, self._proven_bound(result, before)))
            if result.status not in _ANSWERED:
                break
            seconds *= _LONGER
        self.observer.progress(Progress("proof", self.stop.elapsed, _finite(cost), min(bound, cost)))
        return ExactOutcome(known, min(bound, cost), known is not None and cost - bound <= self._tolerance(cost))

    def _cheaper(
        self, known: dict[str, str] | None, cost: float, found: dict[str, str]
    ) -> tuple[dict[str, str] | None, float]:
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

    def _one_round(
        self, seconds: float, known: dict[str, str] | None, cost: float, bound: float
    ) -> tuple[OptimizeResult | None, dict[str, str] | None]:
        """HiGHS in a thread of its own (it releases the interpreter): progress goes out, a cancellation comes in.

        No result when cancelled: the thread is left to its time limit and its answer is not read. The plan is that of
        ``meanwhile``.
        """
        answer: Future[OptimizeResult] = Future()
        limit = self.goal.below(cost) if isfinite(cost) else None

        def work() -> None:
            try:
                answer.set_result(self._highs(limit, seconds))
            except BaseException as error:
                answer.set_exception(error)

        Thread(target=work, name="highs", daemon=True).start()
        reported, better = -inf, None
        if self.meanwhile is not None and known is not None:
            better = dict(self.meanwhile(known, self.stop.before(answer.done)))
        while True:
            try:
                return answer.result(timeout=_POLL_SECONDS), better
            except TimeoutError:
                if self.stop.cancelled():
                    return None, better
            if self.stop.elapsed - reported >= _REPORT_SECONDS:
                reported = self.stop.elapsed
                self.observer.progress(Progress("proof", reported, _finite(cost), min(cost, max(bound, self.linear))))

    def _highs(self, limit: float | None, seconds: float) -> OptimizeResult:
        return run_highs(self.variables, self.goal, limit=limit, seconds=seconds, raised=self._raise)

    def _raise(self, bound: float) -> None:
        self.linear = max(self.linear, bound)
        if self.raised is not None:
            self.raised(bound)


def _finite(cost: float) -> float | None:
    return cost if isfinite(cost) else None
