"""Interventions: listed, read, asked for by the planning office, corrected, accepted, cancelled.

A surgeon reads their own, and nobody else's draft is anyone's business: both are 404, as what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May, allowed
from planning.api.errors import Problem
from planning.api.forms import body_of, filled, given
from planning.api.lists import ListView, NumberFilter, WordsFilter
from planning.api.parsing import LARGEST
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.calendar import minute_of
from planning.models import Equipment, Intervention, PatientRead, Placement, Plan, User
from planning.services.decisions import accept_requests
from planning.services.interventions import (
    InterventionChanged,
    InterventionRefused,
    cancel_intervention,
    create_intervention,
    edit_intervention,
    fingerprint,
)
from planning.services.reads import note_read
from planning.web.forms.interventions import CancelForm, InterventionForm

State = Intervention.State


def _specialty() -> serializers.IntegerField:
    """The form takes the surgeon's when there is none."""
    return serializers.IntegerField(min_value=1, max_value=LARGEST, required=False, allow_null=True)


InterventionBody = body_of(InterventionForm, "InterventionBody", specialty=_specialty())
InterventionPatch = body_of(
    InterventionForm,
    "InterventionPatch",
    specialty=_specialty(),
    reason=serializers.CharField(required=False, max_length=300, allow_blank=True),
)
CancelBody = body_of(CancelForm, "InterventionCancelBody")


class PlaceSerializer(serializers.ModelSerializer[Placement]):
    """Where a living version puts it: a draft (for whoever sees drafts) or the approved one."""

    status = serializers.CharField(source="plan.status")
    room = serializers.IntegerField(source="slot.room_id")
    date = serializers.DateField(source="slot.date")
    start = serializers.SerializerMethodField()

    class Meta:
        model = Placement
        fields = ["plan", "status", "slot", "room", "date", "start", "minutes", "forced"]

    def get_start(self, row: Placement) -> int:
        return minute_of(row.starts_at, row.slot.date)


class InterventionSerializer(serializers.ModelSerializer[Intervention]):
    places = PlaceSerializer(many=True, read_only=True)

    class Meta:
        model = Intervention
        fields = [
            "id", "code", "patient_code", "procedure_label", "procedure_code", "surgeon", "specialty",
            "planned_minutes", "priority", "admission_date", "deadline_date", "wished_date", "side", "anaesthesia",
            "ambulatory", "child", "septic", "recovery_minutes", "equipment", "notes", "state", "return_reason",
            "cancel_reason", "requested_at", "to_replan_since", "places",
        ]  # fmt: skip


class InterventionFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    state = django_filters.MultipleChoiceFilter(choices=State.choices)
    specialty = NumberFilter()
    surgeon = NumberFilter()
    deadline_from = django_filters.DateFilter(field_name="deadline_date", lookup_expr="gte")
    deadline_until = django_filters.DateFilter(field_name="deadline_date", lookup_expr="lte")
    q = WordsFilter(
        inside=["code", "patient_code", "procedure_label", "procedure_code", "surgeon__last_name", "surgeon__trigram"]
    )


def readable(user: User) -> QuerySet[Intervention]:
    """What ``user`` may read, each with its ``places``: whoever prepares reads all but others' drafts."""
    everyone = allowed(user, May.SEE_DRAFTS)
    own = Q(surgeon__user=user) if allowed(user, May.SEE_OWN) else Q(pk=None)
    mine = own | ~Q(state=State.DRAFT) if everyone else own
    statuses = (Plan.Status.DRAFT, Plan.Status.APPROVED) if everyone else (Plan.Status.APPROVED,)
    living = Placement.objects.filter(plan__status__in=statuses).select_related("plan", "slot")
    return Intervention.objects.filter(mine).prefetch_related(
        "equipment", Prefetch("placements", living.order_by("plan__number"), to_attr="places")
    )


def shown(user: User, pk: int) -> dict[str, Any]:
    return dict(InterventionSerializer(get_object_or_404(readable(user), pk=pk)).data)


def equipment_of(form: InterventionForm) -> Iterable[Equipment]:
    return cast("Iterable[Equipment]", form.cleaned_data["equipment"])


def closed() -> Problem:
    title = _("Cette intervention est réalisée ou annulée : elle ne change plus.")
    return Problem(status.HTTP_409_CONFLICT, "closed", title)


