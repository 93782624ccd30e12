"""The improvement phase: it only ever keeps better plans, ends by itself and repeats itself."""

from __future__ import annotations

from planning.solver.assignment import construct
from planning.solver.board import Board
from planning.solver.grid import grid_of
from planning.solver.hungarian import least_value
from planning.solver.improvement import Improver
from planning.solver.problem import WeekProblem
from planning.solver.stopping import Stop
from tests.solver.weeks import a_slot, a_week, an_item, fit


def knot() -> WeekProblem:
    """Two slots today that 110 + 80 + 50 and 90 + 80 + 70 fill exactly; longest first ends with one waiting."""
    slots = [a_slot("S1"), a_slot("S2", room="SO2"), a_slot("S3", day=3)]
    durations = {"A": 110, "B": 90, "C": 80, "D": 80, "E": 70, "F": 50}
    items = [an_item(name, duration=minutes) for name, minutes in durations.items()]
    return a_week(slots, items)


def improve(problem: WeekProblem, *, seed: int = 0, stop: Stop, least: int = 0) -> tuple[Board, list[int]]:
    board = Board(grid_of(problem))
    construct(board)
    improver, values = Improver(board, seed), [board.value]
    improver.run(stop, least=lambda: least, found=lambda: values.append(improver.best_value), tick=lambda: None)
    return board, values


def test_a_knot_that_single_moves_cannot_untie_is_untied() -> None:
    board, values = improve(knot(), stop=Stop(None, rounds=20))
    assert board.cost == 0
    assert values[0] > 0
    assert values == sorted(values, reverse=True)
    assert fit(knot(), board.grid.assignments(board.slot_of))


def test_a_plan_that_meets_the_bound_ends_the_search_at_once() -> None:
    ticks: list[None] = []
    board = Board(grid_of(a_week([a_slot()], [an_item()])))
    construct(board)
    Improver(board, 0).run(Stop(None), least=lambda: 0, found=lambda: None, tick=lambda: ticks.append(None))
    assert ticks == []


def test_the_search_ends_by_itself_after_rounds_in_vain() -> None:
    ticks: list[None] = []
    board = Board(grid_of(a_week([a_slot(day=3)], [an_item()])))
    construct(board)
    search = Improver(board, 0)
    search.run(Stop(None), least=lambda: -1, found=lambda: None, tick=lambda: ticks.append(None), idle_rounds=7)
    assert len(ticks) == 7
    assert board.cost == 600


def test_the_number_of_rounds_limits_the_search() -> None:
    ticks: list[None] = []
    board = Board(grid_of(knot()))
    Improver(board, 0).run(Stop(None, rounds=3), least=lambda: -1, found=lambda: None, tick=lambda: ticks.append(None))
    assert len(ticks) == 3


def test_a_cancelled_search_keeps_the_plan_it_has() -> None:
    board, values = improve(knot(), stop=Stop(None, cancelled=lambda: True))
    assert values == [board.value]


def test_loading_a_plan_leaves_out_what_does_not_fit() -> None:
    board = Board(grid_of(a_week([a_slot(), a_slot("closed", day=2)], [an_item("A", duration=200), an_item("B")])))
    board.load([0, 0])
    assert board.slot_of == [0, -1]
    board.load([1, 0])
    assert board.slot_of == [-1, 0]


def test_a_slot_dearer_than_leaving_out_is_not_used() -> None:
    board = Board(grid_of(a_week([a_slot(day=3)], [an_item(unplanned_cost=599.0)])))
    construct(board)
    assert board.slot_of == [-1]
    board = Board(grid_of(a_week([a_slot(day=3)], [an_item(unplanned_cost=600.0)])))
    construct(board)
    assert board.slot_of == [0]


def test_moves_away_from_the_reference_count_less_than_any_cost() -> None:
    problem = a_week([a_slot("today"), a_slot("late", day=3)], [an_item()])
    board = Board(grid_of(problem), {"I": "late"})
    assert board.price[0][0] == 1
    assert board.price[0][1] > board.weight > len(problem.interventions)
    assert least_value(board, 600.0) == board.price[0][1]
