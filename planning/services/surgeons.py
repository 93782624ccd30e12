"""Surgeons with their weekdays and absences, each write in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from planning.calendar import mondays_between
from planning.models import Absence, Surgeon, SurgeonAvailability
from planning.services.slots import touch_drafts


@transaction.atomic
def save_surgeon(*, surgeon: Surgeon, hours: Mapping[int, tuple[int, int]]) -> Surgeon:
    """``hours`` maps each weekday worked to its first and last minute; the other weekdays are days off."""
    surgeon.save()
    surgeon.availabilities.exclude(weekday__in=hours).delete()
    for weekday, (start, end) in hours.items():
        SurgeonAvailability.objects.update_or_create(
            surgeon=surgeon, weekday=weekday, defaults={"start_minute": start, "end_minute": end}
        )
    return surgeon


@transaction.atomic
def add_absence(*, surgeon: Surgeon, starts_on: date, ends_on: date, reason: str) -> Absence:
    absence = Absence.objects.create(surgeon=surgeon, starts_on=starts_on, ends_on=ends_on, reason=reason)
    touch_drafts(mondays_between(starts_on, ends_on))
    return absence


@transaction.atomic
def remove_absence(*, absence: Absence) -> None:
    touch_drafts(mondays_between(absence.starts_on, absence.ends_on))
    absence.delete()
