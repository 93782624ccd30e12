"""Close the cells that no plan cheaper than the incumbent can use, before the search."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np
from scipy.optimize import LinearConstraint, linprog
from scipy.sparse import vstack

from planning.solver.grid import Floats


def close_dear_cells(
    coefficients: Floats, rows: Sequence[LinearConstraint], upper: Floats, limit: float, seconds: float
) -> tuple[Floats, float]:
    """``upper`` with a 0 for each unknown that costs more than ``limit`` as soon as it is 1; the linear optimum.

    By linear duality a solution with that unknown at 1 costs at least the linear optimum plus its reduced cost. The
    nearer the incumbent to the linear optimum, the more is closed. ``rows`` begin with (2), the only equation.
    """
    equation, *inequalities = rows
    # SciPy's stubs know dense matrices only here.
    matrices: list[Any] = [one.A for one in rows]
    inequality: Any = vstack(matrices[1:])
    linear = linprog(
        coefficients,
        A_ub=inequality,
        b_ub=np.concatenate([one.ub for one in inequalities]),
        A_eq=matrices[0],
        b_eq=equation.ub,
        bounds=[(0.0, most) for most in upper.tolist()],
        method="highs",
        options={"time_limit": seconds},
    )
    if linear.status != 0 or linear.fun is None:
        return upper, -inf
    tolerance = 1e-6 * max(1.0, abs(limit))
    dear = linear.fun + linear.lower.marginals > limit + tolerance
    return np.where(dear, 0.0, upper), float(linear.fun)
