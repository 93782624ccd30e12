"""Equations (1) and (9): what a plan costs."""

from __future__ import annotations

import pytest

from planning.solver.costs import breakdown, cell_cost
from planning.solver.problem import SlotKind
from tests.solver.weeks import a_slot, a_week, an_item


@pytest.mark.parametrize(("day", "cost"), [(1, 0), (2, 300), (3, 600)])
def test_each_day_waited_after_the_day_that_follows_admission_costs_a_hospital_day(day: int, cost: float) -> None:
    item, slot = an_item(admission_day=0), a_slot(day=day)
    assert cell_cost(a_week([slot], [item]), item, slot) == cost


def test_a_negative_wait_costs_nothing() -> None:
    item, slot = an_item(admission_day=2), a_slot(day=0)
    assert cell_cost(a_week([slot], [item]), item, slot) == 0


def test_overtime_costs_the_price_of_its_day_by_the_minute_without_cleaning() -> None:
    item, slot = an_item(duration=45, admission_day=0), a_slot(day=1, kind=SlotKind.OVERTIME)
    assert cell_cost(a_week([slot], [item], turnover=20), item, slot) == pytest.approx(200 * 45 / 60)


def test_regular_hours_cost_no_overtime() -> None:
    item, slot = an_item(duration=45), a_slot(day=1)
    assert cell_cost(a_week([slot], [item]), item, slot) == 0


def test_a_plan_costs_its_waits_its_overtime_and_what_it_leaves_out() -> None:
    slots = [a_slot("late", day=3), a_slot("over", kind=SlotKind.OVERTIME)]
    items = [an_item("A"), an_item("B", duration=30), an_item("C"), an_item("D", unplanned_cost=50.0)]
    cost = breakdown(a_week(slots, items), {"A": "late", "B": "over"})
    assert (cost.hospital, cost.overtime, cost.unplanned) == (600, 100, 3050)
    assert cost.total == 3750


def test_leaving_everything_out_costs_every_intervention() -> None:
    assert breakdown(a_week([a_slot()], [an_item("A"), an_item("B")]), {}).total == 6000
