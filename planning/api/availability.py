"""A surgeon's own absences and wishes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.forms import body_of, filled, given
from planning.api.lists import ListView
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.api.surgeons import AbsenceSerializer, AwaySerializer
from planning.api.touched import touched
from planning.models import Absence, Surgeon, SurgeonPreference
from planning.selectors.hits import planned_of
from planning.services.availability import (
    AbsenceBegun,
    AbsenceOverlaps,
    declare_absence,
    save_preferences,
    withdraw_absence,
)
from planning.web.forms.own import OwnAbsenceForm

OwnAbsenceBody = body_of(
    OwnAbsenceForm,
    "OwnAbsenceBody",
    confirmed=serializers.BooleanField(
        default=False, help_text="Declare it although it hits interventions that are planned."
    ),
)


class WishSerializer(serializers.ModelSerializer[SurgeonPreference]):
    """A half-day from Monday (0) to Friday (4)."""

    weekday = serializers.IntegerField(min_value=0, max_value=4)

    class Meta:
        model = SurgeonPreference
        fields = ["weekday", "half", "wish"]


class WishesSerializer(serializers.Serializer[Any]):
    wishes = serializers.ListField(child=WishSerializer(), max_length=10)


class OwnAbsences(ListView):
    may = May.SUBMIT
    serializer_class = AbsenceSerializer
    orders = {"starts_on": ["starts_on"]}
    order = "starts_on"

    def get_queryset(self) -> QuerySet[Absence]:
        if getattr(self, "swagger_fake_view", False):
            return Absence.objects.none()
        return Absence.objects.filter(surgeon__user=signed_in(self.request))

    @extend_schema(operation_id="own_absence_list")
    def get(self, request: Request) -> Response:
        """One's own absences, past and to come."""
        return self.listed(request)

    @extend_schema(operation_id="own_absence_declare", request=OwnAbsenceBody, responses={201: AwaySerializer})
    def post(self, request: Request) -> Response:
        """Away between two days, both included. 409 with what it hits, unless ``confirmed``."""
        surgeon, asked = _surgeon(request), given(OwnAbsenceBody, request)
        confirmed = asked.pop("confirmed", False)
        days = filled(OwnAbsenceForm, asked, surgeon=surgeon, today=timezone.localdate()).cleaned_data
        hit = touched(planned_of(surgeon, days["starts_on"], days["ends_on"]))
        if hit and not confirmed:
            title = _("Des interventions planifiées tombent dans cette absence")
            raise Problem(status.HTTP_409_CONFLICT, "hits-planned", title, touched=hit)
        try:
            absence = declare_absence(surgeon=surgeon, **days, user=signed_in(request), now=timezone.now())
        except AbsenceOverlaps as error:
            raise Problem(
                status.HTTP_409_CONFLICT, "overlaps", _("Une absence couvre déjà l'un de ces jours")
            ) from error
        return Response({**AbsenceSerializer(absence).data, "touched": hit}, status=status.HTTP_201_CREATED)


class OwnAbsence(PlanningView):
    may = May.SUBMIT

    @extend_schema(operation_id="own_absence_withdraw", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Here after all. 409 once it has begun."""
        row = get_object_or_404(Absence, pk=pk, surgeon=_surgeon(request))
        try:
            withdraw_absence(absence=row, today=timezone.localdate(), user=signed_in(request), now=timezone.now())
        except AbsenceBegun as error:
            text = _("Cette absence a commencé : demandez au bloc de la corriger.")
            raise Problem(status.HTTP_409_CONFLICT, "begun", text) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class OwnPreferences(PlanningView):
    may = May.SUBMIT
    conditional = True

    @extend_schema(operation_id="own_preferences", responses={200: WishesSerializer})
    def get(self, request: Request) -> Response:
        """The half-days wished for or not; the others are all the same."""
        return tagged(_wishes(_surgeon(request)))

    @extend_schema(operation_id="own_preferences_save", request=WishesSerializer, responses={200: WishesSerializer})
    @transaction.atomic
    def put(self, request: Request) -> Response:
        """These and no others."""
        surgeon = _surgeon(request)
        require_match(request, _wishes(surgeon))
        asked = given(WishesSerializer, request)["wishes"]
        wishes = {(one["weekday"], one["half"]): one["wish"] for one in asked}
        save_preferences(surgeon=surgeon, wishes=wishes, user=signed_in(request), now=timezone.now())
        return tagged(_wishes(surgeon))


def _wishes(surgeon: Surgeon) -> dict[str, Any]:
    rows = SurgeonPreference.objects.filter(surgeon=surgeon).order_by("weekday", "half")
    return {"wishes": WishSerializer(rows, many=True).data}


def _surgeon(request: Request) -> Surgeon:
    """404 for an account that is no surgeon's."""
    surgeon = Surgeon.objects.filter(user=signed_in(request)).first()
    if surgeon is None:
        raise Http404
    return surgeon
