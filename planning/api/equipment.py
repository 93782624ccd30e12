"""Equipment: what rooms have and interventions need; saved with its rooms, removed while nobody needs it."""

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
from planning.api.errors import Problem
from planning.api.forms import body_of, filled, given
from planning.api.lists import ListView, WordsFilter
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.models import Equipment
from planning.services.equipment import EquipmentInUse, remove_equipment, save_equipment
from planning.web.forms.equipment import EquipmentForm

EquipmentBody = body_of(EquipmentForm, "EquipmentBody")


class EquipmentSerializer(serializers.ModelSerializer[Equipment]):
    """``units``: how many the rooms share; null when each of ``rooms`` has its own."""

    rooms: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = Equipment
        fields = ["id", *EquipmentForm.Meta.fields, "rooms"]


class EquipmentFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """``shared``: lent from room to room."""

    q = WordsFilter(inside=["code", "name"])
    shared = django_filters.BooleanFilter(field_name="units", lookup_expr="isnull", exclude=True)


def equipment() -> QuerySet[Equipment]:
    return Equipment.objects.prefetch_related("rooms")


def shown(pk: int) -> dict[str, Any]:
    return dict(EquipmentSerializer(get_object_or_404(equipment(), pk=pk)).data)


class EquipmentList(ListView):
    may, may_change = May.SEE_WEEK, May.EDIT_REFERENCE
    queryset = equipment()
    serializer_class = EquipmentSerializer
    filterset_class = EquipmentFilters
    orders = {"code": ["code"], "name": ["name"], "units": ["units", "code"]}
    order = "code"

    @extend_schema(operation_id="equipment_list")
    def get(self, request: Request) -> Response:
        """What rooms have and interventions need, with the rooms in which it can be used."""
        return self.listed(request)

    @extend_schema(operation_id="equipment_create", request=EquipmentBody, responses={201: EquipmentSerializer})
    def post(self, request: Request) -> Response:
        """A new one, with the rooms that have it."""
        row = save(request, filled(EquipmentForm, given(EquipmentBody, request)))
        where = reverse("api-equipment-one", kwargs={"pk": row.pk})
        return tagged(shown(row.pk), status.HTTP_201_CREATED, Location=where)


def save(request: Request, form: EquipmentForm) -> Equipment:
    row: Equipment = form.save(commit=False)
    return save_equipment(
        equipment=row, rooms=form.cleaned_data["rooms"], user=signed_in(request), now=timezone.now()
    )  # fmt: skip


class EquipmentDetail(PlanningView):
    may, may_change = May.SEE_WEEK, May.EDIT_REFERENCE
    conditional = True

    @extend_schema(operation_id="equipment", responses={200: EquipmentSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One of them."""
        return tagged(shown(pk))

    @extend_schema(operation_id="equipment_edit", request=EquipmentBody, responses={200: EquipmentSerializer})
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent of it, and nothing else; ``rooms`` is the whole list."""
        row = self.claimed(request, pk)
        save(request, filled(EquipmentForm, given(EquipmentBody, request, partial=True), instance=row))
        return tagged(shown(pk))

    @extend_schema(operation_id="equipment_remove", request=None, responses={204: None})
    @transaction.atomic
    def delete(self, request: Request, pk: int) -> Response:
        """Remove it. 409 ``in-use`` while rooms have it or interventions ask for it."""
        row = self.claimed(request, pk)
        try:
            remove_equipment(equipment=row, user=signed_in(request), now=timezone.now())
        except EquipmentInUse as error:
            used = {"rooms": error.use.rooms, "interventions": error.use.interventions}
            title = _("Cet équipement sert encore : retirez-le d'abord des salles.")
            raise Problem(status.HTTP_409_CONFLICT, "in-use", title, users=used) from None
        return Response(status=status.HTTP_204_NO_CONTENT)

    def claimed(self, request: Request, pk: int) -> Equipment:
        row = get_object_or_404(Equipment.objects.select_for_update(no_key=True), pk=pk)
        require_match(request, shown(pk))
        return row
