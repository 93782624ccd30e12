"""Who read which patient-linked data: written at each page, purged when its time is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from planning.models import PatientRead, User


def note_read(
    *, user: User, source: str, interventions: Iterable[int], now: datetime, monday: date | None = None
) -> None:
    """One row a page, whatever it shows; none when it shows no intervention."""
    numbers = ",".join(str(number) for number in interventions)
    if numbers:
        PatientRead.objects.create(at=now, user=user, source=source, monday=monday, interventions=f",{numbers},")


def note_grid(*, user: User, source: str, grid: Mapping[str, Any], monday: date, now: datetime) -> None:
    """Of a week, only the interventions whose patient the person was told."""
    told = (row["id"] for row in grid["interventions"] if row["patient_code"])
    note_read(user=user, source=source, interventions=told, now=now, monday=monday)


def purge_reads(*, now: datetime, days: int) -> int:
    """How many rows older than ``days`` are gone."""
    return PatientRead.objects.filter(at__lt=now - timedelta(days=days)).delete()[0]
