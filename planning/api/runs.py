"""Planning runs: asked, followed, stopped, asked again. A worker is called once the row is committed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.permissions import PlanningView, signed_in
from planning.api.plans import body
from planning.api.shapes import described
from planning.api.shapes.runs import RunState
from planning.api.weeks import week_or_404
from planning.models import PlanningRun, Site
from planning.selectors.runs import run_report, run_state
from planning.services.runs import (
    UnableToRequestRun,
    UnableToRetryRun,
    cancel_run,
    request_run,
    retry_run,
)
from planning.solver.policies import POLICIES
from planning.tasks import run_planner, wake
from planning.web.forms.site import DEAREST_MOVE

LONGEST_SECONDS = 600


class PolicyField(serializers.ChoiceField):
    """One of the policies known when the request is read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=list(POLICIES), **options)


class RunRequest(serializers.Serializer[Any]):
    policy = PolicyField()
    tie_rule = serializers.ChoiceField(choices=Site.TieRule.choices, required=False)
    time_limit = serializers.IntegerField(min_value=1, max_value=LONGEST_SECONDS, required=False)
    replan = serializers.BooleanField(default=False)
    # Of each intervention placed already; 0: it moves for any gain; not given: the site's. With ``replan`` only.
    move_euros = serializers.IntegerField(min_value=0, max_value=DEAREST_MOVE, required=False)


class CancelRequest(serializers.Serializer[Any]):
    keep_best = serializers.BooleanField(default=False)


def run_or_404(run_id: int) -> PlanningRun:
    return get_object_or_404(PlanningRun.objects.select_related("requested_by", "plan"), pk=run_id)


def started(run: PlanningRun) -> Response:
    transaction.on_commit(lambda: wake(run_planner, run.pk))
    return Response(run_state(run), status=status.HTTP_202_ACCEPTED)


def active_run_problem(error: UnableToRequestRun) -> Problem:
    said = {"name": str(error.run.requested_by), "time": timezone.localtime(error.run.requested_at).strftime("%H:%M")}
    return Problem(
        status.HTTP_409_CONFLICT,
        "run-active",
        _("Un calcul est déjà en cours pour cette semaine"),
        _("%(name)s a lancé un calcul à %(time)s. Attendez sa fin ou annulez-le.") % said,
        run=run_state(error.run),
    )


class WeekRuns(PlanningView):
    may = May.PLAN

    @extend_schema(operation_id="run_request", request=RunRequest, responses={202: described(RunState)})
    def post(self, request: Request, week: str) -> Response:
        """Ask for a plan of the week. 409 ``run-active`` says who asked for the one under way."""
        values = body(RunRequest, request)
        try:
            run = request_run(
                monday=week_or_404(week).monday,
                user=signed_in(request),
                policy=values["policy"],
                tie_rule=values.get("tie_rule"),
                time_limit_seconds=values.get("time_limit"),
                replan=values["replan"],
                move_euros=values.get("move_euros"),
                now=timezone.now(),
            )
        except UnableToRequestRun as error:
            raise active_run_problem(error) from None
        return started(run)


class RunDetail(PlanningView):
    may = May.SEE_DRAFTS

    @extend_schema(operation_id="run_detail", responses={200: described(RunState)})
    def get(self, request: Request, pk: int) -> Response:
        """How far the run is; once it has ended, also why some interventions were left out."""
        return Response(run_report(run_or_404(pk)))


class RunCancel(PlanningView):
    may = May.PLAN

    @extend_schema(operation_id="run_cancel", request=CancelRequest, responses={200: described(RunState)})
    def post(self, request: Request, pk: int) -> Response:
        """Stop it, with the best plan so far as a proposal if asked. Harmless once it has ended."""
        found = run_or_404(pk)
        cancel_run(run_id=found.pk, now=timezone.now(), **body(CancelRequest, request))
        return Response(run_state(run_or_404(pk)))


class RunRetry(PlanningView):
    may = May.PLAN

    @extend_schema(operation_id="run_retry", request=None, responses={202: described(RunState)})
    def post(self, request: Request, pk: int) -> Response:
        """The same request again, as a new run."""
        try:
            again = retry_run(run=run_or_404(pk), user=signed_in(request), now=timezone.now())
        except UnableToRequestRun as error:
            raise active_run_problem(error) from None
        except UnableToRetryRun:
            title = _("Ce calcul n'est pas à relancer")
            raise Problem(status.HTTP_409_CONFLICT, "not-ended", title) from None
        return started(again)
