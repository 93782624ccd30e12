"""Slots that pass from their owner to another: by rule some days ahead, or by hand."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.forms import filled, given
from planning.api.lists import ListView, NumberFilter
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.models import ReleaseRule, Slot, SlotRelease, Specialty
from planning.services.releases import UnableToRelease, release_slot, save_rules
from planning.web.forms.releases import ReleaseRulesForm, rules_initial


class ReleaseSerializer(serializers.ModelSerializer[SlotRelease]):
    """``substitute`` null: open to all. ``released_by`` null: the rule did it."""

    class Meta:
        model = SlotRelease
        fields = [
            "id", "slot", "room", "date", "start_minute", "end_minute", "specialty", "surgeon", "substitute",
            "released_at", "released_by",
        ]  # fmt: skip


class ReleaseFilters(django_filters.FilterSet):  # type: ignore[misc]
    room = NumberFilter()
    specialty = NumberFilter()
    substitute = NumberFilter()
    date_from = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_until = django_filters.DateFilter(field_name="date", lookup_expr="lte")


class ReleaseBody(serializers.Serializer[Any]):
    """To whom; null: to everyone."""

    substitute = serializers.IntegerField(min_value=1, max_value=LARGEST, allow_null=True)


class ReleaseRuleSerializer(serializers.Serializer[Any]):
    """``days_ahead`` null: the specialty's slots are never released. ``substitute`` null: they open to all."""

    specialty = serializers.IntegerField(min_value=1, max_value=LARGEST)
    days_ahead = serializers.IntegerField(min_value=1, max_value=60, allow_null=True)
    substitute = serializers.IntegerField(min_value=1, max_value=LARGEST, allow_null=True)


class ReleaseRulesSerializer(serializers.Serializer[Any]):
    rules = ReleaseRuleSerializer(many=True)


class Releases(ListView):
    may = May.SEE_DRAFTS
    queryset = SlotRelease.objects.all()
    serializer_class = ReleaseSerializer
    filterset_class = ReleaseFilters
    orders = {"at": ["released_at"], "date": ["date", "start_minute"]}
    order = "-at"

    @extend_schema(operation_id="release_list")
    def get(self, request: Request) -> Response:
        """What was released, the latest first."""
        return self.listed(request)


class ReleaseNow(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="slot_release", request=ReleaseBody, responses={201: ReleaseSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Release an unused slot by hand, whatever the rule says. 409 says why it cannot be."""
        slot = get_object_or_404(Slot.objects.select_related("room", "specialty", "surgeon__specialty"), pk=pk)
        wanted = given(ReleaseBody, request)["substitute"]
        substitute = Specialty.objects.filter(pk=wanted).first() if wanted else None
        if wanted and substitute is None:
            raise serializers.ValidationError({"substitute": [_("Cette spécialité n'existe pas.")]})
        try:
            row = release_slot(
                slot=slot, substitute=substitute, user=signed_in(request), now=timezone.now(),
                today=timezone.localdate(),
            )  # fmt: skip
        except UnableToRelease as error:
            raise Problem(status.HTTP_409_CONFLICT, f"slot-{error.reason}", _refused(error.reason)) from None
        return Response(ReleaseSerializer(row).data, status=status.HTTP_201_CREATED)


def _refused(reason: str) -> str:
    return {
        "past": _("Cette vacation est passée."),
        "used": _("Une intervention vient d'y être placée : elle n'est plus libre."),
        "unowned": _("Cette vacation est déjà ouverte à tous."),
        "gone": _("Cette vacation a changé entre-temps : rechargez la page."),
    }[reason]


def shown() -> dict[str, Any]:
    known = {rule.specialty_id: rule for rule in ReleaseRule.objects.all()}
    rows = []
    for pk in Specialty.objects.order_by("code").values_list("pk", flat=True):
        rule = known.get(pk)
        facts = {"days_ahead": rule.days_ahead, "substitute": rule.substitute_id} if rule else {}
        rows.append({"specialty": pk, "days_ahead": None, "substitute": None} | facts)
    return {"rules": rows}


class ReleaseRules(PlanningView):
    may, may_change = May.SEE_DRAFTS, May.EDIT_REFERENCE
    conditional = True

    @extend_schema(operation_id="release_rules", responses={200: ReleaseRulesSerializer})
    def get(self, request: Request) -> Response:
        """When each specialty's unused slots are released, and to whom."""
        return tagged(shown())

    @extend_schema(
        operation_id="release_rules_edit", request=ReleaseRulesSerializer, responses={200: ReleaseRulesSerializer}
    )
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """Change the rules of the specialties that are named; the others stay."""
        list(Specialty.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        require_match(request, shown())
        values = {}
        for rule in given(ReleaseRulesSerializer, request)["rules"]:
            values[f"days_{rule['specialty']}"] = rule["days_ahead"]
            values[f"substitute_{rule['specialty']}"] = rule["substitute"]
        specialties = list(Specialty.objects.all())
        unknown = {int(name.partition("_")[2]) for name in values} - {one.pk for one in specialties}
        if unknown:
            raise serializers.ValidationError({"rules": [_("Cette spécialité n'existe pas.")]})
        known = {rule.specialty_id: rule for rule in ReleaseRule.objects.all()}
        form = filled(
            ReleaseRulesForm, values, named=lambda _field: "rules", specialties=specialties,
            initial=rules_initial(known),
        )  # fmt: skip
        save_rules(rules=form.rules())
        return tagged(shown())
