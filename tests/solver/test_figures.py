"""What a comparison keeps of one planned week, on a week counted by hand."""

from __future__ import annotations

import pytest

from planning.solver.costs import breakdown
from planning.solver.figures import Figures, figures_of
from planning.solver.problem import Costs, Intervention, Room, Slot, SlotKind, Surgeon, WeekProblem
from planning.solver.ranking import CRITERIA, Reading


def slot(name: str, day: int, room: str, kind: str = "regular", owner: str | None = None) -> Slot:
    start, end = (480, 1080) if kind == "regular" else (1080, 1200)
    return Slot(name, day, room, start, end, SlotKind(kind), owner, None, 12, 600)


def item(name: str, minutes: int, surgeon: str = "A", admission: int = -1) -> Intervention:
    specialty = {"A": "ORT", "B": "ORL"}[surgeon]
    return Intervention(name, minutes, surgeon, specialty, frozenset(), admission, 6)


@pytest.fixture
def figures() -> Figures:
    """ORT owns SO1 on Monday; its overtime and SO2 on Monday and Tuesday are open to all. Turnover 20 minutes."""
    problem = WeekProblem(
        days=2,
        rooms=(Room("SO1"), Room("SO2")),
        surgeons=(Surgeon("A", "ORT", (600, 600)), Surgeon("B", "ORL", (600, 600))),
        slots=(
            slot("S1", 0, "SO1", owner="ORT"),
            slot("S1+", 0, "SO1", "overtime"),
            slot("S2", 0, "SO2"),
            slot("S3", 1, "SO2"),
        ),
        interventions=(
            item("a", 100), item("b", 180), item("c", 60), item("d", 240, "B"), item("e", 90, "B"), item("f", 300),
        ),
        costs=Costs(300, (200, 200), 3000),
        turnover=20,
    )  # fmt: skip
    assignments = {"a": "S1", "b": "S2", "c": "S1+", "d": "S2", "e": "S3"}
    return figures_of(problem, assignments, {"SO1": 720, "SO2": 1440}, breakdown(problem, assignments))


def value(figures: Figures, criterion: str, **reading: str) -> float | None:
    return CRITERIA[criterion].value(figures, Reading(**reading))


def test_occupancy_is_read_over_the_slots_or_over_the_opening_hours(figures: Figures) -> None:
    # SO1: a 100 and c 60; SO2: b 180, a turnover of 20 and d 240 on Monday, e 90 on Tuesday.
    assert value(figures, "occupancy", room="SO1") == 160 / 600
    assert value(figures, "occupancy", room="SO2") == 530 / 1200
    assert value(figures, "occupancy") == 690 / 1800
    assert value(figures, "occupancy", occupancy="opening") == 690 / 2160


def test_overtime_counts_operated_minutes_and_the_rooms_that_have_some(figures: Figures) -> None:
    assert (value(figures, "overtime"), value(figures, "rooms_overrunning")) == (60, 1)
    assert (value(figures, "overtime", room="SO1"), value(figures, "overtime", room="SO2")) == (60, 0)


def test_the_share_planned_is_of_all_that_were_asked_for(figures: Figures) -> None:
    assert value(figures, "planned") == 5 / 6
    assert figures["specialties"] == {"ORT": [3, 4], "ORL": [2, 2]}


def test_slot_fill_is_read_by_slot_or_by_owner(figures: Figures) -> None:
    # In ORT's slot: a. By ORT anywhere: a, b and c, each with its turnover, over the 600 minutes it owns.
    assert value(figures, "slot_fill") == 100 / 600
    assert value(figures, "slot_fill", fill="owner") == (100 + 180 + 60 + 3 * 20) / 600


def test_waiting_counts_the_days_after_the_first_possible_one(figures: Figures) -> None:
    assert value(figures, "waiting") == 1 / 5


def test_a_surgeon_in_two_rooms_the_same_day_is_counted(figures: Figures) -> None:
    # A operates on Monday in both rooms; B on Monday and Tuesday in one.
    assert value(figures, "several_rooms") == 1 / 3


def test_the_cost_is_that_of_the_equations(figures: Figures) -> None:
    assert value(figures, "cost") == 300 + 200 + 3000


def test_a_week_without_demand_or_slot_has_no_rate() -> None:
    empty = WeekProblem(1, (Room("SO1"),), (), (), (), Costs(300, (200,), 3000))
    figures = figures_of(empty, {}, {"SO1": 0}, breakdown(empty, {}))
    rates = ("occupancy", "planned", "slot_fill", "waiting", "several_rooms")
    assert [value(figures, key) for key in rates] == [None] * 5
