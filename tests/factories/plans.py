"""Versions of the small hospital's week, and placements in them."""

from __future__ import annotations

from planning.calendar import Week, at_minute
from planning.models import Intervention, Placement, Plan, User
from tests.factories.hospital import NOW, WEEK, Hospital


def make_plan(status: str = "draft", number: int = 1, *, week: Week = WEEK, **fields: object) -> Plan:
    values: dict[str, object] = {
        "monday": week.monday, "number": number, "status": status, "policy": "specialty", "created_at": NOW
    }  # fmt: skip
    return Plan.objects.create(**(values | fields))


def place(
    plan: Plan,
    item: Intervention,
    hospital: Hospital,
    *,
    room: int = 0,
    day: int = 0,
    start: int = 480,
    pinned_by: User | None = None,
    **fields: object,
) -> Placement:
    """In the room's regular slot of the day, or in its overtime slot from 18:00 on, whatever the plan's status."""
    slots = hospital.rooms[room].slots.filter(date=WEEK.days[day]).order_by("starts_at")
    slot = slots[0] if start < 1080 else slots[1]
    # The database lets nobody write in a decided version: fill it first, decide it then.
    Plan.objects.filter(pk=plan.pk).update(status="proposed")
    made = Placement.objects.create(
        plan=plan,
        intervention=item,
        slot=slot,
        starts_at=at_minute(slot.date, start),
        minutes=item.planned_minutes,
        pinned_by=pinned_by,
        pinned_at=NOW if pinned_by else None,
        **fields,
    )
    Plan.objects.filter(pk=plan.pk).update(status=plan.status)
    return made
