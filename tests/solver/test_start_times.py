"""From slots to start times: what has no order is planned elsewhere, or left out with its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planning.solver.problem import WeekProblem
from planning.solver.rules import timeline_violations
from planning.solver.solve import Method, solve
from planning.solver.start_times import with_start_times
from planning.solver.stopping import Stop
from tests.solver.weeks import a_slot, a_week, an_item, fit


def two_rooms_at_once(*, another_day: bool) -> WeekProblem:
    """One surgeon, four hours in each of two rooms during the same four hours; perhaps a slot two days later."""
    slots = [a_slot("S1"), a_slot("S2", room="SO2")]
    slots += [a_slot("S3", day=3)] if another_day else []
    return a_week(slots, [an_item("A", duration=240), an_item("B", duration=240)])


def rounds() -> Stop:
    return Stop(None, rounds=10)


def test_a_plan_made_again_leaves_the_hours_of_those_that_keep_their_slot() -> None:
    """Early as they could be: whoever was told 10:00 comes at 10:00."""
    problem = a_week([a_slot("S")], [an_item("A"), an_item("B"), an_item("C")])
    there, hours = {"A": "S", "B": "S"}, {"A": 600, "B": 480}
    again = solve(problem, stop=rounds(), with_starts=True, reference=there, reference_starts=hours, move_cost=100.0)
    assert {key: again.starts[key] for key in hours} == hours
    assert set(again.starts) == {"A", "B", "C"}
    assert timeline_violations(problem, again.assignments, again.starts) == ()
    anew = solve(problem, stop=rounds(), with_starts=True, reference=there)
    assert anew.starts != again.starts


@pytest.mark.parametrize("method", ["hungarian", "exact"])
def test_a_surgeon_wanted_in_two_rooms_at_once_is_planned_again(method: Method) -> None:
    problem = two_rooms_at_once(another_day=True)
    assert solve(problem, method=method, stop=rounds()).cost.total == 0
    result = solve(problem, method=method, stop=rounds(), with_starts=True)
    assert result.cost.total == 600
    assert result.unplanned == ()
    assert timeline_violations(problem, result.assignments, result.starts) == ()


@pytest.mark.parametrize("method", ["hungarian", "exact", "first-come"])
def test_what_has_no_order_is_left_out_with_its_reason(method: Method) -> None:
    problem = two_rooms_at_once(another_day=False)
    result = solve(problem, method=method, stop=rounds(), with_starts=True)
    (left_out,) = result.unplanned
    assert "no_order" in {reason.rule for reason in result.reasons[left_out]}
    assert set(result.starts) == {"A", "B"} - {left_out}
    assert result.cost.total == 3000


def test_the_bound_still_is_that_of_the_equations() -> None:
    result = solve(two_rooms_at_once(another_day=True), stop=rounds(), with_starts=True)
    assert result.lower_bound is not None
    assert result.lower_bound <= 0


def test_pins_without_an_order_stay_and_are_warned_of() -> None:
    slots = [a_slot("S1"), a_slot("S2", room="SO2")]
    items = [
        an_item("A", duration=240, pinned="S1", pinned_start=480),
        an_item("B", duration=240, pinned="S2", pinned_start=480),
    ]
    problem = a_week(slots, items)
    result = solve(problem, stop=rounds(), with_starts=True)
    assert result.assignments == {"A": "S1", "B": "S2"}
    assert ("surgeon_overlap", "B") in {(one.rule, one.intervention) for one in result.warnings}


def test_a_chosen_start_is_kept_and_the_others_go_around_it() -> None:
    items = [an_item("A", duration=60, pinned="S", pinned_start=540), an_item("B", duration=120)]
    problem = a_week([a_slot()], items)
    result = solve(problem, stop=rounds(), with_starts=True)
    assert result.starts == {"A": 540, "B": 600}


def test_planning_again_never_brings_back_what_was_forbidden() -> None:
    problem = two_rooms_at_once(another_day=True)
    asked: list[set[tuple[str, str]]] = []

    def replan(assignments: object, forbidden: object) -> dict[str, str]:
        asked.append(set(forbidden))  # type: ignore[call-overload]
        return {"A": "S1", "B": "S3"}

    timed = with_start_times(problem, {"A": "S1", "B": "S2"}, seed=0, stop=rounds(), replan=replan)
    assert len(asked) == 1
    assert len(asked[0]) == 1
    assert timed.assignments == {"A": "S1", "B": "S3"}
    assert fit(problem, timed.assignments)


def two_for_one_arm() -> WeekProblem:
    """Two rooms at the same hours and one arm, which each needs for more than half of them; A may wait for day 3."""
    slots = [a_slot(f"S{n}", room=f"SO{n}", end=660) for n in (1, 2)] + [a_slot("T", room="SO1", day=3)]
    items = [
        an_item(name, surgeon=surgeon, duration=100, equipment=frozenset({"arm"}), deadline_day=3 if name == "A" else 1)
        for name, surgeon in (("A", "K"), ("B", "L"))
    ]
    problem = a_week(slots, items)
    rooms = tuple(replace(room, equipment=frozenset({"arm"})) for room in problem.rooms)
    return replace(problem, rooms=rooms, equipment_units={"arm": 1})


def test_whoever_of_those_that_do_not_fit_together_can_go_elsewhere_makes_way() -> None:
    """B is the one without a place, and has no other day; A is in another room, of another surgeon."""
    problem = two_for_one_arm()

    timed = with_start_times(problem, {"A": "S1", "B": "S2"}, seed=0, stop=rounds(), replan=lambda plan, _: dict(plan))

    assert timed.assignments == {"A": "T", "B": "S2"}
    assert timed.starts == {"A": 480, "B": 480}


def test_who_is_left_out_is_told_with_whom_and_why() -> None:
    problem = two_for_one_arm()
    problem = replace(problem, slots=problem.slots[:2])

    result = solve(problem, stop=rounds(), with_starts=True)

    [left_out] = result.unplanned
    [reason] = [one for one in result.reasons[left_out] if one.rule == "no_order"]
    assert (reason.facts["cause"], reason.facts["equipment"], reason.facts["units"]) == ("equipment", "arm", 1)
    assert {left_out, *reason.facts["together"]} == {"A", "B"}  # type: ignore[misc]
    assert (reason.facts["from"], reason.facts["to"]) == (480, 580)
    assert "1 arm for all of them, none left from 8:00 to 9:40" in reason.message
