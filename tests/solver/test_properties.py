"""What holds for every week: each method's plan against the equations written once more, and against all plans."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.solver.problem import WeekProblem
from planning.solver.result import Status
from planning.solver.rules import plan_violations, timeline_violations
from planning.solver.solve import Method, solve
from planning.solver.stopping import Stop
from tests.solver.weeks import FEW, cost, fit, optimum, tiny_weeks

METHODS: tuple[Method, ...] = get_args(Method)


def few_rounds() -> Stop:
    return Stop(seconds=None, rounds=5)


@pytest.mark.parametrize("method", METHODS)
@FEW
@given(problem=tiny_weeks())
def test_every_plan_keeps_every_rule_and_costs_what_the_equations_say(method: Method, problem: WeekProblem) -> None:
    result = solve(problem, method=method, stop=few_rounds())
    assert fit(problem, result.assignments)
    assert plan_violations(problem, result.assignments) == ()
    assert result.cost.total == pytest.approx(cost(problem, result.assignments))
    everyone = {item.id for item in problem.interventions}
    assert everyone == set(result.assignments) | set(result.unplanned)
    assert not set(result.assignments) & set(result.unplanned)


@pytest.mark.parametrize("method", METHODS)
@FEW
@given(problem=tiny_weeks())
def test_no_bound_exceeds_a_feasible_cost_and_proven_means_cheapest(method: Method, problem: WeekProblem) -> None:
    result = solve(problem, method=method, stop=few_rounds())
    cheapest = optimum(problem)
    assert result.cost.total >= cheapest - 1e-6
    if result.lower_bound is not None:
        assert result.lower_bound <= cheapest + 1e-6
    if result.status is Status.OPTIMAL:
        assert result.cost.total == pytest.approx(cheapest)
    if method == "exact":
        assert result.status is Status.OPTIMAL


@pytest.mark.parametrize("method", METHODS)
@FEW
@given(problem=tiny_weeks())
def test_pins_are_kept_whatever_they_break(method: Method, problem: WeekProblem) -> None:
    result = solve(problem, method=method, stop=few_rounds(), with_starts=True)
    for item in problem.interventions:
        if item.pinned is not None:
            assert result.assignments[item.id] == item.pinned


@pytest.mark.parametrize("method", METHODS)
@FEW
@given(problem=tiny_weeks(), seed=st.integers(0, 3))
def test_the_same_seed_gives_the_same_plan(method: Method, problem: WeekProblem, seed: int) -> None:
    first, second = (solve(problem, method=method, seed=seed, stop=few_rounds(), with_starts=True) for _ in range(2))
    assert (first.assignments, first.starts, first.cost) == (second.assignments, second.starts, second.cost)


@pytest.mark.parametrize("method", METHODS)
@FEW
@given(problem=tiny_weeks(pins=False))
def test_start_times_put_nobody_in_two_places_at_once(method: Method, problem: WeekProblem) -> None:
    result = solve(problem, method=method, stop=few_rounds(), with_starts=True)
    assert set(result.starts) == set(result.assignments)
    assert timeline_violations(problem, result.assignments, result.starts) == ()
    assert fit(problem, result.assignments)
    assert result.cost.total == pytest.approx(cost(problem, result.assignments))


@FEW
@given(problem=tiny_weeks(), data=st.data())
def test_a_reference_and_a_tie_rule_never_make_a_proven_plan_dearer(problem: WeekProblem, data: st.DataObject) -> None:
    slots = [slot.id for slot in problem.slots]
    reference = {item.id: data.draw(st.sampled_from(slots)) for item in problem.interventions}
    plain = solve(problem, method="exact", stop=few_rounds())
    for tie_rule in ("fill", "balance"):
        near = solve(problem, method="exact", stop=few_rounds(), reference=reference, tie_rule=tie_rule)
        assert near.cost.total == pytest.approx(plain.cost.total)


@pytest.mark.parametrize("method", METHODS)
@FEW
@given(problem=tiny_weeks())
def test_whatever_is_left_out_has_a_reason_for_every_slot(method: Method, problem: WeekProblem) -> None:
    result = solve(problem, method=method, stop=few_rounds())
    assert set(result.reasons) == set(result.unplanned)
    for reasons in result.reasons.values():
        closed = {slot for reason in reasons for slot in reason.facts["slots"]}  # type: ignore[attr-defined]
        assert closed == {slot.id for slot in problem.slots}
