"""A tighter lower bound: each surgeon's week is solved exactly, only the slots that surgeons share are priced.

The assignment rounds' bound cannot exceed that of the linear relaxation, which is weak here: half an intervention
fills what is left of a surgeon's day. With multipliers y_s >= 0 (a minute of slot s) and w_s >= 0 (a position of it)
on (3), (4) and (5) only, the model falls apart into one small problem a surgeon k, which keeps (2), (6), (7) and (8):

    L(y, w) = sum_k min sum_is (c_is + y_s demand_i + w_s) x_is  -  sum_s y_s length_s  -  sum_s w_s positions_s

Within a day only the cheapest slot matters, so a surgeon's week is a choice of which interventions to operate on which
day: dynamic programming over subsets (``surgeon_weeks.py``), at most 3^n steps a day for n interventions. A surgeon
with more than ``LARGEST_FAMILY`` is cut in families that share the day through a multiplier z_kj >= 0 on (6), which
only lowers the bound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planning.solver.assignment import SAFETY, Multipliers
from planning.solver.grid import Floats, Grid, Ints

LARGEST_FAMILY = 12
MOST_ROUNDS = 200
PATIENCE = 6
FIRST_STEP, SMALLEST_STEP = 1.0, 0.02


@dataclass(frozen=True, slots=True)
class _Prices:
    """Of a minute of each slot, of a position of it, and of a minute of each surgeon-day that families share."""

    minute: Floats
    position: Floats
    surgeon_day: Floats


@dataclass(frozen=True, slots=True)
class _Round:
    bound: float
    prices: _Prices
    overuse: _Prices


class SurgeonBound:
    """``value`` is the best bound so far. ``advance`` makes one round, and does nothing once ``done``."""

    def __init__(self, grid: Grid, multipliers: Multipliers, bound: float) -> None:
        self.grid, self.value = grid, bound
        self.done = not grid.items or not grid.slots
        self._families = _Families.of(grid)
        self._minutes = np.maximum(grid.length, 0).astype(np.float64)
        self._positions = np.maximum(grid.positions, 0).astype(np.float64)
        self._surgeon_minutes = np.maximum(grid.surgeon_left, 0).astype(np.float64)
        self._shared = np.zeros(grid.surgeon_left.shape, dtype=np.bool_)
        self._shared[self._families.shared] = True
        surgeon_day = multipliers.surgeon_day.reshape(grid.surgeon_left.shape)
        self._prices = _Prices(multipliers.slot, np.zeros(len(grid.slots)), np.where(self._shared, surgeon_day, 0.0))
        # Minutes are counted in mean interventions, so that positions and minutes weigh alike in a step.
        self._mean = float(grid.demand.mean()) if grid.items else 1.0
        self._best: _Round | None = None
        self._idle, self._rounds, self._step = 0, 0, FIRST_STEP

    @property
    def work(self) -> int:
        """The steps of one round, in the worst case."""
        sizes: list[int] = np.diff(self._families.first).tolist()
        return int(self.grid.problem.days * sum(3**size for size in sizes) + self.grid.cost.size)

    def advance(self, upper: float) -> None:
        """Solve every surgeon's week at the present prices, then move them; ``upper`` is the best plan's cost."""
        if self.done:
            return
        here = self._solve()
        self._idle += 1
        if self._best is None or here.bound > self._best.bound:
            if self._best is None or here.bound > self._best.bound + 1e-5 * abs(self._best.bound):
                self._idle = 0
            self._best, self.value = here, max(self.value, here.bound)
        if self._idle >= PATIENCE:
            self._idle, self._step, here = 0, self._step / 2, self._best
        self._rounds += 1
        moved = self._move(here, self._step * max(upper - here.bound, 0.0))
        self.done = not moved or self._step < SMALLEST_STEP or self._rounds >= MOST_ROUNDS

    def _solve(self) -> _Round:
        # The compiler is loaded with the first round, not with the first plan.
        from planning.solver.surgeon_weeks import cheapest_weeks

        grid, prices, families = self.grid, self._prices, self._families
        cheapest, slot = self._cheapest_of_days()
        priced = cheapest + grid.duration[:, None] * prices.surgeon_day[grid.surgeon] - grid.leave[:, None]
        day_of = np.full(len(grid.items), -1, dtype=np.int64)
        left = np.maximum(grid.surgeon_left[families.surgeon], 0)
        value = cheapest_weeks(families.first, families.rows, priced, grid.duration, left, day_of)
        value += float(grid.leave.sum())
        column = np.where(day_of >= 0, slot[np.arange(len(day_of)), day_of], -1)
        refund = prices.minute @ self._minutes + prices.position @ self._positions
        refund += float((prices.surgeon_day * self._surgeon_minutes).sum())
        bound = value - float(refund)
        bound += grid.fixed - SAFETY * (1 + abs(value) + abs(float(refund)))
        return _Round(bound, prices, self._overuse(column))

    def _cheapest_of_days(self) -> tuple[Floats, Ints]:
        """(N, days): the price of each intervention's cheapest slot of each day, and which slot it is."""
        grid, prices = self.grid, self._prices
        priced = grid.cost + prices.minute * grid.demand[:, None] + prices.position
        cheapest = np.full((len(grid.items), grid.problem.days), np.inf)
        slot = np.full(cheapest.shape, -1, dtype=np.int64)
        every = np.arange(len(grid.items))
        for day in range(grid.problem.days):
            slots = np.flatnonzero(grid.day == day)
            if len(slots):
                best = slots[priced[:, slots].argmin(axis=1)]
                slot[:, day], cheapest[:, day] = best, priced[every, best]
        return cheapest, slot

    def _overuse(self, column: Ints) -> _Prices:
        """What the surgeons' weeks take beyond the capacities that are priced: the subgradient, in like units."""
        grid, rows = self.grid, np.flatnonzero(column >= 0)
        minute, position, surgeon_day = -self._minutes, -self._positions, -self._surgeon_minutes.ravel()
        np.add.at(minute, column[rows], grid.demand[rows])
        np.add.at(position, column[rows], 1.0)
        np.add.at(surgeon_day, grid.surgeon_day[rows, column[rows]], grid.duration[rows])
        shared = np.where(self._shared, surgeon_day.reshape(self._shared.shape), 0.0)
        return _Prices(minute / self._mean, position, shared / self._mean)

    def _move(self, here: _Round, length: float) -> bool:
        """A step along the overuse, cut at zero; free capacity that stays free does not lengthen it."""
        old, over = here.prices, here.overuse
        minute = np.where((old.minute <= 0) & (over.minute < 0), 0, over.minute)
        position = np.where((old.position <= 0) & (over.position < 0), 0, over.position)
        surgeon_day = np.where((old.surgeon_day <= 0) & (over.surgeon_day < 0), 0, over.surgeon_day)
        norm = float(minute @ minute + position @ position + (surgeon_day**2).sum())
        if norm <= 0 or length <= 0:
            return False
        stride = length / norm
        self._prices = replace(
            old,
            minute=np.maximum(0, old.minute + stride / self._mean * minute),
            position=np.maximum(0, old.position + stride * position),
            surgeon_day=np.maximum(0, old.surgeon_day + stride / self._mean * surgeon_day),
        )
        return True


@dataclass(frozen=True, slots=True)
class _Families:
    """Family f is ``rows[first[f]:first[f + 1]]``, of ``surgeon[f]``; ``shared`` surgeons have more than one."""

    first: Ints
    rows: Ints
    surgeon: Ints
    shared: Ints

    @classmethod
    def of(cls, grid: Grid) -> _Families:
        """A surgeon's interventions, in equal parts where they are too many for one dynamic program."""
        families: list[Ints] = []
        for surgeon in range(len(grid.surgeon_left)):
            rows = np.flatnonzero(grid.surgeon == surgeon)
            if len(rows):
                families += np.array_split(rows, -(-len(rows) // LARGEST_FAMILY))
        surgeons = np.array([grid.surgeon[rows[0]] for rows in families], dtype=np.int64)
        return cls(
            first=np.cumsum([0, *(len(rows) for rows in families)], dtype=np.int64),
            rows=np.concatenate([*families, np.zeros(0, dtype=np.int64)]),
            surgeon=surgeons,
            shared=np.flatnonzero(np.bincount(surgeons, minlength=len(grid.surgeon_left)) > 1),
        )
