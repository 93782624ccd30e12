"""Making room in the order of a day: the cheapest move that gives everyone a start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.weeks import Ownership, WeekShape, generate_week
from planning.solver.costs import breakdown
from planning.solver.exact import solve_exact
from planning.solver.problem import Costs, Intervention, Room, Slot, SlotKind, Surgeon, WeekProblem
from planning.solver.reordering import make_room
from planning.solver.rules import plan_violations, timeline_violations
from planning.solver.sequencing import sequence
from planning.solver.stopping import Stop


def slot(name: str, room: str, day: int = 0, length: int = 120) -> Slot:
    return Slot(name, day, room, 480, 480 + length, SlotKind.REGULAR, None, None, 9, length)


def item(name: str, duration: int, surgeon: str = "A", **changes: object) -> Intervention:
    return replace(Intervention(name, duration, surgeon, "ORL", frozenset(), -1, 6), **changes)  # type: ignore[arg-type]


def week(slots: list[Slot], items: list[Intervention], turnover: int = 0) -> WeekProblem:
    rooms = (Room("SO1"), Room("SO2"))
    surgeons = (Surgeon("A", "ORL", (600, 600)), Surgeon("B", "ORL", (600, 600)))
    return WeekProblem(2, rooms, surgeons, tuple(slots), tuple(items), Costs(300, (200, 200), 3000), turnover)


def repaired(problem: WeekProblem, plan: dict[str, str], *, stop: Stop | None = None) -> tuple[dict[str, str], float]:
    """Order the plan, take out who has no place, make room; the result must be feasible and without a conflict."""
    order = sequence(problem, plan)
    stuck = [one.intervention for one in order.unordered]
    kept = {name: where for name, where in plan.items() if name not in stuck}
    alone: dict[str, tuple[str, ...]] = dict.fromkeys(stuck, ())
    found = make_room(problem, kept, order.starts, alone, seed=0, stop=stop or Stop(seconds=None))
    assert plan_violations(problem, found.assignments) == ()
    assert timeline_violations(problem, found.assignments, found.starts) == ()
    assert found.starts.keys() == found.assignments.keys()
    cost = breakdown(problem, found.assignments).total
    assert cost <= breakdown(problem, kept).total
    return found.assignments, cost


def test_who_has_no_place_takes_another_day() -> None:
    problem = week([slot("S1", "SO1"), slot("S2", "SO2"), slot("T1", "SO1", 1)], [item("I0", 100), item("I1", 100)])
    plan, cost = repaired(problem, {"I0": "S1", "I1": "S2"})
    assert sorted(plan.values()) in (["S1", "T1"], ["S2", "T1"])
    assert cost == 300


def test_another_of_the_surgeons_makes_way() -> None:
    """I0 cannot wait, I1 can."""
    items = [item("I0", 100, deadline_day=0), item("I1", 100, deadline_day=1)]
    problem = week([slot("S1", "SO1"), slot("S2", "SO2"), slot("T1", "SO1", 1)], items)
    plan, cost = repaired(problem, {"I0": "S1", "I1": "S2"})
    assert plan["I0"] in ("S1", "S2")
    assert plan["I1"] == "T1"
    assert cost == 300


def test_a_pin_does_not_make_way() -> None:
    items = [item("I0", 100, deadline_day=0), item("I1", 100, pinned="S2")]
    problem = week([slot("S1", "SO1"), slot("S2", "SO2"), slot("T1", "SO1", 1)], items)
    plan, cost = repaired(problem, {"I0": "S1", "I1": "S2"})
    assert plan == {"I1": "S2"}
    assert cost == 3000


def test_a_move_dearer_than_leaving_out_is_not_made() -> None:
    items = [item("I0", 100, unplanned_cost=200), item("I1", 100, unplanned_cost=250)]
    problem = week([slot("S1", "SO1"), slot("S2", "SO2"), slot("T1", "SO1", 1)], items)
    plan, cost = repaired(problem, {"I0": "S1", "I1": "S2"})
    assert len(plan) == 1
    assert cost in (200, 250)


@pytest.mark.parametrize(("stop", "expected"), [(Stop(seconds=0), 300), (Stop(cancelled=lambda: True), 3000)])
def test_the_end_of_the_time_leaves_some_tries_and_a_cancellation_none(stop: Stop, expected: float) -> None:
    problem = week([slot("S1", "SO1"), slot("S2", "SO2"), slot("T1", "SO1", 1)], [item("I0", 100), item("I1", 100)])
    _, cost = repaired(problem, {"I0": "S1", "I1": "S2"}, stop=stop)
    assert cost == expected


@pytest.mark.parametrize(("seed", "ownership"), [(4, Ownership.SPECIALTY), (1, Ownership.OPEN), (5, Ownership.SURGEON)])
def test_a_full_week_keeps_an_order_for_everyone_placed(seed: int, ownership: Ownership) -> None:
    problem = generate_week(WeekShape(seed=seed, size=90, ownership=ownership, turnover=15))
    plan = solve_exact(problem, stop=Stop(seconds=20)).assignments
    assert plan is not None
    repaired(problem, plan)
