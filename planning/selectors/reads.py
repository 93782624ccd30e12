"""The reads of patient-linked data as the administrator searches them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from planning.calendar import Week
from planning.models import Intervention, PatientRead


def reads_of(code: str) -> QuerySet[PatientRead]:
    """Those that showed the intervention of this code; all of them without a code."""
    rows = PatientRead.objects.select_related("user")
    if not code:
        return rows
    number = Intervention.objects.filter(code__iexact=code).values_list("pk", flat=True).first()
    return rows.filter(interventions__contains=f",{number},") if number else rows.none()


def lines(reads: Iterable[PatientRead], *, most: int | None = None) -> list[dict[str, Any]]:
    """Each read with its week and the codes it showed, ``most`` of them at the most. One query."""
    shown = [(read, numbers_of(read)) for read in reads]
    wanted = {number for _, numbers in shown for number in numbers[:most]}
    # Every code when there are many: a database takes only so many numbers in a question.
    rows = Intervention.objects.filter(pk__in=wanted) if len(wanted) < 500 else Intervention.objects.all()
    codes = dict(rows.values_list("pk", "code"))
    return [
        {
            "read": read,
            "week": Week(read.monday) if read.monday else None,
            "count": len(numbers),
            "more": len(numbers) - len(numbers[:most]),
            "codes": [codes.get(number, f"#{number}") for number in numbers[:most]],
        }
        for read, numbers in shown
    ]


def numbers_of(read: PatientRead) -> list[int]:
    return [int(part) for part in read.interventions.split(",") if part.isascii() and part.isdecimal()]
