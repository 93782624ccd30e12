"""A surgeon's own interventions: their follow-up, and the changes asked of the bloc. Anybody else's are 404."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.forms import body_of, filled, given
from planning.api.permissions import PlanningView, signed_in
from planning.models import ChangeRequest, Intervention, PatientRead
from planning.selectors.change_sentences import refusal_text
from planning.selectors.follow_up import Kind, follow_up
from planning.selectors.own import own_interventions
from planning.services.change_requests import ChangeRefused, ask_change, withdraw_change
from planning.services.reads import note_read
from planning.web.forms.own import ChangeForm

ChangeBody = body_of(ChangeForm, "ChangeBody")


class EventSerializer(serializers.Serializer[Any]):
    """``title``, ``text`` and ``why`` are in the reader's language; ``at`` is null when nobody wrote it down."""

    kind = serializers.ChoiceField(choices=[one.value for one in Kind])
    at = serializers.DateTimeField(allow_null=True)
    title = serializers.CharField()
    text = serializers.CharField()
    why = serializers.CharField()
    who = serializers.CharField()


class ChangeSerializer(serializers.ModelSerializer[ChangeRequest]):
    class Meta:
        model = ChangeRequest
        fields = ["id", "kind", "wished_date", "minutes", "reason", "state", "answer", "asked_at", "decided_at"]


class FollowUp(PlanningView):
    may = May.SEE_OWN

    @extend_schema(operation_id="own_follow_up", responses={200: EventSerializer(many=True)})
    def get(self, request: Request, pk: int) -> Response:
        """All that happened to one's own intervention, the latest first; nothing of drafts."""
        row, user = own(request, pk), signed_in(request)
        note_read(user=user, source=PatientRead.Source.FORM, interventions=[row.pk], now=timezone.now())
        return Response(EventSerializer(follow_up(row), many=True).data)


class Changes(PlanningView):
    may, may_change = May.SEE_OWN, May.SUBMIT

    @extend_schema(operation_id="own_change_list", responses={200: ChangeSerializer(many=True)})
    def get(self, request: Request, pk: int) -> Response:
        """The changes asked of it, the latest first."""
        return Response(ChangeSerializer(own(request, pk).change_requests.all(), many=True).data)

    @extend_schema(operation_id="own_change_ask", request=ChangeBody, responses={201: ChangeSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Ask for another day, another duration, the cancellation, or something else. 409 when it cannot be asked."""
        row = own(request, pk)
        form = filled(ChangeForm, given(ChangeBody, request))
        try:
            change = ask_change(intervention=row, user=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except ChangeRefused as error:
            raise refusal(error) from error
        return Response(ChangeSerializer(change).data, status=status.HTTP_201_CREATED)


class Change(PlanningView):
    may = May.SUBMIT

    @extend_schema(operation_id="own_change_withdraw", request=None, responses={204: None})
    def delete(self, request: Request, pk: int, change: int) -> Response:
        """No longer asked. 409 when it is answered already."""
        asked = get_object_or_404(ChangeRequest, pk=change, intervention=own(request, pk))
        try:
            withdraw_change(change=asked, user=signed_in(request), now=timezone.now())
        except ChangeRefused as error:
            raise refusal(error) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def refusal(error: ChangeRefused) -> Exception:
    """Beside its field when one is at fault."""
    text = refusal_text(error.why)
    if error.field:
        return serializers.ValidationError({error.field: [text]})
    return Problem(status.HTTP_409_CONFLICT, f"change-{error.why}", text)


def own(request: Request, pk: int) -> Intervention:
    return get_object_or_404(own_interventions(signed_in(request)), pk=pk)
