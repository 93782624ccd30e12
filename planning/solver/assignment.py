"""The extended Hungarian method: assignment rounds priced by multipliers, each mended into a feasible plan.

A reconstruction of the extension of the Hungarian method of Guinet and Chaabane (2003) for assignment with additive
resource constraints; the body of that paper could not be read, so no parity with its figures is claimed.

Relaxing (4), (5) and (6) with multipliers y_s >= 0 (a minute of slot s) and z_kj >= 0 (a minute of surgeon k on day
j) leaves a pure assignment of interventions to positions, (2), (3), (7) and (8):

    L(y, z) = min sum_is (c_is + y_s demand_i + z_kj duration_i) x_is - sum_s y_s length_s - sum_kj z_kj Maxi_kj

which ``linear_sum_assignment`` solves exactly. L(y, z) never exceeds the cost of a feasible plan: its best value is
the lower bound. The overuse of each slot and surgeon-day is a subgradient: the multipliers follow it (dual step) by a
length that the best plan's cost sets (primal), and the assignment, mended under the same prices, is the next plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from planning.solver.board import LEFT_OUT, Board
from planning.solver.grid import Floats, Grid, Ints
from planning.solver.stopping import Stop

# As many rounds as this work allows, counted in rows x rows x columns: the time of one assignment grows like it.
WORK, FEWEST_ROUNDS, MOST_ROUNDS = 4e9, 2, 60
# The dual step shrinks by half after this many rounds without a better bound, and the rounds end when it is tiny.
PATIENCE = 4
FIRST_STEP, SMALLEST_STEP = 1.0, 0.02
# A bound is computed in floating point: this share of it is given up so that it stays one.
SAFETY = 1e-9

Found = Callable[[], None]
Tick = Callable[[float], None]


@dataclass(slots=True)
class Multipliers:
    """Prices a minute: ``slot`` (M,) for (4) and (5), ``surgeon_day`` (surgeons * days,) for (6). Never negative."""

    slot: Floats
    surgeon_day: Floats

    @classmethod
    def zero(cls, grid: Grid) -> Multipliers:
        return cls(np.zeros(len(grid.slots)), np.zeros(grid.surgeon_left.size))

    def priced(self, grid: Grid) -> Floats:
        """(N, M): each cell's cost and the price of the minutes that it uses."""
        surgeon = self.surgeon_day[grid.surgeon_day] * grid.duration[:, None]
        return np.asarray(grid.cost + self.slot[None, :] * grid.demand[:, None] + surgeon, dtype=np.float64)

    def refund(self, grid: Grid) -> float:
        """What the whole capacity is worth at these prices; a capacity the pins exceed counts as none."""
        minutes, surgeon = np.maximum(grid.length, 0), np.maximum(grid.surgeon_left.ravel(), 0)
        return float(self.slot @ minutes + self.surgeon_day @ surgeon)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The optimal assignment at given prices: ``column`` (N,) slot or -1, ``bound`` = L(y, z) with the pins' cost."""

    column: Ints
    bound: float


