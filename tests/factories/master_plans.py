"""A master plan of the tiny hospital, and some weeks of activity to propose another one from."""

from __future__ import annotations

from datetime import date, timedelta

from planning.calendar import Week, at_minute
from planning.models import Intervention, MasterPlan, Room, SlotPattern, Specialty, Surgeon
from tests.factories.hospital import WEEK, Hospital, make_intervention

START = WEEK.next.next
TODAY = WEEK.monday - timedelta(days=1)


def make_pattern(
    plan: MasterPlan, room: Room, weekday: int, start: int, end: int, *, specialty: Specialty | None = None,
    surgeon: Surgeon | None = None, kind: str = "regular", week: int = 1, pinned: bool = False,
) -> SlotPattern:  # fmt: skip
    return SlotPattern.objects.create(
        master_plan=plan, room=room, weekday=weekday, start_minute=start, end_minute=end, specialty=specialty,
        surgeon=surgeon, kind=kind, cycle_week=week, pinned=pinned,
    )  # fmt: skip


def current_plan(hospital: Hospital, *, start: date = date(2026, 1, 5)) -> MasterPlan:
    """SO1 to ORT and SO2 to ORL, all day from Monday to Thursday, two hours of overtime after each."""
    plan = MasterPlan.objects.create(name="Plan 2026", valid_from=start)
    for weekday in range(4):
        for room, owner in zip(hospital.rooms, (hospital.orthopaedics, hospital.ent), strict=True):
            make_pattern(plan, room, weekday, 480, 1080, specialty=owner)
            make_pattern(plan, room, weekday, 1080, 1200, specialty=owner, kind="overtime")
    return plan


def operate(
    hospital: Hospital, surgeon: Surgeon, day: date, start: int, minutes: int, **fields: object
) -> Intervention:
    """Done on ``day`` in SO1, from ``start`` on."""
    values: dict[str, object] = {"state": "done", "actual_room": hospital.rooms[0]} | fields
    return make_intervention(
        surgeon, minutes, week=Week.of(day), entered_at=at_minute(day, start), left_at=at_minute(day, start + minutes),
        **values,
    )  # fmt: skip


def some_activity(hospital: Hospital, *, weeks: int = 4) -> tuple[date, date]:
    """Each week ORT 20 hours and ORL 40 hours; the first and last days of the period."""
    first = WEEK.monday - timedelta(weeks=weeks)
    for number in range(weeks):
        for weekday in range(4):
            day = first + timedelta(weeks=number, days=weekday)
            operate(hospital, hospital.surgeons[0], day, 480, 300)
            operate(hospital, hospital.surgeons[2], day, 480, 600, actual_room=hospital.rooms[1])
    return first, WEEK.monday - timedelta(days=1)
