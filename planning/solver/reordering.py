"""Make room in the order of a day: move one intervention, or two, so that one without a place gets one.

Planning the whole week again moves what need not move and costs seconds. Most conflicts end with a single move: the
intervention takes another slot, or another one makes way: of the same slot, of the same surgeon on that day, or one of
those that it does not fit together with (the third user of two C-arms, the patient in the last bed).
The cheapest such moves are tried first, and each is kept only when every day that it touches has an order.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from planning.solver.board import Board
from planning.solver.day.order import QUICK
from planning.solver.grid import grid_of
from planning.solver.problem import WeekProblem
from planning.solver.sequencing import sequence
from planning.solver.stopping import Stop

# Moves tried for one intervention: about two seconds in the worst case.
MOST_MOVES = 80
# Moves tried when the time is up all the same: most conflicts need fewer, and a plan without an order is worth little.
MOVES_AFTER_TIME = 10


@dataclass(frozen=True, slots=True)
class Ordered:
    """A plan in which every intervention that can be moved has a start."""

    assignments: dict[str, str]
    starts: dict[str, int]


def make_room(
    problem: WeekProblem,
    assignments: Mapping[str, str],
    starts: Mapping[str, int],
    left_out: Mapping[str, Collection[str]],
    *,
    seed: int,
    stop: Stop,
) -> Ordered:
    """Put back into an ordered plan those that had no place, each at the least cost found, or leave them out.

    ``left_out`` names with each the others that it does not fit together with: one of them may make way.
    A plan never gets dearer than without them. Pins do not move.
    """
    board = Board(grid_of(problem, timed=True))
    rows = board.grid.rows(assignments)
    board.load(rows)
    if board.slot_of != rows:
        return Ordered(dict(assignments), dict(starts))
    index = board.grid.item_index
    conflicts = {index[one]: [index[other] for other in others if other in index] for one, others in left_out.items()}
    repair = _Repair(problem, board, conflicts, dict(starts), seed, stop)
    waiting = list(conflicts)
    for row in sorted(waiting, key=board.leave.__getitem__, reverse=True):
        repair.place(row)
    return Ordered(board.grid.assignments(board.slot_of), repair.starts)


# (row, new slot), in the order in which they are made after all of them have been lifted.
Moves = tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Repair:
    problem: WeekProblem
    board: Board
    conflicts: dict[int, list[int]]
    starts: dict[str, int]
    seed: int
    stop: Stop

    def place(self, row: int) -> None:
        # Equal moves in a random order: neighbours in the list would fail for the same reason.
        draw = random.Random(f"{self.seed}/{row}")
        cheapest = sorted(self._moves(row), key=lambda one: (one[0], len(one[1]), draw.random()))
        for tried, (_, moves) in enumerate(cheapest[:MOST_MOVES]):
            late = tried >= MOVES_AFTER_TIME and self.stop.reached()
            if late or self.stop.cancelled() or self._keeps_an_order(moves):
                return

    def _moves(self, row: int) -> Iterator[tuple[int, Moves]]:
        """Change of the board's value and moves, cheaper than leaving the intervention out."""
        board = self.board
        for slot in board.choices[row]:
            change = board.price[row][slot] - board.leave[row]
            if board.fits(row, slot):
                yield change, ((row, slot),)
            for other in self._rivals(row, slot):
                yield from self._with_another(row, slot, other, change)

    def _rivals(self, row: int, slot: int) -> list[int]:
        """Those of the slot, then on that day the surgeon's and those that it does not fit together with."""
        board, day = self.board, self.board.day[slot]
        that_day = [
            other
            for other, place in enumerate(board.slot_of)
            if place >= 0
            and place != slot
            and board.day[place] == day
            and (board.first_day[other] == board.first_day[row] or other in self.conflicts[row])
        ]
        return [*board.held[slot], *that_day]

    def _with_another(self, row: int, slot: int, other: int, change: int) -> Iterator[tuple[int, Moves]]:
        board, here = self.board, self.board.slot_of[other]
        before = board.price[other][here]
        board.lift(other)
        if board.fits(row, slot):
            board.place(row, slot)
            for there in board.choices[other]:
                total = change + board.price[other][there] - before
                if total < 0 and there != here and board.fits(other, there):
                    yield total, ((row, slot), (other, there))
            board.lift(row)
        board.place(other, here)

    def _keeps_an_order(self, moves: Moves) -> bool:
        """Make the moves; take them back when a day that they touch has no order."""
        board = self.board
        before = [(row, board.slot_of[row]) for row, _ in moves]
        touched = {board.day[slot] for _, slot in (*before, *moves) if slot >= 0}
        self._make(moves)
        plan = board.grid.assignments(board.slot_of)
        day = {item: slot for item, slot in plan.items() if self.problem.slot_by_id[slot].day in touched}
        order = sequence(self.problem, day, seed=self.seed, stop=self.stop, effort=QUICK)
        # A pin without a place before keeps its slot all the same; nobody else may lose theirs.
        if any(one.intervention in board.grid.item_index or one.intervention in self.starts for one in order.unordered):
            self._make(before)
            return False
        self.starts.update(order.starts)
        return True

    def _make(self, moves: Collection[tuple[int, int]]) -> None:
        for row, _ in moves:
            self.board.lift(row)
        for row, slot in moves:
            if slot >= 0:
                self.board.place(row, slot)
