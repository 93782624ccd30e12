"""What is shown has real start times: for any week, every placement starts where nothing speaks against it."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.weeks import Ownership, WeekShape, generate_week
from planning.solver.day.problem import minutes_of
from planning.solver.problem import WeekProblem
from planning.solver.result import SolveResult
from planning.solver.rules import timeline_violations
from planning.solver.sequencing import day_problem
from planning.solver.solve import Method, solve
from planning.solver.stopping import Stop
from tests.solver.weeks import FEW, tiny_weeks

METHODS: tuple[Method, ...] = get_args(Method)
STEP = 15


@st.composite
def whole_weeks(draw: st.DrawFn) -> WeekProblem:
    """Tiny weeks with all that a day's order counts: beds, shared equipment, hours, children, day patients, septic."""
    problem = draw(tiny_weeks())
    items = tuple(
        replace(
            item,
            pinned_start=draw(st.sampled_from((480, 510))) if item.pinned else None,
            recovery=draw(st.sampled_from((0, 30, 120))),
            child=draw(st.integers(0, 3)) == 0,
            ambulatory=draw(st.booleans()),
            septic=draw(st.integers(0, 4)) == 0,
        )
        for item in problem.interventions
    )
    hours = draw(st.sampled_from((None, ((510, 720), None))))
    return replace(
        problem,
        interventions=items,
        surgeons=tuple(replace(one, hours=hours) for one in problem.surgeons),
        recovery_beds=draw(st.sampled_from((None, 1, 2))),
        equipment_units=draw(st.sampled_from(({}, {"microscope": 1}))),
        ambulatory_closing=draw(st.sampled_from((600, 1140))),
    )


def assert_shown(problem: WeekProblem, result: SolveResult) -> None:
    """Everyone placed has a start in their slot, and nobody whom no person put there breaks a hard rule."""
    assert result.starts.keys() == result.assignments.keys()
    pinned = {item.id for item in problem.interventions if item.pinned is not None}
    for key in result.assignments.keys() - pinned:
        slot, start = problem.slot_by_id[result.assignments[key]], result.starts[key]
        assert slot.start <= start <= slot.end - problem.intervention_by_id[key].duration
    broken = timeline_violations(problem, result.assignments, result.starts)
    assert [one for one in broken if not one.soft and not {one.intervention, one.facts.get("other")} & pinned] == []


def assert_nobody_waits_for_nothing(problem: WeekProblem, result: SolveResult) -> None:
    """Nobody could start sooner, alone, without breaking a rule or costing somebody a minute."""
    for day in {problem.slot_by_id[slot].day for slot in result.assignments.values()}:
        placed = [
            (problem.intervention_by_id[key], problem.slot_by_id[slot])
            for key, slot in result.assignments.items()
            if problem.slot_by_id[slot].day == day
        ]
        order = day_problem(problem, placed)
        starts = {case: result.starts[case.id] for case in order.cases}
        plan = {item.id: slot.id for item, slot in placed}
        broken = hard(problem, plan, result.starts)
        for case in order.free:
            for sooner in range(case.opening, starts[case], STEP):
                tried = {**starts, case: sooner}
                if minutes_of(order, tried).cost <= minutes_of(order, starts).cost:
                    assert hard(problem, plan, {one.id: at for one, at in tried.items()}) > broken, (case.id, sooner)


def hard(problem: WeekProblem, plan: dict[str, str], starts: object) -> int:
    return sum(not one.soft for one in timeline_violations(problem, plan, starts))  # type: ignore[arg-type]


@pytest.mark.parametrize("method", METHODS)
@FEW
@given(problem=whole_weeks())
def test_every_proposal_has_real_starts(method: Method, problem: WeekProblem) -> None:
    result = solve(problem, method=method, stop=Stop(seconds=None, rounds=5), with_starts=True)
    assert_shown(problem, result)
    assert_nobody_waits_for_nothing(problem, result)


@pytest.mark.parametrize("ownership", list(Ownership))
def test_every_proposal_for_a_week_of_60_has_real_starts(ownership: Ownership) -> None:
    problem = generate_week(WeekShape(seed=7, size=60, ownership=ownership, turnover=15))
    items = tuple(
        replace(item, recovery=30 + 15 * (number % 9), ambulatory=number % 3 == 0, septic=number % 17 == 5)
        for number, item in enumerate(problem.interventions)
    )
    problem = replace(problem, interventions=items, recovery_beds=6)

    result = solve(problem, stop=Stop(seconds=None, rounds=40), with_starts=True)

    assert len(result.assignments) > 45
    assert_shown(problem, result)
    assert_nobody_waits_for_nothing(problem, result)
