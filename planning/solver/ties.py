"""Which of the plans of equal cost: fill the rooms in the file's order, or balance the load.

Massive ties are the rule here (everyone on the first day costs nothing). With a reference plan, the fewest moves
away from it come before the tie rule. Nothing done here changes the cost or the number of moves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from planning.solver.board import Board
from planning.solver.stopping import Stop

TieRule = Literal["fill", "balance"]
MOST_PASSES = 20

# What a slot with these minutes in use adds to the measure that the tie rule makes small.
Measure = Callable[[int, int], int]


def break_ties(board: Board, tie_rule: TieRule, stop: Stop) -> None:
    """Moves and swaps of equal price, while they make the tie rule's measure smaller."""
    measure = _fill(board) if tie_rule == "fill" else _balance
    used = [sum(board.demand[row] for row in held) for held in board.held]
    tidy = _Tidy(board, measure, used)
    for _ in range(MOST_PASSES):
        changed = False
        for row in range(len(board.slot_of)):
            if stop.reached():
                return
            if board.slot_of[row] >= 0:
                changed |= tidy.move(row) or tidy.swap(row)
        if not changed:
            return


def _fill(board: Board) -> Measure:
    """Minutes times the room's rank in the file: the first rooms fill first."""
    rank_of_room = {room.id: rank for rank, room in enumerate(board.grid.problem.rooms)}
    ranks = [rank_of_room[slot.room] for slot in board.grid.slots]
    return lambda slot, minutes: ranks[slot] * minutes


def _balance(_slot: int, minutes: int) -> int:
    """The square of the minutes: one long slot weighs more than two half as long."""
    return minutes * minutes


class _Tidy:
    def __init__(self, board: Board, measure: Measure, used: list[int]) -> None:
        self.board, self.measure, self.used = board, measure, used
        # What pins use counts in the balance of a slot.
        pins = [slot.length - left for slot, left in zip(board.grid.slots, board.grid.length.tolist(), strict=True)]
        self.used = [minutes + pin for minutes, pin in zip(used, pins, strict=True)]

    def _change(self, slot: int, minutes: int) -> int:
        return self.measure(slot, self.used[slot] + minutes) - self.measure(slot, self.used[slot])

    def _put(self, row: int, slot: int) -> None:
        self.used[self.board.slot_of[row]] -= self.board.demand[row]
        self.board.lift(row)
        self.board.place(row, slot)
        self.used[slot] += self.board.demand[row]

    def move(self, row: int) -> bool:
        """To the equal slot where the measure falls most."""
        board = self.board
        here, price, minutes = board.slot_of[row], board.price_of(row), board.demand[row]
        left, best, best_change = self._change(here, -minutes), -1, 0
        board.lift(row)
        for slot, other_price in board.price[row].items():
            if other_price == price and slot != here and board.fits(row, slot):
                change = left + self._change(slot, minutes)
                if change < best_change:
                    best, best_change = slot, change
        board.place(row, here)
        if best >= 0:
            self._put(row, best)
        return best >= 0

    def swap(self, row: int) -> bool:
        """With the first intervention whose exchange costs nothing and makes the measure smaller."""
        board = self.board
        here, prices = board.slot_of[row], board.price[row]
        for other in range(row):
            there = board.slot_of[other]
            if there < 0 or there == here or there not in prices or here not in board.price[other]:
                continue
            if prices[there] + board.price[other][here] != prices[here] + board.price[other][there]:
                continue
            more = board.demand[other] - board.demand[row]
            if self._change(here, more) + self._change(there, -more) < 0 and self._exchange(row, other):
                return True
        return False

    def _exchange(self, row: int, other: int) -> bool:
        """Swap the two if both then have room."""
        board = self.board
        here, there = board.slot_of[row], board.slot_of[other]
        board.lift(row)
        board.lift(other)
        if board.fits(row, there):
            board.place(row, there)
            if board.fits(other, here):
                board.place(other, here)
                self.used[here] += board.demand[other] - board.demand[row]
                self.used[there] += board.demand[row] - board.demand[other]
                return True
            board.lift(row)
        board.place(row, here)
        board.place(other, there)
        return False
