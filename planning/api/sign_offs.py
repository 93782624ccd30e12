"""The sign-offs of a week's programme: who is awaited, what one signs, one's word on it."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.plans import Revision, body, stale
from planning.api.weeks import week_or_404
from planning.calendar import Week
from planning.models import PatientRead, Plan, SignOff, User
from planning.selectors.programme import Line
from planning.selectors.sign_off_words import refused
from planning.selectors.sign_offs import Standing, State, awaits, drafts_to_sign, missing, standings_of
from planning.selectors.signing import signing
from planning.services import sign_offs as services
from planning.services.reads import note_read
from planning.services.steps import Stale

DIGEST = 64


class StandingSerializer(serializers.Serializer[Any]):
    """``digest`` stands for what the sign-off covers now: it is sent back with one's word as ``seen``."""

    kind = serializers.ChoiceField(choices=SignOff.Kind.choices)
    surgeon = serializers.IntegerField(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]  # the name of a field's own attribute
    state = serializers.ChoiceField(choices=[(one.value, one.value) for one in State])
    state_label = serializers.CharField()
    text = serializers.CharField()
    comment = serializers.CharField()
    count = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField()
    may_sign = serializers.BooleanField()
    may_refuse = serializers.BooleanField()
    may_record = serializers.BooleanField()


class LineSerializer(serializers.Serializer[Any]):
    """``intervention`` is null where only the time is the reader's business."""

    date = serializers.DateField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    room = serializers.IntegerField()
    surgeon = serializers.IntegerField()
    intervention = serializers.IntegerField(allow_null=True)
    code = serializers.CharField()
    procedure_label = serializers.CharField()


class SignedSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=SignOff.Kind.choices)
    surgeon = serializers.IntegerField(allow_null=True)
    user = serializers.CharField()
    signed_at = serializers.DateTimeField()


class SigningSerializer(serializers.Serializer[Any]):
    """``missing``: how many keep the draft from being approved; ``approved``: who signed the version in force."""

    plan = serializers.IntegerField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    missing = serializers.IntegerField()
    sign_offs = StandingSerializer(many=True)
    programme = LineSerializer(many=True)
    approved = SignedSerializer(many=True)


class WeekToSignSerializer(serializers.Serializer[Any]):
    """``own``: somebody waits for the reader's word. ``held`` of ``required`` sign-offs stand today."""

    week = serializers.CharField()
    plan = serializers.IntegerField()
    asked_at = serializers.DateTimeField(allow_null=True)
    own = serializers.BooleanField()
    held = serializers.IntegerField()
    required: Any = serializers.IntegerField()  # the name of a field's own attribute
    missing = serializers.IntegerField()


class Word(serializers.Serializer[Any]):
    """``comment`` is needed to refuse, and to note what someone without an account signed elsewhere."""

    kind = serializers.ChoiceField(choices=SignOff.Kind.choices)
    surgeon = serializers.IntegerField(min_value=1, max_value=LARGEST, allow_null=True, default=None)
    decision = serializers.ChoiceField(choices=SignOff.Decision.choices)
    seen = serializers.CharField(max_length=DIGEST)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=services.MOST_COMMENT, default="")


def shown(week: Week, request: Request) -> dict[str, Any]:
    user = signed_in(request)
    found = signing(week, user)
    note_read(
        user=user, source=PatientRead.Source.SIGN_OFF, interventions=found.told, now=timezone.now(), monday=week.monday
    )
    draft = found.draft if found.cards or found.everything else None
    return {
        "plan": draft.pk if draft else None,
        "revision": draft.revision if draft else None,
        "asked_at": draft.sign_offs_asked_at if draft else None,
        "missing": len(found.missing),
        "sign_offs": [_standing(card) for card in found.cards],
        "programme": [_line(line) for line in found.lines],
        "approved": [
            {"kind": row.kind, "surgeon": row.surgeon_id, "user": str(row.user), "signed_at": row.signed_at}
            for row in found.signatures
        ],
    }


