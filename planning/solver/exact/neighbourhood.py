"""Exact sub-problems of a large week: some surgeons' interventions planned anew, everybody else's kept.

What the others hold is taken off each capacity first, so that any answer fits beside them. Surgeons are chosen for
the slots they share: the few slots of a specialty tie them closer than those that are open to all.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from threading import Thread

import numpy as np

from planning.solver.exact.objective import objective
from planning.solver.exact.program import run_highs
from planning.solver.exact.variables import choose_variables, expand
from planning.solver.grid import Floats, Grid, Ints, has_room

# Interventions in a sub-problem, at first; the answer's time makes the next one larger or smaller.
FIRST_SIZE, SMALLEST_SIZE = 120.0, 30.0
LEAST_SECONDS, QUICK_SECONDS, MOST_SECONDS = 0.1, 0.4, 1.0
LARGER, SMALLER = 1.25, 0.7
# So many in a row without an answer in time: such weeks are not for this.
MOST_IN_VAIN = 6
# How much of the draw of a surgeon is chance.
CHANCE = 0.3


@dataclass(frozen=True, slots=True)
class Part:
    """Column indices (-1: left out) for some rows of the grid."""

    rows: Ints
    slots: list[int]


class Neighbourhoods:
    """Solves one sub-problem after the other in a thread of its own (HiGHS releases the interpreter)."""

    def __init__(self, grid: Grid, seed: int) -> None:
        self.grid, self.size = grid, FIRST_SIZE
        self._draw = np.random.default_rng(seed)
        self._affinity = _affinity(grid)
        self._answer: Future[tuple[Part | None, float]] | None = None
        self._in_vain = self._turn = 0
        self._least = np.minimum(grid.leave, grid.cost.min(axis=1, initial=np.inf))

    @property
    def idle(self) -> bool:
        """Nothing is being solved, and asking has not shown itself to be in vain."""
        return self._answer is None and self._in_vain < MOST_IN_VAIN

    def ask(self, plan: Sequence[int], seconds: float) -> None:
        """Begin with one of ``plan`` (rows to column indices), unless it is not ``idle`` or time is too short."""
        if not self.idle or seconds < LEAST_SECONDS:
            return
        limit = min(seconds, MOST_SECONDS)
        slot_of, answer = np.array(plan, dtype=np.int64), Future[tuple[Part | None, float]]()
        self._answer, rows = answer, self._rows(slot_of)

        def work() -> None:
            try:
                answer.set_result(plan_again(self.grid, slot_of, rows, seconds=limit))
            except BaseException as error:
                answer.set_exception(error)

        Thread(target=work, name="highs-part", daemon=True).start()

    def take(self) -> Part | None:
        """The cheaper part found since ``ask``; None while there is none."""
        if self._answer is None or not self._answer.done():
            return None
        found, seconds = self._answer.result()
        self._answer = None
        late = seconds >= MOST_SECONDS
        self._in_vain = self._in_vain + 1 if late and found is None else 0
        self.size *= LARGER if seconds < QUICK_SECONDS else SMALLER if late else 1.0
        self.size = max(SMALLEST_SIZE, min(self.size, float(len(self.grid.items))))
        return found

    def close(self) -> None:
        """Wait for the thread, a second at most: a process must not end while HiGHS runs in it."""
        if self._answer is not None:
            wait([self._answer], timeout=2 * MOST_SECONDS)

    def _rows(self, slot_of: Ints) -> Ints:
        """The interventions of a few surgeons: who share much, or, every other time, whose plans are dear."""
        grid, self._turn = self.grid, self._turn + 1
        sizes = np.bincount(grid.surgeon, minlength=len(self._affinity))
        if self._turn % 2:
            price = np.where(slot_of < 0, grid.leave, grid.cost[np.arange(len(slot_of)), slot_of])
            dear = np.bincount(grid.surgeon, price - self._least, minlength=len(sizes))
            order = (dear * self._draw.random(len(dear))).argsort()[::-1]
            chosen = order[: 1 + int(np.searchsorted(sizes[order].cumsum(), self.size))].tolist()
            return np.flatnonzero(np.isin(grid.surgeon, chosen))
        chosen = [int(self._draw.choice(len(sizes), p=sizes / sizes.sum()))]
        near = self._affinity[chosen[0]].copy()
        while sizes[chosen].sum() < self.size and len(chosen) < len(sizes):
            near[chosen] = -1.0
            rank = near + CHANCE * near.max() * self._draw.random(len(near))
            chosen.append(int(np.where(near < 0, -1.0, rank).argmax()))
            near += self._affinity[chosen[-1]]
        return np.flatnonzero(np.isin(grid.surgeon, chosen))


def _affinity(grid: Grid) -> Floats:
    """(surgeons, surgeons): the slots that both may use, each counting the less the more interventions may use it."""
    may = np.zeros((len(grid.surgeon_left), len(grid.slots)))
    np.maximum.at(may, grid.surgeon, grid.allowed.astype(float))
    users = np.maximum(grid.allowed.sum(axis=0), 1)
    return np.asarray((may / users**2) @ may.T)


def plan_again(grid: Grid, slot_of: Ints, rows: Ints, *, seconds: float = MOST_SECONDS) -> tuple[Part | None, float]:
    """A cheaper way to plan ``rows`` beside the others of ``slot_of``, None where there is none; seconds it took."""
    began = time.monotonic()
    part = _part(grid, slot_of, rows)
    now = slot_of[rows]
    cost = float(np.where(now < 0, part.leave, part.cost[np.arange(len(rows)), now]).sum())
    variables = choose_variables(part)
    goal = objective(variables)
    result = run_highs(variables, goal, limit=goal.below(cost), seconds=seconds)
    took = time.monotonic() - began
    if result.x is None:
        return None, took
    chosen = expand(variables, np.asarray(result.x))
    slots = [grid.slot_index[chosen[item.id]] if item.id in chosen else -1 for item in part.items]
    return Part(rows, slots), took


def _part(grid: Grid, slot_of: Ints, rows: Ints) -> Grid:
    """The grid of ``rows`` alone, what the others of ``slot_of`` hold taken off; nobody in it is pinned."""
    others = slot_of.copy()
    others[rows] = -1
    held = np.flatnonzero(others >= 0)
    length, positions, surgeon_left = grid.length.copy(), grid.positions.copy(), grid.surgeon_left.copy()
    np.subtract.at(length, others[held], grid.demand[held])
    np.subtract.at(positions, others[held], 1)
    np.subtract.at(surgeon_left, (grid.surgeon[held], grid.day[others[held]]), grid.duration[held])
    demand, duration, surgeon = grid.demand[rows], grid.duration[rows], grid.surgeon[rows]
    fits = has_room(demand, duration, surgeon, grid.day, length, positions, surgeon_left)
    cost = np.where(fits, grid.cost[rows], np.inf)
    return replace(
        grid,
        items=tuple(grid.items[row] for row in rows.tolist()),
        pinned={},
        allowed=np.isfinite(cost),
        cost=cost,
        demand=demand,
        duration=duration,
        leave=grid.leave[rows],
        length=length,
        positions=positions,
        surgeon=surgeon,
        surgeon_left=surgeon_left,
        fixed=0.0,
    )
