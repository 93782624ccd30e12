from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from planning.access import May, require
from planning.calendar import Week
from planning.models import JournalEntry, User
from planning.selectors.journal import run_of, text_of
from planning.web.listing import asked_day, asked_number, make_listing

SEARCH = ["reason", "intervention__code", "user__last_name", "user__username", "said_before", "said_after"]
SORTS = {"at": ["at"], "user": ["user__last_name", "at"], "action": ["action", "at"], "week": ["monday", "at"]}


@require(May.SEE_DRAFTS)
def journal_current(request: HttpRequest) -> HttpResponse:
    """The week whose journal moved last, or the current one."""
    last = JournalEntry.objects.exclude(monday=None).values_list("monday", flat=True).first()
    return redirect("journal", week=Week(last) if last else Week.of(timezone.localdate()))


@require(May.SEE_DRAFTS)
def journal(request: HttpRequest, week: Week) -> HttpResponse:
    """Who did what in a week, when, from what to what, why, and at what cost."""
    return _page(request, JournalEntry.objects.filter(monday=week.monday), week)


@require(May.SEE_DRAFTS)
def journal_all(request: HttpRequest) -> HttpResponse:
    """The same of every week, with what belongs to none: rooms, surgeons, specialties, parameters, imports."""
    return _page(request, JournalEntry.objects.all(), None)


def _page(request: HttpRequest, entries: QuerySet[JournalEntry], week: Week | None) -> HttpResponse:
    rows, chosen = _narrowed(request, entries)
    rows = rows.select_related("user", "intervention", "plan")
    # The facts are searched as they are written: codes of rooms, trigrams, dates.
    rows = rows.alias(said_before=Cast("before", TextField()), said_after=Cast("after", TextField()))
    listing = make_listing(request, rows, search=SEARCH, sorts=SORTS, default="-at")
    context = {
        "week": week,
        "listing": listing,
        "lines": [
            {
                "entry": entry,
                "text": text_of(entry),
                "run": run_of(entry),
                "week": Week(entry.monday) if entry.monday else None,
            }
            for entry in listing.page
        ],
        "actions": JournalEntry.Action.choices,
        "people": User.objects.filter(pk__in=entries.order_by().values("user")),
        **chosen,
    }
    return render(request, "planning/journal/list.html", context)


def _narrowed(request: HttpRequest, rows: QuerySet[JournalEntry]) -> tuple[QuerySet[JournalEntry], dict[str, Any]]:
    action, person, day = (request.GET.get(name, "") for name in ("action", "user", "day"))
    if action in JournalEntry.Action.values:
        rows = rows.filter(action=action)
    if (number := asked_number(request, "user")) is not None:
        rows = rows.filter(user_id=number)
    asked = asked_day(request, "day")
    if asked is None:
        day = ""
    else:
        start = timezone.make_aware(datetime(asked.year, asked.month, asked.day))
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return rows, {"action": action, "person": person, "day": day}
