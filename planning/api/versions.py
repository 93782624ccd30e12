"""Versions of a week: compared, taken, approved; and the week's journal."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from planning import wording
from planning.access import May
from planning.api.errors import Problem
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.plans import Revision, body, stale
from planning.api.shapes import described
from planning.api.shapes import plans as shapes
from planning.api.shapes.weeks import JournalPage
from planning.api.weeks import query, week_or_404
from planning.models import Plan
from planning.selectors import differences, sign_off_words
from planning.selectors.answers import changed_answer
from planning.selectors.approval import approval_check, sign_off_check
from planning.selectors.journal import journal_page
from planning.services.plans import UnableToApprove, approve_plan
from planning.services.sign_offs import SignOffsMissing
from planning.services.steps import Stale
from planning.services.taking import Taken, UnableToTakeProposal, take_proposal

SHOWN_REFUSALS = 5
LARGEST_PAGE = 1_000_000


class DifferenceQuery(serializers.Serializer[Any]):
    with_ = serializers.IntegerField(min_value=1, max_value=LARGEST)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {"with": fields.pop("with_")}


class PageQuery(serializers.Serializer[Any]):
    page = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=1)


class TakeRequest(Revision):
    proposal = serializers.IntegerField(min_value=1, max_value=LARGEST)
    interventions = serializers.ListField(child=serializers.IntegerField(), allow_null=True, default=None)


def plan_or_404(plan: int) -> Plan:
    return get_object_or_404(Plan.objects.select_related("base"), pk=plan)


def refused_lines(taken: Taken) -> list[dict[str, Any]]:
    found = []
    for key, violation in taken.refused.items():
        row = taken.loaded.interventions.get(key)
        code, text = row.code if row else "", wording.sentence(taken.loaded, violation)
        found.append({"intervention": int(key), "text": wording.named(code, text) if code else text})
    return found


def taken_message(taken: Taken, refused: list[dict[str, Any]]) -> str:
    """« 12 lignes reprises. 1 ne convient plus : I12 : Verrouillée entre-temps… »"""
    done = len(taken.taken)
    said = ngettext("%(n)d ligne reprise.", "%(n)d lignes reprises.", done) % {"n": done}
    if not done:
        said = _("Aucune ligne reprise.")
    if not refused:
        return said
    left = ngettext("%(n)d ne convient plus :", "%(n)d ne conviennent plus :", len(refused)) % {"n": len(refused)}
    return f"{said} {left} " + wording.listed(line["text"] for line in refused[:SHOWN_REFUSALS])


class Difference(PlanningView):
    may = May.SEE_DRAFTS

    @extend_schema(
        operation_id="plan_difference",
        parameters=[OpenApiParameter("with", int, required=True, description="The older version.")],
        responses={200: described(shapes.DifferenceAnswer)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """From the version ``with`` to this one, intervention by intervention."""
        newer = plan_or_404(pk)
        older = get_object_or_404(Plan, pk=query(DifferenceQuery, request)["with"], monday=newer.monday)
        return Response(differences.as_json(differences.difference(newer, older)))


class Take(PlanningView):
    may = May.PLAN

    @extend_schema(operation_id="plan_take", request=TakeRequest, responses={200: described(shapes.Taken)})
    def post(self, request: Request, pk: int) -> Response:
        """Take a proposal into the draft, in whole or the lines named; what no longer fits is told and left."""
        values = body(TakeRequest, request)
        plan_or_404(pk)
        try:
            taken = take_proposal(
                plan_id=pk,
                proposal_id=values["proposal"],
                interventions=values["interventions"],
                revision=values["revision"],
                user=signed_in(request),
                now=timezone.now(),
            )
        except Stale:
            raise stale(plan_or_404(pk), values["revision"], signed_in(request)) from None
        except UnableToTakeProposal:
            title = _("Cette version n'est pas de cette semaine")
            raise Problem(status.HTTP_400_BAD_REQUEST, "meaningless", title) from None
        refused = refused_lines(taken)
        answer = changed_answer(plan_or_404(pk), signed_in(request), taken_message(taken, refused))
        return Response({**answer, "taken": list(taken.taken), "refused": refused})


class Approval(PlanningView):
    may = May.APPROVE

    @extend_schema(operation_id="plan_approval", responses={200: described(shapes.ApprovalCheck)})
    def get(self, request: Request, pk: int) -> Response:
        """What to read before approving: rules broken, forced placements, deadlines, and what changes."""
        return Response(approval_check(plan_or_404(pk)))


class Approve(PlanningView):
    may = May.APPROVE

    @extend_schema(operation_id="plan_approve", request=Revision, responses={200: described(shapes.ApprovedAnswer)})
    def post(self, request: Request, pk: int) -> Response:
        """The draft as a version that never changes. 409 when it changed since ``revision``, is approved already, or
        lacks a required sign-off.
        """
        revision = body(Revision, request)["revision"]
        plan_or_404(pk)
        try:
            approved = approve_plan(plan_id=pk, revision=revision, user=signed_in(request), now=timezone.now())
        except Stale:
            raise stale(plan_or_404(pk), revision, signed_in(request)) from None
        except UnableToApprove as error:
            said = {"name": str(error.approved.approved_by), "number": error.approved.number}
            title = _("Ce planning est déjà approuvé")
            detail = _("%(name)s l'a approuvé comme version %(number)s.") % said
            raise Problem(status.HTTP_409_CONFLICT, "approved-already", title, detail) from None
        except SignOffsMissing as error:
            title = _("Des visas manquent")
            detail = _("Attendus : %(names)s.") % {"names": sign_off_words.names(error.awaited)}
            raise Problem(
                status.HTTP_409_CONFLICT, "sign-offs-missing", title, detail,
                sign_offs=sign_off_check(plan_or_404(pk))["lines"],
            ) from None  # fmt: skip
        message = _("Version %(number)s approuvée : elle ne changera plus.") % {"number": approved.number}
        return Response({"plan_id": approved.pk, "number": approved.number, "message": message})


class Journal(PlanningView):
    may = May.SEE_DRAFTS

    @extend_schema(operation_id="week_journal", parameters=[PageQuery], responses={200: described(JournalPage)})
    def get(self, request: Request, week: str) -> Response:
        """Who did what in this week, the latest first."""
        return Response(journal_page(week_or_404(week), query(PageQuery, request)["page"]))
