"""The improvement phase: swaps, ejections and ruin-and-recreate under a falling temperature, in rounds of fixed size.

The steps are compiled (``kernel.py``). A dearer plan is kept as the current one with the probability of simulated
annealing; the best plan is kept apart.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from planning.solver.board import Board
from planning.solver.stopping import Stop

STEPS_A_ROUND = 2000
# A cycle of cooling starts from the best plan; each is longer than the one before.
FIRST_CYCLE, LONGER = 30, 1.6
# The end: this many rounds without a better plan, and so many more for each pair of interventions.
IDLE_ROUNDS, IDLE_ROUNDS_A_PAIR = 75, 0.01
# Temperatures as shares of the typical step from one cost to the next dearer one. The cycles take the first ones in
# turn: mild ones search near the best plan, hot ones leave its neighbourhood.
HOTTEST, COLDEST = (0.3, 1.5), 0.002

Found = Callable[[], None]
Tick = Callable[[], None]


class Improver:
    """Works on ``board`` and leaves the best plan found in it. Deterministic for a seed and a number of rounds."""

    def __init__(self, board: Board, seed: int) -> None:
        # Loading the compiler takes half a second the first time: not before there is a plan to improve.
        from planning.solver import arrays, kernel

        self._kernel = kernel
        self.board = board
        self.tables, self.state = arrays.tables_of(board), arrays.state_of(board, seed)
        self._shift, self._all_out = arrays.shift_of(board), sum(board.leave)
        self.typical_step = max(1, _typical_step(board) >> self._shift)
        self._began = list(board.slot_of)

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
                if self._round(HOTTEST[cycles % len(HOTTEST)], index / length, 1 / length):
                    better_at = rounds
                    found()
                tick()
            else:
                self._kernel.restore(self.tables, self.state)
                cycle, cycles = cycle * LONGER, cycles + 1
                if length > 0:
                    continue
            break
        self._leave()

    def _round(self, hottest: float, share: float, part: float) -> bool:
        """The ``part`` of a cycle that follows the ``share`` that has passed; it cools geometrically."""
        cooling = COLDEST / hottest
        temperature = hottest * self.typical_step * cooling**share
        return bool(
            self._kernel.anneal(self.tables, self.state, STEPS_A_ROUND, temperature, cooling ** (part / STEPS_A_ROUND))
        )

    def _leave(self) -> None:
        """The best plan on the board; the first one if rounding very large costs made a dearer one look better."""
        before = self.board.value
        self.board.load(self.best)
        if self.board.value > before:
            self.board.load(self._began)


def _typical_step(board: Board) -> int:
    """Median rise from one price to the next dearer one, over all interventions; what is worth a temperature."""
    rises = []
    for row, prices in enumerate(board.price):
        steps = sorted({*(price // board.weight for price in prices.values()), board.leave[row] // board.weight})
        rises += [after - before for before, after in pairwise(steps)]
    rises.sort()
    return rises[len(rises) // 2] * board.weight if rises else board.weight
