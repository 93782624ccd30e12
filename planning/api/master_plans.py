"""A draft of the master plan under a person's hands: each change answers the fresh board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.plans import Revision, body
from planning.api.shapes import described
from planning.api.shapes.master_plans import MasterPlanBoard, MasterPlanEffects, MasterPlanLift
from planning.api.weeks import query
from planning.calendar import FIRST_DAY, LAST_DAY
from planning.models import MasterPlan
from planning.selectors.master_plan_board import board, lifted, owner_named
from planning.selectors.master_plan_effects import effects, effects_answer
from planning.selectors.master_plans import LoadedDraft, load_draft
from planning.selectors.verdicts import sentence
from planning.services import master_plan_drafts as drafts
from planning.services import master_plan_validation as validation
from planning.solver.master_plan.editing import SHORTEST
from planning.solver.master_plan.theatre import Vacation

MOST_ADVICE = 4000
HALF_DAY = 0


class Owned(serializers.Serializer[Any]):
    owner = serializers.CharField(max_length=40, allow_blank=True)
    week = serializers.IntegerField(min_value=1, max_value=4)
    weekday = serializers.IntegerField(min_value=0, max_value=6)
    room = serializers.IntegerField(min_value=1, max_value=LARGEST)
    start = serializers.IntegerField(min_value=0, max_value=1439)
    end = serializers.IntegerField(min_value=1, max_value=1440)


class Placed(Owned, Revision):
    """``slot`` 0: a new vacation."""

    slot = serializers.IntegerField(min_value=0, max_value=LARGEST)
    pinned = serializers.BooleanField(required=False, default=False)


class Raised(serializers.Serializer[Any]):
    """A vacation of the draft, or one to draw (0): whose, how long, in which week of the cycle, by which step."""

    slot = serializers.IntegerField(min_value=0, max_value=LARGEST)
    owner = serializers.CharField(max_length=40, allow_blank=True)
    week = serializers.IntegerField(min_value=1, max_value=4)
    minutes = serializers.IntegerField(min_value=30, max_value=1440)
    step = serializers.ChoiceField(choices=[HALF_DAY, 60, 120])


class Chosen(Revision):
    slot = serializers.IntegerField(min_value=1, max_value=LARGEST)


class Pinned(Chosen):
    pinned = serializers.BooleanField()


class Asked(Revision):
    most_changes = serializers.IntegerField(min_value=0, max_value=500, required=False, allow_null=True)


class Day(serializers.Serializer[Any]):
    start = serializers.DateField()

    def validate_start(self, day: Any) -> Any:
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(_("Choisissez une date proche."))
        return day


class Validated(Day, Revision):
    previous = serializers.IntegerField(min_value=1, max_value=LARGEST, allow_null=True)
    advice = serializers.CharField(max_length=MOST_ADVICE, allow_blank=True)


class MasterPlanView(PlanningView):
    """Base of what is asked of one plan."""

    may = May.EDIT_REFERENCE

    def plan(self, pk: int) -> MasterPlan:
        return get_object_or_404(MasterPlan, pk=pk)

    def answer(self, request: Request, pk: int, **more: Any) -> Response:
        return Response(board(load_draft(self.plan(pk)), signed_in(request)) | more)

    def change(self, request: Request, pk: int, act: Callable[..., Any], **asked: Any) -> Response:
        try:
            act(plan=self.plan(pk), **asked)
        except drafts.UnableToChangeMasterPlan as error:
            raise self.refusal(request, pk, error) from error
        return self.answer(request, pk)

    def refusal(self, request: Request, pk: int, error: drafts.UnableToChangeMasterPlan) -> Problem:
        if isinstance(error, drafts.UnableToPlace):
            return Problem(422, "forbidden-place", _("Vacation refusée"), sentence(error.loaded, error.verdict))
        if isinstance(error, drafts.UnknownVacation):
            return Problem(404, "not-found", _("Cette vacation n'est plus dans le brouillon."))
        if isinstance(error, drafts.NothingToUndo):
            return Problem(409, "nothing-left", _("Rien à annuler ni à rétablir"))
        plan = self.plan(pk)
        fresh = board(load_draft(plan), signed_in(request))
        if plan.status != MasterPlan.Status.DRAFT:
            return Problem(409, "stale", _("Ce plan directeur a été validé entre-temps"), board=fresh)
        return Problem(
            409, "stale", _("Une autre personne vient de changer ce brouillon : le voici à jour"), board=fresh
        )

    def vacation(self, loaded: LoadedDraft, asked: dict[str, Any], number: int) -> Vacation:
        """Raises ``ValidationError`` for what this theatre does not have."""
        owner = owner_named(loaded, asked["owner"])
        if owner is None:
            raise ValidationError({"owner": [_("Personne de ce nom ici.")]})
        if str(asked["room"]) not in loaded.rooms:
            raise ValidationError({"room": [_("Cette salle n'existe pas.")]})
        if asked["week"] > loaded.plan.cycle_weeks:
            raise ValidationError({"week": [_("Le cycle est plus court.")]})
        if asked["end"] - asked["start"] < SHORTEST:
            raise ValidationError({"end": [_("Une vacation dure au moins une heure.")]})
        place = (asked["week"], asked["weekday"], str(asked["room"]), asked["start"], asked["end"])
        return Vacation(number, *place, owner, bool(asked.get("pinned")))


class Board(MasterPlanView):
    @extend_schema(operation_id="master_plan_board", responses={200: described(MasterPlanBoard)})
    def get(self, request: Request, pk: int) -> Response:
        """Today's plan, the draft, the needs, and what the draft would change."""
        return self.answer(request, pk)


