"""The weekly grid: the page's frame, with the grid endpoint's own answer so that the first paint asks nothing more."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from planning.access import May, require
from planning.calendar import Week
from planning.models import PatientRead, Plan, Site, User
from planning.selectors import weeks
from planning.services.reads import note_grid


@require(May.SEE_WEEK)
@require_safe
def week(request: HttpRequest, week: Week) -> HttpResponse:
    """``?plan=ID`` shows another version than the current one, read-only unless it is the draft."""
    user = cast("User", request.user)
    plans = weeks.visible_plans(week, user)
    grid = weeks.grid(week, user, plans, _asked(request, plans))
    note_grid(user=user, source=PatientRead.Source.WEEK, grid=grid, monday=week.monday, now=timezone.now())
    site = Site.objects.filter(pk=1).first() or Site()
    shown = [day for day in week.days if day.isoformat() <= max((each["date"] for each in grid["days"]), default="")]
    return render(
        request,
        "planning/week/grid.html",
        {
            "week": week,
            "first_day": week.monday,
            "last_day": shown[-1] if shown else week.days[4],
            "grid": grid,
            "site": site,
        },
    )


def _asked(request: HttpRequest, plans: list[Plan]) -> Plan | None:
    number = request.GET.get("plan")
    if number is None:
        return weeks.plan_to_show(plans)
    plan = next((each for each in plans if str(each.pk) == number), None)
    if plan is None:
        raise Http404
    return plan
