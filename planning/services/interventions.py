"""Interventions asked for, corrected, accepted, cancelled: each change goes to the journal, without patient data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from planning.calendar import Week
from planning.models import Equipment, Intervention, JournalEntry, Placement, Plan, User
from planning.services.slots import touch_drafts

# What the journal never holds: only that it changed.
SECRET = frozenset({"patient_code", "notes"})
FIELDS = (
    "code", "patient_code", "procedure_label", "procedure_code", "surgeon", "specialty", "planned_minutes", "priority",
    "admission_date", "deadline_date", "ambulatory", "child", "septic", "recovery_minutes", "notes",
)  # fmt: skip
CLOSED = (Intervention.State.DONE, Intervention.State.CANCELLED)


class InterventionRefused(Exception):
    """The intervention is no longer in a state that allows it: someone else decided meanwhile."""


class InterventionChanged(Exception):
    """Someone else saved the row since the page was opened: nothing is written over their work."""


def fingerprint(intervention: Intervention) -> str:
    """Of all that a person edits: equal as long as nobody saved anything else."""
    secrets = [getattr(intervention, name) for name in sorted(SECRET)]
    return hashlib.sha256(repr((_facts(intervention), secrets)).encode()).hexdigest()[:32]


@transaction.atomic
def create_intervention(
    *, intervention: Intervention, equipment: Iterable[Equipment], user: User, now: datetime
) -> Intervention:
    """Save a new request of the planning office: it is accepted as it stands."""
    intervention.requested_at, intervention.requested_by = now, user
    intervention.state = Intervention.State.ACCEPTED
    intervention.save()
    intervention.equipment.set(equipment)
    _note(intervention, user, now, None, _facts(intervention))
    return intervention


@transaction.atomic
def edit_intervention(
    *,
    intervention: Intervention,
    equipment: Iterable[Equipment],
    seen: str,
    user: User,
    now: datetime,
    reason: str = "",
) -> bool:
    """Save the corrected row; says whether anything changed. Drafts that hold it learn of it.

    ``seen`` is the ``fingerprint`` of what the person was shown. Raises ``InterventionChanged`` when the row is no
    longer that, ``InterventionRefused`` when it is done or cancelled.
    """
    mondays = lock_drafts_of([intervention.pk])
    kept = Intervention.objects.select_for_update(no_key=True).get(pk=intervention.pk)
    if kept.state in CLOSED:
        raise InterventionRefused
    if fingerprint(kept) != seen:
        raise InterventionChanged
    before = _facts(kept)
    secrets = [name for name in sorted(SECRET) if getattr(kept, name) != getattr(intervention, name)]
    intervention.save(update_fields=FIELDS)
    intervention.equipment.set(equipment)
    after = _facts(intervention)
    changed = [name for name in after if before[name] != after[name]]
    if not changed and not secrets:
        return False
    _note(
        intervention, user, now, {name: before[name] for name in changed},
        {name: after[name] for name in changed} | dict.fromkeys(secrets, True), reason,
    )  # fmt: skip
    touch_drafts(mondays)
    return True


@transaction.atomic
def accept_intervention(*, intervention: Intervention, user: User, now: datetime) -> None:
    """A request enters the list to plan. Raises ``InterventionRefused`` when it is no longer a request."""
    states = Intervention.State
    # Conditional, because two people may decide on the same request at once: the second is told.
    changed = Intervention.objects.filter(pk=intervention.pk, state=states.REQUESTED).update(state=states.ACCEPTED)
    if not changed:
        raise InterventionRefused
    _note(intervention, user, now, {"state": states.REQUESTED}, {"state": states.ACCEPTED})


@transaction.atomic
def cancel_intervention(*, intervention: Intervention, reason: str, user: User, now: datetime) -> None:
    """Cancelled, with the reason; it leaves the drafts. An approved version keeps it, shown as cancelled.

    Raises ``InterventionRefused`` when it is done or cancelled already.
    """
    mondays = lock_drafts_of([intervention.pk])
    before = Intervention.objects.values_list("state", flat=True).get(pk=intervention.pk)
    open_rows = Intervention.objects.filter(pk=intervention.pk).exclude(state__in=CLOSED)
    if not open_rows.update(state=Intervention.State.CANCELLED, cancel_reason=reason):
        raise InterventionRefused
    Placement.objects.filter(intervention=intervention, plan__status=Plan.Status.DRAFT).delete()
    touch_drafts(mondays)
    _note(intervention, user, now, {"state": before}, {"state": Intervention.State.CANCELLED}, reason)


def lock_drafts_of(interventions: Iterable[int]) -> list[date]:
    """The weeks whose draft holds one of them; the drafts are ours until the end of the transaction.

    Before the interventions themselves: a move and an approval take them in this order, and the other way round two
    people could wait for each other.
    """
    holding = Placement.objects.filter(intervention__in=list(interventions)).values("plan")
    drafts = Plan.objects.select_for_update().filter(status=Plan.Status.DRAFT, pk__in=holding)
    return list(drafts.order_by("pk").values_list("monday", flat=True))


def _facts(intervention: Intervention) -> dict[str, Any]:
    """The row as the journal keeps it: readable codes, no patient data."""
    return {
        "code": intervention.code,
        "procedure_label": intervention.procedure_label,
        "procedure_code": intervention.procedure_code,
        "surgeon": intervention.surgeon.trigram,
        "specialty": intervention.specialty.code,
        "planned_minutes": intervention.planned_minutes,
        "priority": intervention.priority,
        "admission_date": intervention.admission_date.isoformat(),
        "deadline_date": intervention.deadline_date.isoformat(),
        "ambulatory": intervention.ambulatory,
        "child": intervention.child,
        "septic": intervention.septic,
        "recovery_minutes": intervention.recovery_minutes,
        "equipment": sorted(intervention.equipment.values_list("code", flat=True)),
    }


def _note(
    intervention: Intervention, user: User, now: datetime, before: dict[str, Any] | None, after: dict[str, Any],
    reason: str = "",
) -> None:  # fmt: skip
    """Under the week that a living version plans it in, so that the week's journal shows it."""
    placed = Placement.objects.filter(intervention=intervention, plan__status__in=("draft", "approved"))
    day = placed.order_by("-slot__date").values_list("slot__date", flat=True).first()
    JournalEntry.objects.create(
        at=now, user=user, action=JournalEntry.Action.EDIT, intervention=intervention, before=before, after=after,
        reason=reason, monday=Week.of(day).monday if day else None,
    )  # fmt: skip
