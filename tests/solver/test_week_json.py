"""The JSON contract: weeks in, plans out, and one clear fault for anything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from planning.solver.problem import Costs, Intervention, ProblemError, Room, Slot, SlotKind, Surgeon, WeekProblem
from planning.solver.result import CostBreakdown, SolveResult, Status, Violation
from planning.solver.week_json import read_week, write_plan, write_week
from tests.solver.weeks import FEW, INSTANCES, instance, tiny_weeks, wished_weeks


def week_data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((INSTANCES / "one-waits.json").read_text(encoding="utf-8"))
    return data


def changed(path: str, value: object) -> str:
    """The week with one entry replaced; "slots.0.day" is a path."""
    data = week_data()
    *way, last = path.split(".")
    place: Any = data
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    return json.dumps(data)


def fault(text: str) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        read_week(text)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_week_is_read_entry_by_entry() -> None:
    week = instance("one-waits")
    assert (week.days, week.turnover) == (2, 0)
    assert week.rooms == (Room("SO1", frozenset({"microscope"})), Room("SO2"))
    assert week.surgeons[1] == Surgeon("ORT-1", "ORT", (200, 480))
    assert week.slots[1] == Slot("SO2-0", 0, "SO2", 480, 720, SlotKind.REGULAR, "ORT", None, 4, 240)
    assert week.interventions[0] == Intervention("A", 180, "ORL-1", "ORL", frozenset({"microscope"}), -1, 1)
    assert week.costs == Costs(300.0, (100.0, 100.0), 3000.0)


def test_what_may_be_left_out_takes_its_default() -> None:
    data = week_data()
    del data["turnover"], data["interventions"][0]["unplanned_cost"], data["interventions"][0]["pinned"]
    week = read_week(json.dumps(data))
    assert week.turnover == 0
    assert (week.interventions[0].unplanned_cost, week.interventions[0].pinned) == (None, None)


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("days", "2", "days"),
        ("days", True, "days"),
        ("days", 0, "days"),
        ("turnover", -5, "turnover"),
        ("turnover", None, "turnover"),
        ("rooms", {}, "rooms"),
        ("rooms.0", "SO1", "rooms[0]"),
        ("rooms.0.id", "", "rooms[0].id"),
        ("rooms.1.id", "SO1", "rooms[1].id"),
        ("rooms.0.equipment", "microscope", "rooms[0].equipment"),
        ("rooms.0.equipment", [3], "rooms[0].equipment[0]"),
        ("surgeons.0.daily_minutes", [480], "surgeons[ORL-1].daily_minutes"),
        ("surgeons.0.daily_minutes", [480, -1], "surgeons[ORL-1].daily_minutes"),
        ("slots.0.day", 2, "slots[SO1-0].day"),
        ("slots.0.day", 0.5, "slots[0].day"),
        ("slots.0.room", "SO9", "slots[SO1-0].room"),
        ("slots.0.end", 480, "slots[SO1-0].end"),
        ("slots.0.kind", "night", "slots[0].kind"),
        ("slots.0.kind", ["regular"], "slots[0].kind"),
        ("slots.0.surgeon", "nobody", "slots[SO1-0].surgeon"),
        ("slots.0.positions", -1, "slots[SO1-0].positions"),
        ("interventions.0.duration", 0, "interventions[A].duration"),
        ("interventions.0.duration", float("nan"), "interventions[0].duration"),
        ("interventions.0.duration", 10**400, "interventions[0].duration"),
        ("interventions.0.surgeon", "nobody", "interventions[A].surgeon"),
        ("interventions.0.pinned", "nowhere", "interventions[A].pinned"),
        ("interventions.0.unplanned_cost", -1, "interventions[A].unplanned_cost"),
        ("interventions.0.unplanned_cost", "free", "interventions[0].unplanned_cost"),
        ("interventions.0.id", "\ud800", "interventions[0].id"),
        ("costs", 300, "costs"),
        ("costs.hospital_day", float("inf"), "costs.hospital_day"),
        ("costs.hospital_day", -1, "costs.hospital_day"),
        ("costs.overtime_hour", [100], "costs.overtime_hour"),
        ("costs.overtime_hour", [100, None], "costs.overtime_hour[1]"),
    ],
)
def test_a_fault_names_its_key(path: str, value: object, key: str) -> None:
    assert fault(changed(path, value)).key == key


def test_a_fault_names_its_value_and_the_remedy() -> None:
    assert str(fault(changed("slots.0.kind", "night"))) == "slots[0].kind: 'night': regular or overtime"
    assert len(str(fault(changed("rooms.0.id", ["x"] * 999)))) < 200


@pytest.mark.parametrize("name", ["days", "rooms", "surgeons", "slots", "interventions", "costs"])
def test_an_entry_that_is_missing_is_named(name: str) -> None:
    data = week_data()
    del data[name]
    error = fault(json.dumps(data))
    assert (error.key, error.value) == (name, "(missing)")


@pytest.mark.parametrize("entry", ["rooms", "surgeons", "slots", "interventions"])
def test_each_required_entry_of_an_item_is_named_when_missing(entry: str) -> None:
    optional = {"pinned", "unplanned_cost"}
    for name in set(week_data()[entry][0]) - optional:
        data = week_data()
        del data[entry][0][name]
        assert fault(json.dumps(data)).key == f"{entry}[0].{name}"


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '"week"', "[" * 100_000, '{"days": ' + "9" * 5000 + "}"])
def test_a_text_that_holds_no_week_is_refused(text: str) -> None:
    fault(text)


def test_a_key_given_twice_is_refused() -> None:
    text = (INSTANCES / "one-waits.json").read_text(encoding="utf-8").replace('"days": 2,', '"days": 2, "days": 3,')
    assert fault(text).key == "days"


def test_a_plan_is_written_entry_by_entry() -> None:
    result = SolveResult(
        method="hungarian",
        status=Status.FEASIBLE,
        assignments={"A": "SO1-0"},
        unplanned=("B",),
        cost=CostBreakdown(300.0, 50.0, 3000.0),
        lower_bound=2680.0,
        seconds=1.23456,
        warnings=(Violation("equipment", "A", "room SO1 has no laser", "SO1-0", {"room": "SO1"}),),
    )
    assert write_plan(result) == {
        "method": "hungarian",
        "status": "feasible",
        "assignments": [{"intervention": "A", "slot": "SO1-0"}],
        "unplanned": ["B"],
        "cost": {"hospital": 300.0, "overtime": 50.0, "unplanned": 3000.0, "total": 3350.0},
        "lower_bound": 2680.0,
        "gap": 0.2,
        "seconds": 1.235,
        "warnings": [{"intervention": "A", "rule": "equipment", "message": "room SO1 has no laser"}],
    }


def test_a_plan_without_a_bound_has_no_gap() -> None:
    plan = write_plan(SolveResult("first-come", Status.FEASIBLE, {}, (), CostBreakdown(), None, 0.0))
    assert (plan["lower_bound"], plan["gap"]) == (None, None)
    assert json.loads(json.dumps(plan)) == plan


@FEW
@given(week=tiny_weeks() | wished_weeks())
def test_a_written_week_is_read_back_as_it_was(week: WeekProblem) -> None:
    assert read_week(json.dumps(write_week(week))) == week
