"""How many interventions wait for the bloc, in one query: the menu of every page says so."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from planning.models import Absence, ChangeRequest, Intervention, Placement, Plan, RoomClosure
from planning.selectors.replanning import parts_to_replan

State = Intervention.State


def waiting_count(today: date) -> int:
    """As the inbox lists them, but for duplicates among what is accepted already: those are found on the page.

    A union of small sets, each by its own index: one question with OR would read ten years of history.
    """
    asked = Intervention.objects.filter(state__in=(State.REQUESTED, State.RETURNED)).values("pk")
    changes = ChangeRequest.objects.filter(state=ChangeRequest.State.OPEN).values("intervention")
    sets = (*(rows.values("pk") for rows in parts_to_replan(today)), changes, *_hit(today))
    return asked.order_by().union(*(one.order_by() for one in sets)).count()


def _hit(today: date) -> tuple[QuerySet[Any, Any], ...]:
    """Planned where it can no longer be (selectors/hits.py says why)."""
    away = Absence.objects.filter(
        surgeon=OuterRef("intervention__surgeon"), starts_on__lte=OuterRef("slot__date"),
        ends_on__gte=OuterRef("slot__date"),
    )  # fmt: skip
    closed = RoomClosure.objects.filter(
        room=OuterRef("slot__room"), starts_on__lte=OuterRef("slot__date"), ends_on__gte=OuterRef("slot__date")
    )
    impossible = (
        Q(Exists(away))
        | Q(Exists(closed))
        | Q(slot__room__in_service=False)
        | Q(intervention__specialty__closed_on__lte=F("slot__date"))
        | Q(starts_at__lt=F("slot__starts_at"))
        | Q(starts_at__gte=F("slot__ends_at"))
    )
    coming = Placement.objects.filter(impossible, slot__date__gte=today)
    in_draft = Q(plan__status=Plan.Status.DRAFT, intervention__state__in=(State.ACCEPTED, State.PLANNED))
    approved = Q(plan__status=Plan.Status.APPROVED, intervention__state=State.PLANNED)
    return coming.filter(in_draft).values("intervention"), coming.filter(approved).values("intervention")
