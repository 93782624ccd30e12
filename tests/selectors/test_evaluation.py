"""What a drop would do, judged without doing it."""

from __future__ import annotations

import pytest
from django.utils import translation

from planning import wording
from planning.models import Absence, Equipment, Placement, RoomClosure, Site, Slot, Surgeon, SurgeonPreference
from planning.selectors.evaluation import MeaninglessPlace, Price, Target, UnknownIntervention, lift, price
from planning.selectors.loaded import load_week_problem
from tests.factories.hospital import WEEK, Hospital, make_intervention, small_hospital
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def hospital() -> Hospital:
    made = small_hospital()
    Site.objects.update(turnover_minutes=20)
    return made


def targets_of(plan: object, intervention: int) -> dict[tuple[str, int], Target]:
    loaded = load_week_problem(WEEK, plan)  # type: ignore[arg-type]
    found, _to_list = lift(loaded, str(intervention))
    return {(loaded.rooms[one.room].code, one.day): one for one in found}


def priced(plan: object, intervention: int, room: int, day: int, start: int) -> Price:
    return price(load_week_problem(WEEK, plan), str(intervention), str(room), day, start)  # type: ignore[arg-type]


def rules(judged: Price | Target) -> list[str]:
    found = judged.violations if isinstance(judged, Price) else judged.reasons
    return [one.rule for one in found]


def test_a_lift_answers_every_room_and_day(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60)
    found = targets_of(make_plan(), item.pk)
    assert set(found) == {(room, day) for room in ("SO1", "SO2") for day in range(5)}
    assert found["SO1", 0].status == "free"
    assert (found["SO1", 0].start, found["SO1", 0].end, found["SO1", 0].delta) == (480, 540, -3000)


def test_a_later_day_costs_the_days_waited_when_it_is_already_planned(hospital: Hospital) -> None:
    plan = make_plan()
    item = make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital)
    found = targets_of(plan, item.pk)
    assert (found["SO1", 2].status, found["SO1", 2].delta) == ("cost", 600)
    assert (found["SO2", 0].status, found["SO2", 0].delta) == ("free", 0)
    _targets, to_list = lift(load_week_problem(WEEK, plan), str(item.pk))
    assert to_list == 3000


def test_the_best_start_is_after_the_previous_cleaning_and_when_the_surgeon_is_free(hospital: Hospital) -> None:
    plan = make_plan()
    place(plan, make_intervention(hospital.surgeons[1], 60), hospital)
    place(plan, make_intervention(hospital.surgeons[0], 90), hospital, room=1, start=560)
    found = targets_of(plan, make_intervention(hospital.surgeons[0], 60).pk)
    assert found["SO1", 0].start == 650
    assert found["SO2", 0].start == 480


def test_overtime_is_proposed_when_regular_hours_are_full(hospital: Hospital) -> None:
    plan = make_plan()
    place(plan, make_intervention(hospital.surgeons[1], 420), hospital)
    found = targets_of(plan, make_intervention(hospital.surgeons[0], 100, deadline_date=WEEK.days[0]).pk)
    assert found["SO1", 0].start == 920
    place(plan, make_intervention(hospital.surgeons[2], 130), hospital, start=920)
    found = targets_of(plan, make_intervention(hospital.surgeons[0], 100, deadline_date=WEEK.days[0]).pk)
    assert (found["SO1", 0].start, found["SO1", 0].overtime_minutes) == (1080, 100)
    assert found["SO1", 0].delta == pytest.approx(-3000 + 200 * 100 / 60)


