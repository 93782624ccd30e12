"""Equations (2) to (6), one function each, as sparse rows ``matrix @ v <= upper`` (or ``==`` for (2)).

Equations (7) and (8) are the cells that ``variables`` leaves out. Durations are minutes.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import coo_array, csr_array

from planning.solver.exact.variables import Variables
from planning.solver.grid import Floats, Ints
from planning.solver.problem import SlotKind


def constraints(variables: Variables) -> list[LinearConstraint]:
    return [
        each_once(variables),
        positions(variables),
        slot_minutes(variables, SlotKind.REGULAR),
        slot_minutes(variables, SlotKind.OVERTIME),
        surgeon_days(variables),
    ]


def each_once(variables: Variables) -> LinearConstraint:
    """(2): every intervention of a group is in one slot or left out."""
    left_out = np.arange(len(variables.groups))
    rows = np.concatenate([variables.group, left_out])
    matrix = _matrix(variables, rows, np.arange(variables.size), np.ones(variables.size))
    sizes = variables.group_sizes
    return LinearConstraint(matrix, sizes, sizes)


def positions(variables: Variables) -> LinearConstraint:
    """(3): at most as many interventions as positions."""
    matrix = _matrix(variables, variables.column, np.arange(variables.cells), np.ones(variables.cells))
    return _at_most(matrix, np.array([column.count for column in variables.columns]))


def slot_minutes(variables: Variables, kind: SlotKind) -> LinearConstraint:
    """(4) for regular slots, (5) for overtime: durations and their cleaning within what is left of the slot."""
    shared = np.array([not column.single and column.slots[0].kind is kind for column in variables.columns], dtype=bool)
    cells = np.nonzero(shared[variables.column])[0]
    row_of = np.cumsum(shared) - 1
    minutes = variables.grid.demand[variables.member][variables.group[cells]]
    matrix = _matrix(variables, row_of[variables.column[cells]], cells, minutes)
    return _at_most(matrix, np.array([column.minutes for column in variables.columns])[shared])


def surgeon_days(variables: Variables) -> LinearConstraint:
    """(6): a surgeon's operated minutes of a day, cleaning not counted."""
    grid = variables.grid
    days = np.array([column.slots[0].day for column in variables.columns], dtype=np.int64)
    rows_of_cells = variables.member[variables.group]
    surgeon_day = grid.surgeon[rows_of_cells] * grid.problem.days + days[variables.column]
    used, rows = np.unique(surgeon_day, return_inverse=True)
    matrix = _matrix(variables, rows, np.arange(variables.cells), grid.duration[rows_of_cells])
    return _at_most(matrix, grid.surgeon_left.ravel()[used])


def _matrix(variables: Variables, rows: Ints, cells: Ints, values: Floats | Ints) -> csr_array:
    height = int(rows.max()) + 1 if len(rows) else 0
    return coo_array((values, (rows, cells)), shape=(height, variables.size)).tocsr()


def _at_most(matrix: csr_array, upper: Ints) -> LinearConstraint:
    return LinearConstraint(matrix, -np.inf, upper.astype(float))