def seats(grid: Grid) -> Ints:
    """Slot of each assignment column: one column a position (3), no more than can be used at once."""
    if not grid.items:
        return np.zeros(0, dtype=np.int64)
    candidates = grid.allowed.sum(axis=0)
    shortest = np.where(grid.allowed, grid.demand[:, None], np.iinfo(np.int64).max).min(axis=0)
    by_length = np.where(candidates > 0, np.maximum(grid.length, 0) // np.maximum(shortest, 1), 0)
    count = np.minimum(np.minimum(np.maximum(grid.positions, 0), candidates), by_length)
    return np.repeat(np.arange(len(grid.slots)), count)


def relax(grid: Grid, multipliers: Multipliers, columns: Ints, priced: Floats) -> Relaxed:
    """One assignment of every intervention to a position or to its own "left out" column."""
    rows = len(grid.items)
    leave = np.full((rows, rows), np.inf)
    np.fill_diagonal(leave, grid.leave)
    table = np.hstack([priced[:, columns], leave])
    row_index, chosen = linear_sum_assignment(table)
    value = float(table[row_index, chosen].sum()) - multipliers.refund(grid)
    column = np.full(rows, LEFT_OUT, dtype=np.int64)
    planned = chosen < len(columns)
    column[row_index[planned]] = columns[chosen[planned]]
    return Relaxed(column, value + grid.fixed - SAFETY * (1 + abs(value)))


def overuse(grid: Grid, column: Ints) -> tuple[Floats, Floats]:
    """Minutes beyond each slot's length and each surgeon's day (negative: left over); the subgradient of L."""
    rows = np.flatnonzero(column >= 0)
    slot = -np.maximum(grid.length, 0).astype(np.float64)
    np.add.at(slot, column[rows], grid.demand[rows])
    surgeon_day = -np.maximum(grid.surgeon_left.ravel(), 0).astype(np.float64)
    np.add.at(surgeon_day, grid.surgeon_day[rows, column[rows]], grid.duration[rows])
    return slot, surgeon_day


def step(multipliers: Multipliers, slot: Floats, surgeon_day: Floats, length: float) -> Multipliers:
    """Dual step along the overuse, cut at zero. Leftover minutes that are already free do not lengthen it."""
    slot = np.where((multipliers.slot <= 0) & (slot < 0), 0, slot)
    surgeon_day = np.where((multipliers.surgeon_day <= 0) & (surgeon_day < 0), 0, surgeon_day)
    norm = float(slot @ slot + surgeon_day @ surgeon_day)
    if norm <= 0:
        return multipliers
    return Multipliers(
        np.maximum(0, multipliers.slot + length / norm * slot),
        np.maximum(0, multipliers.surgeon_day + length / norm * surgeon_day),
    )


def mend(board: Board, column: Ints, priced: Floats) -> None:
    """Make ``board`` the assignment as far as it is feasible, then place the rest where the prices say.

    Those that would lose most by moving keep their slot first.
    """
    grid = board.grid
    if priced.size == 0:
        return
    worth = np.minimum(priced.min(axis=1, initial=np.inf), grid.leave)
    current = np.where(column >= 0, priced[np.arange(len(column)), column], grid.leave)
    others = priced.copy()
    planned = np.flatnonzero(column >= 0)
    others[planned, column[planned]] = np.inf
    loss = np.minimum(others.min(axis=1, initial=np.inf), grid.leave) - np.maximum(current, worth)
    for row in range(len(column)):
        board.lift(row)
    rest = []
    for row in np.argsort(-loss, kind="stable").tolist():
        slot = int(column[row])
        if slot >= 0 and slot in board.price[row] and board.fits(row, slot):
            board.place(row, slot)
        else:
            rest.append(row)
    rest.sort(key=board.demand.__getitem__, reverse=True)
    order = {row: sorted(board.choices[row], key=priced[row].__getitem__) for row in rest}
    board.insert(rest, [order.get(row, []) for row in range(len(column))])


def construct(board: Board) -> None:
    """The first feasible plan, at once: longest first, each in its cheapest slot that has room."""
    rows = [row for row, slot in enumerate(board.slot_of) if slot == LEFT_OUT]
    board.insert(sorted(rows, key=board.demand.__getitem__, reverse=True), board.choices)


def assignment_rounds(board: Board, stop: Stop, *, found: Found, tick: Tick) -> tuple[float, Multipliers]:
    """Run the rounds. Leaves the best plan in ``board``, answers the best bound and the multipliers that gave it."""
    grid = board.grid
    best_plan, best_value = list(board.slot_of), board.value
    multipliers, columns, scale, idle = Multipliers.zero(grid), seats(grid), FIRST_STEP, 0
    best: tuple[Relaxed, Multipliers] | None = None
    rows = len(grid.items)
    work = rows * rows * (rows + len(columns))
    for _ in range(int(max(FEWEST_ROUNDS, min(MOST_ROUNDS, WORK / max(1, work))))):
        priced = multipliers.priced(grid)
        relaxed = relax(grid, multipliers, columns, priced)
        if best is None or relaxed.bound > best[0].bound + 1e-6 * abs(best[0].bound):
            best, idle = (relaxed, multipliers), 0
        else:
            idle += 1
        mend(board, relaxed.column, priced)
        if board.value < best_value:
            best_plan, best_value = list(board.slot_of), board.value
            found()
        tick(best[0].bound)
        upper = board.cost_of(best_value)
        if grid.round_up(best[0].bound) >= upper or stop.reached():
            break
        if idle >= PATIENCE:
            scale, idle = scale / 2, 0
            relaxed, multipliers = best
        if scale < SMALLEST_STEP:
            break
        length = scale * max(upper - relaxed.bound, 1e-9)
        multipliers = step(multipliers, *overuse(grid, relaxed.column), length)
    board.load(best_plan)
    return (grid.fixed, multipliers) if best is None else (best[0].bound, best[1])
