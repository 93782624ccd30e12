"""A surgeon's own requests: drafts, what is submitted, and what is answered before it is."""

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
from planning.api.lists import MOST_LETTERS, ListView, WordsFilter
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.api.shapes import described
from planning.api.shapes.requests import DurationAnswer, PlacesAnswer
from planning.api.weeks import query
from planning.models import Intervention, PatientRead, Surgeon
from planning.selectors.duration_history import duration_history, usual_needs
from planning.selectors.first_places import first_places
from planning.selectors.procedures import code_of, frequent_procedures, search_procedures
from planning.selectors.request_words import history_answer, places_answer
from planning.selectors.requests import own_requests, same_requests, surgeon_of
from planning.services import requests as services
from planning.services.interventions import InterventionChanged
from planning.services.reads import note_read
from planning.web.forms.requests import RequestForm
from planning.web.request_page import asked_of

State = Intervention.State
RequestBody = body_of(RequestForm, "RequestBody")


class RequestSerializer(serializers.ModelSerializer[Intervention]):
    """A draft may have no patient's code yet."""

    patient_code = serializers.CharField(allow_blank=True)

    class Meta:
        model = Intervention
        fields = [
            "id", "code", "state", *RequestForm.Meta.fields, "procedure_code", "return_reason", "cancel_reason",
            "requested_at",
        ]  # fmt: skip


class SubmitBody(serializers.Serializer[Any]):
    """``answer`` replies to the bloc's question; ``again`` goes on though the same was asked already."""

    answer = serializers.CharField(required=False, allow_blank=True, max_length=300)
    again = serializers.BooleanField(required=False, default=False)


class DurationQuestion(serializers.Serializer[Any]):
    procedure_label = serializers.CharField(max_length=200)
    planned_minutes = serializers.IntegerField(min_value=5, max_value=1440, required=False, allow_null=True)


class ProcedureQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=MOST_LETTERS)


class ProcedureSerializer(serializers.Serializer[Any]):
    """``own``: how often the surgeon asked for it; ``total``: how often anyone did."""

    procedure_label = serializers.CharField(source="label")
    procedure_code = serializers.CharField(source="code")
    own = serializers.IntegerField()
    total = serializers.IntegerField()


PlacesQuestion = body_of(RequestForm, "PlacesQuestion", without=(
    "patient_code", "procedure_label", "side", "anaesthesia", "notes", "wished_date",
))  # fmt: skip


class RequestFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    state = django_filters.MultipleChoiceFilter(choices=State.choices)
    q = WordsFilter(inside=["code", "patient_code", "procedure_label", "procedure_code"])


def surgeon_asking(request: Request) -> Surgeon:
    surgeon = surgeon_of(signed_in(request))
    if surgeon is None:
        title = _("Votre compte n'est relié à aucun chirurgien")
        raise Problem(status.HTTP_409_CONFLICT, "no-surgeon", title)
    return surgeon


def own(request: Request, pk: int) -> Intervention:
    return get_object_or_404(own_requests(surgeon_asking(request)).prefetch_related("equipment"), pk=pk)


def shown(request: Request, pk: int) -> dict[str, Any]:
    row = own(request, pk)
    _note(request, PatientRead.Source.FORM, [row])
    return dict(RequestSerializer(row).data)


def decided() -> Problem:
    title = _("Le bloc a déjà décidé de cette demande")
    return Problem(status.HTTP_409_CONFLICT, "decided", title, _("Rien n'a été changé. Relisez-la."))


def _note(request: Request, source: str, rows: list[Intervention]) -> None:
    """A draft is its reader's own writing: not a reading of anybody's."""
    numbers = [row.pk for row in rows if row.state != State.DRAFT]
    note_read(user=signed_in(request), source=source, interventions=numbers, now=timezone.now())


class Requests(ListView):
    may = May.SUBMIT
    serializer_class = RequestSerializer
    filterset_class = RequestFilters
    queryset = Intervention.objects.none()
    orders = {"requested": ["requested_at"], "deadline": ["deadline_date"], "code": ["code"], "state": ["state"]}
    order = "-requested"

    def get_queryset(self) -> QuerySet[Intervention]:
        surgeon = surgeon_of(signed_in(self.request))
        return own_requests(surgeon).prefetch_related("equipment") if surgeon else Intervention.objects.none()

    def noticed(self, request: Request, rows: list[Any]) -> None:
        _note(request, PatientRead.Source.LIST, rows)

    @extend_schema(operation_id="request_list")
    def get(self, request: Request) -> Response:
        """The surgeon's own, drafts included, the latest first."""
        return self.listed(request)

    @extend_schema(operation_id="request_create", request=RequestBody, responses={201: RequestSerializer})
    def post(self, request: Request) -> Response:
        """A draft, that only its surgeon sees until it is submitted."""
        surgeon = surgeon_asking(request)
        form = filled(RequestForm, given(RequestBody, request))
        row = services.save_request_draft(
            request=form.save(commit=False), equipment=form.equipment_chosen(), surgeon=surgeon,
            user=signed_in(request), now=timezone.now(),
        )  # fmt: skip
        where = reverse("api-request", kwargs={"pk": row.pk})
        return tagged(shown(request, row.pk), status.HTTP_201_CREATED, Location=where)


