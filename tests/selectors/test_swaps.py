"""What a swap would do: where both land, whom they push, what it breaks and costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planning.models import Plan, Site, Surgeon, User
from planning.selectors.evaluation import MeaninglessPlace, UnknownIntervention
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.swaps import Swap, partners, swap_rooms, swap_two
from planning.solver.levels import Level, RuleSettings
from tests.factories.hospital import WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(hospital: Hospital) -> Plan:
    return make_plan()


def placed(
    plan: Plan, hospital: Hospital, surgeon: int, minutes: int, *, room: int = 0, day: int = 0, start: int = 480,
    pinned_by: User | None = None,
) -> str:  # fmt: skip
    item = make_intervention(hospital.surgeons[surgeon], minutes)
    place(plan, item, hospital, room=room, day=day, start=start, pinned_by=pinned_by)
    return str(item.pk)


def loaded(plan: Plan) -> LoadedWeek:
    return load_week_problem(WEEK, plan)


def landings(judged: Swap) -> dict[str, tuple[str, int, int, int]]:
    return {
        key: (judged.week.rooms[one.slot.room].code, one.slot.day, one.start, one.end)
        for key, one in judged.landings.items()
    }


def test_each_takes_the_place_of_the_other_and_the_cost_follows(hospital: Hospital, plan: Plan) -> None:
    early, late = placed(plan, hospital, 0, 60), placed(plan, hospital, 1, 60, room=1, day=2, start=600)
    judged = swap_two(loaded(plan), early, late)
    assert landings(judged) == {early: ("SO2", 2, 600, 660), late: ("SO1", 0, 480, 540)}
    assert (judged.status, judged.delta.total, judged.violations, judged.shifts) == ("free", 0, (), {})


def test_the_longer_one_pushes_those_that_follow_and_no_one_else(hospital: Hospital, plan: Plan) -> None:
    short, after = placed(plan, hospital, 0, 60, room=1), placed(plan, hospital, 1, 30, room=1, start=540)
    longer = placed(plan, hospital, 0, 150, day=1, start=600)
    judged = swap_two(loaded(plan), longer, short)
    assert landings(judged) == {longer: ("SO2", 0, 480, 630), short: ("SO1", 1, 600, 660)}
    assert judged.shifts == {after: (540, 630)}
    assert judged.starts[after] == 630


def test_a_pinned_neighbour_is_not_pushed_and_the_clash_is_told(hospital: Hospital, plan: Plan) -> None:
    short = placed(plan, hospital, 0, 60, room=1)
    after = placed(plan, hospital, 1, 30, room=1, start=540, pinned_by=hospital.director)
    longer = placed(plan, hospital, 0, 150, day=1, start=600)
    judged = swap_two(loaded(plan), longer, short)
    assert (judged.shifts, judged.status) == ({}, "rule")
    assert [(one.rule, one.intervention) for one in judged.violations] == [("room_overlap", after)]


def test_in_one_room_they_exchange_their_order_and_nobody_outside_moves(hospital: Hospital, plan: Plan) -> None:
    Site.objects.update(turnover_minutes=20)
    first = placed(plan, hospital, 0, 120, start=480)
    between = placed(plan, hospital, 1, 30, start=620)
    last = placed(plan, hospital, 0, 60, start=670)
    outside = placed(plan, hospital, 1, 60, start=750)
    for one, other in ((first, last), (last, first)):
        judged = swap_two(loaded(plan), one, other)
        assert landings(judged) == {last: ("SO1", 0, 480, 540), first: ("SO1", 0, 610, 730)}
        assert list(judged.landings) == [one, other]
        assert judged.shifts == {between: (620, 560)}
        assert (judged.violations, judged.starts[outside], judged.delta.total) == ((), 750, 0)


def test_what_either_would_break_is_told_of_the_one_that_breaks_it(hospital: Hospital, plan: Plan) -> None:
    ent, ortho = placed(plan, hospital, 2, 60), placed(plan, hospital, 0, 60, room=1)
    judged = swap_two(loaded(plan), ortho, ent)
    assert [(one.rule, one.intervention) for one in judged.violations] == [("slot_specialty", ent)]
    assert judged.status == "rule"


def test_a_rule_that_the_site_made_soft_warns_and_asks_for_no_reason(hospital: Hospital, plan: Plan) -> None:
    ent, ortho = placed(plan, hospital, 2, 60), placed(plan, hospital, 0, 60, room=1)
    week = loaded(plan)
    rules = RuleSettings(levels={"slot_specialty": Level.OFF})
    judged = swap_two(replace(week, problem=replace(week.problem, rules=rules)), ortho, ent)
    assert (judged.status, judged.violations) == ("free", ())
    late, longer = placed(plan, hospital, 0, 30, day=3, start=1050), placed(plan, hospital, 0, 60, day=2)
    week = loaded(plan)
    assert swap_two(week, late, longer).status == "rule"
    soft = RuleSettings(levels={"outside_slot": Level.SOFT})
    judged = swap_two(replace(week, problem=replace(week.problem, rules=soft)), late, longer)
    assert ([one.rule for one in judged.remarks], judged.violations) == (["outside_slot"], ())
    assert judged.status == "cost"


def test_a_surgeon_cannot_be_in_two_rooms_after_the_swap(hospital: Hospital, plan: Plan) -> None:
    one, other = placed(plan, hospital, 0, 60), placed(plan, hospital, 1, 60, room=1, start=600)
    busy = placed(plan, hospital, 0, 60, start=630)
    judged = swap_two(loaded(plan), one, other)
    assert [(one.rule, one.intervention) for one in judged.violations] == [("surgeon_overlap", busy)]


def test_a_surgeon_s_hours_are_counted_with_both_in_their_new_days(hospital: Hospital, plan: Plan) -> None:
    Surgeon.objects.update(daily_maximum_minutes=120)
    short, longer = placed(plan, hospital, 0, 30), placed(plan, hospital, 0, 100, day=1)
    placed(plan, hospital, 0, 60, room=1, start=600)
    judged = swap_two(loaded(plan), short, longer)
    assert [(one.rule, one.intervention) for one in judged.violations] == [("surgeon_day", longer)]


def test_a_swap_past_the_closing_of_a_room_means_nothing(hospital: Hospital, plan: Plan) -> None:
    late, longer = placed(plan, hospital, 0, 30, start=1150), placed(plan, hospital, 1, 120, day=1)
    with pytest.raises(MeaninglessPlace) as caught:
        swap_two(loaded(plan), longer, late)
    assert (caught.value.why, caught.value.room and caught.value.room.code) == ("closing", "SO1")


def test_only_two_different_placed_interventions_swap(hospital: Hospital, plan: Plan) -> None:
    one, waiting = placed(plan, hospital, 0, 30), str(make_intervention(hospital.surgeons[0], 30).pk)
    for other in (waiting, "999"):
        with pytest.raises(UnknownIntervention):
            swap_two(loaded(plan), one, other)
    with pytest.raises(MeaninglessPlace):
        swap_two(loaded(plan), one, one)


def test_partners_come_cheapest_first_then_those_a_rule_refuses(hospital: Hospital, plan: Plan) -> None:
    ent = placed(plan, hospital, 2, 60, day=1)
    same = placed(plan, hospital, 2, 60, day=0)
    overtime = placed(plan, hospital, 1, 30, day=2, start=1100)
    reserved = placed(plan, hospital, 0, 60, room=1, day=1)
    found = partners(loaded(plan), ent)
    assert [(one.intervention, one.status) for one in found] == [
        (same, "free"), (overtime, "cost"), (reserved, "rule")
    ]  # fmt: skip
    assert [one.rule for one in found[2].reasons] == ["slot_specialty"]


def test_two_rooms_exchange_their_day_at_the_same_hours(hospital: Hospital, plan: Plan) -> None:
    one, two = placed(plan, hospital, 0, 60), placed(plan, hospital, 1, 60, start=600)
    three = placed(plan, hospital, 1, 90, room=1, day=1, start=480)
    so1, so2 = (str(room.pk) for room in hospital.rooms)
    judged = swap_rooms(loaded(plan), (so1, 0), (so2, 1))
    assert landings(judged) == {one: ("SO2", 1, 480, 540), two: ("SO2", 1, 600, 660), three: ("SO1", 0, 480, 570)}
    assert (judged.status, judged.delta.total) == ("cost", 300)
    for other in ((so1, 0), (so1, 9), ("999", 0)):
        with pytest.raises(MeaninglessPlace):
            swap_rooms(loaded(plan), (so1, 0), other)
    with pytest.raises(MeaninglessPlace) as caught:
        swap_rooms(loaded(plan), (so1, 3), (so2, 4))
    assert caught.value.why == "empty"


def test_exchanged_in_one_room_each_keeps_its_own_cleaning(hospital: Hospital, plan: Plan) -> None:
    Site.objects.update(turnover_minutes=10, specialty_turnover_minutes={str(hospital.ent.pk): 45})
    early, between = placed(plan, hospital, 0, 60), placed(plan, hospital, 1, 30, start=550)
    late, after = placed(plan, hospital, 2, 60, start=590), placed(plan, hospital, 1, 30, start=695)

    judged = swap_two(loaded(plan), early, late)

    assert judged.violations == ()
    assert {key: judged.starts[key] for key in (late, between, early, after)} == {
        late: 480, between: 585, early: 625, after: 695
    }  # fmt: skip