class Lift(MasterPlanView):
    asks_only = True

    @extend_schema(operation_id="master_plan_lift", request=Raised, responses={200: described(MasterPlanLift)})
    def post(self, request: Request, pk: int) -> Response:
        """Every weekday and room: yes at each start, or the reason against it."""
        asked = body(Raised, request)
        loaded = load_draft(self.plan(pk))
        room = int(next(iter(loaded.rooms), "0"))
        there = {"owner": asked["owner"], "week": asked["week"], "weekday": 0, "room": room, "start": 0}
        moved = self.vacation(loaded, {**there, "end": max(60, asked["minutes"])}, asked["slot"] or -1)
        return Response({"cells": lifted(loaded, moved, asked["step"])})


class Place(MasterPlanView):
    @extend_schema(operation_id="master_plan_place", request=Placed, responses={200: described(MasterPlanBoard)})
    def post(self, request: Request, pk: int) -> Response:
        """Move, resize or give a vacation, or draw a new one. 422 with the rule that forbids it."""
        asked = body(Placed, request)
        vacation = self.vacation(load_draft(self.plan(pk)), asked, asked["slot"])
        return self.change(request, pk, drafts.place_vacation, revision=asked["revision"], vacation=vacation)


class Remove(MasterPlanView):
    @extend_schema(operation_id="master_plan_remove", request=Chosen, responses={200: described(MasterPlanBoard)})
    def post(self, request: Request, pk: int) -> Response:
        """Take a vacation away: nobody has the room at these hours."""
        asked = body(Chosen, request)
        return self.change(request, pk, drafts.remove_vacation, revision=asked["revision"], number=asked["slot"])


class Pins(MasterPlanView):
    @extend_schema(operation_id="master_plan_pin", request=Pinned, responses={200: described(MasterPlanBoard)})
    def post(self, request: Request, pk: int) -> Response:
        """Keep a vacation as it is, or free it."""
        asked = body(Pinned, request)
        return self.change(
            request, pk, drafts.pin_vacation, revision=asked["revision"], number=asked["slot"], pinned=asked["pinned"]
        )


class Undo(MasterPlanView):
    @extend_schema(operation_id="master_plan_undo", request=Revision, responses={200: described(MasterPlanBoard)})
    def post(self, request: Request, pk: int) -> Response:
        """Take back the last change, a proposal included."""
        return self.change(request, pk, drafts.undo_change, revision=body(Revision, request)["revision"])


class Redo(MasterPlanView):
    @extend_schema(operation_id="master_plan_redo", request=Revision, responses={200: described(MasterPlanBoard)})
    def post(self, request: Request, pk: int) -> Response:
        """Do again the change undone last."""
        return self.change(request, pk, drafts.redo_change, revision=body(Revision, request)["revision"])


class Propose(MasterPlanView):
    @extend_schema(operation_id="master_plan_propose", request=Asked, responses={200: described(MasterPlanBoard)})
    def post(self, request: Request, pk: int) -> Response:
        """Propose again from the same activity; pinned vacations stay."""
        asked = body(Asked, request)
        most = asked.get("most_changes")
        return self.change(request, pk, drafts.propose_vacations, revision=asked["revision"], most_changes=most)


class Effect(MasterPlanView):
    @extend_schema(
        operation_id="master_plan_effects",
        parameters=[OpenApiParameter("start", str, required=True, description="The Monday it would begin on.")],
        responses={200: described(MasterPlanEffects)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """What validating it from this Monday on would do."""
        plan = self.plan(pk)
        plan.valid_from = query(Day, request)["start"]
        return Response(effects_answer(load_draft(plan), effects(plan, plan.valid_from)))


class Validate(MasterPlanView):
    may = May.APPROVE

    @extend_schema(operation_id="master_plan_validate", request=Validated, responses={200: described(MasterPlanBoard)})
    def post(self, request: Request, pk: int) -> Response:
        """The weeks from this Monday on follow it."""
        asked = body(Validated, request)
        try:
            validation.validate_plan(
                plan=self.plan(pk), user=signed_in(request), now=timezone.now(), today=timezone.localdate(), **asked
            )
        except validation.UnableToValidate as error:
            raise Problem(422, "unable-to-validate", _("Validation impossible"), _refused(error.reason)) from error
        except validation.OtherPlanInForce as error:
            detail = _("Un autre plan directeur vient d'être validé : relisez les changements avant de confirmer.")
            raise Problem(409, "other-plan", _("Le plan du jour a changé"), detail) from error
        except drafts.UnableToChangeMasterPlan as error:
            raise self.refusal(request, pk, error) from error
        return self.answer(request, pk)


def _refused(reason: str) -> str:
    return {
        "monday": _("Un plan directeur commence un lundi."),
        "past": _("Ce lundi est passé : choisissez-en un à venir."),
        "taken": _("Un plan directeur est déjà validé à partir de ce lundi : choisissez-en un autre."),
        "advice": _("Écrivez l'avis du conseil de bloc."),
        "empty": _("Le brouillon n'a aucune vacation."),
        "impossible": _("Une vacation au moins enfreint une règle : corrigez-la d'abord."),
    }[reason]
