"""Every figure of an explanation, against solving the week again with the cell fixed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.solver.displacing import held
from planning.solver.explain import explain, rearrange, wish
from planning.solver.explanation import Alternative, Basis, Explanation, Figures, from_json, to_json, week_figures
from planning.solver.problem import SlotKind, WeekProblem
from planning.solver.relaxing import relaxed
from planning.solver.rules import load_of, plan_violations
from planning.solver.solve import solve
from planning.solver.stopping import Stop
from tests.solver.weeks import FEW, a_slot, a_week, an_item, instance, optimum, tiny_weeks, wished_weeks

Plan = dict[str, str]


def planned(problem: WeekProblem) -> Plan:
    return dict(solve(problem, method="exact", stop=Stop(20)).assignments)


def pinned(problem: WeekProblem, intervention: str, slot: str) -> WeekProblem:
    items = (replace(one, pinned=slot) if one.id == intervention else one for one in problem.interventions)
    return replace(problem, interventions=tuple(items))


def without(problem: WeekProblem, intervention: str) -> WeekProblem:
    return replace(problem, interventions=tuple(one for one in problem.interventions if one.id != intervention))


def fully(problem: WeekProblem, plan: Plan, intervention: str, method: str = "hungarian") -> Explanation:
    first = explain(problem, plan, intervention)
    return rearrange(problem, plan, first, method=method, stop=Stop(20))  # type: ignore[arg-type]


def base_of(problem: WeekProblem, plan: Plan, intervention: str) -> float:
    """The least total with the intervention where the plan has it, by trying everything."""
    week = held(problem, plan, intervention)
    if intervention in plan:
        return optimum(pinned(week, intervention, plan[intervention]))
    return optimum(without(week, intervention)) + week.unplanned_cost(week.intervention_by_id[intervention])


def cases(problem: WeekProblem) -> list[str]:
    return [item.id for item in problem.interventions]


# --- Honest differences ------------------------------------------------------------------------------------------


@FEW
@given(tiny_weeks(items=4, slots=3) | wished_weeks(), st.data())
def test_each_difference_is_that_of_the_week_solved_again(problem: WeekProblem, data: st.DataObject) -> None:
    plan = planned(problem)
    if not plan and not problem.interventions:
        return
    intervention = data.draw(st.sampled_from(cases(problem)))
    answer = fully(problem, plan, intervention)
    base = base_of(problem, plan, intervention)
    for one in answer.alternatives:
        forced = optimum(pinned(held(problem, plan, intervention), intervention, one.slot))
        assert one.base == pytest.approx(base)
        assert one.forced == pytest.approx(forced)
        assert one.difference.cost == pytest.approx(forced - base)
        assert one.basis is Basis.PROVEN


@FEW
@given(tiny_weeks(items=5, slots=4, pins=False), st.data())
def test_nothing_gains_on_a_plan_that_is_proven_optimal(problem: WeekProblem, data: st.DataObject) -> None:
    plan = planned(problem)
    for intervention in cases(problem)[:1]:
        answer = fully(problem, plan, intervention)
        for one in answer.alternatives:
            assert one.difference.cost >= -1e-6
            assert one.base == pytest.approx(week_figures(problem, plan).cost)


@FEW
@given(tiny_weeks(items=5, slots=4), st.data())
def test_the_estimate_at_once_is_never_better_than_the_honest_figure(problem: WeekProblem, data: st.DataObject) -> None:
    plan = planned(problem)
    if not problem.interventions:
        return
    intervention = data.draw(st.sampled_from(cases(problem)))
    first = explain(problem, plan, intervention)
    estimates = {one.slot: one.forced for one in first.alternatives}
    for one in rearrange(problem, plan, first, method="hungarian", stop=Stop(20)).alternatives:
        assert one.forced <= estimates[one.slot] + 1e-6


@FEW
@given(tiny_weeks(items=5, slots=4), st.data())
def test_who_must_make_room_leaves_a_plan_without_a_new_violation(problem: WeekProblem, data: st.DataObject) -> None:
    plan = planned(problem)
    if not problem.interventions:
        return
    intervention = data.draw(st.sampled_from(cases(problem)))
    for one in explain(problem, plan, intervention).alternatives:
        week = held(problem, plan, intervention)
        assert plan_violations(week, applied(plan, intervention, one)) == ()
        assert week_figures(problem, applied(plan, intervention, one)).cost == pytest.approx(one.forced)


def applied(plan: Plan, intervention: str, one: Alternative) -> Plan:
    after = {**plan, intervention: one.slot}
    for moved in one.moved:
        assert plan.get(moved.intervention) == moved.origin
        after.pop(moved.intervention, None)
        if moved.target is not None:
            after[moved.intervention] = moved.target
    return after


# --- By hand -----------------------------------------------------------------------------------------------------


def test_of_two_that_want_monday_the_shorter_one_waits_and_the_sentence_s_figures_say_so() -> None:
    problem = instance("overtime-or-wait")
    plan = planned(problem)
    # B fills Monday's regular hours; A would take 150 of overtime there, or wait a day for 300.
    assert plan == {"A": "SO1-0-ot", "B": "SO1-0"}
    answer = fully(problem, plan, "A")
    assert answer.own == Figures(waited_days=0, overtime_minutes=90, left_out=0, cost=150.0)
    assert answer.least == 0.0
    tuesday = next(one for one in answer.alternatives if one.slot == "SO1-1")
    assert tuesday.difference == Figures(waited_days=1, overtime_minutes=-90, left_out=0, cost=150.0)
    assert tuesday.moved == ()
    monday = wish(problem, answer)
    assert monday is not None
    assert (monday.slot, [one.intervention for one in monday.moved]) == ("SO1-0", ["B"])
    assert monday.difference.cost == pytest.approx(optimum(pinned(problem, "A", "SO1-0")) - 150.0)


def test_the_one_left_out_is_told_its_rules_and_the_minutes_that_lack() -> None:
    slots = [a_slot("S1", end=600), a_slot("S2", room="SO2", specialty="ORT")]
    problem = a_week(slots, [an_item("long", duration=100), an_item("short", duration=50)])
    plan = {"long": "S1"}
    answer = explain(problem, plan, "short")
    assert answer.slot is None
    assert answer.own == Figures(0, 0, 1, 3000.0)
    assert [(one.nearest.rule, one.slots) for one in answer.barred] == [
        ("slot_capacity", ("S1",)),
        ("slot_specialty", ("S2",)),
    ]
    assert [(one.slot, [rule.rule for rule in one.against]) for one in answer.changes] == [
        ("S2", ["slot_specialty"]),
        ("S1", ["slot_capacity"]),
    ]
    # Thirty minutes beyond the end of the regular hours: overtime, 200 an hour on day 1.
    assert answer.changes[1].against[0].facts["missing"] == 30
    assert answer.changes[1].difference == Figures(0, 30, -1, 100.0 - 3000.0)


def test_a_change_is_priced_with_the_rest_of_the_week_free() -> None:
    slots = [a_slot("S1", end=600), a_slot("S2", day=3, end=600)]
    problem = a_week(slots, [an_item("long", duration=110), an_item("short", duration=50, deadline_day=1)])
    plan = {"long": "S1"}
    first = explain(problem, plan, "short")
    [change] = [one for one in first.changes if one.slot == "S1"]
    assert [one.rule for one in change.against] == ["slot_capacity"]
    answer = rearrange(problem, plan, first, method="hungarian", stop=Stop(20))
    item = problem.intervention_by_id["short"]
    given = relaxed(problem, item, "S1", change.against, load_of(problem, plan))
    assert given is not None
    week, more = given
    base = optimum(without(problem, "short")) + 3000.0
    [one] = [one for one in answer.changes if one.slot == "S1"]
    assert more.cost == pytest.approx(40 / 60 * 200)
    assert one.difference.cost == pytest.approx(optimum(pinned(week, "short", "S1")) + more.cost - base)


def test_minutes_are_taken_from_the_overtime_that_follows_when_nobody_uses_them() -> None:
    regular, late = a_slot("S1", end=600), a_slot("S1-ot", start=600, end=660, kind=SlotKind.OVERTIME)
    items = [an_item("long", duration=100), an_item("short", duration=50, deadline_day=1), an_item("late")]
    problem = a_week([regular, late], items)
    item = problem.intervention_by_id["short"]
    [change] = [one for one in explain(problem, {"long": "S1"}, "short").changes if one.slot == "S1"]
    given = relaxed(problem, item, "S1", change.against, load_of(problem, {"long": "S1"}))
    assert given is not None
    assert [(one.start, one.end) for one in given[0].slots] == [(480, 630), (630, 660)]
    full = load_of(problem, {"long": "S1", "late": "S1-ot"})
    assert relaxed(problem, item, "S1", change.against, full) is None


def test_a_pinned_placement_is_compared_as_if_it_were_free() -> None:
    problem = a_week([a_slot("S1"), a_slot("S3", day=3)], [an_item("I", pinned="S3")])
    answer = fully(problem, {"I": "S3"}, "I")
    assert [(one.slot, one.difference.cost) for one in answer.alternatives] == [("S1", -600.0)]


def test_what_a_person_forced_stays_out_of_the_search() -> None:
    items = [an_item("I", duration=60), an_item("forced", duration=200, specialty="ORT", surgeon="L")]
    problem = a_week([a_slot("S1", specialty="ORL", end=740), a_slot("S3", day=3)], items)
    week = held(problem, {"I": "S1", "forced": "S1"}, "I")
    assert week.intervention_by_id["forced"].pinned == "S1"
    assert week.intervention_by_id["I"].pinned is None


def test_first_come_first_served_is_filled_again_by_the_same_method() -> None:
    problem = a_week([a_slot("S1", end=600), a_slot("S3", day=3)], [an_item("I"), an_item("J", duration=90)])
    plan = dict(solve(problem, method="first-come").assignments)
    assert plan == {"I": "S1", "J": "S3"}
    answer = fully(problem, plan, "J", method="first-come")
    assert [(one.slot, one.difference.cost, one.basis) for one in answer.alternatives] == [("S1", 0.0, Basis.KNOWN)]


def test_the_time_given_is_kept_and_what_was_not_tried_is_not_answered() -> None:
    problem = instance("one-waits")
    plan = planned(problem)
    first = explain(problem, plan, next(iter(plan)))
    answer = rearrange(problem, plan, first, method="hungarian", stop=Stop(0.0))
    assert answer.alternatives == answer.changes == ()


def test_a_figure_comes_back_from_its_stored_form() -> None:
    problem = instance("one-waits")
    plan = planned(problem)
    for item in problem.interventions:
        answer = explain(problem, plan, item.id)
        for one in (*answer.alternatives, *answer.changes):
            assert to_json(from_json(to_json(one))) == to_json(one)
