"""The price of a move away from the plan that is planned again: what every method makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.solver.board import Board
from planning.solver.costs import breakdown
from planning.solver.exact import solve_exact
from planning.solver.grid import grid_of
from planning.solver.improvement import Improver
from planning.solver.observer import Observer, Progress
from planning.solver.problem import ProblemError, WeekProblem
from planning.solver.result import SolveResult, Status
from planning.solver.solve import Method, solve
from planning.solver.stopping import Stop
from tests.solver.weeks import FEW, a_slot, a_week, an_item, cost, every_plan, fit, tiny_weeks

METHODS: tuple[Method, ...] = get_args(Method)
SEARCHES: tuple[Method, ...] = ("hungarian", "exact")
# A week costs less than this: nothing is worth a move.
PROHIBITIVE = 1e5


def few_rounds() -> Stop:
    return Stop(seconds=None, rounds=5)


def drawn(problem: WeekProblem, data: st.DataObject) -> dict[str, str]:
    """Some plan of the week, kept or not by its rules; not everybody is in it."""
    slots = st.none() | st.sampled_from([slot.id for slot in problem.slots])
    chosen = {item.id: data.draw(slots) for item in problem.interventions}
    return {item: slot for item, slot in chosen.items() if slot is not None}


def moves(problem: WeekProblem, base: Mapping[str, str], assignments: Mapping[str, str]) -> int:
    return sum(
        base.get(item.id) not in (None, assignments.get(item.id))
        for item in problem.interventions
        if item.pinned is None
    )


def charged_by(problem: WeekProblem, base: Mapping[str, str], price: float, plan: Mapping[str, str]) -> float:
    return cost(problem, plan) + price * moves(problem, base, plan)


def a_choice() -> WeekProblem:
    """Waiting until day 3 costs two days; the slot of day 1 is free."""
    return a_week([a_slot("soon", day=1), a_slot("late", day=3)], [an_item("A"), an_item("B")])


def again(problem: WeekProblem, base: Mapping[str, str], price: float, method: Method = "hungarian") -> SolveResult:
    return solve(problem, method=method, stop=few_rounds(), reference=base, move_cost=price)


@pytest.mark.parametrize("method", SEARCHES)
def test_a_move_is_made_when_it_saves_more_than_its_price(method: Method) -> None:
    problem, base = a_choice(), {"A": "late", "B": "late"}
    saved = cost(problem, base) / 2
    assert saved > 1
    assert again(problem, base, saved - 1, method).assignments == {"A": "soon", "B": "soon"}
    assert again(problem, base, saved + 1, method).assignments == base


@pytest.mark.parametrize("method", SEARCHES)
def test_the_cost_told_is_the_plan_s_own_and_the_bound_counts_its_moves(method: Method) -> None:
    problem, base = a_choice(), {"A": "late", "B": "late"}
    told: list[float] = []
    heard: list[Progress] = []

    class Listener(Observer):
        def incumbent(self, assignments: Mapping[str, str], cost: float) -> None:
            told.append(cost)

        def progress(self, progress: Progress) -> None:
            heard.append(progress)

    result = solve(
        problem, method=method, stop=few_rounds(), reference=base, move_cost=10.0, observer=Listener(), prove=True
    )
    assert (result.cost.total, result.cost.moves) == (cost(problem, result.assignments), 20.0)
    assert (result.status, result.lower_bound, result.gap) == (Status.OPTIMAL, result.cost.total + 20.0, 0.0)
    assert told[-1] == result.cost.total
    assert (heard[-1].best_cost, heard[-1].moves) == (result.cost.total, 20.0)
    assert all(one.lower_bound <= result.cost.charged + 1e-6 for one in heard if one.lower_bound is not None)


@pytest.mark.parametrize("method", SEARCHES)
@FEW
@given(problem=tiny_weeks(), data=st.data())
def test_no_plan_costs_less_with_its_moves_than_the_bound(
    method: Method, problem: WeekProblem, data: st.DataObject
) -> None:
    base = drawn(problem, data)
    result = again(problem, base, 30.0, method)
    assert result.lower_bound is not None
    assert result.lower_bound <= min(charged_by(problem, base, 30.0, plan) for plan in every_plan(problem)) + 1e-6


def test_who_had_no_place_and_who_is_pinned_move_for_nothing() -> None:
    problem = a_choice()
    pinned = replace(problem, interventions=(an_item("A", pinned="soon"), an_item("B")))
    result = again(pinned, {"A": "late"}, 50.0)
    assert result.assignments == {"A": "soon", "B": "soon"}
    assert result.cost.moves == 0


def test_a_place_that_is_no_longer_there_is_left_and_paid_once() -> None:
    result = again(a_choice(), {"A": "gone", "B": "soon"}, 50.0)
    assert result.assignments == {"A": "soon", "B": "soon"}
    assert result.cost.moves == 50


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(ProblemError, match="move_cost"):
        again(a_choice(), {}, -1.0)


@pytest.mark.parametrize("method", METHODS)
@FEW
@given(problem=tiny_weeks(), data=st.data())
def test_without_a_price_the_cost_is_what_it_was(method: Method, problem: WeekProblem, data: st.DataObject) -> None:
    base = drawn(problem, data)
    plain = solve(problem, method=method, stop=few_rounds(), reference=base)
    free = again(problem, base, 0.0, method)
    assert (free.assignments, free.cost, free.lower_bound) == (plain.assignments, plain.cost, plain.lower_bound)


@pytest.mark.parametrize("method", SEARCHES)
@FEW
@given(problem=tiny_weeks(), data=st.data())
def test_a_plan_that_can_stay_does_at_a_prohibitive_price(
    method: Method, problem: WeekProblem, data: st.DataObject
) -> None:
    start = solve(problem, method="first-come", stop=few_rounds())
    kept = data.draw(st.sets(st.sampled_from(sorted(start.assignments)))) if start.assignments else set()
    base = {item: slot for item, slot in start.assignments.items() if item in kept}
    result = again(problem, base, PROHIBITIVE, method)
    assert moves(problem, base, result.assignments) == 0


@FEW
@given(problem=tiny_weeks(), data=st.data())
def test_the_exact_method_finds_the_cheapest_of_all_plans_with_their_moves(
    problem: WeekProblem, data: st.DataObject
) -> None:
    base, price = drawn(problem, data), data.draw(st.sampled_from([1.0, 20.0, 150.0, 700.0]))
    result = again(problem, base, price, "exact")
    cheapest = min(charged_by(problem, base, price, plan) for plan in every_plan(problem))
    assert result.status is Status.OPTIMAL
    assert result.cost.charged == pytest.approx(cheapest)
    assert result.cost.moves == price * moves(problem, base, result.assignments)
    assert result.cost.total == pytest.approx(cost(problem, result.assignments))


@FEW
@given(problem=tiny_weeks(), data=st.data())
def test_the_hungarian_method_never_claims_less_than_the_exact_one(problem: WeekProblem, data: st.DataObject) -> None:
    base, price = drawn(problem, data), data.draw(st.sampled_from([1.0, 20.0, 150.0, 700.0]))
    found, best = (again(problem, base, price, method) for method in SEARCHES)
    assert fit(problem, found.assignments)
    assert found.cost.charged >= best.cost.charged - 1e-6
    if found.status is Status.OPTIMAL:
        assert found.cost.charged == pytest.approx(best.cost.charged)


@FEW
@given(problem=tiny_weeks(), data=st.data())
def test_the_dearer_a_move_the_fewer_are_made(problem: WeekProblem, data: st.DataObject) -> None:
    base = drawn(problem, data)
    plans = [again(problem, base, price, "exact").assignments for price in (0.5, 40.0, 250.0, 1200.0, PROHIBITIVE)]
    counts = [moves(problem, base, plan) for plan in plans]
    assert counts == sorted(counts, reverse=True)


@FEW
@given(problem=tiny_weeks(), data=st.data())
def test_search_program_and_breakdown_count_the_same(problem: WeekProblem, data: st.DataObject) -> None:
    """The compiled search's value, the program's objective and the equations, on the same charged week."""
    charged = replace(problem, base=drawn(problem, data), move_cost=30.0)
    grid = grid_of(charged)
    board = Board(grid)
    search = Improver(board, seed=0)
    search.run(Stop(None, rounds=2), least=lambda: -1, found=lambda: None, tick=lambda: None, idle_rounds=2)
    plan = grid.assignments(board.slot_of)
    assert board.cost == pytest.approx(breakdown(charged, plan).charged)
    proof = solve_exact(charged, stop=Stop(None), incumbent=plan)
    assert proof.assignments is not None
    assert proof.proven
    assert proof.lower_bound == pytest.approx(breakdown(charged, proof.assignments).charged)
