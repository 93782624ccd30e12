"""Exact sub-problems: a part planned anew fits beside the others and is cheaper, or there is none."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.weeks import Ownership, WeekShape, generate_week
from planning.solver import improvement
from planning.solver.board import Board
from planning.solver.costs import breakdown
from planning.solver.exact import solve_exact
from planning.solver.exact.neighbourhood import Neighbourhoods, plan_again
from planning.solver.first_come import plan_first_come
from planning.solver.grid import Ints, grid_of
from planning.solver.hungarian import Report, improve
from planning.solver.observer import Observer
from planning.solver.problem import WeekProblem
from planning.solver.rules import plan_violations
from planning.solver.stopping import Stop


def a_full_week(seed: int = 1, ownership: Ownership = Ownership.SPECIALTY) -> WeekProblem:
    return generate_week(WeekShape(seed, 60, 4, ownership, 15, 0.1, 1.0))


def first_plan(problem: WeekProblem) -> Ints:
    return np.array(grid_of(problem).rows(plan_first_come(problem)), dtype=np.int64)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ownership", list(Ownership))
def test_a_part_planned_anew_fits_beside_the_others_and_costs_less(ownership: Ownership, seed: int) -> None:
    problem = a_full_week(seed, ownership)
    grid, plan = grid_of(problem), first_plan(problem)
    rows = np.flatnonzero(np.isin(grid.surgeon, np.unique(grid.surgeon)[::2]))

    part, _ = plan_again(grid, plan, rows, seconds=10.0)

    assert part is not None
    after = plan.copy()
    after[part.rows] = part.slots
    assert (after[np.setdiff1d(np.arange(len(plan)), rows)] == plan[np.setdiff1d(np.arange(len(plan)), rows)]).all()
    assignments = grid.assignments(after.tolist())
    assert plan_violations(problem, assignments) == ()
    assert breakdown(problem, assignments).total < breakdown(problem, grid.assignments(plan.tolist())).total


def test_an_optimal_plan_has_no_cheaper_part() -> None:
    problem = a_full_week()
    grid = grid_of(problem)
    best = solve_exact(problem, stop=Stop(60)).assignments
    assert best is not None
    plan = np.array(grid.rows(best), dtype=np.int64)

    for surgeon in np.unique(grid.surgeon):
        assert plan_again(grid, plan, np.flatnonzero(grid.surgeon == surgeon))[0] is None


def test_the_whole_week_as_one_part_is_the_exact_solve() -> None:
    problem = a_full_week()
    grid, plan = grid_of(problem), first_plan(problem)
    exact = solve_exact(problem, stop=Stop(60))

    part, _ = plan_again(grid, plan, np.arange(len(plan)), seconds=60.0)

    assert part is not None
    assert breakdown(problem, grid.assignments(part.slots)).total == pytest.approx(exact.lower_bound)


def test_one_sub_problem_at_a_time_and_none_without_time() -> None:
    problem = a_full_week()
    parts, plan = Neighbourhoods(grid_of(problem), 0), first_plan(problem).tolist()

    parts.ask(plan, 0.0)
    assert parts.take() is None
    parts.ask(plan, 5.0)
    parts.ask(plan, 5.0)
    parts.close()

    assert parts.take() is not None
    assert parts.take() is None


def test_a_large_week_is_improved_in_parts_and_stays_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = generate_week(WeekShape(3, 90, 6, Ownership.SURGEON, 0, 0.1, 0.8))
    monkeypatch.setattr(improvement, "MANY", 10)
    monkeypatch.setattr(improvement, "FIRST_CYCLE", 1)
    grid = grid_of(problem, timed=True)
    board = Board(grid)
    board.load(first_plan(problem).tolist())
    before, stop = board.cost, Stop(2.0)

    improve(board, stop=stop, seed=0, bound=0.0, report=Report(Observer(), stop))

    assignments = grid.assignments(board.slot_of)
    assert plan_violations(problem, assignments) == ()
    assert breakdown(problem, assignments).total == pytest.approx(board.cost)
    assert board.cost < before


def test_what_the_search_finds_meanwhile_is_kept_and_the_bound_stays_below_it() -> None:
    problem = a_full_week(2)
    exact = solve_exact(problem, stop=Stop(60))
    assert exact.assignments is not None
    best = dict(exact.assignments)
    bounds: list[float] = []
    first = plan_first_come(problem)

    outcome = solve_exact(
        problem, stop=Stop(60), incumbent=first, meanwhile=lambda plan, stop: best, raised=bounds.append
    )

    assert outcome.proven
    assert outcome.assignments is not None
    assert breakdown(problem, outcome.assignments).total == pytest.approx(exact.lower_bound)
    assert outcome.lower_bound == pytest.approx(exact.lower_bound)
    assert bounds
    assert max(bounds) <= exact.lower_bound + 1e-6


def test_a_worse_plan_found_meanwhile_changes_nothing() -> None:
    problem = a_full_week(2)
    first = solve_exact(problem, stop=Stop(60))

    outcome = solve_exact(problem, stop=Stop(60), incumbent=first.assignments, meanwhile=lambda plan, stop: {})

    assert outcome.assignments == first.assignments
    assert outcome.proven
