"""The first places against the rules: each one offered can be taken, each day refused says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from planning.models import (
    Absence,
    Equipment,
    Intervention,
    Plan,
    Room,
    RoomClosure,
    Site,
    Slot,
    Surgeon,
    SurgeonAvailability,
)
from planning.selectors.evaluation import price
from planning.selectors.first_places import Asked, DayAnswer, FirstPlaces, Owner, Status, first_places
from planning.selectors.loaded import load_week_problem
from planning.selectors.request_words import places_answer
from planning.services.interventions import create_intervention
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_slot
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
SUNDAY = WEEK.monday - timedelta(days=1)


def asked(surgeon: Surgeon, minutes: int = 120, **changes: Any) -> Asked:
    values: dict[str, Any] = {"admission": SUNDAY - timedelta(days=1), "deadline": WEEK.days[4]}
    return Asked(surgeon, minutes, **(values | changes))


def days(found: FirstPlaces) -> Mapping[date, DayAnswer]:
    return {day.day: day for week in found.weeks for day in week.days}


def statuses(found: FirstPlaces) -> list[str]:
    return [day.status.value for day in found.weeks[0].days]


def test_an_empty_week_offers_each_morning(hospital: Hospital) -> None:
    found = first_places(asked(hospital.surgeons[0]), SUNDAY)

    assert statuses(found) == ["ok"] * 5
    first = found.first[0].place
    assert first is not None
    assert (first.room, first.start, first.end, first.owner) == ("SO1", 480, 600, Owner.ALL)
    assert [day.day for day in found.first] == list(WEEK.days[:3])


def test_what_waiting_costs_is_the_sites_price_a_day(hospital: Hospital) -> None:
    Site.objects.update(hospital_day_euros=250)
    found = first_places(asked(hospital.surgeons[0]), SUNDAY)

    places = [day.place for day in found.first]
    assert [(one.waited_days, one.cost) for one in places if one] == [(1, 250), (2, 500), (3, 750)]
    card = places_answer(found)["first"][1]
    assert card["cost_text"] == "2 jours d'attente : 500\u00a0€"


def test_a_taken_morning_gives_the_time_after_it_and_its_cleaning(hospital: Hospital) -> None:
    Site.objects.update(turnover_minutes=20)
    plan = make_plan("approved")
    for room in (0, 1):
        place(
            plan,
            make_intervention(hospital.surgeons[1 + room], 100, specialty=hospital.orthopaedics),
            hospital,
            room=room,
        )

    first = days(first_places(asked(hospital.surgeons[0]), SUNDAY))[WEEK.monday].place

    assert first is not None
    assert first.start == 480 + 100 + 20


def test_the_draft_counts_before_the_approved_version(hospital: Hospital) -> None:
    place(make_plan("approved"), make_intervention(hospital.surgeons[0], 300), hospital)
    place(make_plan("draft", 2), make_intervention(hospital.surgeons[0], 200), hospital)

    found = first_places(asked(hospital.surgeons[0]), SUNDAY)

    monday = days(found)[WEEK.monday].place
    assert (found.weeks[0].plan, monday and monday.start) == ("draft", 680)


def test_requests_that_wait_take_no_place_but_are_counted(hospital: Hospital) -> None:
    for _ in range(30):
        make_intervention(hospital.surgeons[0], 300)
    make_intervention(hospital.surgeons[0], 300, state="requested")
    make_intervention(hospital.surgeons[2], 300)

    found = first_places(asked(hospital.surgeons[0]), SUNDAY)

    assert (found.first[0].day, found.waiting) == (WEEK.monday, 30)
    assert "30 autres demandes de votre spécialité" in places_answer(found)["waiting_text"]


def test_a_full_day_says_so_and_the_evening_costs_its_overtime(hospital: Hospital) -> None:
    plan = make_plan("approved")
    for room in (0, 1):
        place(plan, make_intervention(hospital.surgeons[1], 540, specialty=hospital.orthopaedics), hospital, room=room)
    Site.objects.update(overtime_hour_euros=200)

    monday = days(first_places(asked(hospital.surgeons[0]), SUNDAY))[WEEK.monday]
    assert monday.place is not None
    assert (monday.status, monday.place.start, monday.place.overtime_minutes) == (Status.OVERTIME, 1080, 120)
    assert monday.place.overtime == 400

    full = days(first_places(asked(hospital.surgeons[0], 150), SUNDAY))[WEEK.monday]
    assert (full.status, full.left, full.place) == (Status.FULL, 60, None)


def test_a_day_says_why_it_is_not_possible(hospital: Hospital) -> None:
    surgeon, monday = hospital.surgeons[2], WEEK.monday
    Absence.objects.create(surgeon=surgeon, starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Congrès")
    SurgeonAvailability.objects.filter(surgeon=surgeon, weekday=2).delete()
    for room in hospital.rooms:
        RoomClosure.objects.create(room=room, starts_on=WEEK.days[3], ends_on=WEEK.days[3])
    Slot.objects.filter(date=WEEK.days[4], room=hospital.rooms[0]).update(specialty=hospital.orthopaedics)

    found = first_places(asked(surgeon, 60), SUNDAY)

    assert statuses(found) == ["ok", "absent", "off", "closed", "not_yours"]
    assert statuses(first_places(asked(surgeon, 60, admission=monday), SUNDAY))[0] == "early"
    assert statuses(first_places(asked(surgeon, 60, deadline=monday), SUNDAY))[4] == "late"
    assert statuses(first_places(asked(surgeon, 60), monday))[0] == "past"
    assert statuses(first_places(asked(surgeon, 601, deadline=WEEK.days[0]), SUNDAY))[0] == "too_long"


def test_missing_equipment_is_named(hospital: Hospital) -> None:
    Equipment.objects.create(code="robot", name="Robot")
    Room.objects.get(code="SO2").equipment.add(Equipment.objects.get(code="robot"))

    surgeon = hospital.surgeons[2]
    found = first_places(asked(surgeon, 60, equipment=frozenset({"robot"})), SUNDAY)

    monday = found.weeks[0].days[0]
    assert (monday.status, monday.missing) == (Status.EQUIPMENT, ("Robot",))
    own = first_places(asked(hospital.surgeons[0], 60, equipment=frozenset({"robot"})), SUNDAY).first[0].place
    assert own is not None
    assert own.room == "SO2"


def test_six_weeks_at_the_most_and_none_after_the_deadline(hospital: Hospital) -> None:
    surgeon = hospital.surgeons[0]
    assert len(first_places(asked(surgeon), SUNDAY).weeks) == 1
    assert len(first_places(asked(surgeon, deadline=WEEK.next.days[0]), SUNDAY).weeks) == 2
    assert len(first_places(asked(surgeon, deadline=date(2027, 12, 1)), SUNDAY).weeks) == 6
    assert first_places(asked(surgeon, deadline=SUNDAY - timedelta(days=30)), SUNDAY).first == ()


def test_each_place_offered_breaks_no_rule_when_it_is_taken(hospital: Hospital) -> None:
    """The same place, judged by the drop of the grid once the request is written."""
    Site.objects.update(turnover_minutes=15)
    plan = make_plan("draft")
    for day in range(3):
        for room in (0, 1):
            busy = make_intervention(hospital.surgeons[room], 90 + 100 * day, child=day == 0)
            place(plan, busy, hospital, room=room, day=day, start=510)
    wanted = asked(hospital.surgeons[0], 125, septic=True, recovery_minutes=90)
    found = first_places(wanted, SUNDAY)
    row = create_intervention(
        intervention=Intervention(
            patient_code="P-1", procedure_label="x", surgeon=wanted.surgeon, specialty=wanted.surgeon.specialty,
            planned_minutes=125, admission_date=wanted.admission, deadline_date=wanted.deadline, septic=True,
        ),
        equipment=[], user=hospital.director, now=NOW,
    )  # fmt: skip
    loaded = load_week_problem(WEEK, Plan.objects.get(pk=plan.pk))
    rooms = {room.code: str(room.pk) for room in hospital.rooms}

    assert len(found.possible) == 5
    for day in found.possible:
        assert day.place is not None
        judged = price(loaded, str(row.pk), rooms[day.place.room], (day.day - WEEK.monday).days, day.place.start)
        assert (judged.start, judged.violations, judged.shifts) == (day.place.start, (), {}), day
        assert judged.delta.hospital == day.place.hospital
        assert judged.delta.overtime == day.place.overtime


def test_nothing_of_another_patient_is_told(hospital: Hospital) -> None:
    plan = make_plan("approved")
    row = make_intervention(
        hospital.surgeons[0], 540, code="I-SECRET", patient_code="P-SECRET", procedure_label="Secrète"
    )
    place(plan, row, hospital)

    assert "ecret" not in repr(places_answer(first_places(asked(hospital.surgeons[0], 500), SUNDAY))).casefold()


@pytest.mark.parametrize("interventions", [1, 3])
def test_the_queries_depend_on_the_weeks_alone(
    interventions: int, hospital: Hospital, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    plan = make_plan("approved")
    for number in range(interventions):
        place(plan, make_intervention(hospital.surgeons[0], 60), hospital, start=480 + 60 * number)
    make_slot(WEEK.next.monday, hospital.rooms[0], 480, 1080)

    with django_assert_num_queries(23):
        first_places(replace(asked(hospital.surgeons[0]), deadline=WEEK.next.days[2]), SUNDAY)
