"""The weekly grid: everything of a week in one answer, and the cheap question whether something changed."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.shapes import described
from planning.api.shapes.plans import OpenedDraft
from planning.api.shapes.weeks import WeekGrid, WeekPulse
from planning.calendar import Week
from planning.models import PatientRead
from planning.selectors import weeks
from planning.selectors.answers import state_of
from planning.services.plans import open_draft
from planning.services.reads import note_grid


def week_or_404(name: str) -> Week:
    try:
        return Week.parse(name)
    except ValueError as error:
        raise Http404 from error


class PlanQuery(serializers.Serializer[Any]):
    plan = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


class PulseQuery(serializers.Serializer[Any]):
    since = serializers.IntegerField(required=False, min_value=0, max_value=LARGEST)


def query(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    found = serializer(data=request.query_params)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


class Grid(PlanningView):
    may = May.SEE_WEEK

    @extend_schema(
        operation_id="week_grid",
        parameters=[OpenApiParameter("plan", int, description="Another version than the current one.")],
        responses={200: described(WeekGrid)},
    )
    def get(self, request: Request, week: str) -> Response:
        """The frame of the week, its interventions, and the state of the draft (or of ``plan``)."""
        chosen, user = week_or_404(week), signed_in(request)
        plans = weeks.visible_plans(chosen, user)
        asked = query(PlanQuery, request).get("plan")
        plan = weeks.plan_to_show(plans)
        if asked is not None:
            plan = next((one for one in plans if one.pk == asked), None)
            if plan is None:
                raise Http404
        grid = weeks.grid(chosen, user, plans, plan)
        note_grid(user=user, source=PatientRead.Source.GRID, grid=grid, monday=chosen.monday, now=timezone.now())
        return Response(grid)


class Pulse(PlanningView):
    may = May.SEE_WEEK

    @extend_schema(
        operation_id="week_pulse",
        parameters=[OpenApiParameter("since", int, description="The revision that the page shows.")],
        responses={200: described(WeekPulse)},
    )
    def get(self, request: Request, week: str) -> Response:
        """Whether the week has changed, by whom, and how far its run is: asked every few seconds."""
        since = query(PulseQuery, request).get("since")
        return Response(weeks.pulse(week_or_404(week), signed_in(request), since))


class Draft(PlanningView):
    may = May.PLAN

    @extend_schema(operation_id="week_draft", request=None, responses={200: described(OpenedDraft)})
    def post(self, request: Request, week: str) -> Response:
        """The week's draft, opened if there is none: from the approved version, or empty."""
        user = signed_in(request)
        plan = open_draft(monday=week_or_404(week).monday, user=user, now=timezone.now())
        return Response({"plan_id": plan.pk, "state": state_of(plan, user)})


class Nowhere(PlanningView):
    """Every other address of the API: its 404 is worded as the API's, not as a page."""

    may = May.SEE_WEEK

    @extend_schema(exclude=True)
    def get(self, request: Request, rest: str) -> Response:
        raise Http404

    post = put = patch = delete = get
