"""The improvement phase: ejections and ruin-and-recreate under a falling temperature, in rounds of fixed size.

One step lifts a few interventions out of the plan and puts them back in another order, each in its cheapest slot
that has room. Lifting exactly those that keep an intervention out of a cheaper slot is an ejection; lifting one or
two is a move or a swap; lifting a slot, a surgeon's day or a day is a ruin. A dearer plan is kept as the current one
with the probability of simulated annealing; the best plan is kept apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from math import exp

from planning.solver.board import Board
from planning.solver.stopping import Stop

STEPS_A_ROUND = 100
# A cycle of cooling starts from the best plan; each is longer than the one before, up to a limit.
FIRST_CYCLE, LONGEST_CYCLE, LONGER = 60, 400, 1.6
# The end: this many rounds without a better plan.
IDLE_ROUNDS = 1000
MOST_LIFTED = 10
# Temperatures as shares of the typical step from one cost to the next dearer one. The cycles take the first ones in
# turn: mild ones search near the best plan, hot ones leave its neighbourhood.
HOTTEST, COLDEST = (0.3, 1.5), 0.01

Found = Callable[[], None]
Tick = Callable[[], None]


class Improver:
    """Works on ``board`` and leaves the best plan found in it. Deterministic for a seed and a number of rounds."""

    def __init__(self, board: Board, seed: int) -> None:
        self.board = board
        self.rng = random.Random(seed)
        self.variants = board.shuffled_choices(self.rng)
        self.typical_step = _typical_step(board)
        self.best = list(board.slot_of)
        self.best_value = board.value
        # Interventions whose slot is no matter of choice are never lifted on purpose.
        self.free = [row for row, choices in enumerate(board.choices) if choices]
        self.of_surgeon: dict[int, list[int]] = {}
        for row in self.free:
            self.of_surgeon.setdefault(board.first_day[row], []).append(row)

    def run(
        self, stop: Stop, *, least: Callable[[], int], found: Found, tick: Tick, idle_rounds: int = IDLE_ROUNDS
    ) -> None:
        """Until the stop, ``idle_rounds`` rounds in vain, or a value of ``least()``, which nothing can beat."""
        rounds = better_at = cycles = 0
        cycle = float(FIRST_CYCLE)
        while self.free and rounds - better_at < idle_rounds:
            length = min(int(cycle), idle_rounds, stop.rounds - rounds if stop.rounds is not None else LONGEST_CYCLE)
            for index in range(length):
                if self.best_value <= least() or stop.reached():
                    break
                rounds += 1
                if self._round(self._temperature(HOTTEST[cycles % len(HOTTEST)], index / length)):
                    better_at = rounds
                    found()
                tick()
            else:
                self._restore_best()
                cycle, cycles = min(cycle * LONGER, LONGEST_CYCLE), cycles + 1
                if length > 0:
                    continue
            break
        self._restore_best()

    def _temperature(self, hottest: float, share: float) -> float:
        """Falls geometrically over the cycle, of which ``share`` has passed."""
        cooling: float = (COLDEST / hottest) ** share
        return hottest * self.typical_step * cooling

    def _round(self, temperature: float) -> bool:
        board, rng, better = self.board, self.rng, False
        for _ in range(STEPS_A_ROUND):
            before = board.value
            lifted = self._step()
            change = board.value - before
            if board.value < self.best_value:
                self.best, self.best_value, better = list(board.slot_of), board.value, True
            elif change > 0 and rng.random() >= exp(-change / temperature):
                self._undo(lifted)
        return better

    def _step(self) -> list[tuple[int, int]]:
        """One ruin and recreate; answers what was lifted and from where."""
        draw = self.rng.random()
        if draw < 0.5:
            return self._eject()
        if draw < 0.8:
            return self._recreate(self._rows_of_slots())
        return self._recreate(self._rows_of_surgeon())

    def _eject(self) -> list[tuple[int, int]]:
        """Put one intervention in a slot of its choice, lifting what stands in its way."""
        board, rng = self.board, self.rng
        row = rng.choice(self.free)
        for _ in range(3):
            if board.price_of(row) > board.price[row][board.choices[row][0]]:
                break
            row = rng.choice(self.free)
        choices = board.choices[row]
        target = choices[int(len(choices) * rng.random() ** 2)]
        if target == board.slot_of[row]:
            return self._recreate(self._rows_of_slots())
        lifted = [(row, board.slot_of[row])]
        board.lift(row)
        self._make_room(row, target, lifted)
        if not board.fits(row, target):
            target = -1
        else:
            board.place(row, target)
        others = [other for other, _ in lifted[1:]]
        if target < 0:
            others.append(row)
        self._put_back(others)
        return lifted

    def _make_room(self, row: int, slot: int, lifted: list[tuple[int, int]]) -> None:
        board, rng = self.board, self.rng
        held = board.held[slot]
        while held and (board.minutes_left[slot] < board.demand[row] or board.positions_left[slot] <= 0):
            other = held[int(len(held) * rng.random())]
            lifted.append((other, slot))
            board.lift(other)
        if board.fits(row, slot):
            return
        day = board.day[slot]
        same = [
            other
            for other in self.of_surgeon[board.first_day[row]]
            if board.slot_of[other] >= 0 and board.day[board.slot_of[other]] == day
        ]
        rng.shuffle(same)
        for other in same:
            lifted.append((other, board.slot_of[other]))
            board.lift(other)
            if board.fits(row, slot):
                return

    def _rows_of_slots(self) -> list[int]:
        """Some of what is held by the slots that one intervention could use."""
        board, rng = self.board, self.rng
        choices = board.choices[rng.choice(self.free)]
        wanted = 2 + int((MOST_LIFTED - 1) * rng.random())
        rows: list[int] = []
        for slot in rng.sample(choices, min(len(choices), 1 + int(4 * rng.random()))):
            rows.extend(board.held[slot])
        if len(rows) > wanted:
            rows = rng.sample(rows, wanted)
        return rows

    def _rows_of_surgeon(self) -> list[int]:
        board, rng = self.board, self.rng
        row = rng.choice(self.free)
        rows = self.of_surgeon[board.first_day[row]]
        rows = rng.sample(rows, min(len(rows), 1 + int(MOST_LIFTED / 2 * rng.random())))
        slot = board.slot_of[row]
        if slot >= 0:
            rows += [other for other in board.held[slot] if other not in rows]
        return rows[:MOST_LIFTED]

    def _recreate(self, rows: list[int]) -> list[tuple[int, int]]:
        board = self.board
        lifted = [(row, board.slot_of[row]) for row in rows]
        for row in rows:
            board.lift(row)
        self._put_back(rows)
        return lifted

    def _put_back(self, rows: list[int]) -> None:
        rng, board = self.rng, self.board
        draw = rng.random()
        if draw < 0.4:
            rows = sorted(rows, key=board.demand.__getitem__, reverse=True)
        elif draw < 0.5:
            rows = sorted(rows, key=lambda row: len(board.choices[row]))
        else:
            rng.shuffle(rows)
        board.insert(rows, self.variants[int(len(self.variants) * rng.random())])

    def _undo(self, lifted: list[tuple[int, int]]) -> None:
        board = self.board
        for row, _ in lifted:
            board.lift(row)
        for row, slot in lifted:
            if slot >= 0:
                board.place(row, slot)

    def _restore_best(self) -> None:
        if self.board.value != self.best_value or self.board.slot_of != self.best:
            self.board.load(self.best)


def _typical_step(board: Board) -> float:
    """Median rise from one price to the next dearer one, over all interventions; what is worth a temperature."""
    rises = []
    for row, prices in enumerate(board.price):
        steps = sorted({*(price // board.weight for price in prices.values()), board.leave[row] // board.weight})
        rises += [after - before for before, after in pairwise(steps)]
    rises.sort()
    return float(rises[len(rises) // 2] * board.weight) if rises else float(board.weight)
