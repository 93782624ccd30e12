"""The unknowns of the model, with everything interchangeable counted once.

``x[i, s]`` of the paper becomes ``y[g, c]``: how many interventions of a group ``g`` go to a column ``c``.

- A group gathers interventions that no equation can tell apart: same duration, surgeon and costs everywhere.
- A column is a slot with its number of positions. Slots that take a single intervention each, on one day and at the
  same cost for everyone, are merged into one column with a count: (4, 5) hold as soon as the intervention fits alone,
  so that any way of dealing the count out over the slots is a plan. Slots with several positions are never merged:
  two half-filled slots are not one slot of twice the length.

Pins are no unknowns. They take their part of each capacity first, and the rest of the week shares what is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planning.solver.costs import cell_cost
from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.rules import Load, is_allowed, load_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Room:
    """What the pins leave: ``positions`` and ``minutes`` a slot, ``surgeon_minutes`` a surgeon and day (absent: 0)."""

    positions: Integers
    minutes: Integers
    surgeon_minutes: Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Column:
    """Interchangeable slots: ``count`` interventions at most in all, ``minutes`` shared by those of one slot."""

    slots: tuple[Slot, ...]
    count: int
    minutes: int

    @property
    def single(self) -> bool:
        """Each slot takes one intervention, which fits alone: (4, 5) say nothing more than (3)."""
        return len(self.slots) == self.count


@dataclass(frozen=True, slots=True)
class Variables:
    """``group[k], column[k], cost[k]`` describe ``y`` number k; after all ``y`` comes one "left out" count a group."""

    groups: tuple[tuple[Intervention, ...], ...]
    columns: tuple[Column, ...]
    room: Room
    group: Integers
    column: Integers
    cost: Floats

    @property
    def cells(self) -> int:
        return len(self.group)

    @property
    def size(self) -> int:
        return self.cells + len(self.groups)

    @property
    def group_sizes(self) -> Integers:
        return np.array([len(group) for group in self.groups], dtype=np.int64)


def choose_variables(problem: WeekProblem) -> Variables:
    """Groups, columns and the cells of (7, 8) that some plan could use at no loss."""
    room = _room_left(problem)
    free = [item for item in problem.interventions if item.pinned is None]
    costs = _cell_costs(problem, free, room)
    groups, group_costs = _groups(problem, free, costs)
    columns, column_costs = _columns(problem, group_costs, room)
    group, column = np.nonzero(np.isfinite(column_costs))
    return Variables(groups, columns, room, group, column, column_costs[group, column])


def expand(variables: Variables, values: Floats) -> dict[str, str]:
    """The plan that a solution stands for: members of a group in the week's order, slots of a column in turn."""
    waiting = [list(reversed(group)) for group in variables.groups]
    seats = [_seats(column) for column in variables.columns]
    plan: dict[str, str] = {}
    for cell in np.nonzero(values[: variables.cells] > 0.5)[0]:
        group, column = int(variables.group[cell]), int(variables.column[cell])
        for _ in range(round(float(values[cell]))):
            plan[waiting[group].pop().id] = seats[column].pop().id
    return plan


def _seats(column: Column) -> list[Slot]:
    return list(reversed(column.slots)) if column.single else [column.slots[0]] * column.count


def _room_left(problem: WeekProblem) -> Room:
    pins: Load = load_of(problem, {item.id: item.pinned for item in problem.interventions if item.pinned is not None})
    positions = [max(0, slot.positions - pins.count[slot.id]) for slot in problem.slots]
    minutes = [max(0, slot.length - pins.minutes[slot.id]) for slot in problem.slots]
    surgeon_minutes = {
        (surgeon.id, day): max(0, minutes - pins.surgeon_minutes[surgeon.id, day])
        for surgeon in problem.surgeons
        for day, minutes in enumerate(surgeon.daily_minutes)
    }
    return Room(np.array(positions, dtype=np.int64), np.array(minutes, dtype=np.int64), surgeon_minutes)


def _cell_costs(problem: WeekProblem, items: list[Intervention], room: Room) -> Floats:
    """(7, 8, 9): cost of each intervention (rows) in each slot, infinite where a rule or what the pins took forbids it.

    A cell dearer than leaving the intervention out is never needed: emptying it costs less and frees capacity.
    """
    costs = np.full((len(items), len(problem.slots)), np.inf)
    for row, item in enumerate(items):
        left_out = problem.unplanned_cost(item)
        for place, slot in enumerate(problem.slots):
            fits = (
                room.positions[place] > 0
                and item.duration + problem.turnover <= room.minutes[place]
                and item.duration <= room.surgeon_minutes[item.surgeon, slot.day]
            )
            if fits and is_allowed(problem, item, slot):
                cost = cell_cost(problem, item, slot)
                if cost <= left_out:
                    costs[row, place] = cost
    return costs


def _groups(
    problem: WeekProblem, items: list[Intervention], costs: Floats
) -> tuple[tuple[tuple[Intervention, ...], ...], Floats]:
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row, item in enumerate(items):
        key = (item.duration, item.surgeon, problem.unplanned_cost(item), costs[row].tobytes())
        found[key].append(row)
    groups = tuple(tuple(items[row] for row in rows) for rows in found.values())
    return groups, costs[[rows[0] for rows in found.values()], :]


def _columns(problem: WeekProblem, costs: Floats, room: Room) -> tuple[tuple[Column, ...], Floats]:
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, slot in enumerate(problem.slots):
        if np.isfinite(costs[:, place]).any():
            single = room.positions[place] == 1
            found[(slot.day, costs[:, place].tobytes()) if single else (slot.id,)].append(place)
    columns = tuple(
        Column(
            tuple(problem.slots[place] for place in places),
            int(room.positions[places].sum()),
            int(room.minutes[places[0]]),
        )
        for places in found.values()
    )
    return columns, costs[:, [places[0] for places in found.values()]]
