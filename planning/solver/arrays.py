"""A board as the arrays of the compiled search, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planning.solver.board import Board
from planning.solver.grid import Ints
from planning.solver.kernel import NEVER, State, Tables

# Values are whole numbers of 64 bits in the search: costs beyond that are counted in larger units.
_MOST = 1 << 59


def shift_of(board: Board) -> int:
    """By how many bits prices are cut so that any sum of them fits; 0 for the money of this world."""
    return max(0, int(sum(board.leave)).bit_length() - _MOST.bit_length())


def tables_of(board: Board) -> Tables:
    rows, columns = board.grid.cost.shape
    shift = shift_of(board)
    price = np.full((rows, columns), NEVER, dtype=np.int64)
    choices: list[Ints] = []
    for row, slots in enumerate(board.choices):
        if slots:
            leave, prices = board.leave[row], board.price[row]
            worth = np.array([(prices[slot] - leave) >> shift for slot in slots], dtype=np.int64)
            price[row, slots] = worth
            ends = np.append(np.flatnonzero(worth[1:] != worth[:-1]) + 1, len(slots))
            tier_end = ends[np.searchsorted(ends, np.arange(len(slots)), side="right")]
            choices.append(np.column_stack([slots, tier_end]))
        else:
            choices.append(np.zeros((0, 2), dtype=np.int64))
    first, end = _ranges([len(one) for one in choices])
    for begin, one in zip(first, choices, strict=True):
        one[:, 1] += begin
    free = np.flatnonzero(end > first)
    surgeons = [free[board.grid.surgeon[free] == surgeon] for surgeon in range(len(board.grid.surgeon_left))]
    users = [np.flatnonzero(price[:, slot] < NEVER) for slot in range(columns)]
    list_first, list_end = _ranges([len(one) for one in (*surgeons, *users)])
    days, windows = 2 * columns, 2 * columns + board.grid.surgeon_left.size
    item: list[Sequence[int] | Ints] = [
        board.demand,
        board.duration,
        np.array(board.first_day, dtype=np.int64) + days,
        np.array(board.first_window, dtype=np.int64) + windows,
        first,
        end,
        list_first[board.grid.surgeon],
        list_end[board.grid.surgeon],
    ]
    spot: list[Sequence[int] | Ints] = [board.day, board.window, list_first[len(surgeons) :], list_end[len(surgeons) :]]
    return Tables(
        item=_columns(item),
        spot=_columns(spot),
        price=price,
        choice=np.concatenate([*choices, np.zeros((0, 2), dtype=np.int64)]),
        lists=np.concatenate([*surgeons, *users, np.zeros(0, dtype=np.int64)]),
        free=free,
    )


def state_of(board: Board, seed: int) -> State:
    rows, columns = board.grid.cost.shape
    most = max((len(held) + left for held, left in zip(board.held, board.positions_left, strict=True)), default=0)
    held = np.zeros((columns, min(max(most, 0), rows) + 1), dtype=np.int64)
    at = np.zeros((rows, 3), dtype=np.int64)
    at[:, 0] = at[:, 2] = board.slot_of
    for slot, inside in enumerate(board.held):
        held[slot, : len(inside)] = inside
        held[slot, -1] = len(inside)
        at[inside, 1] = np.arange(len(inside))
    value = (board.value - sum(board.leave)) >> shift_of(board)
    left = [*board.minutes_left, *board.positions_left, *board.surgeon_left, *board.window_left]
    return State(
        left=np.array(left, dtype=np.int64),
        held=held,
        at=at,
        value=np.array([value, value], dtype=np.int64),
        log=np.zeros((rows + 1, 4), dtype=np.int64),
        # Any number but 0 starts the generator; near seeds must not start it alike.
        seed=np.array([(seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % 2**64 | 1], dtype=np.uint64),
    )


def _ranges(sizes: Sequence[int]) -> tuple[Ints, Ints]:
    end = np.cumsum(np.array(sizes, dtype=np.int64))
    return end - np.array(sizes, dtype=np.int64), end


def _columns(columns: Sequence[Sequence[int] | Ints]) -> Ints:
    return np.ascontiguousarray(np.column_stack([np.asarray(column, dtype=np.int64) for column in columns]))
