"""A surgeon's own requests: what is still theirs to write, and what they asked lately."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from planning.models import Intervention, Surgeon, User
from planning.selectors.procedures import plain

State = Intervention.State
MOST_SHOWN = 8
# Those that would be operated twice.
OPEN_STATES = (State.DRAFT, State.REQUESTED, State.RETURNED, State.ACCEPTED, State.PLANNED)


def surgeon_of(user: User) -> Surgeon | None:
    """The surgeon of the account; None when it has none."""
    return Surgeon.objects.select_related("specialty").filter(user=user, active=True).first()


def own_requests(surgeon: Surgeon) -> QuerySet[Intervention]:
    return Intervention.objects.filter(surgeon=surgeon).select_related("surgeon", "specialty")


def latest_requests(surgeon: Surgeon, most: int = MOST_SHOWN) -> list[Intervention]:
    """What was sent back, then drafts, then what waits for an answer, then the latest others. One query."""
    rank = Case(
        When(state=State.RETURNED, then=Value(0)),
        When(state=State.DRAFT, then=Value(1)),
        When(state=State.REQUESTED, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return list(own_requests(surgeon).annotate(rank=rank).order_by("rank", "-requested_at", "-pk")[:most])


def same_requests(surgeon: Surgeon, request: Intervention) -> list[Intervention]:
    """The surgeon's other open ones for the same patient and the same procedure.

    Only their own: that a colleague has asked for a patient is not theirs to learn; the bloc sees both.
    """
    if not request.patient_code:
        return []
    rows = own_requests(surgeon).filter(patient_code__iexact=request.patient_code, state__in=OPEN_STATES)
    wanted = plain(request.procedure_label).strip()
    others = rows.exclude(pk=request.pk) if request.pk else rows
    return [row for row in others if plain(row.procedure_label).strip() == wanted]


def copied(request: Intervention) -> dict[str, Any]:
    """What an earlier request lends to a new one: all but the patient, the dates and what was said of it."""
    names = (
        "procedure_label", "planned_minutes", "side", "anaesthesia", "priority", "ambulatory", "child", "septic",
        "recovery_minutes",
    )  # fmt: skip
    facts = {name: getattr(request, name) for name in names}
    return facts | {"equipment": list(request.equipment.all())}
