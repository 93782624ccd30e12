"""The week as matrices: interventions still to place, by slots, with the pins' use of every capacity taken off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import gcd, inf, isclose

import numpy as np
from numpy.typing import NDArray

from planning.solver.costs import cell_cost, move_cost
from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.rules import is_allowed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Forbidden = Collection[tuple[str, str]]

# Costs are compared as whole numbers of six-thousandths: a cent an hour of overtime, for one minute, is then exact.
UNITS = 6000
UNLIMITED = 10**12


@dataclass(frozen=True)
class Grid:
    """``items`` are the N interventions that are not pinned, ``slots`` the M slots, in the week's order.

    Shapes: ``allowed``, ``cost`` (N, M), cost infinite where not allowed (8); ``demand`` (N,) minutes with cleaning;
    ``duration`` (N,); ``leave`` (N,) cost of leaving out (both with the price of a move from the base plan);
    ``length``, ``positions``, ``day`` (M,), what pins leave; ``surgeon`` (N,) index; ``surgeon_left`` (surgeons, days),
    what pins leave of Maxi; ``fixed`` cost of the pins.
    ``window`` (M,) numbers the distinct (day, start, end) of slots and ``window_left`` (surgeons, windows) is how many
    minutes a surgeon can operate in such slots: a plan with start times needs that, equations (1) to (9) do not.
    """

    problem: WeekProblem
    items: tuple[Intervention, ...]
    slots: tuple[Slot, ...]
    pinned: Mapping[str, str]
    allowed: Bools
    cost: Floats
    demand: Ints
    duration: Ints
    leave: Floats
    length: Ints
    positions: Ints
    day: Ints
    surgeon: Ints
    surgeon_left: Ints
    window: Ints
    window_left: Ints
    fixed: float

    @cached_property
    def surgeon_day(self) -> Ints:
        """(N, M): row of the flattened ``surgeon_left`` that cell (i, s) draws on."""
        return np.asarray(self.surgeon[:, None] * self.problem.days + self.day[None, :], dtype=np.int64)

    @cached_property
    def slot_index(self) -> dict[str, int]:
        return {slot.id: index for index, slot in enumerate(self.slots)}

    @cached_property
    def surgeon_index(self) -> dict[str, int]:
        return {surgeon.id: index for index, surgeon in enumerate(self.problem.surgeons)}

    @cached_property
    def item_index(self) -> dict[str, int]:
        return {item.id: index for index, item in enumerate(self.items)}

    @cached_property
    def granularity(self) -> float:
        """Every total is ``fixed`` plus a multiple of this; 0 when the costs have no common measure in ``UNITS``."""
        values = np.unique(np.concatenate([self.cost[self.allowed], self.leave])) * UNITS
        rounded = np.rint(values)
        if not np.allclose(values, rounded, rtol=0, atol=1e-4):
            return 0.0
        return gcd(*(int(value) for value in rounded)) / UNITS

    def round_up(self, bound: float) -> float:
        """The least total a plan can have that is not below ``bound``, itself a lower bound of every total."""
        step = self.granularity
        if step <= 0:
            return bound
        steps = (bound - self.fixed) / step
        near = round(steps)
        whole = near if isclose(steps, near, rel_tol=0, abs_tol=1e-6) else int(np.ceil(steps))
        return self.fixed + whole * step

    def assignments(self, slot_of: list[int]) -> dict[str, str]:
        """Row to column indices (-1: left out) and the pins, as ids in the week's order."""
        chosen = {self.items[row].id: self.slots[column].id for row, column in enumerate(slot_of) if column >= 0}
        chosen.update(self.pinned)
        return {item.id: chosen[item.id] for item in self.problem.interventions if item.id in chosen}

    def rows(self, assignments: Mapping[str, str]) -> list[int]:
        """The contrary: -1 for an intervention or slot this week does not know."""
        return [self.slot_index.get(assignments.get(item.id, ""), -1) for item in self.items]


