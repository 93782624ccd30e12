"""What is to be planned again. One place says which interventions these are, so that none is forgotten."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from planning.models import Intervention, Placement, Plan

State = Intervention.State


def to_replan(today: date) -> QuerySet[Intervention]:
    """Fell out of a version, or is asked to move (``to_replan_since``); or planned, and its day went by undone.

    The last are known by their placements alone: planned, and no approved version holds them from ``today`` on.
    """
    flagged, undone = parts_to_replan(today)
    return Intervention.objects.filter(Q(pk__in=flagged.values("pk")) | Q(pk__in=undone.values("pk")))


def parts_to_replan(today: date) -> tuple[QuerySet[Intervention], QuerySet[Intervention]]:
    """The two ways in, each found by an index of its own."""
    coming = Placement.objects.filter(
        intervention=OuterRef("pk"), plan__status=Plan.Status.APPROVED, slot__date__gte=today
    )
    rows = Intervention.objects.order_by()
    flagged = rows.filter(state__in=(State.ACCEPTED, State.PLANNED), to_replan_since__isnull=False)
    return flagged, rows.filter(~Exists(coming), state=State.PLANNED)
