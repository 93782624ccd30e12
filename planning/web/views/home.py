"""Where a person lands: the week they most likely came for."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from planning.access import May, allowed, require
from planning.calendar import Week
from planning.models import Intervention, Plan, Slot

WEEKS_AHEAD = 8


def week_to_plan(today: date) -> Week:
    """The first week from now on that still has work: a draft, or slots and requests but no approved version."""
    current = Week.of(today)
    last = Week.of(current.monday)
    weeks = [current]
    for _ in range(WEEKS_AHEAD):
        last = last.next
        weeks.append(last)
    plans = Plan.objects.filter(monday__range=(current.monday, last.monday)).values_list("monday", "status")
    drafts = {monday for monday, status in plans if status == Plan.Status.DRAFT}
    approved = {monday for monday, status in plans if status == Plan.Status.APPROVED}
    dates = Slot.objects.filter(date__range=(current.monday, last.days[-1])).values_list("date", flat=True).distinct()
    slotted = {Week.of(day).monday for day in dates}
    first_request = (
        Intervention.objects.filter(state=Intervention.State.ACCEPTED)
        .order_by("admission_date")
        .values_list("admission_date", flat=True)
        .first()
    )
    for week in weeks:
        asked = first_request is not None and first_request < week.days[-1]
        if week.monday in drafts or (asked and week.monday in slotted and week.monday not in approved):
            return week
    return current


@require(May.SEE_WEEK)
def home(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    week = week_to_plan(today) if allowed(request.user, May.SEE_DRAFTS) else Week.of(today)
    return redirect("week", week=str(week))
