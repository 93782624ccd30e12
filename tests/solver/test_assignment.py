"""The assignment rounds: the relaxed assignment, its bound, the multipliers and the mending."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.solver.assignment import (
    Multipliers,
    assignment_rounds,
    construct,
    mend,
    overuse,
    relax,
    seats,
    step,
)
from planning.solver.board import Board
from planning.solver.grid import Grid, grid_of
from planning.solver.problem import WeekProblem
from planning.solver.stopping import Stop
from tests.solver.weeks import FEW, a_slot, a_week, an_item, fit, optimum, tiny_weeks


def crowded() -> Grid:
    """Three times two hours for one slot of four hours today and one tomorrow; surgeon K has three hours today."""
    slots = [a_slot("today"), a_slot("tomorrow", day=3)]
    items = [an_item(name, duration=120) for name in "ABC"]
    return grid_of(a_week(slots, items, K=(0, 180, 0, 480)))


def at_zero(grid: Grid) -> tuple[np.ndarray, float]:
    multipliers = Multipliers.zero(grid)
    relaxed = relax(grid, multipliers, seats(grid), multipliers.priced(grid))
    return relaxed.column, relaxed.bound


def test_a_slot_has_one_column_a_position_that_can_be_used() -> None:
    items = [an_item(name, duration=100) for name in "ABC"]
    slots = [a_slot("two fit"), a_slot("one position", positions=1), a_slot("closed", day=2)]
    assert seats(grid_of(a_week(slots, items))).tolist() == [0, 0, 1]


def test_without_prices_the_assignment_ignores_the_minutes() -> None:
    grid = grid_of(a_week([a_slot()], [an_item("A", duration=30), an_item("B", duration=240)]))
    column, bound = at_zero(grid)
    assert column.tolist() == [0, 0]
    assert bound == pytest.approx(0, abs=1e-6)


def test_positions_limit_the_assignment() -> None:
    grid = grid_of(a_week([a_slot(positions=1)], [an_item("A"), an_item("B", unplanned_cost=70.0)]))
    column, bound = at_zero(grid)
    assert column.tolist() == [0, -1]
    assert bound == pytest.approx(70)


def test_overuse_is_what_the_assignment_takes_beyond_the_minutes() -> None:
    grid = crowded()
    slot, surgeon_day = overuse(grid, np.array([0, 0, -1]))
    assert slot.tolist() == [0, -240]
    assert surgeon_day.tolist()[:4] == [0, 240 - 180, 0, -480]


def test_cleaning_uses_the_slot_and_not_the_surgeon() -> None:
    grid = grid_of(a_week([a_slot()], [an_item(duration=60)], turnover=25, K=(0, 100, 0, 0)))
    slot, surgeon_day = overuse(grid, np.array([0]))
    assert (slot[0], surgeon_day[1]) == (85 - 240, 60 - 100)


def test_a_step_raises_the_price_of_what_is_overused_and_no_price_falls_below_zero() -> None:
    grid = crowded()
    before = Multipliers(np.array([1.0, 0.1]), np.zeros(grid.surgeon_left.size))
    after = step(before, np.array([30.0, -200.0]), np.full(grid.surgeon_left.size, -1.0), 1000.0)
    assert after.slot[0] > 1.0
    assert after.slot[1] == 0.0
    assert after.surgeon_day.min() == 0.0


def test_a_priced_cell_pays_for_its_minutes() -> None:
    grid = grid_of(a_week([a_slot(day=3)], [an_item(duration=60)], turnover=15))
    prices = Multipliers(np.array([2.0]), np.arange(grid.surgeon_left.size, dtype=np.float64))
    assert prices.priced(grid).tolist() == [[600 + 2 * 75 + 3 * 60]]
    assert prices.refund(grid) == pytest.approx(2 * 240 + float(np.arange(8) @ grid.surgeon_left.ravel()))


def test_mending_keeps_what_fits_and_places_the_rest_elsewhere() -> None:
    grid = crowded()
    board = Board(grid)
    mend(board, np.array([0, 0, 0]), Multipliers.zero(grid).priced(grid))
    assert sorted(board.slot_of) == [0, 1, 1]
    assert fit(grid.problem, grid.assignments(board.slot_of))


def test_the_rounds_report_the_plan_they_improve_and_a_bound_below_it() -> None:
    board = Board(crowded())
    found: list[float] = []
    bound, _ = assignment_rounds(board, Stop(None), found=lambda: found.append(board.cost), tick=lambda _: None)
    assert board.cost == 1200  # one today, two wait two days each
    assert found == sorted(found, reverse=True)
    assert 0 < bound <= 1200


def test_a_week_without_interventions_or_slots_has_its_trivial_bound() -> None:
    for problem, cost in ((a_week([a_slot()]), 0.0), (a_week([], [an_item()]), 3000.0)):
        board = Board(grid_of(problem))
        bound, _ = assignment_rounds(board, Stop(None), found=lambda: None, tick=lambda _: None)
        assert (bound, board.cost) == (pytest.approx(cost, rel=1e-6, abs=1e-6), cost)


def test_the_bound_rises_to_the_next_total_that_the_costs_can_make() -> None:
    grid = grid_of(a_week([a_slot(), a_slot("late", day=3)], [an_item("A"), an_item("B")]))
    assert grid.granularity == 600
    assert grid.round_up(1.0) == 600
    assert grid.round_up(600.0000000001) == 600


def test_costs_without_common_measure_leave_the_bound_alone() -> None:
    grid = grid_of(a_week([a_slot()], [an_item(unplanned_cost=1 / 7)]))
    assert grid.granularity == 0
    assert grid.round_up(0.1) == 0.1


@FEW
@given(problem=tiny_weeks(), prices=st.integers(0, 2**32 - 1))
def test_no_prices_lift_the_relaxed_value_above_a_feasible_plan(problem: WeekProblem, prices: int) -> None:
    grid = grid_of(problem)
    draw = np.random.default_rng(prices)
    multipliers = Multipliers(draw.exponential(3, len(grid.slots)), draw.exponential(3, grid.surgeon_left.size))
    relaxed = relax(grid, multipliers, seats(grid), multipliers.priced(grid))
    assert grid.round_up(relaxed.bound) <= optimum(problem) + 1e-6


@FEW
@given(problem=tiny_weeks())
def test_the_first_plan_and_each_mended_one_are_feasible(problem: WeekProblem) -> None:
    board = Board(grid_of(problem))
    construct(board)

    def check() -> None:
        assert fit(problem, board.grid.assignments(board.slot_of))

    check()
    bound, _ = assignment_rounds(board, Stop(None), found=check, tick=lambda _: None)
    check()
    assert bound <= optimum(problem) + 1e-6
