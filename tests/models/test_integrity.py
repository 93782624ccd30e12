"""What the database itself refuses, whoever writes."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from planning.calendar import at_minute
from planning.models import Placement, Plan, PlanningRun, Slot, Specialty
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_slot

pytestmark = pytest.mark.django_db


def make_plan(number: int, status: str) -> Plan:
    return Plan.objects.create(monday=WEEK.monday, number=number, status=status, policy="open", created_at=NOW)


def place(plan: Plan, hospital: Hospital, **fields: object) -> Placement:
    slot = Slot.objects.filter(room=hospital.rooms[1]).first()
    assert slot is not None
    values: dict[str, object] = {
        "plan": plan,
        "intervention": make_intervention(hospital.surgeons[0]),
        "slot": slot,
        "starts_at": slot.starts_at,
        "minutes": 90,
    }
    return Placement.objects.create(**(values | fields))


def test_slots_of_one_room_never_overlap(hospital: Hospital) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_slot(WEEK.monday, hospital.rooms[0], 1050, 1100)


def test_a_slot_cannot_be_stretched_over_its_neighbour(hospital: Hospital) -> None:
    regular = Slot.objects.get(room=hospital.rooms[0], date=WEEK.monday, kind="regular")
    regular.ends_at = at_minute(WEEK.monday, 1090)
    with pytest.raises(IntegrityError), transaction.atomic():
        regular.save()


def test_slots_may_touch_and_rooms_are_independent(hospital: Hospital) -> None:
    saturday = WEEK.monday + timedelta(days=5)
    for room in hospital.rooms:
        make_slot(saturday, room, 480, 720)
        make_slot(saturday, room, 720, 900)
    assert Slot.objects.filter(date=saturday).count() == 4


def test_a_week_has_one_draft_and_one_approved_version(hospital: Hospital) -> None:
    for status in ("draft", "approved"):
        make_plan(1 if status == "draft" else 2, status)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_plan(3, status)


def test_a_plan_starts_on_a_monday(hospital: Hospital) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.create(
            monday=WEEK.monday + timedelta(days=1), number=1, status="draft", policy="open", created_at=NOW
        )


def test_a_week_has_one_active_run(hospital: Hospital) -> None:
    def request(state: str) -> PlanningRun:
        return PlanningRun.objects.create(
            monday=WEEK.monday,
            state=state,
            policy="open",
            time_limit_seconds=5,
            requested_by=hospital.director,
            requested_at=NOW,
        )

    request("done")
    request("queued")
    with pytest.raises(IntegrityError), transaction.atomic():
        request("running")


def test_an_approved_placement_never_changes_and_none_is_added(hospital: Hospital) -> None:
    plan = make_plan(1, "draft")
    placement = place(plan, hospital)
    Plan.objects.filter(pk=plan.pk).update(status="approved")
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.filter(pk=placement.pk).update(minutes=10)
    with pytest.raises(IntegrityError), transaction.atomic():
        place(plan, hospital)


def test_an_intervention_is_placed_once_a_plan(hospital: Hospital) -> None:
    plan = make_plan(1, "draft")
    placement = place(plan, hospital)
    with pytest.raises(IntegrityError), transaction.atomic():
        place(plan, hospital, intervention=placement.intervention)


def test_a_pin_says_who_and_when_and_a_forced_placement_why(hospital: Hospital) -> None:
    plan = make_plan(1, "draft")
    with pytest.raises(IntegrityError), transaction.atomic():
        place(plan, hospital, pinned_by=hospital.director)
    with pytest.raises(IntegrityError), transaction.atomic():
        place(plan, hospital, forced=True)


def test_dates_and_durations_make_sense(hospital: Hospital) -> None:
    surgeon = hospital.surgeons[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        make_intervention(surgeon, minutes=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_intervention(surgeon, deadline_date=WEEK.monday - timedelta(days=1))


@pytest.mark.parametrize(("closed_on", "reason"), [(WEEK.monday, ""), (None, "Transfert")])
def test_a_closed_specialty_has_a_day_and_a_reason(closed_on: date | None, reason: str, hospital: Hospital) -> None:
    rows = Specialty.objects.filter(pk=hospital.ent.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(closed_on=closed_on, close_reason=reason)
