"""A proposal of master plan: asked for, adjusted on its board, abandoned. What the board asks: planning/api."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning import wording
from planning.access import May, require
from planning.calendar import Week
from planning.models import MasterPlan, User
from planning.selectors.master_plan_board import board
from planning.selectors.master_plans import load_draft, plan_in_force
from planning.services.master_plan_drafts import (
    NoActivity,
    StaleMasterPlan,
    abandon_draft,
    draft_from_activity,
    propose_vacations,
)
from planning.web.forms.master_plans import ProposalForm, proposal_initial

MONDAYS_OFFERED = 26


@require(May.EDIT_REFERENCE)
def master_plan_propose(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    current = plan_in_force(Week.of(today).next.monday)
    form = ProposalForm(request.POST or None, initial=proposal_initial(today, current))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        most_changes = given.pop("most_changes")
        try:
            plan = draft_from_activity(**given)
        except NoActivity:
            message = _("Aucune intervention réalisée dans cette période : il n'y a rien d'où proposer un plan.")
            form.add_error("first", message)
        else:
            propose_vacations(plan=plan, revision=plan.revision, most_changes=most_changes)
            return redirect("master-plan", pk=plan.pk)
    return render(request, "planning/master_plans/propose.html", {"form": form, "current": current})


@require(May.EDIT_REFERENCE)
@require_POST
def master_plan_abandon(request: HttpRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(MasterPlan, pk=pk)
    try:
        abandon_draft(plan=plan)
    except StaleMasterPlan:
        messages.error(request, _("Ce plan directeur est validé : il ne s'abandonne plus."))
        return redirect("master-plan", pk=pk)
    messages.success(request, _("Le brouillon « %(name)s » est abandonné.") % {"name": plan.name})
    return redirect("master-plans")


def board_page(request: HttpRequest, plan: MasterPlan) -> HttpResponse:
    """The draft beside today's plan; its first board comes with the page."""
    user = cast("User", request.user)
    context: dict[str, Any] = {
        "plan": plan,
        "board": board(load_draft(plan), user) | {"mondays": _mondays(timezone.localdate(), plan.valid_from)},
    }
    return render(request, "planning/master_plans/board.html", context)


def _mondays(today: date, wanted: date) -> list[dict[str, str]]:
    """The coming Mondays, and the one that the draft was drawn for."""
    first = Week.of(today).next.monday
    days = sorted({first + timedelta(weeks=number) for number in range(MONDAYS_OFFERED)} | {max(first, wanted)})
    text = _("%(day)s, semaine %(number)s")
    return [
        {"value": day.isoformat(), "label": text % {"day": wording.day_label(day), "number": Week(day).number}}
        for day in days
    ]
