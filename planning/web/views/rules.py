from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from planning.access import May, require
from planning.calendar import Week
from planning.selectors.parameters import site_in_force
from planning.selectors.rules import broken_in
from planning.solver.levels import DEFAULTS, Level
from planning.web.forms.rules import RulesForm
from planning.web.views.settings import save_version


@require(May.EDIT_REFERENCE)
def rules(request: HttpRequest) -> HttpResponse:
    """Each rule of the planning: what it checks, how strictly it is kept, and who breaks it this week."""
    site = site_in_force()
    form = RulesForm(request.POST or None, site=site, initial={"seen": site.version})
    if request.method == "POST" and form.is_valid():
        site.rule_levels, site.rule_costs = form.settings()
        if save_version(request, form, site):
            return redirect("rules")
        site = site_in_force()
    week = Week.of(timezone.localdate())
    broken = broken_in(week)
    rows = [
        row
        | {
            "broken": broken[row["rule"]],
            "soft": (site.rule_levels.get(row["rule"]) or DEFAULTS.get(row["rule"])) == Level.SOFT,
        }
        for row in form.rows
    ]
    context = {"form": form, "rows": rows, "week": week}
    return render(request, "planning/rules/list.html", context, status=409 if form.non_field_errors() else 200)
