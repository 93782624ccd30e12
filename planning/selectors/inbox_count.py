"""How many interventions wait for the bloc, in one query: the menu of every page says so."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q

from planning.models import Absence, ChangeRequest, Intervention, Placement, Plan, RoomClosure
from planning.selectors.replanning import to_replan

State = Intervention.State


def waiting_count(today: date) -> int:
    """As the inbox lists them, but for duplicates among what is accepted already: those are found on the page."""
    asked = Q(state__in=(State.REQUESTED, State.RETURNED))
    changes = ChangeRequest.objects.filter(intervention=OuterRef("pk"), state=ChangeRequest.State.OPEN)
    replan = Q(pk__in=to_replan(today).order_by().values("pk"))
    return Intervention.objects.filter(asked | replan | Q(Exists(changes)) | _hit(today)).order_by().count()


def _hit(today: date) -> Q:
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
    coming = Placement.objects.filter(impossible, intervention=OuterRef("pk"), slot__date__gte=today)
    in_draft = Exists(coming.filter(plan__status=Plan.Status.DRAFT))
    approved = Exists(coming.filter(plan__status=Plan.Status.APPROVED))
    return Q(in_draft, state__in=(State.ACCEPTED, State.PLANNED)) | Q(approved, state=State.PLANNED)
