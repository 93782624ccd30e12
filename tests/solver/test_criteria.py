"""The paper's criteria on weeks small enough to work out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planning.solver.criteria import Rate, RoomDay, evaluate
from planning.solver.problem import Costs, Intervention, Room, Slot, SlotKind, Surgeon, WeekProblem


def slot(name: str, room: str, day: int, start: int, end: int, owner: str | None = None, **more: str) -> Slot:
    kind = SlotKind(more.get("kind", "regular"))
    return Slot(name, day, room, start, end, kind, owner, more.get("surgeon"), 4, 240)


def item(name: str, duration: int) -> Intervention:
    return Intervention(name, duration, "A", "ORL", frozenset(), -1, 6)


PLAN = {"I0": "m1", "I1": "m1", "I2": "o1", "I3": "m2"}


@pytest.fixture
def problem() -> WeekProblem:
    """SO1: 240 regular and 120 overtime minutes on day 0. SO2: 240 regular minutes on each day, owned by ORL and A."""
    return WeekProblem(
        days=2,
        rooms=(Room("SO1"), Room("SO2")),
        surgeons=(Surgeon("A", "ORL", (480, 480)),),
        slots=(
            slot("m1", "SO1", 0, 480, 720),
            slot("o1", "SO1", 0, 720, 840, kind="overtime"),
            slot("m2", "SO2", 0, 480, 720, "ORL"),
            slot("m3", "SO2", 1, 480, 720, "ORL", surgeon="A"),
        ),
        interventions=(item("I0", 120), item("I1", 90), item("I2", 60), item("I3", 60), item("I4", 30)),
        costs=Costs(300, (200, 200), 3000),
        turnover=10,
    )


def test_occupancy_is_the_work_over_the_regular_minutes_offered(problem: WeekProblem) -> None:
    found = evaluate(problem, PLAN)
    assert found.occupancy_by_room == {"SO1": Rate(120 + 10 + 90 + 60, 240), "SO2": Rate(60, 480)}
    assert found.occupancy == Rate(340, 720)
    assert found.occupancy_by_room["SO1"].value == pytest.approx(280 / 240)


def test_each_room_day_has_its_minutes(problem: WeekProblem) -> None:
    assert evaluate(problem, PLAN).room_days == (
        RoomDay("SO1", 0, used_minutes=280, regular_minutes=240, overtime_minutes=60, interventions=3),
        RoomDay("SO2", 0, used_minutes=60, regular_minutes=240, overtime_minutes=0, interventions=1),
        RoomDay("SO2", 1, used_minutes=0, regular_minutes=240, overtime_minutes=0, interventions=0),
    )


def test_overtime_is_counted_in_operated_minutes_room_days_and_rooms(problem: WeekProblem) -> None:
    found = evaluate(problem, PLAN)
    assert (found.overtime_minutes, found.overrunning_room_days, found.overrunning_rooms) == (60, 1, ("SO1",))
    assert found.rooms_overrunning == 1


def test_planned_share_is_the_planned_over_the_requested(problem: WeekProblem) -> None:
    assert evaluate(problem, PLAN).planned_share == Rate(4, 5)


def test_slot_fill_counts_owned_slots_only_each_for_its_owner(problem: WeekProblem) -> None:
    found = evaluate(problem, PLAN)
    assert found.slot_fill_by_owner == {"ORL": Rate(60, 240), "A": Rate(0, 240)}
    assert found.slot_fill.value == pytest.approx(0.125)


def test_cost_is_the_objective(problem: WeekProblem) -> None:
    assert evaluate(problem, PLAN).cost.total == pytest.approx(200 + 3000)


def test_start_times_add_the_ends_of_the_day_and_the_idle_minutes(problem: WeekProblem) -> None:
    starts = {"I0": 480, "I1": 630, "I2": 730, "I3": 500}
    first, second, empty = evaluate(problem, PLAN, starts).room_days
    assert (first.first_start, first.last_end, first.idle_minutes) == (480, 790, 20)
    assert (second.first_start, second.last_end, second.idle_minutes) == (500, 560, 0)
    assert (empty.first_start, empty.last_end, empty.idle_minutes) == (None, None, None)


def test_a_week_that_offers_nothing_has_no_rates(problem: WeekProblem) -> None:
    found = evaluate(replace(problem, slots=(), interventions=()), {})
    assert (found.occupancy.value, found.planned_share.value, found.slot_fill.value) == (None, None, None)
    assert found.cost.total == 0
