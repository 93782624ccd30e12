"""Equations (1) and (9) as integers.

The costs of a week are nearly always multiples of one amount (five overtime minutes, say). Counting in that amount
makes the objective integral: the solver rounds its bound up, and "cheaper than the incumbent" means one unit less.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd, lcm

import numpy as np

from planning.solver.exact.variables import Floats, Variables
from planning.solver.problem import WeekProblem

_LARGEST_DENOMINATOR = 6000  # minutes of an hour, in cents
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

    def below(self, cost: float) -> float:
        """A limit that every cheaper plan keeps, and that a plan of this cost does not, when costs have a step."""
        units = self.units(cost)
        return units - self.step / 2 if self.step else units + 1e-6 * max(1.0, abs(units))


def objective(problem: WeekProblem, variables: Variables, pinned: float) -> Objective:
    """(1): waiting, overtime and interventions left out; ``pinned`` is the cost of the pins, which nothing changes."""
    left_out = np.array([problem.unplanned_cost(group[0]) for group in variables.groups], dtype=float)
    costs = np.concatenate([variables.cost, left_out])
    unit = _common_unit(costs)
    if unit is None:
        return Objective(costs, 1.0, pinned, 0.0)
    return Objective(np.round(costs / float(unit)), float(unit), pinned, 1.0)


def _common_unit(costs: Floats) -> Fraction | None:
    """The largest amount of which every cost is a multiple; None when there is none worth the name."""
    positive = [float(cost) for cost in np.unique(costs) if cost > 0]
    amounts = [Fraction(cost).limit_denominator(_LARGEST_DENOMINATOR) for cost in positive]
    exact = all(abs(float(a) - cost) <= 1e-9 * max(1.0, cost) for a, cost in zip(amounts, positive, strict=True))
    if not amounts or not exact:
        return None
    denominator = lcm(*(amount.denominator for amount in amounts))
    unit = Fraction(gcd(*(int(amount * denominator) for amount in amounts)), denominator)
    return unit if max(amounts) / unit <= _MOST_UNITS else None
