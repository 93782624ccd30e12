"""One run of HiGHS, the one inside SciPy, on the program of ``variables`` and ``constraints``."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf, isfinite

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from planning.solver.exact.constraints import constraints
from planning.solver.exact.fixing import close_dear_cells
from planning.solver.exact.objective import Objective
from planning.solver.exact.variables import Variables

LEAST_SECONDS = 0.01


def run_highs(
    variables: Variables,
    goal: Objective,
    *,
    limit: float | None,
    seconds: float,
    raised: Callable[[float], None] | None = None,
) -> OptimizeResult:
    """SciPy's result for the cheapest plan within ``limit`` units; ``raised`` hears the linear bound, as a cost."""
    ends, coefficients = time.monotonic() + seconds, goal.coefficients
    rows = constraints(variables)
    upper = np.concatenate([variables.group_sizes[variables.group], variables.group_sizes]).astype(float)
    if limit is not None:
        upper, linear = close_dear_cells(coefficients, rows, upper, limit, max(seconds, LEAST_SECONDS))
        if raised is not None and isfinite(linear):
            raised(goal.cost(goal.relaxed(linear)))
        rows.append(LinearConstraint(coefficients[np.newaxis, :], -inf, limit))
    return milp(
        coefficients,
        constraints=rows,
        bounds=Bounds(0, upper),
        integrality=np.ones(variables.size, dtype=np.int64),
        options={"time_limit": max(ends - time.monotonic(), LEAST_SECONDS), "mip_rel_gap": 0.0},
    )
