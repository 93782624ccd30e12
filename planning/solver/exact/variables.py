"""The unknowns of the model, with everything interchangeable counted once.

``x[i, s]`` of the paper becomes ``y[g, c]``: how many interventions of a group ``g`` go to a column ``c``.

- A group gathers interventions that no equation can tell apart: same duration, cleaning, surgeon and
  costs everywhere.
- A column is a slot with its number of positions. Slots that take a single intervention each, on one day and at the
  same cost for everyone, are merged into one column with a count: (4, 5) hold as soon as the intervention fits alone,
  so that any way of dealing the count out over the slots is a plan. Slots with several positions are never merged:
  two half-filled slots are not one slot of twice the length.

Pins are no unknowns. They take their part of each capacity first, and the rest of the week shares what is left.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from planning.solver.grid import Floats, Grid, Ints
from planning.solver.problem import Intervention, Slot


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
    """``group[k], column[k], cost[k]`` describe ``y`` number k; after all ``y`` comes one "left out" count a group.

    ``member`` is the row of one intervention of each group in the grid, ``leave`` what leaving one of them out costs.
    """

    grid: Grid
    groups: tuple[tuple[Intervention, ...], ...]
    columns: tuple[Column, ...]
    member: Ints
    group: Ints
    column: Ints
    cost: Floats

    @property
    def cells(self) -> int:
        return len(self.group)

    @property
    def size(self) -> int:
        return self.cells + len(self.groups)

    @property
    def group_sizes(self) -> Ints:
        return np.array([len(group) for group in self.groups], dtype=np.int64)

    @property
    def leave(self) -> Floats:
        return self.grid.leave[self.member]


def choose_variables(grid: Grid) -> Variables:
    """Groups, columns and the cells of (7, 8) that some plan could use at no loss.

    A cell dearer than leaving the intervention out is never needed: emptying it costs less and frees capacity.
    """
    costs = np.where(grid.cost <= grid.leave[:, None], grid.cost, np.inf)
    members = _groups(grid, costs)
    first = np.array([rows[0] for rows in members], dtype=np.int64)
    places = _columns(grid, costs)
    cells = costs[np.ix_(first, np.array([one[0] for one in places], dtype=np.int64))]
    group, column = np.nonzero(np.isfinite(cells))
    return Variables(
        grid=grid,
        groups=tuple(tuple(grid.items[row] for row in rows) for rows in members),
        columns=tuple(_column(grid, one) for one in places),
        member=first,
        group=group,
        column=column,
        cost=cells[group, column],
    )


def expand(variables: Variables, values: Floats) -> dict[str, str]:
    """The plan that a solution stands for: members of a group in the week's order, slots of a column in turn."""
    waiting = [list(reversed(group)) for group in variables.groups]
    seats = [_seats(column) for column in variables.columns]
    plan = dict(variables.grid.pinned)
    for cell in np.nonzero(values[: variables.cells] > 0.5)[0]:
        group, column = int(variables.group[cell]), int(variables.column[cell])
        for _ in range(round(float(values[cell]))):
            plan[waiting[group].pop().id] = seats[column].pop().id
    return plan


def _seats(column: Column) -> list[Slot]:
    return list(reversed(column.slots)) if column.single else [column.slots[0]] * column.count


def _groups(grid: Grid, costs: Floats) -> list[list[int]]:
    """Rows of the grid that no equation can tell apart."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row in range(len(grid.items)):
        minutes = (int(grid.duration[row]), int(grid.demand[row]))
        key = (*minutes, int(grid.surgeon[row]), float(grid.leave[row]), costs[row].tobytes())
        found[key].append(row)
    return list(found.values())


def _columns(grid: Grid, costs: Floats) -> list[list[int]]:
    """Slots somebody can use, those with one position left gathered where they are alike."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place in np.flatnonzero(np.isfinite(costs).any(axis=0)).tolist():
        alike = (int(grid.day[place]), grid.slots[place].kind, costs[:, place].tobytes())
        found[alike if grid.positions[place] == 1 else (place,)].append(place)
    return list(found.values())


def _column(grid: Grid, places: list[int]) -> Column:
    slots = tuple(grid.slots[place] for place in places)
    return Column(slots, int(grid.positions[places].sum()), int(grid.length[places[0]]))
