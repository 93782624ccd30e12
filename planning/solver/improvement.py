"""The improvement phase: swaps, ejections and ruin-and-recreate under a falling temperature, in rounds of fixed size.

The steps are compiled (``kernel.py``). A dearer plan is kept as the current one with the probability of simulated
annealing; the best plan is kept apart.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from planning.solver.board import Board
from planning.solver.stopping import Stop

if TYPE_CHECKING:
    from planning.solver.exact.neighbourhood import Neighbourhoods, Part

STEPS_A_ROUND = 2000
# A cycle of cooling starts from the best plan; each is longer than the one before.
FIRST_CYCLE, LONGER = 30, 1.6
# The end: this many rounds without a better plan, and so many more for each pair of interventions.
IDLE_ROUNDS, IDLE_ROUNDS_A_PAIR = 75, 0.01
# Temperatures as shares of the typical step from one cost to the next dearer one. The cycles take the first ones in
# turn: mild ones search near the best plan, hot ones leave its neighbourhood.
HOTTEST, COLDEST = (0.3, 1.5), 0.002
# From so many interventions with a choice on, exact sub-problems help beside the search.
MANY = 300

Found = Callable[[], None]
Tick = Callable[[], None]


class Improver:
    """Works on ``board`` and leaves the best plan found in it. Deterministic for a seed and a number of rounds.

    With ``parts`` and many interventions, a second thread solves exact sub-problems (``exact/neighbourhood.py``).
    """

    def __init__(self, board: Board, seed: int, *, parts: bool = True) -> None:
        # Loading the compiler takes half a second the first time: not before there is a plan to improve.
        from planning.solver import arrays, kernel

        self._kernel = kernel
        self.board = board
        self.tables, self.state = arrays.tables_of(board), arrays.state_of(board, seed)
        self._shift, self._all_out = arrays.shift_of(board), sum(board.leave)
        self.typical_step = max(1, _typical_step(board) >> self._shift)
        self._began, self._began_value = list(board.slot_of), board.value
        self._in_parts = parts
        self._parts: Neighbourhoods | None = None

    @property
    def best(self) -> list[int]:
        best: list[int] = self.state.at[:, self._kernel.BEST].tolist()
        return best

    @property
    def best_value(self) -> int:
        return (int(self.state.value[self._kernel.LEAST]) << self._shift) + self._all_out

    def run(
        self, stop: Stop, *, least: Callable[[], int], found: Found, tick: Tick, idle_rounds: int | None = None
    ) -> None:
        """Until the stop, ``idle_rounds`` rounds in vain, or a value of ``least()``, which nothing can beat."""
        if idle_rounds is None:
            idle_rounds = IDLE_ROUNDS + int(IDLE_ROUNDS_A_PAIR * len(self.board.slot_of) ** 2)
        if self._in_parts and stop.rounds is None and len(self.tables.free) >= MANY:
            from planning.solver.exact.neighbourhood import Neighbourhoods

            self._parts = Neighbourhoods(self.board.grid, int(self.state.seed[0]))
        rounds = better_at = cycles = 0
        cycle, began = float(FIRST_CYCLE), stop.elapsed
        while len(self.tables.free) and rounds - better_at < idle_rounds:
            length = min(int(cycle), idle_rounds, stop.rounds - rounds if stop.rounds is not None else idle_rounds)
            if rounds and stop.seconds is not None:
                # A cycle cut off half-way is wasted: the last one that the clock allows is cooled in time.
                length = min(length, 1 + int(rounds * stop.remaining / max(stop.elapsed - began, 1e-9)))
            for index in range(length):
                if self.best_value <= least() or stop.reached():
                    break
                rounds += 1
                better = self._round(HOTTEST[cycles % len(HOTTEST)], index / length, 1 / length)
                if (cycles and self._solve_a_part(stop)) or better:
                    better_at = rounds
                    found()
                tick()
            else:
                self._kernel.restore(self.tables, self.state)
                cycle, cycles = cycle * LONGER, cycles + 1
                if length > 0:
                    continue
            break
        if self._parts is not None:
            self._parts.close()
        self._leave()

    def _round(self, hottest: float, share: float, part: float) -> bool:
        """The ``part`` of a cycle that follows the ``share`` that has passed; it cools geometrically."""
        cooling = COLDEST / hottest
        temperature = hottest * self.typical_step * cooling**share
        return bool(
            self._kernel.anneal(self.tables, self.state, STEPS_A_ROUND, temperature, cooling ** (part / STEPS_A_ROUND))
        )

    def _solve_a_part(self, stop: Stop) -> bool:
        """The exact sub-problem that has ended meanwhile makes the best plan cheaper, the next one begins."""
        if self._parts is None:
            return False
        better = (part := self._parts.take()) is not None and self._adopt(part)
        if self._parts.idle:
            self._parts.ask(self.best, stop.remaining)
        return better

    def _adopt(self, part: Part) -> bool:
        """The best plan with that part in it, if it still fits beside the others and is cheaper."""
        plan = self.best
        for row, slot in zip(part.rows.tolist(), part.slots, strict=True):
            plan[row] = slot
        self.board.load(plan)
        self.board.insert([row for row, slot in enumerate(self.board.slot_of) if slot < 0], self.board.choices)
        if self.board.value >= self.best_value:
            return False
        self.state.at[:, self._kernel.BEST] = self.board.slot_of
        self.state.value[self._kernel.LEAST] = (self.board.value - self._all_out) >> self._shift
        self._kernel.restore(self.tables, self.state)
        return True

    def _leave(self) -> None:
        """The best plan on the board; the first one if rounding very large costs made a dearer one look better."""
        self.board.load(self.best)
        if self.board.value > self._began_value:
            self.board.load(self._began)


def _typical_step(board: Board) -> int:
    """Median rise from one price to the next dearer one, over all interventions; what is worth a temperature."""
    rises = []
    for row, prices in enumerate(board.price):
        steps = sorted({*(price // board.weight for price in prices.values()), board.leave[row] // board.weight})
        rises += [after - before for before, after in pairwise(steps)]
    rises.sort()
    return rises[len(rises) // 2] * board.weight if rises else board.weight
