from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from planning.models import MasterPlan, Site, SlotPattern, Surgeon
from planning.selectors.master_plan_board import board
from planning.selectors.master_plans import load_draft
from planning.services.master_plan_drafts import (
    NoActivity,
    NothingToUndo,
    StaleMasterPlan,
    UnableToPlace,
    UnknownVacation,
    abandon_draft,
    draft_from_activity,
    pin_vacation,
    place_vacation,
    propose_vacations,
    redo_change,
    remove_vacation,
    undo_change,
)
from planning.solver.master_plan.theatre import RESERVE, Owner, Vacation
from tests.factories.hospital import WEEK, Hospital
from tests.factories.master_plans import START, current_plan, make_pattern, some_activity

pytestmark = pytest.mark.django_db
Shown = list[tuple[int, str, int, int, str, str]]


@pytest.fixture
def draft(hospital: Hospital) -> MasterPlan:
    current_plan(hospital)
    return make_draft(hospital)


def make_draft(hospital: Hospital, **changes: int) -> MasterPlan:
    first, last = some_activity(hospital)
    asked = {"cycle_weeks": 1, "fill_percent": 100, "reserve_hours": 0, "more_hours": 0} | changes
    return draft_from_activity(name="Plan 2027", valid_from=START.monday, first=first, last=last, **asked)


def shown(plan: MasterPlan, weekday: int | None = None) -> Shown:
    rows = plan.patterns.select_related("room", "specialty").order_by("weekday", "room__code", "start_minute")
    return [
        (
            one.weekday,
            one.room.code,
            one.start_minute,
            one.end_minute,
            one.specialty.code if one.specialty else "",
            one.kind,
        )
        for one in rows
        if weekday is None or one.weekday == weekday
    ]


def vacation(plan: MasterPlan, weekday: int, room: str) -> Vacation:
    loaded = load_draft(plan)
    return next(one for one in loaded.vacations if one.weekday == weekday and loaded.rooms[one.room].code == room)


def fresh(plan: MasterPlan) -> MasterPlan:
    return MasterPlan.objects.get(pk=plan.pk)


def test_a_draft_begins_as_today_s_plan_and_no_week_follows_it(hospital: Hospital, draft: MasterPlan) -> None:
    assert shown(draft) == shown(MasterPlan.objects.get(name="Plan 2026"))
    assert draft.status == MasterPlan.Status.DRAFT
    assert load_draft(draft).today == MasterPlan.objects.get(name="Plan 2026")


def test_the_study_keeps_the_hours_of_each_specialty_week_by_week(hospital: Hospital, draft: MasterPlan) -> None:
    assert draft.study["weekly"] == {
        str(hospital.orthopaedics.pk): [1200] * 4, str(hospital.ent.pk): [2400] * 4,
    }  # fmt: skip
    assert (draft.study["cases"], len(draft.study["weeks"])) == (32, 4)


def test_the_hours_hold_the_cleaning_of_each_specialty(hospital: Hospital) -> None:
    Site.objects.update(turnover_minutes=10, specialty_turnover_minutes={str(hospital.ent.pk): 30})

    study = make_draft(hospital).study

    assert study["weekly"] == {
        str(hospital.orthopaedics.pk): [1200 + 4 * 10] * 4, str(hospital.ent.pk): [2400 + 4 * 30] * 4,
    }  # fmt: skip


def test_without_activity_there_is_nothing_to_propose_from(hospital: Hospital) -> None:
    with pytest.raises(NoActivity):
        draft_from_activity(
            name="Vide", valid_from=START.monday, first=WEEK.monday, last=WEEK.days[6], cycle_weeks=1, fill_percent=85,
            reserve_hours=0, more_hours=0,
        )  # fmt: skip
    assert not MasterPlan.objects.exists()


def test_the_proposal_gives_to_who_lacks_hours_with_their_overtime(hospital: Hospital) -> None:
    plan = current_plan(hospital)
    plan.patterns.filter(weekday=3, room=hospital.rooms[1]).delete()
    Surgeon.objects.update(daily_maximum_minutes=600)  # at 480, Dr Haddad would need a fifth day
    draft = make_draft(hospital)

    proven = propose_vacations(plan=draft, revision=0)

    loaded = load_draft(fresh(draft))
    hours = dict.fromkeys(("ORT", "ORL"), 0.0)
    for one in loaded.vacations:
        hours[loaded.specialties[one.owner.specialty].code] += one.length / 60
    assert proven
    assert hours == {"ORT": 30.0, "ORL": 40.0}, "ORT needs 20 and keeps what ORL does not lack"
    late = draft.patterns.filter(kind="overtime")
    ends = {
        (row.weekday, row.room_id, row.specialty_id) for row in draft.patterns.filter(kind="regular", end_minute=1080)
    }
    assert {(row.weekday, row.room_id, row.specialty_id) for row in late} == ends