def _standing(card: dict[str, Any]) -> dict[str, Any]:
    one = card["standing"]
    kept = ("label", "state_label", "comment", "count", "may_sign", "may_refuse", "may_record")
    kind, surgeon = one.key
    told = {"kind": kind, "surgeon": surgeon, "state": one.state, "text": card["said"], "digest": one.digest}
    return told | {name: card[name] for name in kept}


def _line(line: Line) -> dict[str, Any]:
    item = line.intervention
    return {
        "date": line.day,
        "starts_at": line.starts_at,
        "ends_at": line.ends_at,
        "room": line.room.pk,
        "surgeon": line.surgeon.pk,
        "intervention": item.pk if item else None,
        "code": item.code if item else "",
        "procedure_label": item.procedure_label if item else "",
    }


def draft_or_404(week: Week) -> Plan:
    return get_object_or_404(Plan, monday=week.monday, status=Plan.Status.DRAFT)


class WeeksToSign(PlanningView):
    may = (May.SIGN, May.SEE_DRAFTS)

    @extend_schema(operation_id="sign_off_weeks", responses={200: WeekToSignSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """The weeks whose sign-offs are asked for, the first one first; to whoever may ask for them, those to come."""
        user = signed_in(request)
        drafts = list(drafts_to_sign(user, timezone.localdate()))
        found = standings_of(drafts)
        rows = [_week(draft, found[draft.pk], user) for draft in drafts if found[draft.pk]]
        return Response(WeekToSignSerializer(rows, many=True).data)


def _week(draft: Plan, found: list[Standing], user: User) -> dict[str, Any]:
    return {
        "week": str(Week(draft.monday)),
        "plan": draft.pk,
        "asked_at": draft.sign_offs_asked_at,
        "own": awaits(user, draft, found),
        "held": sum(one.holds for one in found),
        "required": len(found),
        "missing": len(missing(found)),
    }


class SignOffs(PlanningView):
    may, may_change = (May.SIGN, May.SEE_DRAFTS), May.SIGN

    @extend_schema(operation_id="sign_offs", responses={200: SigningSerializer})
    def get(self, request: Request, week: str) -> Response:
        """The required sign-offs of the week's draft and what the reader would sign; empty before they are asked."""
        return Response(SigningSerializer(shown(week_or_404(week), request)).data)

    @extend_schema(operation_id="sign_off_give", request=Word, responses={200: SigningSerializer})
    def post(self, request: Request, week: str) -> Response:
        """Sign what ``seen`` stands for, or refuse to with why. 409 when it changed since, or is not asked for."""
        values, chosen = body(Word, request), week_or_404(week)
        draft = draft_or_404(chosen)
        refuses = values.pop("decision") == SignOff.Decision.REFUSED
        act = services.refuse_programme if refuses else services.sign_programme
        try:
            act(plan_id=draft.pk, user=signed_in(request), now=timezone.now(), **values)
        except services.SignOffRefused as error:
            title = _("Rien n'est signé")
            raise Problem(
                status.HTTP_409_CONFLICT, "not-signed", title, refused(error.reason, refuses), reason=error.reason
            ) from None
        return Response(SigningSerializer(shown(chosen, request)).data)


class SignOffsAsk(PlanningView):
    may = May.PLAN

    @extend_schema(operation_id="sign_off_ask", request=Revision, responses={200: SigningSerializer})
    def post(self, request: Request, week: str) -> Response:
        """Open the draft to the people whose sign-off is required."""
        revision, chosen = body(Revision, request)["revision"], week_or_404(week)
        draft = draft_or_404(chosen)
        try:
            services.ask_sign_offs(
                plan_id=draft.pk, revision=revision, user=signed_in(request), now=timezone.now()
            )  # fmt: skip
        except Stale:
            raise stale(draft, revision, signed_in(request)) from None
        except services.NotAsked:
            title = _("Aucun visa n'est exigé : le planning peut être approuvé.")
            raise Problem(status.HTTP_409_CONFLICT, "no-sign-off-required", title) from None
        return Response(SigningSerializer(shown(chosen, request)).data)
