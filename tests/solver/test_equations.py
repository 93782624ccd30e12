"""Equations (1) to (9) of the article on its own small facts, by the rules and by every method.

Regular hours are *plages* of four hours at most, overtime of two (Disp); a patient is admitted the day before the
operation (Dmin < j); each intervention goes to one *plage*, each *plage* takes one. Weeks a person can check by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

import numpy as np
import pytest

from planning.solver import rules
from planning.solver.costs import breakdown, cell_cost, hospital_cost, overtime_cost
from planning.solver.exact import solve_exact
from planning.solver.grid import grid_of
from planning.solver.problem import Slot, SlotKind, WeekProblem
from planning.solver.solve import Method, solve
from planning.solver.stopping import Stop
from tests.solver.weeks import a_slot, a_week, an_item, cost, fit

# The integer program alone too: the planner's plan often proves itself, and the program is then never asked.
METHODS: tuple[str, ...] = (*get_args(Method), "program")
every_method = pytest.mark.parametrize("method", METHODS)
every_optimal_method = pytest.mark.parametrize("method", [one for one in METHODS if one != "first-come"])
LEFT_OUT = 3000.0


def regular(name: str = "regular", day: int = 1, minutes: int = 240, **changes: object) -> Slot:
    return a_slot(name, day=day, start=480, end=480 + minutes, max_duration=240, **changes)


def overtime(name: str = "overtime", day: int = 1, minutes: int = 120, **changes: object) -> Slot:
    """Two hours after 16:00; days 0, 2 and 3 cost 100 an hour, day 1 costs 200."""
    hours = {"start": 960, "end": 960 + minutes, "max_duration": 120, "kind": SlotKind.OVERTIME}
    return a_slot(name, day=day, **{**hours, **changes})


@dataclass(frozen=True, slots=True)
class Planned:
    assignments: dict[str, str]
    cost: float


def planned(problem: WeekProblem, method: str) -> Planned:
    """The method's plan, which keeps every equation as the tests write them once more."""
    if method == "program":
        outcome = solve_exact(problem, stop=Stop(seconds=30))
        assert outcome.proven
        assert outcome.assignments is not None
        plan, said = outcome.assignments, outcome.lower_bound
    else:
        result = solve(problem, method=cast(Method, method), stop=Stop(None, rounds=3))
        plan, said = dict(result.assignments), result.cost.total
    assert fit(problem, plan)
    assert rules.plan_violations(problem, plan) == ()
    assert said == pytest.approx(cost(problem, plan))
    return Planned(plan, said)


def broken(problem: WeekProblem, **assignments: str) -> list[str]:
    return [one.rule for one in rules.plan_violations(problem, assignments)]


def test_1_the_cost_is_all_waiting_and_all_overtime() -> None:
    problem = a_week(
        [regular(day=3), overtime()], [an_item("waits"), an_item("stays late", duration=90), an_item("out")]
    )
    parts = breakdown(problem, {"waits": "regular", "stays late": "overtime"})
    assert (parts.hospital, parts.overtime, parts.unplanned) == (2 * 300.0, 1.5 * 200.0, LEFT_OUT)
    assert parts.total == 600.0 + 300.0 + LEFT_OUT


@every_optimal_method
@pytest.mark.parametrize(("minutes", "chosen", "least"), [(60, "overtime", 200.0), (120, "regular", 300.0)])
def test_1_the_plan_takes_the_cheaper_of_waiting_and_overtime(
    method: str, minutes: int, chosen: str, least: float
) -> None:
    """One more day of hospital costs 300; an hour late on day 1 costs 200, two cost 400. K is away on day 2."""
    item = an_item(duration=minutes, surgeon="L")
    result = planned(a_week([overtime(), regular(day=2)], [item]), method)
    assert result.assignments == {"I": chosen}
    assert result.cost == least


@every_method
def test_2_everyone_has_one_plage_even_where_none_would_be_cheaper(method: str) -> None:
    result = planned(a_week([regular("S1", day=3), regular("S2", day=3)], [an_item()]), method)
    assert len(result.assignments) == 1
    assert result.cost == 600.0


@every_method
def test_2_who_has_no_plage_is_left_out_at_its_cost(method: str) -> None:
    result = planned(a_week([regular(minutes=30)], [an_item()]), method)
    assert (result.assignments, result.cost) == ({}, LEFT_OUT)


def test_2_a_plan_names_interventions_and_plages_of_the_week() -> None:
    problem = a_week([regular()], [an_item()])
    assert broken(problem, I="elsewhere") == ["one_slot"]
    assert broken(problem, nobody="regular") == ["one_slot"]
    assert broken(problem, I="regular") == []


@every_method
def test_3_a_plage_takes_one_intervention(method: str) -> None:
    problem = a_week([regular(positions=1)], [an_item("A", duration=30), an_item("B", duration=30)])
    assert broken(problem, A="regular", B="regular") == ["positions"]
    result = planned(problem, method)
    assert len(result.assignments) == 1
    assert result.cost == LEFT_OUT


