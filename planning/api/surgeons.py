"""Surgeons with their weekdays and absences."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.forms import body_of, filled, given
from planning.api.lists import ListView, NumberFilter, WordsFilter
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.api.touched import TouchedSerializer, touched
from planning.models import Absence, Surgeon, SurgeonAvailability
from planning.models.people import Weekday
from planning.selectors.touched import placements_of_surgeon
from planning.services.surgeons import add_absence, remove_absence, save_surgeon
from planning.web.forms.surgeons import AbsenceForm, SurgeonForm


class HoursSerializer(serializers.ModelSerializer[SurgeonAvailability]):
    """A weekday worked (0 is Monday), from one minute of the day to another."""

    weekday = serializers.IntegerField(min_value=0, max_value=6)
    start_minute = serializers.IntegerField(min_value=0, max_value=1440)
    end_minute = serializers.IntegerField(min_value=0, max_value=1440)

    class Meta:
        model = SurgeonAvailability
        fields = ["weekday", "start_minute", "end_minute"]
        validators: list[Any] = []


class AbsenceSerializer(serializers.ModelSerializer[Absence]):
    class Meta:
        model = Absence
        fields = ["id", "starts_on", "ends_on", "reason"]


class AwaySerializer(AbsenceSerializer):
    touched = TouchedSerializer(many=True)

    class Meta(AbsenceSerializer.Meta):
        fields = [*AbsenceSerializer.Meta.fields, "touched"]


class SurgeonSerializer(serializers.ModelSerializer[Surgeon]):
    """``hours``: the weekdays worked; the others are days off. ``user``: the account, if there is one."""

    hours = HoursSerializer(source="availabilities", many=True, read_only=True)
    absences = AbsenceSerializer(many=True, read_only=True)

    class Meta:
        model = Surgeon
        fields = ["id", *SurgeonForm.Meta.fields, "hours", "absences"]


SurgeonBody = body_of(SurgeonForm, "SurgeonBody", hours=HoursSerializer(many=True))
AbsenceBody = body_of(AbsenceForm, "AbsenceBody")


class SurgeonFilters(django_filters.FilterSet):  # type: ignore[misc]
    active = django_filters.BooleanFilter()
    specialty = NumberFilter()
    q = WordsFilter(inside=["last_name", "first_name", "trigram", "code", "specialty__name"])


def surgeons() -> QuerySet[Surgeon]:
    return Surgeon.objects.prefetch_related("availabilities", "absences")


def shown(pk: int) -> dict[str, Any]:
    return dict(SurgeonSerializer(get_object_or_404(surgeons(), pk=pk)).data)


def named(field: str) -> str:
    """The form asks two times a weekday."""
    return "hours" if field.startswith(("start_", "end_")) else field


def answers(values: dict[str, Any]) -> dict[str, Any]:
    """The body as the form takes it."""
    if "hours" not in values:
        return values
    rows = values.pop("hours")
    if len({row["weekday"] for row in rows}) < len(rows):
        raise serializers.ValidationError({"hours": [_("Un jour n'a qu'un horaire.")]})
    known = {row["weekday"]: row for row in rows}
    for day in Weekday:
        for side in ("start", "end"):
            values[f"{side}_{day.value}"] = known.get(day.value, {}).get(f"{side}_minute")
    return values


def saved(request: Request, form: SurgeonForm) -> Surgeon:
    return save_surgeon(
        surgeon=form.save(commit=False), hours=form.hours(), user=signed_in(request), now=timezone.now()
    )


class Surgeons(ListView):
    may = May.EDIT_REFERENCE
    queryset = surgeons()
    serializer_class = SurgeonSerializer
    filterset_class = SurgeonFilters
    orders = {
        "name": ["last_name", "first_name"],
        "trigram": ["trigram"],
        "specialty": ["specialty__code", "last_name"],
    }
    order = "name"

    @extend_schema(operation_id="surgeon_list")
    def get(self, request: Request) -> Response:
        """The surgeons, with the weekdays they work and their absences."""
        return self.listed(request)

    @extend_schema(operation_id="surgeon_create", request=SurgeonBody, responses={201: SurgeonSerializer})
    def post(self, request: Request) -> Response:
        """A new surgeon."""
        row = saved(request, filled(SurgeonForm, answers(given(SurgeonBody, request)), named=named))
        where = reverse("api-surgeon", kwargs={"pk": row.pk})
        return tagged(shown(row.pk), status.HTTP_201_CREATED, Location=where)


class SurgeonDetail(PlanningView):
    may = May.EDIT_REFERENCE
    conditional = True

    @extend_schema(operation_id="surgeon", responses={200: SurgeonSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One surgeon."""
        return tagged(shown(pk))

    @extend_schema(operation_id="surgeon_edit", request=SurgeonBody, responses={200: SurgeonSerializer})
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent; ``hours``, when sent, are all the weekdays worked."""
        row = get_object_or_404(Surgeon.objects.select_for_update(no_key=True), pk=pk)
        require_match(request, shown(pk))
        values = answers(given(SurgeonBody, request, partial=True))
        saved(request, filled(SurgeonForm, values, named=named, instance=row))
        return tagged(shown(pk))


class SurgeonAbsences(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="surgeon_absence", request=AbsenceBody, responses={201: AwaySerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Away between two dates, both included; ``touched`` is what is planned then."""
        row = get_object_or_404(Surgeon, pk=pk)
        form = filled(AbsenceForm, given(AbsenceBody, request), surgeon=row)
        absence = add_absence(surgeon=row, **form.cleaned_data, user=signed_in(request), now=timezone.now())
        first = max(timezone.localdate(), absence.starts_on)
        hit = touched(placements_of_surgeon(row, first, absence.ends_on))
        return Response({**AbsenceSerializer(absence).data, "touched": hit}, status=status.HTTP_201_CREATED)


class SurgeonAbsenceDetail(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="surgeon_absence_remove", request=None, responses={204: None})
    def delete(self, request: Request, pk: int, absence: int) -> Response:
        """There after all."""
        row = get_object_or_404(Absence, pk=absence, surgeon_id=pk)
        remove_absence(absence=row, user=signed_in(request), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