def test_a_moved_vacation_takes_its_overtime_along_and_the_other_takes_its_place(draft: MasterPlan) -> None:
    moved = vacation(draft, 0, "SO1")
    there = replace(moved, weekday=1, room=vacation(draft, 1, "SO2").room)

    number = place_vacation(plan=draft, revision=0, vacation=there)

    assert number == moved.id
    assert [line[1:3] + line[4:] for line in shown(draft, 0)] == [
        ("SO1", 480, "ORL", "regular"), ("SO1", 1080, "ORL", "overtime"),
        ("SO2", 480, "ORL", "regular"), ("SO2", 1080, "ORL", "overtime"),
    ]  # fmt: skip
    assert shown(draft, 1)[2:] == [(1, "SO2", 480, 1080, "ORT", "regular"), (1, "SO2", 1080, 1200, "ORT", "overtime")]
    assert fresh(draft).revision == 1


def test_a_new_vacation_for_the_reserve_has_no_overtime(draft: MasterPlan) -> None:
    one = replace(vacation(draft, 0, "SO1"), id=0, weekday=4, start=780, owner=RESERVE)

    place_vacation(plan=draft, revision=0, vacation=one)

    assert shown(draft, 4) == [(4, "SO1", 780, 1080, "", "reserve")]


def test_what_a_rule_forbids_is_refused_and_nothing_changes(hospital: Hospital, draft: MasterPlan) -> None:
    before = shown(draft)
    with pytest.raises(UnableToPlace) as refused:
        place_vacation(plan=draft, revision=0, vacation=replace(vacation(draft, 0, "SO1"), end=1260))

    assert refused.value.verdict.reason == "closed"
    assert (shown(draft), fresh(draft).revision, draft.steps.count()) == (before, 0, 0)


def test_each_change_is_taken_back_in_turn(draft: MasterPlan) -> None:
    before = shown(draft)
    one = vacation(draft, 2, "SO2")
    pin_vacation(plan=draft, revision=0, number=vacation(draft, 0, "SO1").id, pinned=True)
    remove_vacation(plan=draft, revision=1, number=one.id)
    assert shown(draft, 2) == [(2, "SO1", 480, 1080, "ORT", "regular"), (2, "SO1", 1080, 1200, "ORT", "overtime")]

    undo_change(plan=draft, revision=2)
    assert vacation(draft, 2, "SO2") == one, "with its number"
    assert vacation(draft, 0, "SO1").pinned
    undo_change(plan=draft, revision=3)

    assert shown(draft) == before
    assert not vacation(draft, 0, "SO1").pinned
    with pytest.raises(NothingToUndo):
        undo_change(plan=draft, revision=4)


def test_what_was_taken_back_is_done_again_until_something_else_is_done(draft: MasterPlan) -> None:
    one = vacation(draft, 2, "SO2")
    remove_vacation(plan=draft, revision=0, number=one.id)
    pin_vacation(plan=draft, revision=1, number=vacation(draft, 0, "SO1").id, pinned=True)
    there = shown(draft)
    undo_change(plan=draft, revision=2)
    undo_change(plan=draft, revision=3)

    redo_change(plan=draft, revision=4)
    assert shown(draft) == there
    assert not vacation(draft, 0, "SO1").pinned, "only the first of the two"
    redo_change(plan=draft, revision=5)
    assert vacation(draft, 0, "SO1").pinned
    with pytest.raises(NothingToUndo):
        redo_change(plan=draft, revision=6)

    undo_change(plan=draft, revision=6)
    pin_vacation(plan=draft, revision=7, number=vacation(draft, 1, "SO1").id, pinned=True)
    with pytest.raises(NothingToUndo):
        redo_change(plan=draft, revision=8)


def test_a_proposal_is_proven_until_a_slot_of_it_is_touched(hospital: Hospital, draft: MasterPlan) -> None:
    def proven() -> bool:
        return bool(board(load_draft(fresh(draft)), hospital.director)["proven"])

    assert not proven()
    propose_vacations(plan=draft, revision=0)
    pin_vacation(plan=draft, revision=1, number=vacation(draft, 0, "SO1").id, pinned=True)
    assert proven()
    remove_vacation(plan=draft, revision=2, number=vacation(draft, 1, "SO1").id)
    assert not proven()
    undo_change(plan=draft, revision=3)
    assert proven()