class Interventions(ListView):
    may, may_change = (May.SEE_DRAFTS, May.SEE_OWN), May.EDIT_INTERVENTIONS
    limit = "submission"
    queryset = Intervention.objects.all()
    serializer_class = InterventionSerializer
    filterset_class = InterventionFilters
    orders = {
        "code": ["code"], "deadline": ["deadline_date", "requested_at"], "admission": ["admission_date"],
        "requested": ["requested_at"], "state": ["state", "deadline_date"], "minutes": ["planned_minutes"],
    }  # fmt: skip
    order = "deadline"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return readable(signed_in(self.request))

    def noticed(self, request: Request, rows: list[Any]) -> None:
        numbers = [row.pk for row in rows]
        note_read(user=signed_in(request), source=PatientRead.Source.LIST, interventions=numbers, now=timezone.now())

    @extend_schema(operation_id="intervention_list")
    def get(self, request: Request) -> Response:
        """Everyone's for whoever plans, a surgeon's own; ``state`` may be given several times."""
        return self.listed(request)

    @extend_schema(
        operation_id="intervention_create", request=InterventionBody, responses={201: InterventionSerializer}
    )
    def post(self, request: Request) -> Response:
        """A request of the planning office: it is accepted as it stands. No ``specialty``: the surgeon's."""
        form, user = filled(InterventionForm, given(InterventionBody, request)), signed_in(request)
        row = create_intervention(
            intervention=form.save(commit=False), equipment=equipment_of(form), user=user, now=timezone.now()
        )
        where = reverse("api-intervention", kwargs={"pk": row.pk})
        return tagged(shown(user, row.pk), status.HTTP_201_CREATED, Location=where)


class InterventionView(PlanningView):
    def found(self, request: Request, pk: int) -> Intervention:
        return get_object_or_404(readable(signed_in(request)), pk=pk)

    def answer(self, request: Request, pk: int) -> Response:
        user = signed_in(request)
        data = shown(user, pk)
        note_read(user=user, source=PatientRead.Source.FORM, interventions=[pk], now=timezone.now())
        return tagged(data)


class InterventionDetail(InterventionView):
    may, may_change = (May.SEE_DRAFTS, May.SEE_OWN), May.EDIT_INTERVENTIONS
    conditional = True

    @extend_schema(operation_id="intervention", responses={200: InterventionSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One intervention, with where the living versions put it."""
        return self.answer(request, pk)

    @extend_schema(operation_id="intervention_edit", request=InterventionPatch, responses={200: InterventionSerializer})
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent, with the ``reason`` that the journal keeps. The drafts that hold it learn of it."""
        row = self.found(request, pk)
        # What is compared here is compared again by the service, on the row that it locks.
        seen = fingerprint(row)
        require_match(request, shown(signed_in(request), pk))
        values = given(InterventionPatch, request, partial=True)
        reason = values.pop("reason", "")
        form = filled(InterventionForm, values, instance=row)
        try:
            edit_intervention(
                intervention=form.save(commit=False), equipment=equipment_of(form), seen=seen, reason=reason,
                user=signed_in(request), now=timezone.now(),
            )  # fmt: skip
        except InterventionChanged:
            title = _("Quelqu'un d'autre l'a changée depuis")
            raise Problem(status.HTTP_412_PRECONDITION_FAILED, "version-changed", title) from None
        except InterventionRefused:
            raise closed() from None
        return self.answer(request, pk)


class InterventionAccept(InterventionView):
    may = May.EDIT_INTERVENTIONS

    @extend_schema(operation_id="intervention_accept", request=None, responses={200: InterventionSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """A request enters the list to plan. 409 ``already`` when it is no longer a request."""
        row = self.found(request, pk)
        outcome = accept_requests(interventions=[row.pk], user=signed_in(request), now=timezone.now())
        if outcome.refused:
            raise Problem(status.HTTP_409_CONFLICT, "already", _("Cette demande a déjà été traitée."))
        return self.answer(request, pk)


class InterventionCancel(InterventionView):
    may = May.EDIT_INTERVENTIONS

    @extend_schema(operation_id="intervention_cancel", request=CancelBody, responses={200: InterventionSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Cancelled, with the reason; it leaves the drafts. 409 ``closed`` when it is done or cancelled already."""
        row = self.found(request, pk)
        form = filled(CancelForm, given(CancelBody, request))
        try:
            cancel_intervention(
                intervention=row, reason=form.cleaned_data["reason"], user=signed_in(request), now=timezone.now()
            )
        except InterventionRefused:
            raise closed() from None
        return self.answer(request, pk)
