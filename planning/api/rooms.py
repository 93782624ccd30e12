"""Rooms and the dates on which they are closed."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.forms import body_of, filled, given
from planning.api.lists import ListView, WordsFilter
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.api.touched import TouchedSerializer, touched
from planning.models import Room, RoomClosure
from planning.selectors.touched import placements_in_room
from planning.services.rooms import close_room, reopen_room, save_room
from planning.web.forms.rooms import ClosureForm, RoomForm

RoomBody = body_of(RoomForm, "RoomBody")
ClosureBody = body_of(ClosureForm, "ClosureBody")


class ClosureSerializer(serializers.ModelSerializer[RoomClosure]):
    class Meta:
        model = RoomClosure
        fields = ["id", "starts_on", "ends_on", "reason"]


class ClosedSerializer(ClosureSerializer):
    """``touched``: the planned interventions that the closure hits; they stay until someone moves them."""

    touched = TouchedSerializer(many=True)

    class Meta(ClosureSerializer.Meta):
        fields = [*ClosureSerializer.Meta.fields, "touched"]


class RoomSerializer(serializers.ModelSerializer[Room]):
    closures = ClosureSerializer(many=True, read_only=True)

    class Meta:
        model = Room
        fields = ["id", *RoomForm.Meta.fields, "closures"]


class RoomFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    in_service = django_filters.BooleanFilter()
    q = WordsFilter(inside=["code", "name", "equipment__name"])


def rooms() -> QuerySet[Room]:
    return Room.objects.prefetch_related("equipment", "closures")


def shown(pk: int) -> dict[str, Any]:
    return dict(RoomSerializer(get_object_or_404(rooms(), pk=pk)).data)


class Rooms(ListView):
    may, may_change = May.SEE_WEEK, May.EDIT_REFERENCE
    queryset = rooms()
    serializer_class = RoomSerializer
    filterset_class = RoomFilters
    orders = {"position": ["position", "code"], "code": ["code"], "name": ["name"], "opens": ["opens_minute"]}
    order = "position"

    @extend_schema(operation_id="room_list")
    def get(self, request: Request) -> Response:
        """The rooms, with the dates on which they are closed."""
        return self.listed(request)

    @extend_schema(operation_id="room_create", request=RoomBody, responses={201: RoomSerializer})
    def post(self, request: Request) -> Response:
        """A new room."""
        form = filled(RoomForm, given(RoomBody, request))
        room = save_room(
            room=form.save(commit=False), equipment=form.cleaned_data["equipment"], user=signed_in(request),
            now=timezone.now(),
        )  # fmt: skip
        where = reverse("api-room", kwargs={"pk": room.pk})
        return tagged(shown(room.pk), status.HTTP_201_CREATED, Location=where)


class RoomDetail(PlanningView):
    may, may_change = May.SEE_WEEK, May.EDIT_REFERENCE
    conditional = True

    @extend_schema(operation_id="room", responses={200: RoomSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One room."""
        return tagged(shown(pk))

    @extend_schema(operation_id="room_edit", request=RoomBody, responses={200: RoomSerializer})
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent of it, and nothing else."""
        room = get_object_or_404(Room.objects.select_for_update(no_key=True), pk=pk)
        require_match(request, shown(pk))
        form = filled(RoomForm, given(RoomBody, request, partial=True), instance=room)
        save_room(
            room=form.save(commit=False), equipment=form.cleaned_data["equipment"], user=signed_in(request),
            now=timezone.now(),
        )  # fmt: skip
        return tagged(shown(pk))


class RoomClosures(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="room_close", request=ClosureBody, responses={201: ClosedSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Out of service between two dates, both included."""
        room = get_object_or_404(Room, pk=pk)
        form = filled(ClosureForm, given(ClosureBody, request), room=room)
        closure = close_room(room=room, **form.cleaned_data, user=signed_in(request), now=timezone.now())
        first = max(timezone.localdate(), closure.starts_on)
        hit = touched(placements_in_room(room, first, closure.ends_on))
        return Response({**ClosureSerializer(closure).data, "touched": hit}, status=status.HTTP_201_CREATED)


class RoomClosureDetail(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="room_reopen", request=None, responses={204: None})
    def delete(self, request: Request, pk: int, closure: int) -> Response:
        """Back in service on these dates."""
        row = get_object_or_404(RoomClosure, pk=closure, room_id=pk)
        reopen_room(closure=row, user=signed_in(request), now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
