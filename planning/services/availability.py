"""What a surgeon declares: absences, and half-days wished for or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from planning.models import Absence, JournalEntry, Surgeon, SurgeonPreference, User
from planning.selectors.preferences import rows_of
from planning.services.journal import append_change
from planning.services.surgeons import add_absence, remove_absence


class AbsenceOverlaps(Exception):
    """Already away on one of these days: another declaration was faster."""


class AbsenceBegun(Exception):
    """It has begun: what happened is not unsaid."""


@transaction.atomic
def declare_absence(
    *, surgeon: Surgeon, starts_on: date, ends_on: date, reason: str, user: User, now: datetime
) -> Absence:
    """As the office adds one, once. Raises ``AbsenceOverlaps``."""
    # Locks the surgeon: of two clicks at once, the second sees what the first wrote.
    Surgeon.objects.select_for_update(no_key=True).get(pk=surgeon.pk)
    if surgeon.absences.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise AbsenceOverlaps
    return add_absence(surgeon=surgeon, starts_on=starts_on, ends_on=ends_on, reason=reason, user=user, now=now)


@transaction.atomic
def withdraw_absence(*, absence: Absence, today: date, user: User, now: datetime) -> None:
    """Raises ``AbsenceBegun``."""
    if absence.starts_on <= today:
        raise AbsenceBegun
    kept = Absence.objects.select_for_update(of=("self",)).select_related("surgeon").filter(pk=absence.pk).first()
    if kept is not None:
        remove_absence(absence=kept, user=user, now=now)


@transaction.atomic
def save_preferences(
    *, surgeon: Surgeon, wishes: Mapping[tuple[int, str], str], user: User, now: datetime
) -> JournalEntry | None:
    """``wishes`` by weekday and half; the other half-days are all the same to the surgeon. None: nothing changed."""
    Surgeon.objects.select_for_update(no_key=True).get(pk=surgeon.pk)
    before = rows_of(surgeon.preferences.all())
    surgeon.preferences.all().delete()
    SurgeonPreference.objects.bulk_create(
        SurgeonPreference(surgeon=surgeon, weekday=weekday, half=half, wish=wish)
        for (weekday, half), wish in wishes.items()
    )
    return append_change(
        action=JournalEntry.Action.SURGEON, of=str(surgeon), before={"preferences": before},
        after={"preferences": rows_of(surgeon.preferences.all())}, user=user, now=now,
    )  # fmt: skip
