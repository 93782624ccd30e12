"""The master plan's own slots. What it writes in each week: services/slots.py."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from planning.models import MasterPlan, SlotPattern
from planning.services.week_slots import SlotRefused, SlotValues, clock_text, overlap_text


@transaction.atomic
def save_pattern(
    *, pattern: SlotPattern | None, master_plan: MasterPlan, cycle_week: int, weekday: int, values: SlotValues
) -> SlotPattern:
    """Add a slot to the pattern, or change one. Raises ``SlotRefused`` when it overlaps another of the same room-day.

    The date of ``values`` is not used: a pattern has a weekday.
    """
    others = SlotPattern.objects.filter(
        master_plan=master_plan, cycle_week=cycle_week, weekday=weekday, room=values.room,
        start_minute__lt=values.end_minute, end_minute__gt=values.start_minute,
    )  # fmt: skip
    if pattern is not None:
        others = others.exclude(pk=pattern.pk)
    if others.exists():
        spans = ", ".join(f"{clock_text(one.start_minute)}–{clock_text(one.end_minute)}" for one in others)
        raise SlotRefused(overlap_text(values.room, spans), "start_minute")
    row = pattern or SlotPattern(master_plan=master_plan)
    row.cycle_week, row.weekday, row.room = cycle_week, weekday, values.room
    row.start_minute, row.end_minute, row.kind = values.start_minute, values.end_minute, values.kind
    row.specialty, row.surgeon = values.specialty, values.surgeon
    row.positions, row.longest_minutes = values.positions, values.longest_minutes
    row.save()
    # Whoever has the draft on its board learns of it at their next step.
    MasterPlan.objects.filter(pk=master_plan.pk).update(revision=F("revision") + 1)
    return row
