"""Rules made soft or set off by a site: what the planner may then do, at what cost, and what a person is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.solver import rules
from planning.solver.costs import breakdown, cell_cost
from planning.solver.levels import DEFAULTS, LEVELS, PRICED, SETTING_OF, Level, RuleSettings
from planning.solver.problem import Intervention, ProblemError, Slot, SlotKind, Surgeon, WeekProblem
from planning.solver.rules import day, places, plans, timeline
from planning.solver.solve import solve
from tests.solver.weeks import FEW, a_slot, a_week, an_item, tiny_weeks

HALF_DAY = ((480, 720),) * 4
# By rule that can be relaxed for the planner: what breaks it, in an intervention and a slot.
BREAKING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "deadline": ({"deadline_day": 0}, {"day": 3}),
    "slot_specialty": ({}, {"specialty": "ORT"}),
    "slot_surgeon": ({}, {"surgeon": "L"}),
    "longest_duration": ({}, {"max_duration": 30}),
    "surgeon_hours": ({}, {"start": 780, "end": 1020}),
}


def week(
    rule: str, level: Level | None, cost: float = 0.0, turnover: int = 0
) -> tuple[WeekProblem, Intervention, Slot]:
    item_changes, slot_changes = BREAKING[rule]
    item, slot = an_item(**item_changes), a_slot(**slot_changes)
    problem = a_week([slot], [item], turnover=turnover)
    surgeons = tuple(replace(one, hours=HALF_DAY) for one in problem.surgeons)
    settings = RuleSettings(levels={rule: level} if level else {}, costs={rule: cost})
    return replace(problem, surgeons=surgeons, rules=settings), item, slot


def test_every_level_is_of_a_rule_that_is_a_function() -> None:
    # A closed room and a place without a slot are no part of the problem: planning/selectors/warnings.py.
    elsewhere = {"room_closed", "no_slot"}

    modules = [places, plans, timeline, day]
    assert {name for name in LEVELS if not any(callable(getattr(one, name, None)) for one in modules)} == elsewhere
    assert {*DEFAULTS, *PRICED, *SETTING_OF.values()} <= set(LEVELS)
    assert all(Level.SOFT in LEVELS[name] for name in PRICED)


@pytest.mark.parametrize("rule", sorted(BREAKING))
def test_a_hard_rule_forbids(rule: str) -> None:
    problem, item, slot = week(rule, Level.HARD)

    [broken] = rules.slot_violations(problem, item, slot)
    assert (broken.rule, broken.soft) == (rule, False)
    assert not rules.is_allowed(problem, item, slot)
    assert solve(problem).assignments == {}


@pytest.mark.parametrize("rule", sorted(BREAKING))
def test_a_soft_rule_is_broken_at_its_cost_when_that_is_cheaper_than_leaving_out(rule: str) -> None:
    problem, item, slot = week(rule, Level.SOFT, 100.0)
    times = 3 if rule == "deadline" else 1  # a deadline costs its amount each day late

    assert rules.slot_violations(problem, item, slot) == ()
    [broken] = rules.paid_violations(problem, item, slot)
    assert (broken.rule, broken.soft) == (rule, True)
    result = solve(problem)
    assert result.assignments == {"I": "S"}
    assert result.cost.rules == 100.0 * times
    assert result.cost.total == cell_cost(problem, item, slot)
    assert result.lower_bound == result.cost.total


@pytest.mark.parametrize("rule", sorted(BREAKING))
def test_a_soft_rule_dearer_than_leaving_out_is_kept(rule: str) -> None:
    problem, _item, _slot = week(rule, Level.SOFT, 5000.0)

    assert solve(problem).assignments == {}


@pytest.mark.parametrize("rule", sorted(rule for rule in BREAKING if Level.OFF in LEVELS[rule]))
def test_a_rule_set_off_is_neither_seen_nor_paid(rule: str) -> None:
    problem, item, slot = week(rule, Level.OFF, 100.0)

    assert rules.slot_violations(problem, item, slot) == ()
    assert rules.paid_violations(problem, item, slot) == ()
    assert breakdown(problem, {"I": "S"}).rules == 0


@pytest.mark.parametrize(
    ("rule", "item_changes", "slot_changes"),
    [
        ("hospitalised", {"admission_day": 1}, {}),
        ("specialty_closed", {"closed_from": 0}, {}),
        ("positions", {}, {"positions": 0}),
        ("surgeon_day", {"duration": 230}, {}),
    ],
)
def test_the_planner_keeps_a_rule_that_is_soft_for_persons_only(
    rule: str, item_changes: dict[str, Any], slot_changes: dict[str, Any]
) -> None:
    item, slot = an_item(**item_changes), a_slot(**slot_changes)
    problem = a_week([slot], [item], K=(480, 100, 0, 480) if rule == "surgeon_day" else (480,) * 4)
    problem = replace(problem, rules=RuleSettings(levels={rule: Level.SOFT}))
    pinned = replace(problem, interventions=(replace(item, pinned="S"),))

    assert solve(problem).assignments == {}
    found = rules.pin_warnings(pinned, {"I": "S"})
    assert found
    assert {SETTING_OF.get(one.rule, one.rule) for one in found if one.soft} == {rule}


@pytest.mark.parametrize(
    ("levels", "key"),
    [({"equipment": Level.SOFT}, "rules.levels.equipment"), ({"chance": Level.HARD}, "rules.levels")],
)
def test_a_physical_rule_cannot_be_relaxed_nor_an_unknown_one_set(levels: dict[str, Level], key: str) -> None:
    with pytest.raises(ProblemError) as error:
        replace(a_week(), rules=RuleSettings(levels=levels))

    assert error.value.key == key


def test_a_start_outside_the_surgeons_hours_is_told_softly_by_default() -> None:
    item, slot = an_item(), a_slot(start=480, end=1020)
    surgeon = Surgeon("K", "ORL", (480,) * 4, ((480, 720), (540, 720), None, None))
    problem = replace(a_week([slot], [item]), surgeons=(surgeon,))

    def told(start: int) -> list[tuple[str, bool]]:
        return [(one.rule, one.soft) for one in rules.timeline_violations(problem, {"I": "S"}, {"I": start})]

    assert told(539) == [("outside_hours", True)]
    assert told(540) == told(660) == []
    assert told(661) == [("outside_hours", True)]
    [broken] = rules.timeline_violations(problem, {"I": "S"}, {"I": 661})
    assert (broken.facts["from"], broken.facts["to"], broken.facts["end"]) == (540, 720, 721)


def test_hours_and_slot_together_bound_the_start_where_they_hold_the_intervention() -> None:
    item = an_item()
    problem = replace(
        a_week([a_slot()], [item]), surgeons=(Surgeon("K", "ORL", (480,) * 4, ((0, 60), (540, 660), None, (480, 500))),)
    )

    assert rules.operating_span(problem, item, a_slot()) == (540, 660)
    assert rules.operating_span(problem, item, a_slot(day=2)) == (480, 720)  # no hours that day
    assert rules.operating_span(problem, item, a_slot(day=3)) == (480, 720)  # hours too short: the slot's stand


def test_a_slot_has_its_own_price_of_overtime() -> None:
    item, late = an_item(duration=90), a_slot(kind=SlotKind.OVERTIME, overtime_hour=300.0)
    problem = a_week([late], [item])

    assert cell_cost(problem, item, late) == 450.0
    assert cell_cost(problem, item, replace(late, overtime_hour=None)) == 300.0  # the day's: 200 an hour


def test_each_intervention_has_its_own_cleaning() -> None:
    first, second = an_item("A", turnover=40), an_item("B")
    slot = a_slot(end=480 + 60 + 40 + 60 + 20)
    problem = a_week([slot], [first, second], turnover=20)
    plan = {"A": "S", "B": "S"}

    assert rules.plan_violations(problem, plan) == ()
    assert solve(problem).assignments == plan
    assert rules.timeline_violations(problem, plan, {"A": 480, "B": 580}) == ()
    [early] = rules.timeline_violations(problem, plan, {"A": 480, "B": 579})
    assert (early.rule, early.facts["ready"]) == ("room_overlap", 580)
    shorter = replace(problem, slots=(replace(slot, end=slot.end - 1),))
    assert [one.rule for one in rules.plan_violations(shorter, plan)] == ["slot_capacity"]


@FEW
@given(problem=tiny_weeks(), level=st.sampled_from([Level.SOFT, Level.OFF]), cost=st.sampled_from([0, 50, 400]))
def test_whatever_is_relaxed_costs_and_bounds_hold(problem: WeekProblem, level: Level, cost: int) -> None:
    names = [rule for rule in PRICED if level in LEVELS[rule]]
    relaxed = replace(
        problem, rules=RuleSettings(levels=dict.fromkeys(names, level), costs=dict.fromkeys(names, float(cost)))
    )

    result, strict = solve(relaxed), solve(problem, method="exact")

    assert rules.plan_violations(relaxed, result.assignments) == ()
    assert result.cost.total == pytest.approx(breakdown(relaxed, result.assignments).total)
    assert result.lower_bound is not None
    assert result.lower_bound <= result.cost.total + 1e-6
    if strict.lower_bound is not None and cost == 0:
        assert result.lower_bound <= strict.cost.total + 1e-6


def day_patient(cost: float, level: Level | None = None) -> WeekProblem:
    """One day patient, a slot at 8:00 three days late and one at 18:00 from which nobody goes home."""
    items = [an_item(ambulatory=True, recovery=90, admission_day=-1, deadline_day=3)]
    slots = [a_slot("early", day=3), a_slot("late", start=1080, end=1200, day=0)]
    settings = RuleSettings(levels={"ambulatory_late": level} if level else {}, costs={"ambulatory_late": cost})
    return replace(a_week(slots, items), rules=settings)


@pytest.mark.parametrize(("cost", "chosen"), [(0.0, "late"), (899.0, "late"), (901.0, "early")])
def test_a_day_patient_goes_where_they_get_home_when_that_is_cheaper_than_the_amount(cost: float, chosen: str) -> None:
    """Three days of waiting cost 900."""
    result = solve(day_patient(cost))

    assert result.assignments == {"I": chosen}
    assert result.cost.rules == (cost if chosen == "late" else 0.0)


def test_a_slot_too_late_for_a_day_patient_is_a_remark_that_the_hour_of_leaving_says_better() -> None:
    problem = day_patient(300.0)
    item, slot = problem.interventions[0], problem.slot_by_id["late"]
    [remark] = rules.paid_violations(problem, item, slot)
    assert (remark.rule, remark.soft, remark.facts["leaves"], remark.facts["latest"]) == (
        "ambulatory_slot", True, 1230, 1140
    )  # fmt: skip
    late = rules.timeline_violations(problem, {"I": "late"}, {"I": 1080})
    assert [one.rule for one in rules.said_once((remark, *late))] == ["ambulatory_late"]
    assert rules.slot_violations(problem, item, slot) == ()
    assert rules.is_allowed(problem, item, slot)


def test_day_patients_are_nobodys_matter_where_the_rule_is_off() -> None:
    problem = day_patient(5000.0, Level.OFF)
    assert rules.paid_violations(problem, problem.interventions[0], problem.slot_by_id["late"]) == ()
    assert solve(problem).assignments == {"I": "late"}
