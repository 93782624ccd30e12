"""The surgeons' bound: never above a feasible cost, and exact where only the surgeons' days are short."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given

from planning.solver import bound as bounds
from planning.solver.assignment import Multipliers
from planning.solver.bound import SurgeonBound
from planning.solver.grid import grid_of
from planning.solver.problem import WeekProblem
from planning.solver.result import Status
from planning.solver.solve import solve
from planning.solver.stopping import Stop
from tests.solver.weeks import FEW, a_slot, a_week, an_item, optimum, tiny_weeks


def values_of(problem: WeekProblem, upper: float, *, rounds: int = 30) -> list[float]:
    """The best bound after each round."""
    grid = grid_of(problem)
    bound = SurgeonBound(grid, Multipliers.zero(grid), float("-inf"))
    values: list[float] = []
    while not bound.done and len(values) < rounds:
        bound.advance(upper)
        values.append(bound.value)
    return values


def short_days() -> WeekProblem:
    """Surgeon K has 100 minutes on three days for three hours in pieces of 60: one a day, whatever the rooms hold."""
    slots = [a_slot(f"{room}-{day}", day=day, room=room) for day in (0, 1, 3) for room in ("SO1", "SO2")]
    items = [an_item(name, admission_day=-1) for name in "ABC"]
    return a_week(slots, items, K=(100, 100, 0, 100))


def test_a_surgeons_short_days_are_seen_without_any_price() -> None:
    assert optimum(short_days()) == 0 + 300 + 900
    assert values_of(short_days(), 1200)[0] == pytest.approx(1200, abs=1e-3)


def test_the_planner_proves_its_plan_by_it() -> None:
    result = solve(short_days(), stop=Stop(None, rounds=20))
    assert (result.status, result.lower_bound) == (Status.OPTIMAL, 1200)


def test_the_bound_only_rises() -> None:
    slots = [a_slot("S1", end=600), a_slot("S2", day=3, end=600)]
    items = [an_item(name, duration=50, surgeon=name[0], specialty="x") for name in ("K1", "K2", "L1", "L2")]
    values = values_of(a_week(slots, items), optimum(a_week(slots, items)))
    assert all(later >= earlier for earlier, later in pairwise(values))
    assert values[-1] > values[0]


def test_a_week_without_interventions_has_nothing_to_bound() -> None:
    assert values_of(a_week([a_slot()]), 0.0) == []


@FEW
@given(problem=tiny_weeks())
def test_no_round_lifts_the_bound_above_a_feasible_cost(problem: WeekProblem) -> None:
    cheapest = optimum(problem)
    assert all(value <= cheapest + 1e-6 for value in values_of(problem, cheapest))


@FEW
@given(problem=tiny_weeks())
def test_families_of_one_surgeon_that_share_a_day_keep_the_bound_below(problem: WeekProblem) -> None:
    largest, bounds.LARGEST_FAMILY = bounds.LARGEST_FAMILY, 2
    try:
        cheapest = optimum(problem)
        assert all(value <= cheapest + 1e-6 for value in values_of(problem, cheapest))
    finally:
        bounds.LARGEST_FAMILY = largest