def test_a_proposal_asked_again_keeps_what_is_pinned(hospital: Hospital, draft: MasterPlan) -> None:
    moved = replace(vacation(draft, 0, "SO1"), owner=Owner(str(hospital.ent.pk)), pinned=True)
    place_vacation(plan=draft, revision=0, vacation=moved)

    propose_vacations(plan=fresh(draft), revision=1)

    assert vacation(draft, 0, "SO1") == moved


@pytest.mark.parametrize("revision", [1, 7])
def test_whoever_saw_an_older_draft_changes_nothing(draft: MasterPlan, revision: int) -> None:
    one = vacation(draft, 0, "SO1")
    for act in (
        lambda: place_vacation(plan=draft, revision=revision, vacation=one),
        lambda: remove_vacation(plan=draft, revision=revision, number=one.id),
        lambda: pin_vacation(plan=draft, revision=revision, number=one.id, pinned=True),
        lambda: undo_change(plan=draft, revision=revision),
        lambda: redo_change(plan=draft, revision=revision),
        lambda: propose_vacations(plan=draft, revision=revision),
    ):
        with pytest.raises(StaleMasterPlan):
            act()
    assert not draft.steps.exists()


def test_a_vacation_that_is_gone_cannot_be_moved(draft: MasterPlan) -> None:
    one = vacation(draft, 0, "SO1")
    remove_vacation(plan=draft, revision=0, number=one.id)

    with pytest.raises(UnknownVacation):
        place_vacation(plan=draft, revision=1, vacation=one)
    with pytest.raises(UnknownVacation):
        remove_vacation(plan=draft, revision=1, number=one.id)


def test_a_validated_plan_is_neither_changed_nor_abandoned(hospital: Hospital, draft: MasterPlan) -> None:
    current = MasterPlan.objects.get(name="Plan 2026")
    number = current.patterns.first().pk  # type: ignore[union-attr]  # it has some

    with pytest.raises(StaleMasterPlan):
        remove_vacation(plan=current, revision=0, number=number)
    with pytest.raises(StaleMasterPlan):
        abandon_draft(plan=current)
    abandon_draft(plan=draft)
    assert list(MasterPlan.objects.all()) == [current]


def test_a_cycle_of_two_weeks_repeats_today_s_plan_from_the_week_it_is_in(hospital: Hospital) -> None:
    plan = MasterPlan.objects.create(name="Hiver", valid_from=START.previous.monday, cycle_weeks=2)
    make_pattern(plan, hospital.rooms[0], 0, 480, 1080, specialty=hospital.ent, week=1)
    make_pattern(plan, hospital.rooms[1], 1, 480, 1080, specialty=hospital.ent, week=2)

    draft = make_draft(hospital, cycle_weeks=2)

    found = SlotPattern.objects.filter(master_plan=draft).order_by("cycle_week")
    assert [(row.cycle_week, row.weekday) for row in found] == [(1, 1), (2, 0)], "START is the second week of the cycle"
    assert {one.place for one in load_draft(draft).now} == {one.place for one in load_draft(draft).vacations}


def test_a_reserve_takes_its_part_of_the_urgent_hours(hospital: Hospital, draft: MasterPlan) -> None:
    study = {**draft.study, "urgent": {str(hospital.ent.pk): [600, 600, 600, 600]}}
    hours = {}
    for reserve in (0, 5, 20):
        draft.study = {**study, "reserve_hours": reserve}
        needs = load_draft(draft).needs
        hours[reserve] = (needs[Owner(str(hospital.ent.pk))].low / 60, needs.get(RESERVE))
    assert [need for need, _reserve in hours.values()] == [50, 45, 40]
    assert hours[0][1] is None
    assert hours[5][1].low == 300  # type: ignore[union-attr]  # asked for


def test_the_weeks_used_are_those_when_anyone_was_operated_in_the_room(hospital: Hospital, draft: MasterPlan) -> None:
    one = vacation(draft, 0, "SO1")
    assert draft.study["use"][f"1-0-{one.room}-480-1080"] == [300] * 4
    assert draft.study["use"][f"1-0-{vacation(draft, 0, 'SO2').room}-480-1080"] == [600] * 4


def test_a_week_with_hardly_any_activity_is_left_out(hospital: Hospital) -> None:
    first, last = some_activity(hospital)
    plan = draft_from_activity(
        name="x", valid_from=START.monday, first=first - timedelta(weeks=2), last=last, cycle_weeks=1, fill_percent=85,
        reserve_hours=0, more_hours=0,
    )  # fmt: skip

    assert (len(plan.study["weeks"]), plan.study["left_out"]) == (4, 0), "weeks without anything are no weeks"