def test_a_rule_is_named_with_its_figures(hospital: Hospital) -> None:
    Absence.objects.create(surgeon=hospital.surgeons[2], starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Congrès")
    plan = make_plan()
    loaded = load_week_problem(WEEK, plan)
    item = make_intervention(hospital.surgeons[2], 60)
    found = targets_of(plan, item.pk)
    assert rules(found["SO2", 0]) == ["slot_specialty"]
    assert rules(found["SO1", 1]) == ["surgeon_absent"]
    with translation.override("fr"):
        said = wording.sentence(loaded, found["SO1", 1].reasons[0])
    assert said == "Dr\u00a0Haddad est absent mar. 24 : Congrès"


def test_a_surgeon_busy_all_day_elsewhere_is_a_rule_and_not_a_price(hospital: Hospital) -> None:
    surgeon = hospital.surgeons[0]
    surgeon.daily_maximum_minutes = 1200
    surgeon.save()
    surgeon.availabilities.update(end_minute=1439)
    plan = make_plan()
    place(plan, make_intervention(surgeon, 580), hospital, room=1)
    found = targets_of(plan, make_intervention(surgeon, 370).pk)
    assert rules(found["SO1", 0]) == ["surgeon_overlap"]


def test_a_closed_room_and_a_day_without_slots_are_closed(hospital: Hospital) -> None:
    RoomClosure.objects.create(room=hospital.rooms[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Travaux")
    Slot.objects.filter(room=hospital.rooms[1], date=WEEK.days[2]).delete()
    item = make_intervention(hospital.surgeons[0])
    found = targets_of(make_plan(), item.pk)
    assert (found["SO1", 1].status, rules(found["SO1", 1])) == ("closed", ["room_closed"])
    assert (found["SO2", 2].status, rules(found["SO2", 2])) == ("closed", ["no_slot"])


def test_lifting_what_is_not_of_this_week_is_refused(hospital: Hospital) -> None:
    with pytest.raises(UnknownIntervention):
        lift(load_week_problem(WEEK, make_plan()), "999")


def test_a_price_pushes_those_that_follow(hospital: Hospital) -> None:
    plan = make_plan()
    first = make_intervention(hospital.surgeons[1], 60)
    place(plan, first, hospital)
    item = make_intervention(hospital.surgeons[0], 30)
    judged = priced(plan, item.pk, hospital.rooms[0].pk, 0, 490)
    assert (judged.status, judged.start, judged.end) == ("free", 480, 510)
    assert judged.shifts == {str(first.pk): (480, 530)}
    assert judged.delta.total == -3000
    after = priced(plan, item.pk, hospital.rooms[0].pk, 0, 530)
    assert (after.start, after.shifts) == (560, {})


def test_a_pin_is_not_pushed_and_the_overlap_is_said(hospital: Hospital) -> None:
    plan = make_plan()
    pinned = make_intervention(hospital.surgeons[1], 60)
    place(plan, pinned, hospital, pinned_by=hospital.director)
    judged = priced(plan, make_intervention(hospital.surgeons[0], 30).pk, hospital.rooms[0].pk, 0, 480)
    assert judged.shifts == {}
    assert rules(judged) == ["room_overlap"]


def test_a_pushed_intervention_that_leaves_its_slot_goes_to_the_next_one_at_its_price(hospital: Hospital) -> None:
    plan = make_plan()
    last = make_intervention(hospital.surgeons[1], 60)
    place(plan, last, hospital, start=1000)
    judged = priced(plan, make_intervention(hospital.surgeons[0], 60).pk, hospital.rooms[0].pk, 0, 1000)
    assert judged.shifts == {str(last.pk): (1000, 1080)}
    assert judged.delta.overtime == 200
    assert judged.status == "free"  # cheaper than leaving it out


def test_running_past_the_slot_breaks_a_rule(hospital: Hospital) -> None:
    judged = priced(make_plan(), make_intervention(hospital.surgeons[0], 90).pk, hospital.rooms[0].pk, 0, 1020)
    assert rules(judged) == ["outside_slot"]
    assert judged.overtime_minutes == 30


def test_the_surgeon_in_two_rooms_at_once_breaks_a_rule(hospital: Hospital) -> None:
    plan = make_plan()
    other = make_intervention(hospital.surgeons[0], 60)
    place(plan, other, hospital, room=1, start=480)
    judged = priced(plan, make_intervention(hospital.surgeons[0], 60).pk, hospital.rooms[0].pk, 0, 500)
    assert rules(judged) == ["surgeon_overlap"]
    assert judged.violations[0].facts["other"] == str(other.pk)


def test_a_full_slot_and_a_full_day_of_the_surgeon_break_rules(hospital: Hospital) -> None:
    plan = make_plan()
    place(plan, make_intervention(hospital.surgeons[0], 450), hospital)
    judged = priced(plan, make_intervention(hospital.surgeons[0], 120).pk, hospital.rooms[0].pk, 0, 960)
    assert rules(judged) == ["slot_capacity", "surgeon_day"]


def test_where_no_slot_is_an_exceptional_one_would_be_opened_over_the_gap(hospital: Hospital) -> None:
    Slot.objects.filter(room=hospital.rooms[1], date=WEEK.days[2], kind="overtime").delete()
    judged = priced(make_plan(), make_intervention(hospital.surgeons[0], 60).pk, hospital.rooms[1].pk, 2, 1100)
    assert rules(judged) == ["no_slot"]
    assert judged.opens_slot
    slot = judged.week.problem.slot_by_id[judged.slot]
    assert (slot.start, slot.end, slot.kind.value) == (1080, 1200, "overtime")
    assert judged.delta.overtime == 200


def test_a_closed_room_takes_what_is_forced_into_its_own_slot(hospital: Hospital) -> None:
    RoomClosure.objects.create(room=hospital.rooms[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Travaux")
    judged = priced(make_plan(), make_intervention(hospital.surgeons[0], 60).pk, hospital.rooms[0].pk, 1, 600)
    assert rules(judged) == ["room_closed"]
    assert not judged.opens_slot
    assert judged.delta.overtime == 0


@pytest.mark.parametrize(
    ("room", "day", "start", "why"),
    [
        (999, 0, 600, "room"),
        (None, 7, 600, "day"),
        (None, -1, 600, "day"),
        (None, 0, 470, "hours"),
        (None, 0, 1150, "hours"),
    ],
)
def test_the_physically_meaningless_is_refused(
    hospital: Hospital, room: int | None, day: int, start: int, why: str
) -> None:
    item = make_intervention(hospital.surgeons[0], 60)
    with pytest.raises(MeaninglessPlace) as caught:
        priced(make_plan(), item.pk, room or hospital.rooms[0].pk, day, start)
    assert caught.value.why == why


def test_pushing_somebody_past_the_closing_is_refused(hospital: Hospital) -> None:
    plan = make_plan()
    place(plan, make_intervention(hospital.surgeons[1], 110), hospital, start=1080)
    with pytest.raises(MeaninglessPlace) as caught:
        priced(plan, make_intervention(hospital.surgeons[0], 30).pk, hospital.rooms[0].pk, 0, 1080)
    assert caught.value.why == "push"


def test_judging_writes_nothing(hospital: Hospital) -> None:
    plan = make_plan()
    item = make_intervention(hospital.surgeons[0], 60)
    priced(plan, item.pk, hospital.rooms[0].pk, 0, 600)
    targets_of(plan, item.pk)
    plan.refresh_from_db()
    assert (Placement.objects.count(), plan.revision) == (0, 0)


def test_an_intervention_of_a_closed_specialty_may_be_dropped_with_a_reason_only(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[2], 60)
    hospital.ent.closed_on, hospital.ent.close_reason = WEEK.days[2], "Transfert"
    hospital.ent.save()
    plan = make_plan()

    before, after = (priced(plan, item.pk, hospital.rooms[0].pk, day, 480) for day in (1, 2))

    assert (rules(before), rules(after)) == ([], ["specialty_closed"])
    said = wording.sentence(after.week, after.violations[0])
    assert said == "La spécialité ORL est fermée depuis le 25 novembre 2026"


def short_day(hospital: Hospital) -> None:
    """Dr Martin operates from 8:00 to 12:00 on Mondays."""
    hospital.surgeons[0].availabilities.filter(weekday=0).update(start_minute=480, end_minute=720)


def test_a_drop_outside_the_surgeons_hours_is_a_remark_and_needs_no_reason(hospital: Hospital) -> None:
    short_day(hospital)
    item = make_intervention(hospital.surgeons[0], 60)
    plan = make_plan()

    inside, outside = (priced(plan, item.pk, hospital.rooms[0].pk, 0, start) for start in (660, 665))

    assert (rules(inside), inside.remarks, inside.status) == ([], (), "free")
    assert (rules(outside), [one.rule for one in outside.remarks]) == ([], ["outside_hours"])
    assert outside.status == "cost"
    said = wording.sentence(outside.week, outside.remarks[0])
    assert said == "De 11:05 à 12:05, hors des heures de Dr\u00a0Martin (08:00–12:00)"


def test_hours_made_strict_take_a_reason(hospital: Hospital) -> None:
    short_day(hospital)
    Site.objects.update(rule_levels={"surgeon_hours": "hard"})
    item = make_intervention(hospital.surgeons[0], 60)

    outside = priced(make_plan(), item.pk, hospital.rooms[0].pk, 0, 780)

    assert (rules(outside), outside.remarks, outside.status) == (["outside_hours"], (), "rule")


def test_a_lift_looks_for_a_place_within_the_surgeons_hours_first(hospital: Hospital) -> None:
    hospital.surgeons[0].availabilities.filter(weekday=0).update(start_minute=600, end_minute=720)
    item = make_intervention(hospital.surgeons[0], 60)

    found = targets_of(make_plan(), item.pk)

    assert (found["SO1", 0].start, found["SO1", 0].remarks) == (600, ())
    assert found["SO1", 1].start == 480


def test_a_soft_rule_is_remarked_with_its_cost(hospital: Hospital) -> None:
    Site.objects.update(rule_levels={"slot_specialty": "soft"}, rule_costs={"slot_specialty": 70})
    item = make_intervention(hospital.surgeons[2], 60)

    judged = priced(make_plan(), item.pk, hospital.rooms[1].pk, 0, 480)

    assert (rules(judged), [one.rule for one in judged.remarks]) == ([], ["slot_specialty"])
    assert (judged.delta.rules, judged.delta.total) == (70, -2930)


def avoid(surgeon: Surgeon, weekday: int, half: str, *, price: int = 0) -> None:
    SurgeonPreference.objects.create(surgeon=surgeon, weekday=weekday, half=half, wish="unwanted")
    Site.objects.update(rule_levels={"surgeon_wish": "soft"}, rule_costs={"surgeon_wish": price})


def test_a_lift_offers_the_half_of_the_day_that_the_surgeon_wants(hospital: Hospital) -> None:
    avoid(hospital.surgeons[0], 0, "morning", price=150)
    avoid(hospital.surgeons[0], 1, "morning", price=150)
    avoid(hospital.surgeons[0], 1, "afternoon", price=150)
    item = make_intervention(hospital.surgeons[0], 60)

    found = targets_of(make_plan(), item.pk)

    assert (found["SO1", 0].start, found["SO1", 0].remarks, found["SO1", 0].delta) == (780, (), -3000)
    assert [one.rule for one in found["SO1", 1].remarks] == ["surgeon_wish"]
    assert (found["SO1", 1].status, found["SO1", 1].delta) == ("cost", -3000 + 300 + 150)


def test_a_drop_in_a_half_day_to_avoid_is_remarked_in_words(hospital: Hospital) -> None:
    avoid(hospital.surgeons[0], 0, "morning")
    item = make_intervention(hospital.surgeons[0], 60)

    plan = make_plan()

    early, late = (priced(plan, item.pk, hospital.rooms[0].pk, 0, at) for at in (600, 780))

    assert (rules(early), [one.rule for one in early.remarks], early.status) == ([], ["unwanted_start"], "cost")
    said = wording.sentence(early.week, early.remarks[0])
    assert said == "Commence à 10:00 : Dr\u00a0Martin souhaite éviter lun. 23 matin"
    assert late.remarks == ()


def test_wishes_are_not_looked_at_until_a_site_prices_them(hospital: Hospital) -> None:
    avoid(hospital.surgeons[0], 0, "morning")
    Site.objects.update(rule_levels={})
    item = make_intervention(hospital.surgeons[0], 60)

    judged = priced(make_plan(), item.pk, hospital.rooms[0].pk, 0, 480)

    assert judged.status == "free"
    assert judged.week.problem.surgeon_by_id[str(hospital.surgeons[0].pk)].avoids is None


def test_a_push_leaves_each_its_own_cleaning(hospital: Hospital) -> None:
    Site.objects.update(turnover_minutes=20, specialty_turnover_minutes={str(hospital.ent.pk): 45})
    plan = make_plan()
    first, second = make_intervention(hospital.surgeons[2], 60), make_intervention(hospital.surgeons[0], 60)
    place(plan, second, hospital)

    judged = priced(plan, first.pk, hospital.rooms[0].pk, 0, 480)

    assert judged.shifts == {str(second.pk): (480, 585)}


def test_a_lift_waits_for_a_recovery_bed(hospital: Hospital) -> None:
    Site.objects.update(recovery_beds=1)
    plan = make_plan()
    place(plan, make_intervention(hospital.surgeons[0], 60, recovery_minutes=240), hospital)
    item = make_intervention(hospital.surgeons[1], 60)

    found = targets_of(plan, item.pk)["SO2", 0]

    assert (found.status, found.start, rules(found)) == ("free", 720, [])


def test_a_lift_waits_for_the_equipment_that_rooms_share(hospital: Hospital) -> None:
    arm = Equipment.objects.create(code="arm", name="Amplificateur", units=1)
    for room in hospital.rooms:
        room.equipment.add(arm)
    plan = make_plan()
    first, item = make_intervention(hospital.surgeons[0], 95), make_intervention(hospital.surgeons[1], 60)
    for one in (first, item):
        one.equipment.add(arm)
    place(plan, first, hospital)

    found = targets_of(plan, item.pk)["SO2", 0]

    assert (found.status, found.start) == ("free", 575)


def test_a_lift_says_that_the_recovery_room_would_be_full(hospital: Hospital) -> None:
    Site.objects.update(recovery_beds=1)
    plan = make_plan()
    place(plan, make_intervention(hospital.surgeons[0], 60, recovery_minutes=600), hospital)
    item = make_intervention(hospital.surgeons[1], 60)
    Slot.objects.filter(kind="overtime").delete()
    found = targets_of(plan, item.pk)
    assert (found["SO2", 0].status, rules(found["SO2", 0])) == ("rule", ["recovery_full"])
    assert found["SO2", 1].status == "free"


def test_a_drop_behind_an_adult_only_warns_of_a_child(hospital: Hospital) -> None:
    plan = make_plan()
    place(plan, make_intervention(hospital.surgeons[0], 60), hospital)
    child = make_intervention(hospital.surgeons[0], 60, child=True)
    judged = priced(plan, child.pk, hospital.rooms[0].pk, 0, 600)
    assert [one.rule for one in judged.remarks] == ["child_late"]
    assert judged.violations == ()
