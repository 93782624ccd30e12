"""Start times: inside the slot, rooms cleaned, surgeons in one place, pinned minutes kept."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from benchmarks.weeks import Ownership, WeekShape, generate_week
from planning.solver.exact import solve_exact
from planning.solver.problem import Costs, Intervention, Room, Slot, SlotKind, Surgeon, WeekProblem
from planning.solver.rules import timeline_violations
from planning.solver.sequencing import sequence
from planning.solver.stopping import Stop


def slot(name: str, room: str = "SO1", start: int = 480, end: int = 720, day: int = 0) -> Slot:
    return Slot(name, day, room, start, end, SlotKind.REGULAR, None, None, 9, end - start)


def item(name: str, duration: int, surgeon: str = "A", **pins: object) -> Intervention:
    return replace(Intervention(name, duration, surgeon, "ORL", frozenset(), -1, 6), **pins)  # type: ignore[arg-type]


def week(slots: list[Slot], items: list[Intervention], turnover: int = 0) -> WeekProblem:
    rooms = tuple(Room(name) for name in ("SO1", "SO2", "SO3"))
    surgeons = tuple(Surgeon(name, "ORL", (600, 600)) for name in "ABC")
    return WeekProblem(2, rooms, surgeons, tuple(slots), tuple(items), Costs(300, (200, 200), 3000), turnover)


def test_a_room_takes_its_interventions_one_after_the_other_without_a_gap() -> None:
    problem = week([slot("S")], [item("I0", 60), item("I1", 45, "B"), item("I2", 90, "C")])
    starts = sequence(problem, {"I0": "S", "I1": "S", "I2": "S"}).starts
    assert starts == {"I0": 480, "I1": 540, "I2": 585}


def test_hours_to_be_kept_stay_and_the_others_come_in_between() -> None:
    problem = week([slot("S")], [item("I0", 60), item("I1", 45, "B"), item("I2", 60, "C")])
    found = sequence(problem, {"I0": "S", "I1": "S", "I2": "S"}, kept={"I0": 600, "I1": 480})
    assert found.starts == {"I0": 600, "I1": 480, "I2": 525}
    assert sequence(problem, {"I0": "S", "I1": "S"}, kept={"I0": 600, "I1": 480}).starts == {"I0": 600, "I1": 480}


def test_hours_that_leave_someone_without_a_place_or_break_a_rule_are_let_go() -> None:
    slots = [slot("S"), slot("T", "SO2")]
    problem = week(slots, [item("I0", 60), item("I1", 180, "B"), item("I2", 60, "C"), item("I3", 60, "C")])
    found = sequence(problem, {"I0": "S", "I1": "S", "I2": "T"}, kept={"I0": 560, "I2": 600})
    assert (found.unordered, found.starts["I2"]) == ((), 600), "the other room has nothing to do with it"
    assert {found.starts["I0"], found.starts["I1"]} in ({480, 540}, {480, 660})

    plan = {"I2": "T", "I3": "T"}
    overlapping = sequence(problem, plan, kept={"I2": 500, "I3": 530})
    assert overlapping.starts["I2"] == 500
    assert timeline_violations(problem, plan, overlapping.starts) == ()


def test_the_room_is_cleaned_between_two_interventions_and_after_the_slot_before() -> None:
    problem = week([slot("S", end=600), slot("T", start=600, end=700)], [item("I0", 120), item("I1", 60)], turnover=15)
    assert sequence(problem, {"I0": "S", "I1": "T"}).starts == {"I0": 480, "I1": 615}


def test_a_surgeon_is_never_in_two_rooms_at_once() -> None:
    slots = [slot("S1"), slot("S2", "SO2")]
    problem = week(slots, [item("I0", 120), item("I1", 120), item("I2", 120, "B"), item("I3", 120, "B")])
    plan = {"I0": "S1", "I1": "S2", "I2": "S1", "I3": "S2"}
    found = sequence(problem, plan)
    assert found.unordered == ()
    assert timeline_violations(problem, plan, found.starts) == ()
    assert {found.starts["I0"], found.starts["I1"]} == {480, 600}


def test_three_full_rooms_sharing_three_surgeons_are_ordered_like_a_latin_square() -> None:
    slots = [slot(f"S{room}", f"SO{room}", end=660) for room in (1, 2, 3)]
    items = [item(f"{surgeon}{room}", 60, surgeon) for room in (1, 2, 3) for surgeon in "ABC"]
    problem = week(slots, items)
    plan = {one.id: f"S{one.id[1]}" for one in items}
    found = sequence(problem, plan)
    assert found.unordered == ()
    assert timeline_violations(problem, plan, found.starts) == ()


def test_a_pinned_start_is_kept_and_the_others_go_around_it() -> None:
    items = [item("I0", 60), item("I1", 60, "B", pinned="S", pinned_start=500), item("I2", 20, "C")]
    problem = week([slot("S")], items)
    assert sequence(problem, {"I0": "S", "I1": "S", "I2": "S"}).starts == {"I0": 560, "I1": 500, "I2": 480}


def test_a_pinned_start_that_breaks_rules_is_kept_to_the_minute() -> None:
    items = [item(name, 60, pinned="S", pinned_start=700) for name in ("I0", "I1")]
    found = sequence(week([slot("S")], items), {"I0": "S", "I1": "S"})
    assert found.starts == {"I0": 700, "I1": 700}
    assert found.unordered == ()


def test_a_start_pinned_for_another_slot_counts_no_more() -> None:
    problem = week([slot("S"), slot("T", "SO2")], [item("I0", 60, pinned="T", pinned_start=600)])
    assert sequence(problem, {"I0": "S"}).starts == {"I0": 480}


def test_who_fits_nowhere_is_named_with_the_reason() -> None:
    slots = [slot("S1", end=600), slot("S2", "SO2", end=600)]
    problem = week(slots, [item("I0", 120), item("I1", 120)])
    found = sequence(problem, {"I0": "S1", "I1": "S2"})
    assert len(found.starts) == 1
    (violation,) = found.unordered
    assert violation.rule == "no_order"
    assert {violation.intervention, *found.starts} == {"I0", "I1"}
    assert violation.facts["surgeon"] == "A"
    assert "surgeon A also operates in" in violation.message


def test_a_pinned_intervention_has_its_place_before_the_others() -> None:
    slots = [slot("S1", end=600), slot("S2", "SO2", end=600)]
    problem = week(slots, [item("I0", 120), item("I1", 120, pinned="S2")])
    found = sequence(problem, {"I0": "S1", "I1": "S2"})
    assert found.starts == {"I1": 480}
    assert [one.intervention for one in found.unordered] == ["I0"]


def test_days_do_not_see_each_other() -> None:
    problem = week([slot("S0"), slot("S1", day=1)], [item("I0", 60), item("I1", 60)])
    assert sequence(problem, {"I0": "S0", "I1": "S1"}).starts == {"I0": 480, "I1": 480}


def test_nothing_to_order_is_no_fault() -> None:
    assert sequence(week([slot("S")], [item("I0", 60)]), {}).starts == {}


@pytest.mark.parametrize("ownership", list(Ownership))
def test_a_week_is_ordered_without_a_conflict_and_quickly(ownership: Ownership) -> None:
    problem = generate_week(WeekShape(seed=2, size=60, ownership=ownership, turnover=10))
    plan = solve_exact(problem, stop=Stop(seconds=30)).assignments
    assert plan is not None
    began = time.process_time()
    found = sequence(problem, plan)
    assert time.process_time() - began < 2
    assert timeline_violations(problem, plan, found.starts) == ()
    assert found.starts.keys() | {one.intervention for one in found.unordered} == plan.keys()
    assert len(found.unordered) <= 1


def test_the_same_seed_gives_the_same_order() -> None:
    problem = generate_week(WeekShape(seed=5, size=60))
    plan = solve_exact(problem, stop=Stop(seconds=30)).assignments
    assert plan is not None
    assert sequence(problem, plan, seed=4) == sequence(problem, dict(reversed(plan.items())), seed=4)


def test_no_time_left_still_gives_a_first_order() -> None:
    problem = week([slot("S")], [item("I0", 60), item("I1", 45, "B")])
    assert sequence(problem, {"I0": "S", "I1": "S"}, stop=Stop(seconds=0)).starts == {"I0": 480, "I1": 540}
