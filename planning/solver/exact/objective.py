"""Equations (1) and (9) as integers.

The costs of a week are nearly always multiples of one amount (five overtime minutes, say). Counting in that amount
makes the objective integral: the solver rounds its bound up, and "cheaper than the incumbent" means one unit less.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from planning.solver.exact.variables import Variables
from planning.solver.grid import Floats

_MOST_UNITS = 100_000  # in one cost; beyond, the solver's relative tolerance could swallow one unit of a whole week


@dataclass(frozen=True, slots=True)
class Objective:
    """``unit * (coefficients @ v) + pinned`` is the cost. ``step`` is the least difference of two costs, in units."""

    coefficients: Floats
    unit: float
    pinned: float
    step: float

    def cost(self, units: float) -> float:
        return self.unit * units + self.pinned

    def units(self, cost: float) -> float:
        return (cost - self.pinned) / self.unit

    def rounded_up(self, units: float) -> float:
        """The least value a plan can have that is not below this bound."""
        return float(ceil(units - 1e-6)) if self.step else units

    def relaxed(self, units: float) -> float:
        """The same for an optimum of the linear relaxation, which is less exact than a proof."""
        return float(ceil(units - 1e-3)) if self.step else units - 1e-6 * max(1.0, abs(units))

    def below(self, cost: float) -> float:
        """A limit that every cheaper plan keeps, and that a plan of this cost does not, when costs have a step."""
        units = self.units(cost)
        return units - self.step / 2 if self.step else units + 1e-6 * max(1.0, abs(units))


def objective(variables: Variables) -> Objective:
    """(1): waiting, overtime and interventions left out, and the cost of the pins, which nothing changes."""
    costs = np.concatenate([variables.cost, variables.leave])
    unit, pinned = variables.grid.granularity, variables.grid.fixed
    if unit <= 0 or costs.max(initial=0.0) / unit > _MOST_UNITS:
        return Objective(costs, 1.0, pinned, 0.0)
    return Objective(np.rint(costs / unit), unit, pinned, 1.0)
