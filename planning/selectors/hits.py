"""Planned interventions that can no longer take place where they are: a surgeon away, a room or a specialty closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from planning.calendar import Week
from planning.models import Absence, Intervention, Placement, Plan, RoomClosure, Surgeon

# What may still be operated.
OPEN = (Intervention.State.ACCEPTED, Intervention.State.PLANNED)
# What somebody has to move: one that waits to be planned again is in a draft, whatever the approved version shows.
IN_DRAFT = Q(plan__status=Plan.Status.DRAFT, intervention__state__in=OPEN)
IN_APPROVED = Q(plan__status=Plan.Status.APPROVED, intervention__state=Intervention.State.PLANNED)


class Cause(StrEnum):
    ABSENCE = "absence"
    ROOM_CLOSED = "room_closed"
    SPECIALTY_CLOSED = "specialty_closed"
    # Its surgeon operates here no more.
    SURGEON_GONE = "surgeon_gone"
    # Its slot was taken away, or cut short, under it.
    SLOT_GONE = "slot_gone"


@dataclass(frozen=True, slots=True)
class Hit:
    """``placement`` is the draft's when the draft has it too, else the approved version's.

    ``reason`` is what was said of the absence or the closure; ``since`` when it was declared, if anyone knows.
    ``settled``: the week's draft has it elsewhere already, and waits for its approval.
    """

    intervention: Intervention
    placement: Placement
    cause: Cause
    reason: str
    since: datetime | None
    settled: bool


Found = tuple[Cause, str, datetime | None]


def absence_hits(today: date, *, surgeon: Surgeon | None = None) -> list[Hit]:
    """Of drafts and approved versions, from today on, by date; of one surgeon, or of all. Three queries."""
    coming = Absence.objects.filter(ends_on__gte=today)
    rows = _planned(today).filter(_absent())
    if surgeon is not None:
        coming, rows = coming.filter(surgeon=surgeon), rows.filter(intervention__surgeon=surgeon)
    absences = list(coming)

    def cause(row: Placement) -> Found | None:
        for one in absences:
            if one.surgeon_id == row.intervention.surgeon_id and one.starts_on <= row.slot.date <= one.ends_on:
                return Cause.ABSENCE, one.reason, one.declared_at
        return None

    return _hits(rows, cause)


def closure_hits(today: date) -> list[Hit]:
    """Of closed rooms and specialties, of surgeons gone, and of slots that no longer cover what they hold. Three
    queries."""
    rows = _planned(today).filter(_unusable())
    closures = list(RoomClosure.objects.filter(ends_on__gte=today))

    def cause(row: Placement) -> Found:
        for one in closures:
            if one.room_id == row.slot.room_id and one.starts_on <= row.slot.date <= one.ends_on:
                return Cause.ROOM_CLOSED, one.reason, one.declared_at
        specialty = row.intervention.specialty
        if not row.slot.room.in_service:
            return Cause.ROOM_CLOSED, "", None
        if specialty.closed_on is not None and specialty.closed_on <= row.slot.date:
            return Cause.SPECIALTY_CLOSED, specialty.close_reason, None
        if not row.intervention.surgeon.active:
            return Cause.SURGEON_GONE, "", None
        return Cause.SLOT_GONE, "", None

    return _hits(rows, cause)


def planned_of(surgeon: Surgeon, first: date, last: date) -> QuerySet[Placement]:
    """What the approved versions plan for the surgeon between two days: all that they may know of."""
    rows = Placement.objects.filter(
        plan__status=Plan.Status.APPROVED, intervention__surgeon=surgeon, intervention__state__in=OPEN,
        slot__date__range=(first, last),
    )  # fmt: skip
    return rows.select_related("intervention", "slot__room", "plan").order_by("starts_at")


def numbers_hit(today: date) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """The interventions of both kinds of hits, for who only counts them: of drafts, and of approved versions."""
    coming = Placement.objects.filter(Q(_absent()) | _unusable(), slot__date__gte=today)
    return coming.filter(IN_DRAFT).values("intervention"), coming.filter(IN_APPROVED).values("intervention")


def _absent() -> Exists:
    """The surgeon is away on the day of the placement."""
    return Exists(
        Absence.objects.filter(
            surgeon=OuterRef("intervention__surgeon"), starts_on__lte=OuterRef("slot__date"),
            ends_on__gte=OuterRef("slot__date"),
        )
    )  # fmt: skip


def _unusable() -> Q:
    """The room or the specialty is closed on the day, its surgeon is gone, or the slot no longer covers the start."""
    closed = RoomClosure.objects.filter(
        room=OuterRef("slot__room"), starts_on__lte=OuterRef("slot__date"), ends_on__gte=OuterRef("slot__date")
    )
    return (
        Q(Exists(closed))
        | Q(slot__room__in_service=False)
        | Q(intervention__specialty__closed_on__lte=F("slot__date"))
        | Q(intervention__surgeon__in=Surgeon.objects.filter(active=False))
        | Q(starts_at__lt=F("slot__starts_at"))
        | Q(starts_at__gte=F("slot__ends_at"))
    )


def _planned(today: date) -> QuerySet[Placement]:
    rows = Placement.objects.filter(IN_DRAFT | IN_APPROVED, slot__date__gte=today)
    rows = rows.select_related("plan", "slot__room", "intervention__surgeon", "intervention__specialty")
    return rows.order_by("starts_at", "pk")


def _hits(rows: Iterable[Placement], cause: Callable[[Placement], Found | None]) -> list[Hit]:
    """One for each intervention and week, whether the approved version, the draft or both are hit."""
    found: dict[tuple[int, date], dict[str, tuple[Placement, Found]]] = {}
    for row in rows:
        why = cause(row)
        if why is not None:
            key = (row.intervention_id, Week.of(row.slot.date).monday)
            found.setdefault(key, {})[row.plan.status] = (row, why)
    weeks = {monday for _key, monday in found}
    drafts = set(
        Plan.objects.filter(status=Plan.Status.DRAFT, monday__in=weeks).values_list("monday", flat=True)
    )  # fmt: skip
    hits = []
    for (_key, monday), versions in found.items():
        row, why = versions.get(Plan.Status.DRAFT) or versions[Plan.Status.APPROVED]
        settled = Plan.Status.DRAFT not in versions and monday in drafts
        hits.append(Hit(row.intervention, row, *why, settled=settled))
    return hits
