"""The planner's one entrance: a week in, a plan out, by any of its methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from planning.solver.board import Board
from planning.solver.costs import breakdown
from planning.solver.first_come import plan_first_come
from planning.solver.grid import Forbidden, grid_of
from planning.solver.hungarian import Outcome, Report, improve, plan_hungarian, settle
from planning.solver.observer import Observer, Progress
from planning.solver.problem import WeekProblem
from planning.solver.reasons import reasons_for
from planning.solver.result import SolveResult, Status, Violation
from planning.solver.rules import pin_warnings, timeline_violations
from planning.solver.start_times import Timed, with_start_times
from planning.solver.stopping import Stop
from planning.solver.ties import TieRule

Method = Literal["hungarian", "first-come", "exact"]
METHODS: tuple[str, ...] = get_args(Method)
TIE_RULES: tuple[str, ...] = get_args(TieRule)

# The share of an exact solve's time that may go into the plan it starts from.
INCUMBENT_SHARE = 0.3
# The rounds in vain that end it sooner, when the proof is what was asked for.
INCUMBENT_IDLE_ROUNDS = 75
# The share of what then remains that the proof may take when the days are still to be ordered.
PROOF_SHARE = 0.8
# The same for a plan without a proof.
PLAN_SHARE = 0.8
# A cost meets a bound within this share of it; both are sums of floating-point amounts.
MEETS = 1e-9


def solve(
    problem: WeekProblem,
    *,
    method: Method = "hungarian",
    stop: Stop | None = None,
    seed: int = 0,
    tie_rule: TieRule = "fill",
    reference: Mapping[str, str] | None = None,
    reference_starts: Mapping[str, int] | None = None,
    move_cost: float = 0.0,
    observer: Observer | None = None,
    with_starts: bool = False,
    prove: bool = False,
) -> SolveResult:
    """Plan the week.

    Among plans of equal cost: the fewest interventions elsewhere than in ``reference`` (intervention to slot id), then
    ``tie_rule``: "fill" the rooms in the file's order, or "balance" the minutes of the slots. The order is
    lexicographic, so neither ever makes a plan dearer; ``first-come`` knows no ties and ignores both. A ``move_cost``
    makes it a trade: each that leaves its slot of ``reference`` has to be worth that much; the cost answered is the
    plan's own all the same, and the bound is that of both. With ``with_starts`` each day is ordered too, around the
    ``reference_starts`` of those that keep their slot of ``reference``, and a plan that has no order is planned again
    around what did not fit. With ``prove`` the time that ``hungarian`` leaves goes into the exact program, for a proof,
    a better bound or a cheaper plan. Without ``stop`` the search has ten seconds, and mostly ends sooner by itself.
    """
    if method not in METHODS:
        raise ValueError(f"method: {method!r}: one of {', '.join(METHODS)}")
    if tie_rule not in TIE_RULES:
        raise ValueError(f"tie_rule: {tie_rule!r}: one of {', '.join(TIE_RULES)}")
    stop = stop or Stop()
    observer = observer or Observer()
    if move_cost and reference is not None:
        problem = replace(problem, base=reference, move_cost=move_cost)
        observer = _OwnCosts(observer, problem)
    starts = reference_starts or {}
    run = _Run(problem, method, stop, seed, tie_rule, reference, observer, with_starts, prove)
    run.places = {key: (slot, starts[key]) for key, slot in (reference or {}).items() if key in starts}
    return run.result(run.plan())


class _OwnCosts(Observer):
    """Tells the observer what a plan costs, and apart from it what its moves are charged."""

    def __init__(self, told: Observer, problem: WeekProblem) -> None:
        self._told, self._problem = told, problem
        self._cost: float | None = None
        self._moves = 0.0

    def progress(self, progress: Progress) -> None:
        self._told.progress(replace(progress, best_cost=self._cost, moves=self._moves))

    def incumbent(self, assignments: Mapping[str, str], cost: float) -> None:
        found = breakdown(self._problem, assignments)
        self._cost, self._moves = found.total, found.moves
        self._told.incumbent(assignments, found.total)


@dataclass(slots=True)
class _Plan:
    assignments: dict[str, str]
    lower_bound: float | None


class _Run:
    def __init__(
        self,
        problem: WeekProblem,
        method: Method,
        stop: Stop,
        seed: int,
        tie_rule: TieRule,
        reference: Mapping[str, str] | None,
        observer: Observer,
        with_starts: bool,
        prove: bool,
    ) -> None:
        self.problem, self.method, self.stop, self.seed = problem, method, stop, seed
        self.tie_rule, self.reference, self.observer = tie_rule, reference, observer
        self.with_starts, self.prove = with_starts, prove
        self.report = Report(observer, stop)
        self.roads = 0
        # Of the reference: slot and start.
        self.places: Mapping[str, tuple[str, int]] = {}

    def plan(self) -> _Plan:
        if self.method == "first-come":
            assignments = plan_first_come(self.problem)
            self.report.plan(assignments, breakdown(self.problem, assignments).charged)
            return _Plan(assignments, None)
        if self.method == "exact" or self.prove:
            return self._exact()
        outcome = self._hungarian(self.stop.share(PLAN_SHARE if self.with_starts else 1.0))
        return _Plan(outcome.assignments, outcome.lower_bound)

    def result(self, plan: _Plan) -> SolveResult:
        timed = self._timed(plan) if self.with_starts else Timed(plan.assignments)
        problem, assignments = self.problem, timed.assignments
        cost = breakdown(problem, assignments)
        bound = None if plan.lower_bound is None else min(plan.lower_bound, cost.charged)
        proven = bound is not None and cost.charged - bound <= MEETS * max(1.0, cost.charged)
        return SolveResult(
            method=self.method,
            status=Status.OPTIMAL if proven else Status.FEASIBLE,
            assignments=assignments,
            unplanned=tuple(item.id for item in problem.interventions if item.id not in assignments),
            cost=cost,
            lower_bound=bound,
            seconds=self.stop.elapsed,
            warnings=self._warnings(timed),
            starts=timed.starts,
            reasons=reasons_for(problem, assignments, forbidden=timed.forbidden, unordered=timed.unordered),
        )

    def _hungarian(self, stop: Stop, *, idle_rounds: int | None = None) -> Outcome:
        return plan_hungarian(
            self.problem,
            stop=stop,
            seed=self.seed,
            tie_rule=self.tie_rule,
            reference=self.reference,
            report=self.report,
            timed=self.with_starts,
            idle_rounds=idle_rounds,
        )

    def _exact(self) -> _Plan:
        """The planner's own plan cuts the search off; the program proves it or finds a cheaper one."""
        from planning.solver.exact import solve_exact  # the other methods need no integer programming

        idle_rounds = INCUMBENT_IDLE_ROUNDS if self.method == "exact" else None
        first = self._hungarian(self.stop.share(INCUMBENT_SHARE), idle_rounds=idle_rounds)
        cost = breakdown(self.problem, first.assignments).charged
        if cost - first.lower_bound <= MEETS * max(1.0, cost):
            return _Plan(first.assignments, first.lower_bound)
        self.report.enter("proof")
        stop = self.stop.share(PROOF_SHARE if self.with_starts else 1.0)
        outcome = solve_exact(
            self.problem,
            stop=stop,
            incumbent=first.assignments,
            bound=first.lower_bound,
            observer=self.observer,
            # Counted in rounds, a solve is the same everywhere: nothing in it may depend on the clock.
            meanwhile=None if stop.rounds is not None else self._improve,
            raised=self.report.raise_bound,
        )
        bound = outcome.lower_bound
        found = outcome.assignments
        if found is None or breakdown(self.problem, found).charged >= cost:
            return _Plan(first.assignments, bound)
        return _Plan(self._settle(found, bound, reference=self.reference), bound)

    def _improve(self, plan: Mapping[str, str], stop: Stop) -> dict[str, str]:
        """Go on improving ``plan``, each time by another road."""
        self.roads += 1
        grid = grid_of(self.problem, timed=self.with_starts)
        board = Board(grid, self.reference)
        board.load(grid.rows(plan))
        improve(
            board,
            stop=stop,
            seed=self.seed + self.roads,
            bound=self.report.bound or 0.0,
            report=self.report,
            parts=False,
        )
        return grid.assignments(board.slot_of)

    def _timed(self, plan: _Plan) -> Timed:
        self.report.enter("sequencing")

        def replan(assignments: Mapping[str, str], forbidden: Forbidden) -> dict[str, str]:
            return self._settle(
                assignments, plan.lower_bound or 0.0, reference=assignments, forbidden=forbidden, timed=True
            )

        # First come, first served does not plan again: what has no order waits.
        again = None if self.method == "first-come" else replan
        return with_start_times(
            self.problem, plan.assignments, seed=self.seed, stop=self.stop, replan=again, places=self.places
        )

    def _settle(
        self,
        assignments: Mapping[str, str],
        bound: float,
        *,
        reference: Mapping[str, str] | None,
        forbidden: Forbidden = (),
        timed: bool = False,
    ) -> dict[str, str]:
        return settle(
            self.problem,
            assignments,
            stop=self.stop,
            seed=self.seed,
            tie_rule=self.tie_rule,
            reference=reference,
            bound=bound,
            report=self.report,
            forbidden=forbidden,
            timed=timed,
        )

    def _warnings(self, timed: Timed) -> tuple[Violation, ...]:
        """What the pins break: rules and capacities, then the order of the day."""
        by_id = self.problem.intervention_by_id
        overlaps = timeline_violations(self.problem, timed.assignments, timed.starts)
        pinned = tuple(one for one in overlaps if by_id[one.intervention].pinned is not None)
        return pin_warnings(self.problem, timed.assignments) + timed.pins + pinned
