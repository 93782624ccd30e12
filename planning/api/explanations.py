"""Why here, or why nowhere: an answer at once, and the honest figures once a worker has them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May, allowed
from planning.api.errors import Problem
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.plans import Lifted, PlanView, Revision, body
from planning.api.shapes import described
from planning.api.shapes import plans as shapes
from planning.calendar import Week
from planning.models import Explanation, Plan
from planning.selectors.explanations import explanation_answer, row_of
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.reader import Reader
from planning.services.explanations import request_explanation
from planning.services.making_room import UnableToMakeRoom, make_room
from planning.tasks import explain_placement, wake

WAITING = (Explanation.State.QUEUED, Explanation.State.RUNNING)


class RoomWanted(Lifted, Revision):
    slot = serializers.IntegerField(min_value=1, max_value=LARGEST)


class Why(PlanningView):
    """Whoever may read the intervention in this version may read why it is there."""

    may = May.SEE_WEEK

    @extend_schema(operation_id="plan_explanation", responses={200: described(shapes.ExplanationAnswer)})
    def get(self, request: Request, pk: int, intervention: int) -> Response:
        """At once; the honest figures too when they are known."""
        loaded, reader = self.read(request, pk, intervention)
        return Response(explanation_answer(loaded, reader, intervention, row_of(loaded, intervention)))

    @extend_schema(
        operation_id="plan_explanation_request",
        request=None,
        responses={200: described(shapes.ExplanationAnswer), 202: described(shapes.ExplanationAnswer)},
    )
    def post(self, request: Request, pk: int, intervention: int) -> Response:
        """The same, and ask for the honest figures; 202 while they are not there: ask again to follow them."""
        loaded, reader = self.read(request, pk, intervention)
        row, to_send = request_explanation(loaded=loaded, intervention=intervention, now=timezone.now())
        if to_send:
            transaction.on_commit(lambda: wake(explain_placement, row.pk))
        answer: dict[str, Any] = explanation_answer(loaded, reader, intervention, row)
        return Response(answer, status=status.HTTP_202_ACCEPTED if row.state in WAITING else status.HTTP_200_OK)

    def read(self, request: Request, pk: int, intervention: int) -> tuple[LoadedWeek, Reader]:
        """404 for a version or an intervention that the reader may not see, as for one that does not exist."""
        user = signed_in(request)
        plans = Plan.objects.filter(pk=pk)
        if not allowed(user, May.SEE_DRAFTS):
            plans = plans.filter(status=Plan.Status.APPROVED)
        plan = plans.first()
        if plan is None or intervention > LARGEST:
            raise Http404
        loaded = load_week_problem(Week(plan.monday), plan)
        reader = Reader(user, loaded)
        row = loaded.interventions.get(str(intervention))
        if row is None or not reader.may_read(row):
            raise Http404
        return loaded, reader


class MakeRoom(PlanView):
    @extend_schema(operation_id="plan_make_room", request=RoomWanted, responses={200: described(shapes.Changed)})
    def post(self, request: Request, pk: int) -> Response:
        """Put the intervention in a slot that others hold; they go where the explanation said. 409 when none can."""
        asked = body(RoomWanted, request)
        try:
            return self.change(request, pk, asked.pop("revision"), make_room, **asked)
        except UnableToMakeRoom as error:
            title = _("Cette place ne peut pas être libérée")
            detail = _("Les verrous ou les horaires de la journée ne laissent pas d'autre ordre.")
            raise Problem(status.HTTP_409_CONFLICT, "no-room", title, detail) from error
