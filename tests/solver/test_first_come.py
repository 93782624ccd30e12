"""First come, first served: the order of the file decides, whatever it costs."""

from __future__ import annotations

from planning.solver.first_come import plan_first_come
from planning.solver.problem import SlotKind
from tests.solver.weeks import a_slot, a_week, an_item, instance


def test_each_takes_the_earliest_day() -> None:
    slots = [a_slot("late", day=3), a_slot("early", day=1)]
    assert plan_first_come(a_week(slots, [an_item()])) == {"I": "early"}


def test_regular_hours_come_before_overtime_on_a_day_and_overtime_before_the_next_day() -> None:
    slots = [
        a_slot("next", day=3),
        a_slot("over", kind=SlotKind.OVERTIME, start=480, end=540),
        a_slot("regular", start=600, end=660),
    ]
    plan = plan_first_come(a_week(slots, [an_item("A"), an_item("B"), an_item("C")]))
    assert plan == {"A": "regular", "B": "over", "C": "next"}


def test_the_rooms_come_in_the_order_of_the_file() -> None:
    slots = [a_slot("second", room="SO2"), a_slot("first", room="SO1")]
    assert plan_first_come(a_week(slots, [an_item()])) == {"I": "first"}


def test_an_earlier_start_comes_before_an_earlier_room() -> None:
    slots = [a_slot("afternoon", start=780, end=1020), a_slot("morning", room="SO2")]
    assert plan_first_come(a_week(slots, [an_item()])) == {"I": "morning"}


def test_who_comes_first_is_served_first_though_the_other_needs_the_room() -> None:
    assert plan_first_come(instance("scarce-equipment")) == {"A": "SO1-0"}


def test_pins_have_their_room_before_anybody_comes() -> None:
    items = [an_item("A", duration=240), an_item("B", duration=240, pinned="S")]
    assert plan_first_come(a_week([a_slot()], items)) == {"B": "S"}
