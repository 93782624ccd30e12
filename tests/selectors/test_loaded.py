"""Rows become the planner's problem."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planning.calendar import at_minute
from planning.models import Absence, Intervention, Placement, Plan, RoomClosure, Site, Slot
from planning.selectors import weeks
from planning.services.translate import load_week_problem, placement_rows
from planning.solver.problem import ProblemError
from planning.solver.solve import solve
from tests.factories.hospital import NOW, WEEK, make_intervention, make_slot, small_hospital
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


def draft(**fields: object) -> Plan:
    values = {"monday": WEEK.monday, "number": 1, "status": "draft", "policy": "specialty", "created_at": NOW}
    return Plan.objects.create(**(values | fields))


def test_a_week_without_a_plan_holds_its_candidates_and_nothing_placed() -> None:
    hospital = small_hospital()
    item = make_intervention(hospital.surgeons[0], 60)
    loaded = load_week_problem(WEEK, None)
    [found] = loaded.problem.interventions
    assert (found.id, found.duration, found.admission_day, found.deadline_day) == (str(item.pk), 60, -1, 4)
    assert found.unplanned_cost == 3000
    assert loaded.assignments == {}
    assert len(loaded.problem.slots) == 20
    assert {slot.day for slot in loaded.problem.slots} == {0, 1, 2, 3, 4}


def test_a_deadline_after_the_week_costs_less_to_leave_out_and_a_past_one_counts_as_the_last_day() -> None:
    hospital = small_hospital()
    later = make_intervention(hospital.surgeons[0], deadline_date=WEEK.monday + timedelta(days=20))
    late = make_intervention(
        hospital.surgeons[0],
        admission_date=WEEK.monday - timedelta(days=20),
        deadline_date=WEEK.monday - timedelta(days=3),
    )
    loaded = load_week_problem(WEEK, None)
    found = loaded.problem.intervention_by_id
    assert (found[str(later.pk)].unplanned_cost, found[str(later.pk)].deadline_day) == (600, 20)
    assert (found[str(late.pk)].unplanned_cost, found[str(late.pk)].deadline_day) == (3000, 6)
    assert loaded.is_overdue(loaded.interventions[str(late.pk)])


def test_requests_not_yet_accepted_and_those_placed_in_another_week_stay_out() -> None:
    hospital = small_hospital()
    make_intervention(hospital.surgeons[0], state="requested")
    elsewhere = make_intervention(hospital.surgeons[0])
    slot = make_slot(WEEK.next.monday, hospital.rooms[0], 480, 1080)
    other = draft(monday=WEEK.next.monday)
    Placement.objects.create(
        plan=other, intervention=elsewhere, slot=slot, starts_at=slot.starts_at, minutes=elsewhere.planned_minutes
    )
    make_intervention(hospital.surgeons[0], admission_date=WEEK.days[4], deadline_date=WEEK.next.days[4])
    assert load_week_problem(WEEK, None).problem.interventions == ()


def test_an_absent_surgeon_has_no_minutes_and_the_absence_says_why() -> None:
    hospital = small_hospital()
    Absence.objects.create(surgeon=hospital.surgeons[0], starts_on=WEEK.days[1], ends_on=WEEK.days[2], reason="Congrès")
    loaded = load_week_problem(WEEK, None)
    key = str(hospital.surgeons[0].pk)
    assert loaded.problem.surgeon_by_id[key].daily_minutes == (480, 0, 0, 480, 480, 0, 0)
    assert loaded.surgeon_days[key][1].reason == "Congrès"
    assert loaded.surgeon_days[key][6].reason is None


def test_the_slots_of_a_closed_room_are_left_out_unless_the_plan_uses_them() -> None:
    hospital = small_hospital()
    RoomClosure.objects.create(room=hospital.rooms[0], starts_on=WEEK.monday, ends_on=WEEK.monday, reason="Travaux")
    assert len(load_week_problem(WEEK, None).problem.slots) == 18
    item = make_intervention(hospital.surgeons[0])
    slot = hospital.rooms[0].slots.order_by("starts_at")[0]
    plan = draft()
    Placement.objects.create(
        plan=plan, intervention=item, slot=slot, starts_at=slot.starts_at, minutes=90,
        pinned_by=hospital.director, pinned_at=NOW, pin_reason="Salle rouverte",
    )  # fmt: skip
    loaded = load_week_problem(WEEK, plan)
    kept = loaded.problem.slot_by_id[str(slot.pk)]
    assert kept.positions == 1
    assert loaded.problem.intervention_by_id[str(item.pk)].pinned == str(slot.pk)
    assert loaded.problem.intervention_by_id[str(item.pk)].pinned_start == 480


def test_a_pin_and_its_reason_follow_the_placement_into_a_new_version() -> None:
    hospital = small_hospital()
    item = make_intervention(hospital.surgeons[0])
    slot = hospital.rooms[1].slots.order_by("starts_at")[0]
    plan = draft()
    Placement.objects.create(
        plan=plan, intervention=item, slot=slot, starts_at=at_minute(WEEK.monday, 600), minutes=90,
        pinned_by=hospital.director, pinned_at=NOW, pin_reason="Anesthésiste",
    )  # fmt: skip
    loaded = load_week_problem(WEEK, plan)
    [row] = placement_rows(loaded, plan, loaded.assignments, loaded.starts)
    assert row.starts_at == at_minute(WEEK.monday, 600)
    assert (row.pinned_by_id, row.pin_reason) == (hospital.director.pk, "Anesthésiste")
    [bare] = placement_rows(loaded, plan, loaded.assignments, loaded.starts, pins=False)
    assert bare.pinned_by_id is None


def test_the_digest_ignores_pins_and_changes_with_the_costs() -> None:
    hospital = small_hospital()
    item = make_intervention(hospital.surgeons[0])
    before = load_week_problem(WEEK, None).digest
    slot = hospital.rooms[1].slots.order_by("starts_at")[0]
    plan = draft()
    Placement.objects.create(
        plan=plan,
        intervention=item,
        slot=slot,
        starts_at=slot.starts_at,
        minutes=90,
        pinned_by=hospital.director,
        pinned_at=NOW,
    )
    assert load_week_problem(WEEK, plan).digest == before
    Site.objects.update(hospital_day_euros=111)
    assert load_week_problem(WEEK, plan).digest != before


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_number_of_queries_does_not_grow_with_the_week(count: int, django_assert_num_queries: Any) -> None:
    hospital = small_hospital()
    for _ in range(count):
        make_intervention(hospital.surgeons[0], 30)
    with django_assert_num_queries(12):
        load_week_problem(WEEK, None)


def test_a_policy_decides_whose_the_slots_are_and_an_unknown_one_is_refused() -> None:
    hospital = small_hospital()
    owned = hospital.rooms[1].slots.order_by("starts_at")[0]
    assert load_week_problem(WEEK, None, "open").problem.slot_by_id[str(owned.pk)].specialty is None
    assert load_week_problem(WEEK, None).problem.slot_by_id[str(owned.pk)].specialty == str(hospital.orthopaedics.pk)
    with pytest.raises(ProblemError, match="policy: 'magic'"):
        load_week_problem(WEEK, None, "magic")


def test_what_the_approved_version_holds_can_be_planned_again_and_what_is_done_cannot() -> None:
    hospital = small_hospital()
    planned, done = (make_intervention(hospital.surgeons[0]) for _ in range(2))
    approved = make_plan("approved")
    for item in (planned, done):
        place(approved, item, hospital)
    Intervention.objects.filter(pk=planned.pk).update(state="planned")
    Intervention.objects.filter(pk=done.pk).update(state="done")
    assert list(load_week_problem(WEEK, make_plan(number=2)).interventions) == [str(planned.pk)]
    assert set(load_week_problem(WEEK, approved).interventions) == {str(planned.pk), str(done.pk)}


def test_an_approved_version_keeps_the_durations_it_was_approved_with() -> None:
    hospital = small_hospital()
    item = make_intervention(hospital.surgeons[0], 60)
    approved = make_plan("approved")
    place(approved, item, hospital)
    Intervention.objects.update(planned_minutes=90)
    assert load_week_problem(WEEK, approved).problem.interventions[0].duration == 60
    assert load_week_problem(WEEK, make_plan(number=2)).problem.interventions[0].duration == 90


@pytest.mark.parametrize(("days", "closed_from"), [(2, 2), (-30, 0), (9, 9)])
def test_interventions_of_a_closed_specialty_know_the_first_day_that_is_closed(days: int, closed_from: int) -> None:
    hospital = small_hospital()
    closing, staying = make_intervention(hospital.surgeons[2]), make_intervention(hospital.surgeons[0])
    hospital.ent.closed_on, hospital.ent.close_reason = WEEK.monday + timedelta(days=days), "Transfert"
    hospital.ent.save()

    found = load_week_problem(WEEK, None).problem.intervention_by_id

    assert (found[str(closing.pk)].closed_from, found[str(staying.pk)].closed_from) == (closed_from, None)


def test_a_slot_kept_for_urgent_cases_is_shown_and_filled_by_nobody_but_a_person() -> None:
    hospital = small_hospital()
    kept = hospital.rooms[0].slots.get(date=WEEK.days[0], kind="regular")
    Slot.objects.filter(pk=kept.pk).update(kind="reserve")
    plan = make_plan()

    loaded = load_week_problem(WEEK, plan)
    assert (str(kept.pk) in loaded.slots, str(kept.pk) in loaded.hidden) == (False, True)
    shown = weeks.grid(WEEK, hospital.director, [plan], plan)["slots"]
    assert [one["kind"] for one in shown if one["id"] == kept.pk] == ["reserve"]

    place(plan, make_intervention(hospital.surgeons[0]), hospital)
    slot = load_week_problem(WEEK, plan).problem.slot_by_id[str(kept.pk)]
    assert (slot.positions, slot.kind.value) == (1, "regular"), "for what a person put there"


def test_first_come_first_served_goes_by_the_day_of_the_request_and_not_by_the_deadline() -> None:
    """The latest to ask has the nearest deadline: the planner's list and the served order are those of arrival."""
    hospital = small_hospital()
    martin = hospital.surgeons[0]
    last = make_intervention(martin, 200, deadline_date=WEEK.days[0])
    second = make_intervention(martin, 200, requested_at=NOW - timedelta(days=2))
    first = make_intervention(martin, 200, requested_at=NOW - timedelta(days=3), deadline_date=WEEK.days[6])
    loaded = load_week_problem(WEEK, None, "specialty-fcfs")

    assert [item.id for item in loaded.problem.interventions] == [str(one.pk) for one in (first, second, last)]
    # 480 minutes a day: the two that asked first fill Monday, and the third can only be operated that day.
    result = solve(loaded.problem, method="first-come")
    assert [loaded.problem.slot_by_id[slot].day for slot in result.assignments.values()] == [0, 0]
    assert result.unplanned == (str(last.pk),)
    assert list(loaded.interventions) == [str(one.pk) for one in (last, second, first)]
