"""Specialties: saved, closed from a day on, reopened, removed while nobody uses them. The journal keeps each change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from planning.calendar import Week
from planning.models import JournalEntry, Plan, Specialty, User
from planning.services.journal import append_change
from planning.services.seen import Facts, require_seen
from planning.services.slots import touch_drafts

SPECIALTY = JournalEntry.Action.SPECIALTY


class SpecialtyInUse(Exception):
    """``users`` rows still refer to it: it can be closed, not removed."""

    def __init__(self, users: int) -> None:
        self.users = users
        super().__init__(f"{users} rows")


class SpecialtyChanged(Exception):
    """Someone else closed or reopened it meanwhile."""


@transaction.atomic
def save_specialty(*, specialty: Specialty, user: User, now: datetime, shown: Facts | None = None) -> Specialty:
    """Raises ``ChangedSince`` when it is no longer as the person was ``shown`` it."""
    kept = Specialty.objects.select_for_update(no_key=True).filter(pk=specialty.pk).first() if specialty.pk else None
    before = specialty_facts(kept) if kept else None
    require_seen(shown, before or {})
    specialty.save()
    append_change(
        action=SPECIALTY, of=kept.code if kept else specialty.code, before=before,
        after=specialty_facts(specialty), user=user, now=now,
    )  # fmt: skip
    return specialty


@transaction.atomic
def close_specialty(*, specialty: Specialty, closed_on: date, reason: str, user: User, now: datetime) -> None:
    """No longer offered nor planned from ``closed_on`` on. Its rows stay: interventions to plan, slots, surgeons.

    Raises ``SpecialtyChanged`` when it is closed already.
    """
    # Conditional, because two people may close it at once: the second is told.
    rows = Specialty.objects.filter(pk=specialty.pk, closed_on=None)
    if not rows.update(closed_on=closed_on, close_reason=reason):
        raise SpecialtyChanged
    _touch_from(closed_on)
    append_change(
        action=SPECIALTY, of=specialty.code, before={"closed_on": None}, after={"closed_on": closed_on.isoformat()},
        user=user, now=now, reason=reason, monday=Week.of(closed_on).monday,
    )  # fmt: skip


@transaction.atomic
def reopen_specialty(*, specialty: Specialty, user: User, now: datetime) -> None:
    """Raises ``SpecialtyChanged`` when it is open already."""
    closed_on = Specialty.objects.values_list("closed_on", flat=True).get(pk=specialty.pk)
    rows = Specialty.objects.filter(pk=specialty.pk, closed_on__isnull=False)
    if closed_on is None or not rows.update(closed_on=None, close_reason=""):
        raise SpecialtyChanged
    _touch_from(closed_on)
    append_change(
        action=SPECIALTY, of=specialty.code, before={"closed_on": closed_on.isoformat()}, after={"closed_on": None},
        user=user, now=now, monday=Week.of(closed_on).monday,
    )  # fmt: skip


@transaction.atomic
def remove_specialty(*, specialty: Specialty, user: User, now: datetime) -> None:
    """Raises ``SpecialtyInUse``."""
    facts, code = specialty_facts(specialty), specialty.code
    try:
        specialty.delete()
    except ProtectedError as error:
        raise SpecialtyInUse(len(error.protected_objects)) from error
    append_change(action=SPECIALTY, of=code, before=facts, after=None, user=user, now=now)


def _touch_from(day: date) -> None:
    """The drafts of the week of ``day`` and of the later ones."""
    drafts = Plan.objects.filter(status=Plan.Status.DRAFT, monday__gte=Week.of(day).monday)
    touch_drafts(drafts.values_list("monday", flat=True))


def specialty_facts(specialty: Specialty) -> dict[str, Any]:
    """As the journal keeps it."""
    return {"code": specialty.code, "name": specialty.name, "colour": specialty.colour}