def grid_of(problem: WeekProblem, forbidden: Forbidden = (), *, timed: bool = False) -> Grid:
    """Build the matrices; ``forbidden`` are pairs of intervention and slot ids closed on top of the rules.

    ``timed`` limits the windows; otherwise they are without limit and the model is that of the equations alone.
    """
    items = tuple(item for item in problem.interventions if item.pinned is None)
    pinned = {item.id: item.pinned for item in problem.interventions if item.pinned is not None}
    surgeon_index = {surgeon.id: index for index, surgeon in enumerate(problem.surgeons)}
    slot_index = {slot.id: index for index, slot in enumerate(problem.slots)}
    length = np.array([slot.length for slot in problem.slots], dtype=np.int64)
    positions = np.array([slot.positions for slot in problem.slots], dtype=np.int64)
    surgeon_left = np.array([surgeon.daily_minutes for surgeon in problem.surgeons], dtype=np.int64)
    surgeon_left = surgeon_left.reshape(len(problem.surgeons), problem.days)
    window, window_left = _windows(problem, timed=timed)
    for item in problem.interventions:
        if item.pinned is not None:
            slot = slot_index[item.pinned]
            length[slot] -= problem.room_minutes(item)
            positions[slot] -= 1
            surgeon_left[surgeon_index[item.surgeon], problem.slots[slot].day] -= item.duration
            window_left[surgeon_index[item.surgeon], window[slot]] -= item.duration
    cost = np.full((len(items), len(problem.slots)), inf)
    for row, item in enumerate(items):
        for column, slot_ in enumerate(problem.slots):
            if is_allowed(problem, item, slot_):
                cost[row, column] = cell_cost(problem, item, slot_) + move_cost(problem, item, slot_.id)
    for item_id, slot_id in forbidden:
        rows = [row for row, item in enumerate(items) if item.id == item_id]
        cost[rows, slot_index[slot_id]] = inf
    duration = np.array([item.duration for item in items], dtype=np.int64)
    day = np.array([slot.day for slot in problem.slots], dtype=np.int64)
    surgeon = np.array([surgeon_index[item.surgeon] for item in items], dtype=np.int64)
    demand = np.array([problem.room_minutes(item) for item in items], dtype=np.int64)
    # What the pins have used up is closed at once: it keeps the bound honest and the search short.
    if items and problem.slots:
        cost[~has_room(demand, duration, surgeon, day, length, positions, surgeon_left)] = inf
    pins = ((item, problem.slot_by_id[item.pinned]) for item in problem.interventions if item.pinned is not None)
    return Grid(
        problem=problem,
        items=items,
        slots=problem.slots,
        pinned=pinned,
        allowed=np.isfinite(cost),
        cost=cost,
        demand=demand,
        duration=duration,
        leave=np.array(
            [problem.unplanned_cost(item) + move_cost(problem, item, None) for item in items], dtype=np.float64
        ),
        length=length,
        positions=positions,
        day=day,
        surgeon=surgeon,
        surgeon_left=surgeon_left,
        window=window,
        window_left=window_left,
        fixed=sum(cell_cost(problem, item, slot_) for item, slot_ in pins),
    )


def has_room(
    demand: Ints, duration: Ints, surgeon: Ints, day: Ints, length: Ints, positions: Ints, surgeon_left: Ints
) -> Bools:
    """(N, M): the cells of (3) to (6) in which an intervention would fit alone, with what is left of each capacity."""
    fits = (demand[:, None] <= length) & (positions >= 1)
    return np.asarray(fits & (duration[:, None] <= surgeon_left[surgeon[:, None], day[None, :]]))


def _windows(problem: WeekProblem, *, timed: bool) -> tuple[Ints, Ints]:
    """A surgeon in two rooms during the same hours still has those hours only once."""
    spans = sorted({(slot.day, slot.start, slot.end) for slot in problem.slots})
    number = {span: index for index, span in enumerate(spans)}
    window = np.array([number[slot.day, slot.start, slot.end] for slot in problem.slots], dtype=np.int64)
    minutes = [end - start if timed else UNLIMITED for _, start, end in spans]
    return window, np.tile(np.array(minutes, dtype=np.int64), (len(problem.surgeons), 1))
