"""The recovery room's load by day as the grid draws it, and the hospital's beds and shared equipment in the problem."""

from __future__ import annotations

import pytest

from planning.models import Equipment, Plan, Site
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.recovery import recovery_load
from planning.selectors.warnings import warnings_by_intervention
from tests.factories.hospital import WEEK, make_intervention, small_hospital
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


def two_at_once(*, beds: int | None) -> tuple[Plan, LoadedWeek]:
    """Two hours in each of two rooms from 8:00 on, then an hour and a half in the recovery room."""
    hospital = small_hospital()
    Site.objects.update_or_create(pk=1, defaults={"recovery_beds": beds})
    plan = make_plan()
    for room in (0, 1):
        place(plan, make_intervention(hospital.surgeons[room], 120, recovery_minutes=90), hospital, room=room)
    return plan, load_week_problem(WEEK, plan)


def test_the_load_counts_who_waits_in_the_room_for_a_bed() -> None:
    _plan, loaded = two_at_once(beds=1)
    load = recovery_load(loaded, loaded.assignments, loaded.starts)
    monday = load["days"][WEEK.monday.isoformat()]
    assert load["beds"] == 1
    assert monday == {"steps": [[600, 2], [690, 1], [780, 0]], "held": 1, "held_minutes": 90}


def test_without_a_number_of_beds_there_are_one_and_a_half_a_room() -> None:
    _plan, loaded = two_at_once(beds=None)
    load = recovery_load(loaded, loaded.assignments, loaded.starts)
    assert load["beds"] == 3 * len([room for room in loaded.rooms.values() if room.in_service]) // 2
    assert load["days"][WEEK.monday.isoformat()]["held"] == 0


def test_a_full_recovery_room_is_a_conflict_of_who_waits() -> None:
    _plan, loaded = two_at_once(beds=1)
    found = warnings_by_intervention(loaded, loaded.assignments, loaded.starts)
    assert [[one.rule for one in violations] for violations in found.values()] == [["recovery_full"]]


def test_children_and_day_patients_who_come_late_are_no_conflict() -> None:
    hospital = small_hospital()
    plan = make_plan()
    surgeon = hospital.surgeons[0]
    place(plan, make_intervention(surgeon, 60), hospital)
    place(plan, make_intervention(surgeon, 60, child=True), hospital, start=600)
    loaded = load_week_problem(WEEK, plan)
    assert warnings_by_intervention(loaded, loaded.assignments, loaded.starts) == {}


def test_only_equipment_with_a_number_of_units_is_counted() -> None:
    hospital = small_hospital()
    item = make_intervention(hospital.surgeons[0])
    arm = Equipment.objects.create(code="arm", name="Amplificateur", units=2)
    table = Equipment.objects.create(code="table", name="Table")
    item.equipment.set([arm, table])
    assert load_week_problem(WEEK, None).problem.equipment_units == {"arm": 2}
