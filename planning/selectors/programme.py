"""The programme of a week as those who sign it read it: each placement in order, in full or as occupied time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from planning.models import Intervention, Placement, Plan, Surgeon
from planning.models.theatre import Room


@dataclass(frozen=True, slots=True)
class Line:
    """``intervention`` is None when only the time is the reader's business."""

    day: date
    starts_at: datetime
    ends_at: datetime
    minutes: int
    room: Room
    surgeon: Surgeon
    intervention: Intervention | None


def programme(draft: Plan, *, readable: int | None = None, own_only: bool = False) -> list[Line]:
    """In one query. ``readable`` is the surgeon whose interventions are told in full, all of them when None;
    ``own_only`` leaves the others out.
    """
    rows = Placement.objects.filter(plan=draft).order_by("starts_at", "slot__room__position", "pk")
    rows = rows.select_related("slot__room", "intervention__surgeon", "intervention__specialty")
    if own_only:
        rows = rows.filter(intervention__surgeon=readable)
    return [_line(row, readable) for row in rows]


def _line(row: Placement, readable: int | None) -> Line:
    item = row.intervention
    told = readable is None or item.surgeon_id == readable
    return Line(
        day=row.slot.date,
        starts_at=row.starts_at,
        ends_at=row.starts_at + timedelta(minutes=item.planned_minutes),
        minutes=item.planned_minutes,
        room=row.slot.room,
        surgeon=item.surgeon,
        intervention=item if told else None,
    )


def codes_of(lines: Iterable[Line]) -> dict[int, str]:
    """The interventions that the reader is told, by id."""
    return {line.intervention.pk: line.intervention.code for line in lines if line.intervention is not None}
