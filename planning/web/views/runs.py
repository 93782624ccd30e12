from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from planning import wording
from planning.access import May, require
from planning.calendar import Week
from planning.models import PlanningRun, Site, User
from planning.selectors.parameters import differences, site_in_force, specialty_codes, values_of
from planning.selectors.policies import policy_label
from planning.selectors.runs import failure, gap, moves, unbounded
from planning.services.runs import UnableToRequestRun, repeat_run
from planning.tasks import run_planner, wake


@require(May.SEE_DRAFTS)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """What was asked of the planner, with which parameters, and what has changed of them since."""
    found = _run(pk)
    version, share = found.parameter_version, gap(found)
    now = values_of(site_in_force())
    context = {
        "run": found,
        "week": Week(found.monday),
        "active": found.state in PlanningRun.ACTIVE,
        "policy": policy_label(found.policy),
        "tie_rule": dict(Site.TieRule.choices).get(found.parameters.get("tie_rule"), "–"),
        "gap": None if share is None else wording.percent(share, 1),
        "moves": moves(found),
        "unbounded": unbounded(found),
        "failure": failure(found),
        "version": version,
        "since": list(differences(version.values, now, specialty_codes())) if version else [],
    }
    return render(request, "planning/runs/run.html", context)


@require(May.PLAN)
@require_POST
def run_repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """The same run again, with the parameters of then."""
    found = _run(pk)
    try:
        again = repeat_run(run=found, user=cast("User", request.user), now=timezone.now())
    except UnableToRequestRun as error:
        text = _("Un calcul de cette semaine est déjà en cours, demandé par %(name)s.")
        messages.error(request, text % {"name": error.run.requested_by})
        return redirect("run", pk=pk)
    transaction.on_commit(lambda: wake(run_planner, again.pk))
    return redirect("week", week=Week(again.monday))


def _run(pk: int) -> PlanningRun:
    rows = PlanningRun.objects.select_related("requested_by", "plan", "parameter_version__created_by")
    return get_object_or_404(rows, pk=pk)
