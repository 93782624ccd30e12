"""The planner's default method, phase by phase: a first plan, assignment rounds, improvement, ties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from planning.solver.assignment import assignment_rounds, construct
from planning.solver.board import Board
from planning.solver.bound import SurgeonBound
from planning.solver.grid import UNITS, Forbidden, Grid, grid_of
from planning.solver.improvement import Improver
from planning.solver.observer import Observer, Progress
from planning.solver.problem import WeekProblem
from planning.solver.stopping import Stop
from planning.solver.ties import TieRule, break_ties

# An observer hears at least this often.
SILENCE_SECONDS = 0.25
# One round of the tighter bound with so much work takes about as long as half a round of the search.
WORK_A_ROUND = 2_000_000
# A plan that is good already is settled by few rounds.
SETTLE_IDLE_ROUNDS = 10


class Report:
    """What the observer is told, at each new best plan or bound and often enough in between."""

    def __init__(self, observer: Observer, stop: Stop) -> None:
        self._observer, self._stop = observer, stop
        self._said_at = -inf
        self.phase = "assignment"
        self.cost: float | None = None
        self.bound: float | None = None

    def enter(self, phase: str) -> None:
        self.phase = phase
        self._say()

    def plan(self, assignments: Mapping[str, str], cost: float) -> None:
        if self.cost is None or cost < self.cost:
            self.cost = cost
            self._observer.incumbent(assignments, cost)
            self._say()

    def raise_bound(self, bound: float) -> None:
        if self.bound is None or bound > self.bound:
            self.bound = bound

    def tick(self) -> None:
        if self._stop.elapsed - self._said_at >= SILENCE_SECONDS:
            self._say()

    def _say(self) -> None:
        self._said_at = self._stop.elapsed
        self._observer.progress(Progress(self.phase, self._said_at, self.cost, self.bound))


@dataclass(frozen=True, slots=True)
class Outcome:
    assignments: dict[str, str]
    lower_bound: float


def plan_hungarian(
    problem: WeekProblem,
    *,
    stop: Stop,
    seed: int,
    tie_rule: TieRule,
    reference: Mapping[str, str] | None,
    report: Report,
    timed: bool = False,
    idle_rounds: int | None = None,
) -> Outcome:
    """A feasible plan from the first milliseconds on, and the best bound of the assignment rounds.

    With a reference the search starts from what of it is still allowed. ``timed`` plans for start times: nothing that
    a surgeon's hours make impossible. The bound is that of the equations alone, and holds either way.
    """
    grid = grid_of(problem, timed=timed)
    board = Board(grid, reference)
    if reference is not None:
        board.load(grid.rows(reference))
    construct(board)

    def found() -> None:
        report.plan(grid.assignments(board.slot_of), board.cost)

    def tick(bound: float) -> None:
        report.raise_bound(grid.round_up(bound))
        report.tick()

    found()
    bound, multipliers = assignment_rounds(board, stop, found=found, tick=tick)
    report.raise_bound(grid.round_up(bound))
    report.enter("improvement")
    tighter = SurgeonBound(grid, multipliers, bound)
    improve(board, stop=stop, seed=seed, bound=tighter, report=report, idle_rounds=idle_rounds)
    break_ties(board, tie_rule, stop)
    return Outcome(grid.assignments(board.slot_of), min(grid.round_up(tighter.value), board.cost))


def improve(
    board: Board,
    *,
    stop: Stop,
    seed: int,
    bound: SurgeonBound | float,
    report: Report,
    idle_rounds: int | None = None,
    parts: bool = True,
) -> None:
    """The improvement phase from the plan on the board, ended early by a plan that meets the bound.

    A bound that is not yet done is tightened on the way, a round of it every few rounds of the search.
    """
    improver, grid = Improver(board, seed, parts=parts), board.grid
    rounds = 0
    rounds_a_bound = 1 + bound.work // WORK_A_ROUND if isinstance(bound, SurgeonBound) else 0
    least = least_value(board, bound if isinstance(bound, float) else bound.value)

    def found() -> None:
        report.plan(grid.assignments(improver.best), board.cost_of(improver.best_value))

    def tick() -> None:
        nonlocal rounds, least
        rounds += 1
        if isinstance(bound, SurgeonBound) and rounds % rounds_a_bound == 0 and not bound.done:
            bound.advance(board.cost_of(improver.best_value))
            least = least_value(board, bound.value)
            report.raise_bound(grid.round_up(bound.value))
        report.tick()

    improver.run(stop, least=lambda: least, found=found, tick=tick, idle_rounds=idle_rounds)


def least_value(board: Board, bound: float) -> int:
    """The board's value of the cheapest plan that the bound leaves possible, without a move."""
    return round((board.grid.round_up(bound) - board.grid.fixed) * UNITS - 1e-3) * board.weight


def settle(
    problem: WeekProblem,
    assignments: Mapping[str, str],
    *,
    stop: Stop,
    seed: int,
    tie_rule: TieRule,
    reference: Mapping[str, str] | None,
    bound: float,
    report: Report,
    forbidden: Forbidden = (),
    timed: bool = False,
    idle_rounds: int | None = SETTLE_IDLE_ROUNDS,
) -> dict[str, str]:
    """A good plan near ``assignments``: fills what it leaves open, improves briefly, breaks its ties."""
    grid: Grid = grid_of(problem, forbidden, timed=timed)
    board = Board(grid, reference)
    board.load(grid.rows(assignments))
    construct(board)
    improve(board, stop=stop, seed=seed, bound=bound, report=report, idle_rounds=idle_rounds)
    break_ties(board, tie_rule, stop)
    return grid.assignments(board.slot_of)
