"""Surgeons with their weekdays and absences, each write in one transaction and in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from planning.calendar import Week, local_date, mondays_between
from planning.models import Absence, JournalEntry, Surgeon, SurgeonAvailability, User
from planning.selectors.hits import absence_hits
from planning.services.journal import append_change
from planning.services.notices import tell_absence
from planning.services.seen import Facts, require_seen
from planning.services.slots import touch_drafts

SURGEON = JournalEntry.Action.SURGEON


@transaction.atomic
def save_surgeon(
    *,
    surgeon: Surgeon,
    hours: Mapping[int, tuple[int, int]],
    user: User,
    now: datetime,
    shown: Facts | None = None,
) -> Surgeon:
    """``hours`` maps each weekday worked to its first and last minute; the other weekdays are days off.

    Raises ``ChangedSince`` when the surgeon is no longer as the person was ``shown``.
    """
    rows = Surgeon.objects.select_related("specialty", "user").select_for_update(no_key=True, of=("self",))
    kept = rows.filter(pk=surgeon.pk).first() if surgeon.pk else None
    before = surgeon_facts(kept) if kept else None
    require_seen(shown, before or {})
    surgeon.save()
    surgeon.availabilities.exclude(weekday__in=hours).delete()
    for weekday, (start, end) in hours.items():
        SurgeonAvailability.objects.update_or_create(
            surgeon=surgeon, weekday=weekday, defaults={"start_minute": start, "end_minute": end}
        )
    append_change(
        action=SURGEON, of=str(kept or surgeon), before=before, after=surgeon_facts(surgeon), user=user, now=now
    )
    return surgeon


@transaction.atomic
def add_absence(*, surgeon: Surgeon, starts_on: date, ends_on: date, reason: str, user: User, now: datetime) -> Absence:
    """Away between two dates, both included. The journal files it under its first week."""
    absence = Absence.objects.create(
        surgeon=surgeon, starts_on=starts_on, ends_on=ends_on, reason=reason, declared_at=now
    )
    touch_drafts(mondays_between(starts_on, ends_on))
    _note(absence, user, now, away=True)
    hits = absence_hits(local_date(now), surgeon=surgeon)
    here = [one for one in hits if not one.settled and starts_on <= one.placement.slot.date <= ends_on]
    tell_absence(absence=absence, interventions={one.intervention for one in here}, user=user, now=now)
    return absence


@transaction.atomic
def remove_absence(*, absence: Absence, user: User, now: datetime) -> None:
    touch_drafts(mondays_between(absence.starts_on, absence.ends_on))
    _note(absence, user, now, away=False)
    absence.delete()


def surgeon_facts(surgeon: Surgeon) -> dict[str, Any]:
    """The surgeon as the journal keeps it; ``hours`` maps a weekday to its first and last minute."""
    rows = SurgeonAvailability.objects.filter(surgeon=surgeon).values_list("weekday", "start_minute", "end_minute")
    return {
        "code": surgeon.code,
        "trigram": surgeon.trigram,
        "last_name": surgeon.last_name,
        "first_name": surgeon.first_name,
        "specialty": surgeon.specialty.code,
        "user": surgeon.user.username if surgeon.user else None,
        "daily_maximum_minutes": surgeon.daily_maximum_minutes,
        "active": surgeon.active,
        "hours": {str(weekday): [start, end] for weekday, start, end in rows},
    }


def _note(absence: Absence, user: User, now: datetime, *, away: bool) -> None:
    facts = {"absence": [absence.starts_on.isoformat(), absence.ends_on.isoformat()]}
    append_change(
        action=SURGEON, of=str(absence.surgeon), before=None if away else facts, after=facts if away else None,
        user=user, now=now, reason=absence.reason, monday=Week.of(absence.starts_on).monday,
    )  # fmt: skip
