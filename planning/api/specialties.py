"""Specialties: saved, closed from a day on, reopened, removed while nobody uses them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.forms import body_of, filled, given
from planning.api.lists import ListView, WordsFilter
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.api.touched import TouchedSerializer, touched
from planning.models import Specialty
from planning.selectors.touched import placements_of_specialty
from planning.services.specialties import (
    SpecialtyChanged,
    SpecialtyInUse,
    close_specialty,
    remove_specialty,
    reopen_specialty,
    save_specialty,
)
from planning.web.forms.specialties import SpecialtyClosingForm, SpecialtyForm

SpecialtyBody = body_of(SpecialtyForm, "SpecialtyBody")
ClosingBody = body_of(SpecialtyClosingForm, "SpecialtyClosingBody")


class SpecialtySerializer(serializers.ModelSerializer[Specialty]):
    class Meta:
        model = Specialty
        fields = ["id", "code", "name", "colour", "closed_on", "close_reason"]


class ClosedSpecialtySerializer(SpecialtySerializer):
    touched = TouchedSerializer(many=True)

    class Meta(SpecialtySerializer.Meta):
        fields = [*SpecialtySerializer.Meta.fields, "touched"]


class SpecialtyFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """``closed``: already, or from a day to come."""

    q = WordsFilter(inside=["code", "name"])
    closed = django_filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull", exclude=True)


def shown(pk: int) -> dict[str, Any]:
    return dict(SpecialtySerializer(get_object_or_404(Specialty, pk=pk)).data)


def already(said: str) -> Problem:
    return Problem(status.HTTP_409_CONFLICT, "already", said)


class Specialties(ListView):
    may, may_change = May.SEE_WEEK, May.EDIT_REFERENCE
    queryset = Specialty.objects.all()
    serializer_class = SpecialtySerializer
    filterset_class = SpecialtyFilters
    orders = {"code": ["code"], "name": ["name"]}
    order = "code"

    @extend_schema(operation_id="specialty_list")
    def get(self, request: Request) -> Response:
        """The specialties, closed ones too."""
        return self.listed(request)

    @extend_schema(operation_id="specialty_create", request=SpecialtyBody, responses={201: SpecialtySerializer})
    def post(self, request: Request) -> Response:
        """A new specialty."""
        form = filled(SpecialtyForm, given(SpecialtyBody, request))
        row = save_specialty(specialty=form.save(commit=False), user=signed_in(request), now=timezone.now())
        where = reverse("api-specialty", kwargs={"pk": row.pk})
        return tagged(shown(row.pk), status.HTTP_201_CREATED, Location=where)


class SpecialtyDetail(PlanningView):
    may, may_change = May.SEE_WEEK, May.EDIT_REFERENCE
    conditional = True

    @extend_schema(operation_id="specialty", responses={200: SpecialtySerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One specialty."""
        return tagged(shown(pk))

    @extend_schema(operation_id="specialty_edit", request=SpecialtyBody, responses={200: SpecialtySerializer})
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent of it, and nothing else."""
        row = self.claimed(request, pk)
        form = filled(SpecialtyForm, given(SpecialtyBody, request, partial=True), instance=row)
        save_specialty(specialty=form.save(commit=False), user=signed_in(request), now=timezone.now())
        return tagged(shown(pk))

    @extend_schema(operation_id="specialty_remove", request=None, responses={204: None})
    @transaction.atomic
    def delete(self, request: Request, pk: int) -> Response:
        """Remove it. 409 ``in-use`` while surgeons, slots or interventions refer to it: close it instead."""
        row = self.claimed(request, pk)
        try:
            remove_specialty(specialty=row, user=signed_in(request), now=timezone.now())
        except SpecialtyInUse as error:
            title = _("Cette spécialité sert encore : fermez-la plutôt")
            raise Problem(status.HTTP_409_CONFLICT, "in-use", title, users=error.users) from None
        return Response(status=status.HTTP_204_NO_CONTENT)

    def claimed(self, request: Request, pk: int) -> Specialty:
        row = get_object_or_404(Specialty.objects.select_for_update(no_key=True), pk=pk)
        require_match(request, shown(pk))
        return row


class SpecialtyClose(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="specialty_close", request=ClosingBody, responses={200: ClosedSpecialtySerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Nothing new is planned from this day on; ``touched`` is what is planned already."""
        row = get_object_or_404(Specialty, pk=pk)
        form = filled(SpecialtyClosingForm, given(ClosingBody, request))
        try:
            close_specialty(specialty=row, **form.cleaned_data, user=signed_in(request), now=timezone.now())
        except SpecialtyChanged:
            raise already(_("Cette spécialité est déjà fermée")) from None
        first = max(timezone.localdate(), form.cleaned_data["closed_on"])
        return Response({**shown(pk), "touched": touched(placements_of_specialty(row, first))})


class SpecialtyReopen(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="specialty_reopen", request=None, responses={200: SpecialtySerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Planned again as before."""
        row = get_object_or_404(Specialty, pk=pk)
        try:
            reopen_specialty(specialty=row, user=signed_in(request), now=timezone.now())
        except SpecialtyChanged:
            raise already(_("Cette spécialité est déjà ouverte")) from None
        return tagged(shown(pk))