class RequestDetail(PlanningView):
    may = May.SUBMIT
    conditional = True

    @extend_schema(operation_id="request", responses={200: RequestSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One of the surgeon's own; another's is not there."""
        return tagged(shown(request, pk))

    @extend_schema(operation_id="request_edit", request=RequestBody, responses={200: RequestSerializer})
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is sent of a draft, or of what the bloc sent back."""
        row = own(request, pk)
        require_match(request, shown(request, pk))
        form = filled(RequestForm, given(RequestBody, request, partial=True), instance=row)
        _kept(request, form, row)
        return tagged(shown(request, pk))

    @extend_schema(operation_id="request_delete", request=None, responses={204: None})
    @transaction.atomic
    def delete(self, request: Request, pk: int) -> Response:
        """A draft; one that was submitted before stays, cancelled."""
        row = own(request, pk)
        require_match(request, shown(request, pk))
        try:
            services.delete_request_draft(request=row, surgeon=row.surgeon, user=signed_in(request), now=timezone.now())
        except services.RequestRefused as error:
            raise decided() from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def _kept(request: Request, form: RequestForm, row: Intervention) -> None:
    try:
        services.save_request_draft(
            request=form.save(commit=False), equipment=form.equipment_chosen(), surgeon=row.surgeon,
            user=signed_in(request), now=timezone.now(),
        )  # fmt: skip
    except services.RequestRefused as error:
        raise decided() from error


class Submit(PlanningView):
    may = May.SUBMIT
    limit = "submission"

    @extend_schema(operation_id="request_submit", request=SubmitBody, responses={200: RequestSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Ask it of the bloc. 409 ``asked-already`` names the surgeon's own open ones of the same: send ``again``."""
        asked, row = given(SubmitBody, request), own(request, pk)
        if row.state not in services.OPEN_TO_SURGEON:
            raise decided()
        sent = {"answer": asked["answer"]} if asked.get("answer") else {}
        form = filled(RequestForm, sent, instance=row, submitting=True)
        twins = [] if asked["again"] else same_requests(row.surgeon, row)
        if twins:
            title = _("Vous avez déjà demandé cet acte pour ce dossier")
            raise Problem(status.HTTP_409_CONFLICT, "asked-already", title, requests=[one.code for one in twins])
        try:
            services.submit_request(
                request=form.save(commit=False), equipment=form.equipment_chosen(), surgeon=row.surgeon,
                user=signed_in(request), now=timezone.now(), answer=asked.get("answer", ""),
            )  # fmt: skip
        except (services.RequestRefused, InterventionChanged) as error:
            raise decided() from error
        return tagged(shown(request, pk))


class Withdraw(PlanningView):
    may = May.SUBMIT

    @extend_schema(operation_id="request_withdraw", request=None, responses={200: RequestSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Back to a draft, as long as the bloc has not accepted it."""
        row = own(request, pk)
        try:
            services.withdraw_request(request=row, surgeon=row.surgeon, user=signed_in(request), now=timezone.now())
        except services.RequestRefused as error:
            raise decided() from error
        return tagged(shown(request, pk))


class Procedures(PlanningView):
    may = May.SUBMIT

    @extend_schema(
        operation_id="request_procedures",
        parameters=[ProcedureQuery],
        responses={200: ProcedureSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        """The procedures whose name or code holds every word of ``q``; without words, the surgeon's most frequent."""
        surgeon, words = surgeon_asking(request), query(ProcedureQuery, request).get("q", "").strip()
        found = search_procedures(words, surgeon) if words else frequent_procedures(surgeon)
        return Response(ProcedureSerializer(found, many=True).data)


class Duration(PlanningView):
    may = May.SUBMIT
    asks_only = True
    limit = "question"

    @extend_schema(
        operation_id="request_duration", request=DurationQuestion, responses={200: described(DurationAnswer)}
    )
    def post(self, request: Request) -> Response:
        """How long the procedure has lasted before: median, P80, how many would have run over; and what it usually
        needs. Null without a case.
        """
        asked, surgeon = given(DurationQuestion, request), surgeon_asking(request)
        label = asked["procedure_label"]
        code = code_of(label)
        history, needs = duration_history(surgeon, label, code), usual_needs(surgeon, label, code)
        told = history_answer(history, asked.get("planned_minutes")) if history else None
        usual = needs._asdict() | {"equipment": sorted(needs.equipment)} if needs else None
        return Response({"history": told, "usual": usual})


class Places(PlanningView):
    may = May.SUBMIT
    asks_only = True
    limit = "question"

    @extend_schema(operation_id="request_places", request=PlacesQuestion, responses={200: described(PlacesAnswer)})
    def post(self, request: Request) -> Response:
        """The first days on which it would fit under today's plans, and their cost. Binds nobody, reserves nothing."""
        surgeon, asked = surgeon_asking(request), given(PlacesQuestion, request)
        form = filled(RequestForm, asked | {"procedure_label": "-"})
        return Response(places_answer(first_places(asked_of(form.cleaned_data, surgeon), timezone.localdate())))
