"""One item of the inbox looked at closely: what speaks for or against what is asked."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.inbox import InboxItemSerializer, item_shown
from planning.api.permissions import PlanningView, signed_in
from planning.models import PatientRead
from planning.selectors.duration_history import Group, History
from planning.selectors.inbox import inbox_item
from planning.selectors.inbox_detail import detail_of
from planning.selectors.inbox_hints import Hints
from planning.services.reads import note_read


class SeenDurationsSerializer(serializers.Serializer[Any]):
    """How long it lasted before, in minutes from entry to exit; ``own``: the surgeon's own cases of this procedure."""

    group = serializers.ChoiceField(choices=[one.value for one in Group])
    count = serializers.IntegerField()
    own = serializers.IntegerField()
    median = serializers.IntegerField()
    p80 = serializers.IntegerField()
    over = serializers.IntegerField()


class OfferedDurationSerializer(serializers.Serializer[Any]):
    """A duration to accept it with; ``chosen``: the one the page proposes."""

    minutes = serializers.IntegerField()
    text = serializers.CharField()
    chosen = serializers.BooleanField()


class EvidencePlaceSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(source="day")
    place = serializers.CharField()
    why = serializers.CharField()
    cost = serializers.CharField()


class EvidenceSerializer(InboxItemSerializer):
    """``covered``: what the duration asked would have covered; ``odd``: what to check before accepting;
    ``question``: what to ask its surgeon; ``places``: the first ones under today's plans.
    """

    notes = serializers.CharField()
    covered = serializers.CharField()
    odd = serializers.ListField(child=serializers.CharField())
    question = serializers.CharField()
    history = SeenDurationsSerializer(allow_null=True)
    durations = OfferedDurationSerializer(many=True)
    places = EvidencePlaceSerializer(many=True)


class InboxEvidence(PlanningView):
    may = May.DECIDE

    @extend_schema(operation_id="inbox_item", responses={200: EvidenceSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One intervention as the inbox shows it, with the evidence for the decision."""
        today = timezone.localdate()
        item = inbox_item(pk, today=today)
        if item is None:
            raise Http404
        note_read(user=signed_in(request), source=PatientRead.Source.INBOX, interventions=[pk], now=timezone.now())
        detail, asked = detail_of(item, today), item.intervention.planned_minutes
        evidence = {
            "notes": item.intervention.notes,
            "covered": detail.covered.text,
            "odd": [one.text for one in detail.odd],
            "question": detail.question,
            "history": _history(detail.history, asked) if detail.history else None,
            "durations": [{"minutes": one.minutes, "text": one.label, "chosen": one.chosen} for one in detail.choices],
            "places": detail.places,
        }
        return Response(EvidenceSerializer(item_shown(item, Hints.of_requests([item], today)) | evidence).data)


def _history(history: History, asked: int) -> dict[str, Any]:
    names = ("group", "count", "own", "median", "p80")
    return {name: getattr(history, name) for name in names} | {"over": history.over(asked)}
