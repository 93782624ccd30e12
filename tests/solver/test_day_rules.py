"""The rules that see all the rooms of a day: what each blames, with which figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planning.solver.levels import Level, RuleSettings
from planning.solver.problem import Intervention, WeekProblem
from planning.solver.result import Violation
from planning.solver.rules import timeline_violations
from planning.solver.sequencing import sequence
from planning.solver.solve import solve
from planning.solver.stopping import Stop
from tests.solver.weeks import a_slot, a_week, an_item

SLOTS = (a_slot("S1"), a_slot("S2", room="SO2"))


def week(
    *items: Intervention, beds: int | None = None, levels: dict[str, Level] | None = None, **units: int
) -> WeekProblem:
    problem = a_week(SLOTS, items)
    return replace(problem, recovery_beds=beds, equipment_units=units, rules=RuleSettings(levels=levels or {}))


def found(problem: WeekProblem, **places: tuple[str, int]) -> list[Violation]:
    plan = {name: slot for name, (slot, _) in places.items()}
    return list(timeline_violations(problem, plan, {name: start for name, (_, start) in places.items()}))


def facts(violation: Violation, *names: str) -> tuple[Any, ...]:
    return (violation.rule, violation.intervention, *(violation.facts[name] for name in names))


def test_a_patient_without_a_bed_stays_in_the_room_until_one_is_free() -> None:
    problem = week(an_item("A", recovery=60), an_item("B", surgeon="L", recovery=60), beds=1)
    [held] = found(problem, A=("S1", 480), B=("S2", 500))
    assert facts(held, "ends", "held", "until", "beds") == ("recovery_full", "B", 560, 40, 600, 1)
    assert found(problem, A=("S1", 480), B=("S2", 540)) == []
    assert found(replace(problem, recovery_beds=2), A=("S1", 480), B=("S2", 500)) == []


def test_who_waits_for_a_bed_makes_the_next_one_wait_longer() -> None:
    items = [an_item("A", recovery=60), an_item("B", surgeon="L", recovery=60), an_item("C", recovery=60)]
    held = found(week(*items, beds=1), A=("S1", 480), B=("S2", 500), C=("S1", 545))
    assert [facts(one, "held", "until") for one in held] == [
        ("recovery_full", "B", 40, 600),
        ("recovery_full", "C", 55, 660),
    ]


def test_no_stay_needs_no_bed() -> None:
    problem = week(an_item("A", recovery=60), an_item("B", surgeon="L"), beds=1)
    assert found(problem, A=("S1", 480), B=("S2", 480)) == []


def test_one_arm_serves_one_room_at_a_time_and_the_later_one_is_blamed() -> None:
    arm = frozenset({"arm"})
    problem = week(an_item("A", equipment=arm), an_item("B", surgeon="L", equipment=arm), arm=1)
    [taken] = found(problem, A=("S1", 480), B=("S2", 539))
    assert facts(taken, "other", "until", "units") == ("equipment_in_use", "B", "A", 540, 1)
    assert found(problem, A=("S1", 480), B=("S2", 540)) == []
    assert found(replace(problem, equipment_units={"arm": 2}), A=("S1", 480), B=("S2", 539)) == []
    assert found(replace(problem, equipment_units={}), A=("S1", 480), B=("S2", 539)) == []


def test_a_septic_intervention_before_another_in_its_room_is_blamed() -> None:
    problem = week(an_item("A", septic=True), an_item("B", surgeon="L"))
    [early] = found(problem, A=("S1", 480), B=("S1", 540))
    assert facts(early, "other", "room") == ("septic_before_clean", "A", "B", "SO1")
    assert not early.soft
    assert found(problem, A=("S1", 540), B=("S1", 480)) == []
    assert found(problem, A=("S1", 480), B=("S2", 540)) == []


def test_two_septic_interventions_may_follow_each_other() -> None:
    problem = week(an_item("A", septic=True), an_item("B", surgeon="L", septic=True))
    assert found(problem, A=("S1", 480), B=("S1", 540)) == []


def test_a_child_behind_an_adult_is_a_warning_only() -> None:
    problem = week(an_item("A", child=True), an_item("B", surgeon="L"))
    [late] = found(problem, A=("S1", 540), B=("S1", 480))
    assert facts(late, "other") == ("child_late", "A", "B")
    assert late.soft
    assert found(problem, A=("S1", 480), B=("S1", 540)) == []


def test_a_day_patient_should_be_out_of_recovery_in_time_to_go_home() -> None:
    problem = week(an_item("A", ambulatory=True, recovery=480))
    [late] = found(problem, A=("S1", 660))
    assert facts(late, "leaves", "latest") == ("ambulatory_late", "A", 1200, 1140)
    assert late.soft
    assert found(problem, A=("S1", 600)) == []
    [late] = found(replace(problem, ambulatory_closing=1050), A=("S1", 600))
    assert facts(late, "leaves", "latest") == ("ambulatory_late", "A", 1140, 1050)


def test_a_rule_set_off_says_nothing_and_a_softened_one_warns() -> None:
    items = an_item("A", septic=True), an_item("B", surgeon="L")
    places = {"A": ("S1", 480), "B": ("S1", 540)}
    [soft] = found(week(*items, levels={"septic_before_clean": Level.SOFT}), **places)
    assert soft.soft
    assert found(week(*items, levels={"septic_before_clean": Level.OFF}), **places) == []


def test_the_planner_keeps_them_and_warns_of_what_a_pin_breaks() -> None:
    arm = frozenset({"arm"})
    items = [
        an_item("A", surgeon="K", duration=120, septic=True, recovery=60),
        an_item("B", surgeon="L", duration=60, recovery=60, equipment=arm),
        an_item("C", surgeon="K", duration=60, recovery=60, equipment=arm),
        an_item("D", surgeon="L", duration=60, child=True, recovery=60),
    ]
    problem = week(*items, beds=1, arm=1)
    result = solve(problem, stop=Stop(None, rounds=10), with_starts=True)
    assert timeline_violations(problem, result.assignments, result.starts) == ()
    pinned = replace(items[0], pinned="S1", pinned_start=480)
    result = solve(week(pinned, *items[1:], beds=1, arm=1), stop=Stop(None, rounds=10), with_starts=True)
    assert result.starts["A"] == 480
    assert {one.rule for one in result.warnings} <= {"septic_before_clean"}


def test_rules_set_off_no_longer_bind_the_planner() -> None:
    items = an_item("A", recovery=60), an_item("B", surgeon="L", recovery=60)
    plan = {"A": "S1", "B": "S2"}
    assert sorted(sequence(week(*items, beds=1), plan).starts.values()) == [480, 540]
    off = {"recovery_full": Level.OFF}
    assert sorted(sequence(week(*items, beds=1, levels=off), plan).starts.values()) == [480, 480]
