"""Each rule on both sides of its edge, its figures, and what pins may do."""

from __future__ import annotations

from typing import Any

import pytest

from planning.solver import rules
from planning.solver.problem import Intervention, Slot, SlotKind, WeekProblem
from planning.solver.result import Violation
from tests.solver.weeks import a_slot, a_week, an_item


def named(violations: tuple[Violation, ...]) -> list[tuple[str, str]]:
    return [(one.rule, one.intervention) for one in violations]


# (7, 8): what is changed in an intervention and a slot that go together, and the one rule it breaks.
BROKEN: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, object]]] = [
    ("hospitalised", {"admission_day": 1}, {}, {"day": 1, "admission_day": 1}),
    ("deadline", {"deadline_day": 0}, {}, {"day": 1, "deadline_day": 0}),
    ("longest_duration", {"duration": 61}, {"max_duration": 60}, {"duration": 61, "max_duration": 60}),
    ("slot_length", {"duration": 221}, {}, {"needed": 241, "length": 240, "turnover": 20}),
    ("surgeon_absent", {}, {"day": 2}, {"surgeon": "K", "day": 2}),
    ("surgeon_day_too_short", {"surgeon": "L", "duration": 101}, {}, {"duration": 101, "available": 100}),
    ("equipment", {"equipment": frozenset({"laser", "microscope"})}, {}, {"room": "SO1", "missing": ("laser",)}),
    ("slot_specialty", {}, {"specialty": "ORT"}, {"owner": "ORT", "specialty": "ORL"}),
    ("slot_surgeon", {}, {"surgeon": "L"}, {"owner": "L", "surgeon": "K"}),
    ("specialty_closed", {"closed_from": 1}, {}, {"specialty": "ORL", "closed_from": 1, "day": 1}),
]
# The same, one step back inside the rule.
KEPT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("hospitalised", {"admission_day": 0}, {}),
    ("deadline", {"deadline_day": 1}, {}),
    ("longest_duration", {"duration": 60}, {"max_duration": 60}),
    ("slot_length", {"duration": 220}, {}),
    ("surgeon_absent", {}, {"day": 3}),
    ("surgeon_day_too_short", {"surgeon": "L", "duration": 100}, {}),
    ("equipment", {"equipment": frozenset({"microscope"})}, {}),
    ("slot_specialty", {}, {"specialty": "ORL"}),
    ("slot_surgeon", {}, {"surgeon": "K"}),
    ("specialty_closed", {"closed_from": 2}, {}),
]


def one_cell(item_changes: dict[str, Any], slot_changes: dict[str, Any]) -> tuple[WeekProblem, Intervention, Slot]:
    item, slot = an_item(**item_changes), a_slot(**slot_changes)
    return a_week([slot], [item], turnover=20, L=(480, 100, 480, 480)), item, slot


@pytest.mark.parametrize(("rule", "item_changes", "slot_changes", "facts"), BROKEN)
def test_a_slot_rule_forbids_beyond_its_edge_and_says_by_how_much(
    rule: str, item_changes: dict[str, Any], slot_changes: dict[str, Any], facts: dict[str, object]
) -> None:
    problem, item, slot = one_cell(item_changes, slot_changes)
    (violation,) = rules.slot_violations(problem, item, slot)
    assert (violation.rule, violation.intervention, violation.slot) == (rule, "I", "S")
    assert {name: violation.facts[name] for name in facts} == facts
    assert not rules.is_allowed(problem, item, slot)


@pytest.mark.parametrize(("rule", "item_changes", "slot_changes"), KEPT)
def test_a_slot_rule_allows_up_to_its_edge(
    rule: str, item_changes: dict[str, Any], slot_changes: dict[str, Any]
) -> None:
    problem, item, slot = one_cell(item_changes, slot_changes)
    assert rules.slot_violations(problem, item, slot) == ()
    assert rules.is_allowed(problem, item, slot)


def test_every_slot_rule_is_tried_on_both_sides() -> None:
    # The surgeon's hours are soft unless a site says otherwise, day patients' always: test_levels.py. Wishes are off.
    soft = (rules.surgeon_hours, rules.surgeon_wish, rules.ambulatory_slot)
    names = [rule.__name__ for rule in rules.SLOT_RULES if rule not in soft]
    assert [row[0] for row in BROKEN] == names
    assert [row[0] for row in KEPT] == names


def test_a_plan_places_only_interventions_of_the_week_in_slots_of_the_week() -> None:
    problem = a_week([a_slot()], [an_item()])
    assert named(rules.plan_violations(problem, {"X": "S", "I": "nowhere"})) == [("one_slot", "X"), ("one_slot", "I")]


def test_a_slot_holds_no_more_interventions_than_positions() -> None:
    problem = a_week([a_slot(positions=2)], [an_item("A"), an_item("B"), an_item("C")])
    assert rules.plan_violations(problem, {"A": "S", "B": "S"}) == ()
    (violation,) = rules.plan_violations(problem, {"A": "S", "B": "S", "C": "S"})
    assert (violation.rule, violation.intervention, violation.facts["positions"]) == ("positions", "C", 2)


