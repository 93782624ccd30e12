"""Which planned interventions a closed room, a closed specialty or an absent surgeon would hit."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from planning.models import Placement, Plan, Room, Specialty, Surgeon

LIVING = (Plan.Status.DRAFT, Plan.Status.APPROVED)


def placements_in_room(room: Room, first: date, last: date | None) -> QuerySet[Placement]:
    """Placements of drafts and approved versions in the room between two days, both included; None: from then on."""
    return _between(Placement.objects.filter(slot__room=room), first, last)


def placements_of_surgeon(surgeon: Surgeon, first: date, last: date | None) -> QuerySet[Placement]:
    return _between(Placement.objects.filter(intervention__surgeon=surgeon), first, last)


def placements_of_specialty(specialty: Specialty, first: date) -> QuerySet[Placement]:
    return _between(Placement.objects.filter(intervention__specialty=specialty), first, None)


def _between(rows: QuerySet[Placement], first: date, last: date | None) -> QuerySet[Placement]:
    rows = rows.filter(plan__status__in=LIVING, slot__date__gte=first)
    if last is not None:
        rows = rows.filter(slot__date__lte=last)
    rows = rows.select_related("plan", "slot__room", "intervention__surgeon")
    return rows.order_by("starts_at", "plan__number")
