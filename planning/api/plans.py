"""One plan under a person's hands: what a drop would do, and the drop itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from planning import wording
from planning.access import May
from planning.api.errors import Problem
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.shapes import described
from planning.api.shapes import plans as shapes
from planning.calendar import Week
from planning.models import Plan
from planning.selectors.answers import (
    changed_answer,
    lift_answer,
    place_refused,
    price_answer,
    state_of,
    violations_answer,
)
from planning.selectors.causes import CAUSES, causes
from planning.selectors.evaluation import MeaninglessPlace, UnknownIntervention, lift, price
from planning.selectors.loaded import load_week_problem
from planning.selectors.steps import changes_since
from planning.services import placements as services
from planning.services.steps import Stale

# More than any week holds.
MOST_AT_ONCE = 1000


class Lifted(serializers.Serializer[Any]):
    intervention = serializers.IntegerField(min_value=1, max_value=LARGEST)


class Dropped(Lifted):
    room = serializers.IntegerField(min_value=1, max_value=LARGEST)
    date = serializers.DateField()
    start = serializers.IntegerField(min_value=-1440, max_value=2880)


class CausesQuery(serializers.Serializer[Any]):
    indicator = serializers.ChoiceField(choices=list(CAUSES))


class Revision(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=0, max_value=LARGEST)


class Move(Dropped, Revision):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=services.MOST_REASON)


class Several(Revision):
    interventions = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST), allow_empty=False, max_length=MOST_AT_ONCE
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=services.MOST_REASON)


class Pin(Several):
    pinned = serializers.BooleanField()


def body(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    found = serializer(data=request.data)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


class PlanView(PlanningView):
    """Base of what is asked of one plan."""

    may = May.PLAN

    def plan(self, pk: int) -> Plan:
        return get_object_or_404(Plan.objects.select_related("base__base"), pk=pk)

    def change(
        self, request: Request, pk: int, revision: int, act: Callable[..., services.Change], **asked: Any
    ) -> Response:
        """Do it, and answer the fresh state; the state too when someone else was faster."""
        plan = self.plan(pk)
        try:
            done = act(plan=plan, revision=revision, user=signed_in(request), now=timezone.now(), **asked)
        except Stale as error:
            raise stale(plan, error.revision, signed_in(request)) from error
        except services.ReasonRequired as error:
            shown = violations_answer(error.week, error.violations, str(asked.get("intervention", "")))
            title = _("Ce placement enfreint une règle : un motif est nécessaire")
            raise Problem(422, "reason-required", title, violations=shown) from error
        except MeaninglessPlace as error:
            raise Problem(400, "meaningless", _("Placement impossible"), place_refused(error)) from error
        except (UnknownIntervention, services.NotPlaced) as error:
            raise NotFound(_("Cette intervention n'est pas dans ce planning.")) from error
        except services.NothingToUndo as error:
            raise Problem(409, "nothing-left", _("Aucune étape de ce côté")) from error
        except services.UnableToRestore as error:
            detail = _("Ce que cette étape touchait a changé : intervention annulée ou réalisée, ou plage supprimée.")
            raise Problem(409, "unable-to-restore", _("Étape impossible à reprendre"), detail) from error
        user = signed_in(request)
        return Response(changed_answer(self.plan(pk), user, wording.outcome(done.action, done.facts, done.delta)))


def stale(plan: Plan, revision: int, user: Any) -> Problem:
    """Who changed what meanwhile, with the state as it is now, so that nothing is lost."""
    plan.refresh_from_db()
    said = [
        _("%(user)s : %(step)s") % {"user": entry.user, "step": wording.change_label(entry.action, entry.after)}
        for entry in changes_since(plan.pk, revision)
    ]
    if plan.status != Plan.Status.DRAFT:
        said.append(_("Cette version n'est plus un brouillon."))
    title = _("Le planning a changé entre-temps")
    return Problem(409, "stale", title, " ; ".join(said), state=state_of(plan, user), changes=said)


class Lift(PlanView):
    asks_only = True

    @extend_schema(operation_id="plan_lift", request=Lifted, responses={200: described(shapes.LiftAnswer)})
    def post(self, request: Request, pk: int) -> Response:
        """Every room and day at once: the best start there, its price or the rules against it."""
        asked = body(Lifted, request)
        plan = self.plan(pk)
        loaded = load_week_problem(Week(plan.monday), plan)
        lifted = str(asked["intervention"])
        try:
            targets, to_list = lift(loaded, lifted)
        except UnknownIntervention as error:
            raise NotFound(_("Cette intervention n'est pas dans cette semaine.")) from error
        return Response(lift_answer(loaded, targets, to_list, lifted))


class Price(PlanView):
    asks_only = True

    @extend_schema(operation_id="plan_price", request=Dropped, responses={200: described(shapes.PlacePrice)})
    def post(self, request: Request, pk: int) -> Response:
        """One place: where the drop lands, whom it pushes, what it breaks, what it changes in the indicators."""
        asked = body(Dropped, request)
        plan = self.plan(pk)
        loaded = load_week_problem(Week(plan.monday), plan)
        offset = (asked["date"] - plan.monday).days
        try:
            judged = price(loaded, str(asked["intervention"]), str(asked["room"]), offset, asked["start"])
        except UnknownIntervention as error:
            raise NotFound(_("Cette intervention n'est pas dans cette semaine.")) from error
        except MeaninglessPlace as error:
            return Response({"status": "refused", "refused": place_refused(error)})
        return Response(price_answer(judged, str(asked["intervention"])))


class Causes(PlanView):
    may = May.SEE_DRAFTS

    @extend_schema(
        operation_id="plan_causes",
        parameters=[OpenApiParameter("indicator", str, required=True, enum=list(CAUSES))],
        responses={200: described(shapes.CausesAnswer)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """What makes an indicator of the strip what it is: interventions, rooms and days, slots."""
        asked = CausesQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        plan = self.plan(pk)
        loaded = load_week_problem(Week(plan.monday), plan)
        return Response(causes(loaded, asked.validated_data["indicator"]))


class Moves(PlanView):
    @extend_schema(operation_id="plan_move", request=Move, responses={200: described(shapes.Changed)})
    def post(self, request: Request, pk: int) -> Response:
        """Drop and pin. 409 with the fresh state when stale, 422 with the violations when a reason is needed."""
        asked = body(Move, request)
        asked["day"] = asked.pop("date")
        return self.change(request, pk, asked.pop("revision"), services.move_placement, **asked)


class Unplans(PlanView):
    @extend_schema(operation_id="plan_unplan", request=Several, responses={200: described(shapes.Changed)})
    def post(self, request: Request, pk: int) -> Response:
        """Back to the list, in one step."""
        asked = body(Several, request)
        return self.change(request, pk, asked.pop("revision"), services.unplan_interventions, **asked)


class Pins(PlanView):
    @extend_schema(operation_id="plan_pin", request=Pin, responses={200: described(shapes.Changed)})
    def post(self, request: Request, pk: int) -> Response:
        """Keep where they are, or release, in one step."""
        asked = body(Pin, request)
        return self.change(request, pk, asked.pop("revision"), services.pin_placements, **asked)


class Undo(PlanView):
    @extend_schema(operation_id="plan_undo", request=Revision, responses={200: described(shapes.Changed)})
    def post(self, request: Request, pk: int) -> Response:
        """Take back the last step."""
        return self.change(request, pk, body(Revision, request)["revision"], services.undo_step)


class Redo(PlanView):
    @extend_schema(operation_id="plan_redo", request=Revision, responses={200: described(shapes.Changed)})
    def post(self, request: Request, pk: int) -> Response:
        """Do again the step undone last."""
        return self.change(request, pk, body(Revision, request)["revision"], services.redo_step)
