"""Who read which patient-linked data, for the administrator."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from planning.access import May, require
from planning.exchange.read_files import MOST_LINES, as_csv
from planning.exchange.spreadsheets import TYPES
from planning.models import PatientRead, User
from planning.selectors.reads import lines, reads_of
from planning.web.listing import asked_day, asked_number, make_listing

SORTS = {"at": ["at"], "user": ["user__last_name", "at"], "source": ["source", "at"]}
MOST_CODES = 6


@require(May.ADMINISTER)
def read_list(request: HttpRequest) -> HttpResponse:
    rows, chosen = _narrowed(request)
    listing = make_listing(request, rows, search=["user__last_name", "user__username"], sorts=SORTS, default="-at")
    context = {
        "listing": listing,
        "lines": lines(listing.page, most=MOST_CODES),
        "people": User.objects.filter(pk__in=PatientRead.objects.order_by().values("user")),
        "days": settings.READS_KEPT_DAYS,
        **chosen,
    }
    return render(request, "planning/reads/list.html", context)


@require(May.ADMINISTER)
def read_export(request: HttpRequest) -> HttpResponse:
    """The lines of the same filters, the latest first, as a semicolon file that spreadsheets open."""
    answer = HttpResponse(as_csv(_narrowed(request)[0][:MOST_LINES]), content_type=TYPES["csv"])
    answer["Content-Disposition"] = 'attachment; filename="consultations.csv"'
    return answer


def _narrowed(request: HttpRequest) -> tuple[QuerySet[PatientRead], dict[str, Any]]:
    code = request.GET.get("code", "").replace("\0", "").strip()[:40]
    rows, day = reads_of(code), asked_day(request, "day")
    person = asked_number(request, "user")
    if person is not None:
        rows = rows.filter(user_id=person)
    if day is not None:
        start = timezone.make_aware(datetime(day.year, day.month, day.day))
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return rows, {"code": code, "person": person, "day": day.isoformat() if day else ""}
