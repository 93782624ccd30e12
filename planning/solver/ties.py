"""Which of the plans of equal cost: fewest rooms for a surgeon in a day, then fill the rooms in order, or balance.

Massive ties are the rule here (everyone on the first day costs nothing). With a reference plan, the fewest moves
away from it come before both. Nothing done here changes the cost or the number of moves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Literal

from planning.solver.board import Board
from planning.solver.stopping import Stop

TieRule = Literal["fill", "balance"]
MOST_PASSES = 20

# What one more room of a surgeon's day weighs: more than any measure.
A_ROOM = 10**12

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
                changed |= tidy.move([row]) or tidy.move(tidy.companions(row)) or tidy.swap(row)
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
        rank_of_room = {room.id: rank for rank, room in enumerate(board.grid.problem.rooms)}
        self.room = [rank_of_room[slot.room] for slot in board.grid.slots]
        # How many interventions of a surgeon are in a room on a day, pins included.
        self.visits: dict[tuple[int, int], int] = defaultdict(int)
        for row, slot in enumerate(board.slot_of):
            if slot >= 0:
                self.visits[self._visit(row, slot)] += 1
        for item_id, slot_id in board.grid.pinned.items():
            surgeon = board.grid.surgeon_index[board.grid.problem.intervention_by_id[item_id].surgeon]
            slot = board.grid.slot_index[slot_id]
            self.visits[surgeon * board.grid.problem.days + board.day[slot], self.room[slot]] += 1

    def _visit(self, row: int, slot: int) -> tuple[int, int]:
        return self.board.first_day[row] + self.board.day[slot], self.room[slot]

    def _rooms(self, *changes: tuple[int, int, int]) -> int:
        """By how much the number of rooms changes when each (row, from, to) goes."""
        before = after = 0
        visits: dict[tuple[int, int], int] = {}
        for row, here, there in changes:
            for key, more in ((self._visit(row, here), -1), (self._visit(row, there), 1)):
                visits[key] = visits.get(key, self.visits[key]) + more
        for key, count in visits.items():
            before += self.visits[key] > 0
            after += count > 0
        return (after - before) * A_ROOM

    def _change(self, slot: int, minutes: int) -> int:
        return self.measure(slot, self.used[slot] + minutes) - self.measure(slot, self.used[slot])

    def companions(self, row: int) -> list[int]:
        """What the same surgeon has in the same slot: moved together, they take no room more."""
        board = self.board
        surgeon_day = board.first_day[row]
        return [other for other in board.held[board.slot_of[row]] if board.first_day[other] == surgeon_day]

    def move(self, rows: list[int]) -> bool:
        """All from their one slot to the equal slot where the measure falls most."""
        board, prices = self.board, [self.board.price_of(row) for row in rows]
        here, minutes = board.slot_of[rows[0]], sum(board.demand[row] for row in rows)
        left, best, best_change = self._change(here, -minutes), here, 0
        for slot in board.price[rows[0]]:
            if slot == here or any(
                board.price[row].get(slot) != price for row, price in zip(rows, prices, strict=True)
            ):
                continue
            change = self._rooms(*((row, here, slot) for row in rows)) + left + self._change(slot, minutes)
            if change < best_change and self._go(rows, slot):
                self._go(rows, here)
                best, best_change = slot, change
        if best == here:
            return False
        self._go(rows, best)
        for row in rows:
            self._visited(row, here, best)
        return True

    def _go(self, rows: list[int], slot: int) -> bool:
        """Put all in the slot, or leave everything as it was."""
        board, here = self.board, self.board.slot_of[rows[0]]
        for row in rows:
            board.lift(row)
        for index, row in enumerate(rows):
            if not board.fits(row, slot):
                for other in rows[:index]:
                    board.lift(other)
                for other in rows:
                    board.place(other, here)
                return False
            board.place(row, slot)
        return True

    def _visited(self, row: int, here: int, there: int) -> None:
        self.visits[self._visit(row, here)] -= 1
        self.visits[self._visit(row, there)] += 1
        self.used[here] -= self.board.demand[row]
        self.used[there] += self.board.demand[row]

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
            change = self._rooms((row, here, there), (other, there, here))
            change += self._change(here, more) + self._change(there, -more)
            if change < 0 and self._exchange(row, other):
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
                self._visited(row, here, there)
                self._visited(other, there, here)
                return True
            board.lift(row)
        board.place(row, here)
        board.place(other, there)
        return False
