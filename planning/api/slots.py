"""One week's dated slots: what is changed here changes this week only; and slots released to another specialty."""

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
from planning.api.lists import ListView, NumberFilter
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.api.weeks import week_or_404
from planning.calendar import Week, minute_of
from planning.models import Slot
from planning.services.slots import Generated, generate_slots
from planning.services.week_slots import SlotRefused, remove_slot, restore_pattern, save_slot
from planning.web.forms.slots import SlotForm, slot_initial, slot_values


def owner_field() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST, allow_null=True, required=False)


SlotBody = body_of(SlotForm, "SlotBody", without=("owner",), specialty=owner_field(), surgeon=owner_field())


class SlotSerializer(serializers.ModelSerializer[Slot]):
    """Minutes after midnight. ``specialty`` and ``surgeon`` null: open to all."""

    start_minute = serializers.SerializerMethodField()
    end_minute = serializers.SerializerMethodField()

    class Meta:
        model = Slot
        fields = [
            "id", "date", "room", "start_minute", "end_minute", "specialty", "surgeon", "kind", "positions",
            "longest_minutes", "origin",
        ]  # fmt: skip

    def get_start_minute(self, row: Slot) -> int:
        return minute_of(row.starts_at, row.date)

    def get_end_minute(self, row: Slot) -> int:
        return minute_of(row.ends_at, row.date)


class GeneratedSerializer(serializers.Serializer[Any]):
    """What following the master plan wrote; ``kept`` differ from it and hold placements."""

    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    removed = serializers.IntegerField()
    kept = serializers.IntegerField()


class SlotFilters(django_filters.FilterSet):  # type: ignore[misc]
    room = NumberFilter()
    specialty = NumberFilter()
    surgeon = NumberFilter()
    date = django_filters.DateFilter()


def owned(values: dict[str, Any]) -> dict[str, Any]:
    """The body as the form takes it: one owner of two kinds."""
    if "specialty" not in values and "surgeon" not in values:
        return values
    specialty, surgeon = values.pop("specialty", None), values.pop("surgeon", None)
    if specialty and surgeon:
        text = _("Une plage est à une spécialité ou à un chirurgien, pas aux deux.")
        raise serializers.ValidationError({"surgeon": [text]})
    owner = f"specialty:{specialty}" if specialty else f"surgeon:{surgeon}" if surgeon else ""
    return values | {"owner": owner}


def named(field: str) -> str:
    return "specialty" if field == "owner" else field


def refused(error: SlotRefused) -> Problem:
    more = {"errors": {named(error.field): [error.message]}} if error.field else {}
    return Problem(status.HTTP_409_CONFLICT, "slot-refused", _("Plage refusée"), error.message, **more)


def written(done: Generated) -> Response:
    return Response({"added": done.added, "changed": done.changed, "removed": done.removed, "kept": done.kept})


class WeekSlots(ListView):
    may, may_change = May.SEE_WEEK, May.EDIT_REFERENCE
    queryset = Slot.objects.all()
    serializer_class = SlotSerializer
    filterset_class = SlotFilters
    orders = {"date": ["date", "room__position", "starts_at"], "room": ["room__position", "date", "starts_at"]}
    order = "date"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        week = week_or_404(self.kwargs["week"])
        return rows.filter(date__range=(week.monday, week.days[-1]))

    @extend_schema(operation_id="slot_list")
    def get(self, request: Request, week: str) -> Response:
        """The slots of the week."""
        return self.listed(request)

    @extend_schema(operation_id="slot_create", request=SlotBody, responses={201: SlotSerializer})
    def post(self, request: Request, week: str) -> Response:
        """A slot more, in this week only."""
        chosen = week_or_404(week)
        row = save(request, chosen, None, given(SlotBody, request))
        where = reverse("api-slot", kwargs={"week": str(chosen), "pk": row.pk})
        return tagged(SlotSerializer(row).data, status.HTTP_201_CREATED, Location=where)


def save(request: Request, week: Week, row: Slot | None, values: dict[str, Any]) -> Slot:
    initial = slot_initial(row) if row else {}
    form = filled(SlotForm, owned(values), named=named, week=week, initial=initial)
    try:
        return save_slot(
            slot=row, week=week, values=slot_values(form.cleaned_data, form.cleaned_data["date"]),
            user=signed_in(request), now=timezone.now(),
        )  # fmt: skip
    except SlotRefused as error:
        raise refused(error) from None


class SlotDetail(PlanningView):
    may, may_change = May.SEE_WEEK, May.EDIT_REFERENCE
    conditional = True

    def found(self, week: str, pk: int, *, claim: bool = False) -> Slot:
        chosen = week_or_404(week)
        rows = Slot.objects.select_for_update(no_key=True) if claim else Slot.objects.all()
        return get_object_or_404(rows, pk=pk, date__range=(chosen.monday, chosen.days[-1]))

    @extend_schema(operation_id="slot", responses={200: SlotSerializer})
    def get(self, request: Request, week: str, pk: int) -> Response:
        """One slot of the week."""
        return tagged(SlotSerializer(self.found(week, pk)).data)

    @extend_schema(operation_id="slot_edit", request=SlotBody, responses={200: SlotSerializer})
    @transaction.atomic
    def patch(self, request: Request, week: str, pk: int) -> Response:
        """Change what is sent, in this week only. 409 ``slot-refused`` when it meets another or leaves a case out."""
        row = self.found(week, pk, claim=True)
        require_match(request, SlotSerializer(row).data)
        changed = save(request, week_or_404(week), row, given(SlotBody, request, partial=True))
        return tagged(SlotSerializer(changed).data)

    @extend_schema(operation_id="slot_remove", request=None, responses={204: None})
    @transaction.atomic
    def delete(self, request: Request, week: str, pk: int) -> Response:
        """Take it out of the week. 409 ``slot-refused`` while a version has placed something in it."""
        row = self.found(week, pk, claim=True)
        require_match(request, SlotSerializer(row).data)
        try:
            remove_slot(slot=row, user=signed_in(request), now=timezone.now())
        except SlotRefused as error:
            raise refused(error) from None
        return Response(status=status.HTTP_204_NO_CONTENT)


class WeekGenerate(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="slot_generate", request=None, responses={200: GeneratedSerializer})
    def post(self, request: Request, week: str) -> Response:
        """Write the master plan's slots in the week, where nobody changed them by hand."""
        return written(generate_slots(week=week_or_404(week)))


class WeekRestore(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="slot_restore", request=None, responses={200: GeneratedSerializer})
    def post(self, request: Request, week: str) -> Response:
        """The whole week follows the master plan again; what holds placements stays."""
        return written(restore_pattern(week=week_or_404(week), user=signed_in(request), now=timezone.now()))