@every_method
def test_4_regular_hours_are_not_exceeded(method: str) -> None:
    """Eight hours hold two of four hours, and not one minute more."""
    items = [an_item("A", duration=240), an_item("B", duration=240, surgeon="L"), an_item("C", duration=5)]
    problem = a_week([regular(minutes=480)], items)
    assert broken(problem, A="regular", B="regular") == []
    assert broken(problem, A="regular", B="regular", C="regular") == ["slot_capacity"]
    assert planned(problem, method).cost == LEFT_OUT


@every_method
def test_5_overtime_is_not_exceeded(method: str) -> None:
    """Two hours hold two of one hour, and not one minute more."""
    items = [an_item("A"), an_item("B", surgeon="L"), an_item("C", duration=5, unplanned_cost=1e6)]
    problem = a_week([overtime()], items)
    assert broken(problem, A="overtime", B="overtime") == []
    assert broken(problem, A="overtime", B="overtime", C="overtime") == ["slot_capacity"]
    assert len(planned(problem, method).assignments) == 2


@every_method
def test_6_a_surgeon_operates_no_longer_than_the_day_they_have(method: str) -> None:
    """K has two hours a day in all the rooms together: three of one hour need two days."""
    slots = [regular(), regular("other", room="SO2"), regular("later", day=3)]
    problem = a_week(slots, [an_item(name) for name in "ABC"], K=(120, 120, 120, 120))
    assert broken(problem, A="regular", B="other") == []
    assert broken(problem, A="regular", B="other", C="other") == ["surgeon_day"]
    assert planned(problem, method).cost == 600.0


CLOSED = {
    "longer than a regular plage": (an_item(duration=241), regular(minutes=480)),
    "longer than an overtime plage": (an_item(duration=121), overtime(minutes=240)),
    "operated on the day of the admission": (an_item(admission_day=1), regular(day=1)),
    "operated before the admission": (an_item(admission_day=2), regular(day=1)),
    "after the last date": (an_item(deadline_day=2), regular(day=3)),
    "on a day without the surgeon": (an_item(), regular(day=2)),
    "in a room without the equipment": (an_item(equipment=frozenset({"microscope"})), regular(room="SO2")),
}
OPEN = {
    "as long as a regular plage": (an_item(duration=240), regular()),
    "as long as an overtime plage": (an_item(duration=120), overtime()),
    "the day after the admission": (an_item(admission_day=0), regular(day=1)),
    "on the last date": (an_item(deadline_day=3), regular(day=3)),
    "on a day with the surgeon": (an_item(surgeon="L"), regular(day=2)),
    "in a room with the equipment": (an_item(equipment=frozenset({"microscope"})), regular()),
}


@every_method
@pytest.mark.parametrize("case", CLOSED)
def test_7_nobody_is_planned_where_the_model_says_0(case: str, method: str) -> None:
    item, slot = CLOSED[case]
    problem = a_week([slot], [item])
    assert len(broken(problem, I=slot.id)) == 1
    assert planned(problem, method).assignments == {}


@every_method
@pytest.mark.parametrize("case", OPEN)
def test_7_the_limits_themselves_are_open(case: str, method: str) -> None:
    item, slot = OPEN[case]
    problem = a_week([slot], [item])
    assert broken(problem, I=slot.id) == []
    assert planned(problem, method).assignments == {"I": slot.id}


def test_8_the_cost_is_infinite_exactly_where_the_model_says_0() -> None:
    for item, slot in CLOSED.values():
        assert grid_of(a_week([slot], [item])).cost.tolist() == [[np.inf]]
    for item, slot in OPEN.values():
        problem = a_week([slot], [item])
        assert grid_of(problem).cost.tolist() == [[cell_cost(problem, item, slot)]]


@pytest.mark.parametrize(("admission", "day", "nights"), [(0, 1, 0), (0, 2, 1), (0, 3, 2), (-1, 3, 3), (1, 3, 1)])
def test_9_each_day_waited_beyond_the_eve_costs_a_day_of_hospital(admission: int, day: int, nights: int) -> None:
    problem = a_week()
    item, slot = an_item(admission_day=admission), regular(day=day)
    assert hospital_cost(problem, item, slot) == nights * 300.0
    assert cell_cost(problem, item, slot) == nights * 300.0


@pytest.mark.parametrize(("day", "minutes", "price"), [(1, 60, 200.0), (1, 90, 300.0), (0, 60, 100.0), (3, 30, 50.0)])
def test_9_overtime_costs_its_hours_at_the_price_of_the_day(day: int, minutes: int, price: float) -> None:
    problem = a_week()
    item = an_item(duration=minutes, admission_day=day - 1)
    assert overtime_cost(problem, item, overtime(day=day)) == price
    assert overtime_cost(problem, item, regular(day=day)) == 0.0
    assert cell_cost(problem, item, overtime(day=day)) == price