@pytest.mark.parametrize("kind", SlotKind)
def test_the_minutes_of_a_slot_count_the_cleaning_in_regular_and_in_overtime(kind: SlotKind) -> None:
    problem = a_week([a_slot(kind=kind)], [an_item("A", duration=120), an_item("B", duration=80)], turnover=20)
    assert rules.plan_violations(problem, {"A": "S", "B": "S"}) == ()
    problem = a_week([a_slot(kind=kind)], [an_item("A", duration=120), an_item("B", duration=81)], turnover=20)
    (violation,) = rules.plan_violations(problem, {"A": "S", "B": "S"})
    assert (violation.rule, violation.intervention, violation.facts["missing"]) == ("slot_capacity", "B", 1)
    assert violation.facts["kind"] == kind.value


def test_a_surgeon_operates_no_more_than_their_daily_minutes_over_all_rooms_and_without_the_cleaning() -> None:
    slots = [a_slot("S1"), a_slot("S2", room="SO2")]
    items = [an_item("A", duration=100), an_item("B", duration=100)]
    plan = {"A": "S1", "B": "S2"}
    assert rules.plan_violations(a_week(slots, items, turnover=30, K=(0, 200, 0, 0)), plan) == ()
    (violation,) = rules.plan_violations(a_week(slots, items, turnover=30, K=(0, 199, 0, 0)), plan)
    assert (violation.rule, violation.intervention, violation.facts["missing"]) == ("surgeon_day", "B", 1)


def test_a_forbidden_cell_in_a_plan_is_a_violation() -> None:
    problem = a_week([a_slot(day=2)], [an_item()])
    assert named(rules.plan_violations(problem, {"I": "S"})) == [("surgeon_absent", "I")]


def test_a_pinned_intervention_must_stay_in_its_slot() -> None:
    problem = a_week([a_slot("S1"), a_slot("S2", room="SO2")], [an_item(pinned="S1")])
    assert named(rules.plan_violations(problem, {"I": "S2"})) == [("pin_kept", "I")]
    assert named(rules.plan_violations(problem, {})) == [("pin_kept", "I")]
    assert rules.plan_violations(problem, {"I": "S1"}) == ()


def test_what_a_pin_breaks_is_a_warning_and_no_violation() -> None:
    problem = a_week([a_slot(day=2, specialty="ORT")], [an_item(pinned="S")])
    assert rules.plan_violations(problem, {"I": "S"}) == ()
    assert named(rules.pin_warnings(problem, {"I": "S"})) == [("surgeon_absent", "I"), ("slot_specialty", "I")]


def test_pins_use_the_capacity_first_and_nothing_is_added_where_they_exceed_it() -> None:
    items = [an_item("free", duration=15), an_item("A", duration=200, pinned="S"), an_item("B", pinned="S")]
    problem = a_week([a_slot()], items)
    everyone = {item.id: "S" for item in items}
    assert named(rules.plan_violations(problem, everyone)) == [("slot_capacity", "free")]
    assert rules.plan_violations(problem, {"A": "S", "B": "S"}) == ()
    (warning,) = rules.pin_warnings(problem, everyone)
    assert (warning.rule, warning.intervention, warning.facts["missing"]) == ("slot_capacity", "B", 20)


def test_a_pin_too_long_for_its_slot_is_said_once() -> None:
    problem = a_week([a_slot(max_duration=500)], [an_item(duration=300, pinned="S")])
    assert named(rules.pin_warnings(problem, {"I": "S"})) == [("slot_length", "I")]


def timeline(starts: dict[str, int], *, turnover: int = 0, **changes: Any) -> list[tuple[str, str]]:
    slots = [a_slot("S1"), a_slot("S2", room="SO2"), a_slot("S3", day=3)]
    items = [an_item("A"), an_item("B", **changes), an_item("C", surgeon="L", specialty="ORT"), an_item("D")]
    plan = {"A": "S1", "B": "S2", "C": "S1", "D": "S3"}
    return named(rules.timeline_violations(a_week(slots, items, turnover=turnover), plan, starts))


def test_an_intervention_runs_inside_its_slot() -> None:
    assert timeline({"A": 480}) == []
    assert timeline({"A": 660}, turnover=30) == []
    assert timeline({"A": 479}) == [("outside_slot", "A")]
    assert timeline({"A": 661}) == [("outside_slot", "A")]


def test_a_room_takes_one_intervention_at_a_time_and_is_cleaned_in_between() -> None:
    assert timeline({"A": 480, "C": 540}) == []
    assert timeline({"A": 480, "C": 539}) == [("room_overlap", "C")]
    assert timeline({"A": 480, "C": 555}, turnover=15) == []
    assert timeline({"A": 480, "C": 554}, turnover=15) == [("room_overlap", "C")]


def test_a_surgeon_is_never_in_two_rooms_at_once() -> None:
    assert timeline({"A": 480, "B": 540}, turnover=15) == []
    assert timeline({"B": 480, "A": 539}) == [("surgeon_overlap", "A")]
    assert timeline({"A": 480, "B": 480}, surgeon="L") == []


def test_the_same_hours_on_another_day_are_free() -> None:
    assert timeline({"A": 480, "D": 480}) == []


def test_an_overlap_says_with_what_and_when() -> None:
    slots = [a_slot("S1"), a_slot("S2", room="SO2")]
    problem = a_week(slots, [an_item("A"), an_item("B")])
    (violation,) = rules.timeline_violations(problem, {"A": "S1", "B": "S2"}, {"A": 500, "B": 530})
    facts = {name: violation.facts[name] for name in ("other", "start", "end", "other_start", "other_end")}
    assert facts == {"other": "A", "start": 530, "end": 590, "other_start": 500, "other_end": 560}
    assert violation.message == "starts at 8:50, surgeon K operates A in room SO1 until 9:20"
