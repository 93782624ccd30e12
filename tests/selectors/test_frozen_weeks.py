"""What a comparison plans: which interventions count in which week, and in which slots."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import CharField
from django.db.models.functions import Cast

from planning.calendar import Week, at_minute
from planning.models import (
    Absence,
    Equipment,
    Intervention,
    MasterPlan,
    RoomClosure,
    Site,
    SlotPattern,
    Specialty,
    Surgeon,
    SurgeonAvailability,
    SurgeonPreference,
)
from planning.selectors.frozen_weeks import FrozenWeek, frozen_weeks
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.solver.problem import WeekProblem
from planning.solver.week_json import read_week, write_week
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_slot
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
State = Intervention.State
TODAY = WEEK.previous.days[4]


def freeze(first: Week = WEEK, last: Week | None = None, **options: Any) -> list[FrozenWeek]:
    return frozen_weeks(first=first.monday, last=(last or first).monday, today=TODAY, **options)


def codes(week: FrozenWeek) -> list[str]:
    return [item.id for item in week.problem.interventions]


def done(surgeon: Surgeon, day: date, **fields: Any) -> Intervention:
    entered = at_minute(day, 540)
    return make_intervention(
        surgeon, state=State.DONE, entered_at=entered, left_at=entered + timedelta(hours=1), **fields
    )


# --- Demand ------------------------------------------------------------------------------------------------------


def test_a_past_week_asks_for_what_was_done_in_it_with_its_planned_duration(hospital: Hospital) -> None:
    past = WEEK.previous.previous
    mine = done(hospital.surgeons[0], past.days[2], minutes=75)
    done(hospital.surgeons[0], past.previous.days[4])
    make_intervention(hospital.surgeons[0], state=State.CANCELLED, week=past)
    (week,) = freeze(past)
    assert codes(week) == [mine.code]
    assert week.problem.interventions[0].duration == 75


def test_an_intervention_done_on_sunday_night_counts_in_the_week_of_the_clock_on_the_wall(hospital: Hospital) -> None:
    past = WEEK.previous.previous
    item = done(hospital.surgeons[0], past.days[6])
    entered = at_minute(past.days[6], 23 * 60 + 50)
    Intervention.objects.filter(pk=item.pk).update(entered_at=entered, left_at=entered + timedelta(hours=1))
    assert [codes(week) for week in freeze(past, past.next)] == [[item.code], []]


def test_urgent_interventions_count_only_when_asked_for(hospital: Hospital) -> None:
    past = WEEK.previous.previous
    urgent = done(hospital.surgeons[0], past.days[1], priority=Intervention.Priority.URGENT)
    assert codes(freeze(past)[0]) == []
    assert codes(freeze(past, urgent=True)[0]) == [urgent.code]


def test_a_request_counts_in_the_first_coming_week_in_which_it_can_be_operated(hospital: Hospital) -> None:
    overdue = make_intervention(hospital.surgeons[0], week=WEEK.previous.previous)
    now = make_intervention(hospital.surgeons[0])
    friday = make_intervention(hospital.surgeons[0], admission_date=WEEK.days[4], deadline_date=WEEK.days[6])
    then = make_intervention(hospital.surgeons[0], week=WEEK.next)
    make_intervention(hospital.surgeons[0], state=State.REQUESTED)
    make_intervention(hospital.surgeons[0], state=State.CANCELLED)
    assert [codes(week) for week in freeze(WEEK, WEEK.next)] == [[overdue.code, now.code], [friday.code, then.code]]


def test_what_an_approved_version_plans_counts_in_its_week_and_nowhere_else(hospital: Hospital) -> None:
    planned = make_intervention(hospital.surgeons[0], state=State.PLANNED, week=WEEK.previous.previous)
    early = make_intervention(hospital.surgeons[0])
    approved = make_plan("approved")
    place(approved, planned, hospital)
    later = make_plan("approved", week=WEEK.next)
    place(later, early, hospital)
    assert [codes(week) for week in freeze(WEEK, WEEK.next)] == [[planned.code], [early.code]]


def test_pins_and_drafts_are_ignored(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0])
    place(make_plan("draft"), item, hospital, pinned_by=hospital.director)
    (week,) = freeze()
    assert codes(week) == [item.code]
    assert week.problem.interventions[0].pinned is None


def test_interventions_come_in_the_order_of_their_requests(hospital: Hospital) -> None:
    late = make_intervention(hospital.surgeons[0], requested_at=at_minute(date(2026, 11, 19), 600))
    early = make_intervention(hospital.surgeons[0], requested_at=at_minute(date(2026, 11, 2), 600))
    assert codes(freeze()[0]) == [early.code, late.code]


def test_a_grown_demand_has_copies_drawn_from_the_seed(hospital: Hospital) -> None:
    for _ in range(10):
        make_intervention(hospital.surgeons[0])
    plain = codes(freeze()[0])
    grown = codes(freeze(growth_percent=30, seed=4)[0])
    copies = [code for code in grown if code not in plain]
    assert len(grown) == 13
    assert all(code.removesuffix("+") in plain for code in copies)
    assert grown == codes(freeze(growth_percent=30, seed=4)[0])
    assert grown != codes(freeze(growth_percent=30, seed=5)[0])


# --- Slots -------------------------------------------------------------------------------------------------------


def pattern(hospital: Hospital, **plan: Any) -> MasterPlan:
    """Mondays in SO1, 8:00 to 12:00."""
    values: dict[str, Any] = {"name": "Plan", "valid_from": date(2026, 10, 5)}
    master = MasterPlan.objects.create(**(values | plan))
    SlotPattern.objects.create(
        master_plan=master, weekday=0, room=hospital.rooms[0], start_minute=480, end_minute=720,
        specialty=hospital.orthopaedics,
    )  # fmt: skip
    return master


def test_a_week_keeps_its_own_slots(hospital: Hospital) -> None:
    pattern(hospital)
    (week,) = freeze()
    assert (week.slots_from, len(week.problem.slots)) == ("dated", 20)
    assert {slot.specialty for slot in week.problem.slots} == {None, "ORT"}


def test_a_week_without_slots_takes_those_of_the_master_plan_in_force(hospital: Hospital) -> None:
    pattern(hospital)
    (week,) = freeze(WEEK.next)
    (slot,) = week.problem.slots
    assert (week.slots_from, slot.room, slot.day, slot.length, slot.specialty) == ("pattern", "SO1", 0, 240, "ORT")
    assert slot.id == "2026-11-30 SO1 08:00"


def test_a_week_before_every_master_plan_takes_the_first_one(hospital: Hospital) -> None:
    pattern(hospital, name="Second", valid_from=date(2026, 11, 2))
    pattern(hospital, valid_until=date(2026, 11, 1))
    (week,) = freeze(Week.parse("2025-W10"))
    assert (week.slots_from, len(week.problem.slots)) == ("pattern", 1)


def test_a_chosen_master_plan_replaces_every_week_s_slots(hospital: Hospital) -> None:
    chosen = pattern(hospital)
    (week,) = freeze(master_plan=chosen.pk)
    assert (week.slots_from, len(week.problem.slots)) == ("pattern", 1)


def test_a_draft_of_a_master_plan_gives_no_week_its_slots_unless_it_is_chosen(hospital: Hospital) -> None:
    draft = pattern(hospital, status="draft")
    assert freeze(WEEK.next)[0].slots_from == "none"
    assert freeze(WEEK.next, master_plan=draft.pk)[0].slots_from == "pattern"


def test_a_week_that_nothing_gives_slots_says_so(hospital: Hospital) -> None:
    (week,) = freeze(WEEK.next)
    assert (week.slots_from, week.problem.slots) == ("none", ())


def test_closed_rooms_and_absent_surgeons_stay_so(hospital: Hospital) -> None:
    RoomClosure.objects.create(
        room=hospital.rooms[0], starts_on=WEEK.days[1], ends_on=WEEK.days[2], reason="Maintenance"
    )
    Absence.objects.create(
        surgeon=hospital.surgeons[0], starts_on=WEEK.days[4], ends_on=WEEK.next.days[1], reason="Congrès"
    )
    (week,) = freeze()
    assert sorted({slot.day for slot in week.problem.slots if slot.room == "SO1"}) == [0, 3, 4]
    assert week.opening_minutes == {"SO1": 3 * 720, "SO2": 5 * 720}
    assert [minutes > 0 for minutes in week.problem.surgeon_by_id["S1"].daily_minutes] == [True] * 4 + [False] * 3


def test_a_slot_opened_by_exception_is_nobody_s_to_plan_in(hospital: Hospital) -> None:
    make_slot(WEEK.days[5], hospital.rooms[0], 480, 720)
    hospital.rooms[0].slots.filter(date=WEEK.days[5]).update(origin="exception")
    assert all(slot.day < 5 for slot in freeze()[0].problem.slots)


def test_whoever_left_operated_in_the_weeks_that_are_over(hospital: Hospital) -> None:
    Surgeon.objects.filter(code="S1").update(active=False)
    past, coming = freeze(WEEK.previous.previous), freeze()
    assert sum(past[0].problem.surgeon_by_id["S1"].daily_minutes) > 0
    assert sum(coming[0].problem.surgeon_by_id["S1"].daily_minutes) == 0


def test_a_hundred_weeks_are_read_in_as_many_queries_as_one(
    hospital: Hospital, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        make_intervention(hospital.surgeons[0])
    pattern(hospital)
    with django_assert_max_num_queries(14):
        weeks = freeze(Week.parse("2025-W01"), WEEK)
    assert len(weeks) == 100


# --- The same week as the planner's ------------------------------------------------------------------------------


def named(loaded: LoadedWeek) -> WeekProblem:
    """The planner's week with codes for ids, as a comparison keeps it."""
    problem = loaded.problem
    rooms = {key: row.code for key, row in loaded.rooms.items()}
    surgeons = dict(Surgeon.objects.annotate(key=Cast("pk", CharField())).values_list("key", "code"))
    specialties = {key: row.code for key, row in loaded.specialties.items()}
    slots = {
        slot.id: f"{loaded.week.days[slot.day]} {rooms[slot.room]} {slot.start // 60:02d}:{slot.start % 60:02d}"
        for slot in problem.slots
    }
    return replace(
        problem,
        rooms=tuple(replace(one, id=rooms[one.id]) for one in problem.rooms),
        surgeons=tuple(
            replace(one, id=surgeons[one.id], specialty=specialties[one.specialty]) for one in problem.surgeons
        ),
        slots=tuple(
            replace(
                one,
                id=slots[one.id],
                room=rooms[one.room],
                specialty=specialties.get(one.specialty or ""),
                surgeon=surgeons.get(one.surgeon or ""),
            )
            for one in problem.slots
        ),
        interventions=tuple(
            replace(
                one,
                id=loaded.interventions[one.id].code,
                surgeon=surgeons[one.surgeon],
                specialty=specialties[one.specialty],
            )
            for one in problem.interventions
        ),
    )


def test_a_comparison_counts_a_week_as_its_planner_does_whatever_the_hospital_has_set(hospital: Hospital) -> None:
    martin, durand, haddad = hospital.surgeons
    Site.objects.update(
        overtime_hour_euros=180,
        weekday_overtime_euros=[210, None, None, None, 260, 400, 400],
        late_overtime_euros=[300, None, 320, None, None, None, None],
        late_from_minute=1140,
        turnover_minutes=15,
        specialty_turnover_minutes={str(hospital.ent.pk): 35},
        most_positions=3,
        longest_overtime_minutes=90,
        most_surgeon_minutes=400,
        recovery_beds=4,
        rule_levels={"deadline": "soft", "slot_specialty": "soft", "surgeon_hours": "hard", "surgeon_wish": "soft"},
        rule_costs={"deadline": 120, "slot_specialty": 80, "surgeon_wish": 60},
    )
    SurgeonPreference.objects.create(surgeon=durand, weekday=1, half="morning", wish="unwanted")
    SurgeonPreference.objects.create(surgeon=durand, weekday=2, half="morning", wish="preferred")
    Specialty.objects.filter(pk=hospital.ent.pk).update(closed_on=WEEK.days[3], close_reason="Grève")
    SurgeonAvailability.objects.filter(surgeon=durand).update(start_minute=540, end_minute=900)
    Absence.objects.create(surgeon=martin, starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Congrès")
    RoomClosure.objects.create(room=hospital.rooms[0], starts_on=WEEK.days[2], ends_on=WEEK.days[2], reason="Travaux")
    make_slot(WEEK.days[5], hospital.rooms[0], 480, 720, kind="reserve")
    make_slot(WEEK.days[5], hospital.rooms[1], 480, 720, surgeon=haddad)
    microscope = Equipment.objects.get()
    Equipment.objects.update(units=1)
    for number, priority in enumerate(Intervention.Priority.values):
        later = WEEK.monday + timedelta(days=20)
        make_intervention(martin, 60, priority=priority, septic=True, requested_at=NOW - timedelta(days=number))
        make_intervention(durand, 75, priority=priority, deadline_date=later, ambulatory=True)
        make_intervention(haddad, 45, child=True, deadline_date=WEEK.days[number]).equipment.add(microscope)

    (week,) = freeze()

    avoids = [sorted(halves) for halves in week.problem.surgeon_by_id["S2"].avoids or ()]
    assert avoids == [[], ["morning"], [], [], [], [], []]
    assert week.problem == named(load_week_problem(WEEK, None, "surgeon"))
    assert read_week(json.dumps(write_week(week.problem))) == week.problem


def test_what_a_later_week_may_plan_tells_what_leaving_it_out_then_costs(hospital: Hospital) -> None:
    later = WEEK.monday + timedelta(days=9)
    soon = make_intervention(hospital.surgeons[0])
    usual = make_intervention(hospital.surgeons[0], deadline_date=later)
    pressing = make_intervention(hospital.surgeons[0], deadline_date=later, priority="expedited")
    (week,) = freeze()
    assert soon.code not in week.late_costs
    assert week.late_costs == {usual.code: 3000, pressing.code: 4500}
