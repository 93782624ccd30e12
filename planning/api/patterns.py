"""Master plans and their slots: listed, made, changed, applied to the weeks. The board of a draft: master_plans.py."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.forms import body_of, filled, given
from planning.api.lists import ListView, NumberFilter, WordsFilter
from planning.api.permissions import PlanningView
from planning.api.preconditions import require_match, tagged
from planning.api.slots import GeneratedSerializer, named, owned, owner_field, refused, written
from planning.calendar import Week
from planning.models import MasterPlan, SlotPattern
from planning.services.master_plan_drafts import (
    NoActivity,
    StaleMasterPlan,
    abandon_draft,
    draft_from_activity,
    propose_vacations,
)
from planning.services.master_plans import save_pattern
from planning.services.slots import Generated, generate_slots, weeks_between
from planning.services.week_slots import SlotRefused
from planning.web.forms.master_plans import ProposalForm
from planning.web.forms.slots import ApplyForm, MasterPlanForm, PatternForm, pattern_initial, slot_values

MasterPlanBody = body_of(MasterPlanForm, "MasterPlanBody")
ProposalBody = body_of(ProposalForm, "MasterPlanProposalBody")
ApplyBody = body_of(ApplyForm, "MasterPlanApplyBody")
PatternBody = body_of(
    PatternForm,
    "PatternBody",
    without=("owner",),
    cycle_week=serializers.IntegerField(min_value=1, max_value=4, default=1),
    weekday=serializers.IntegerField(min_value=0, max_value=6),
    specialty=owner_field(),
    surgeon=owner_field(),
)


class MasterPlanSerializer(serializers.ModelSerializer[MasterPlan]):
    class Meta:
        model = MasterPlan
        fields = [
            "id",
            "name",
            "valid_from",
            "valid_until",
            "cycle_weeks",
            "status",
            "revision",
            "advice",
            "validated_at",
        ]


class PatternSerializer(serializers.ModelSerializer[SlotPattern]):
    class Meta:
        model = SlotPattern
        fields = [
            "id", "cycle_week", "weekday", "room", "start_minute", "end_minute", "specialty", "surgeon", "kind",
            "positions", "longest_minutes", "pinned",
        ]  # fmt: skip


class MasterPlanFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    status = django_filters.ChoiceFilter(choices=MasterPlan.Status.choices)
    q = WordsFilter(inside=["name"])


class PatternFilters(django_filters.FilterSet):  # type: ignore[misc]
    cycle_week = NumberFilter(max_value=4)
    weekday = NumberFilter(min_value=0, max_value=6)
    room = NumberFilter()
    specialty = NumberFilter()
    surgeon = NumberFilter()


def shown(pk: int) -> dict[str, Any]:
    return dict(MasterPlanSerializer(get_object_or_404(MasterPlan, pk=pk)).data)


class MasterPlans(ListView):
    may = May.EDIT_REFERENCE
    queryset = MasterPlan.objects.all()
    serializer_class = MasterPlanSerializer
    filterset_class = MasterPlanFilters
    orders = {"from": ["valid_from"], "name": ["name"]}
    order = "-from"

    @extend_schema(operation_id="master_plan_list")
    def get(self, request: Request) -> Response:
        """The master plans and their drafts, the latest first."""
        return self.listed(request)

    @extend_schema(operation_id="master_plan_create", request=MasterPlanBody, responses={201: MasterPlanSerializer})
    def post(self, request: Request) -> Response:
        """An empty master plan, to give its slots."""
        row = filled(MasterPlanForm, given(MasterPlanBody, request)).save()
        where = reverse("api-master-plan", kwargs={"pk": row.pk})
        return tagged(shown(row.pk), status.HTTP_201_CREATED, Location=where)


class MasterPlanFromActivity(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(
        operation_id="master_plan_from_activity", request=ProposalBody, responses={201: MasterPlanSerializer}
    )
    def post(self, request: Request) -> Response:
        """A draft proposed from what was operated in a period, to adjust on its board, then validate."""
        asked = dict(filled(ProposalForm, given(ProposalBody, request)).cleaned_data)
        most_changes = asked.pop("most_changes")
        try:
            plan = draft_from_activity(**asked)
        except NoActivity:
            raise serializers.ValidationError({"first": [nothing_operated()]}) from None
        propose_vacations(plan=plan, revision=plan.revision, most_changes=most_changes)
        where = reverse("api-master-plan", kwargs={"pk": plan.pk})
        return tagged(shown(plan.pk), status.HTTP_201_CREATED, Location=where)


def nothing_operated() -> str:
    return _("Aucune intervention réalisée dans cette période : il n'y a rien d'où proposer un plan.")


class MasterPlanDetail(PlanningView):
    may = May.EDIT_REFERENCE
    conditional = True

    @extend_schema(operation_id="master_plan", responses={200: MasterPlanSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One master plan; its slots are listed apart."""
        return tagged(shown(pk))

    @extend_schema(operation_id="master_plan_edit", request=MasterPlanBody, responses={200: MasterPlanSerializer})
    @transaction.atomic
    def patch(self, request: Request, pk: int) -> Response:
        """Change its name, its dates or its cycle."""
        row = get_object_or_404(MasterPlan.objects.select_for_update(no_key=True), pk=pk)
        require_match(request, shown(pk))
        filled(MasterPlanForm, given(MasterPlanBody, request, partial=True), instance=row).save()
        return tagged(shown(pk))

    @extend_schema(operation_id="master_plan_abandon", request=None, responses={204: None})
    @transaction.atomic
    def delete(self, request: Request, pk: int) -> Response:
        """Abandon a draft. 409 ``validated`` when weeks follow it."""
        row = get_object_or_404(MasterPlan.objects.select_for_update(no_key=True), pk=pk)
        require_match(request, shown(pk))
        try:
            abandon_draft(plan=row)
        except StaleMasterPlan:
            title = _("Ce plan directeur est validé : il ne s'abandonne plus.")
            raise Problem(status.HTTP_409_CONFLICT, "validated", title) from None
        return Response(status=status.HTTP_204_NO_CONTENT)


class MasterPlanApply(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="master_plan_apply", request=ApplyBody, responses={200: GeneratedSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Write the slots of the plan in force in so many weeks from this one on."""
        get_object_or_404(MasterPlan, pk=pk)
        asked = filled(ApplyForm, given(ApplyBody, request)).cleaned_data
        total = Generated()
        for week in weeks_between(Week.of(asked["first"]), asked["weeks"]):
            total += generate_slots(week=week)
        return written(total)


class Patterns(ListView):
    may = May.EDIT_REFERENCE
    queryset = SlotPattern.objects.all()
    serializer_class = PatternSerializer
    filterset_class = PatternFilters
    orders = {"place": ["cycle_week", "weekday", "room__position", "start_minute"]}
    order = "place"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(master_plan=get_object_or_404(MasterPlan, pk=self.kwargs["pk"]))

    @extend_schema(operation_id="pattern_list")
    def get(self, request: Request, pk: int) -> Response:
        """The slots of the master plan."""
        return self.listed(request)

    @extend_schema(operation_id="pattern_create", request=PatternBody, responses={201: PatternSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """A slot more; the weeks written already keep theirs until they are written again."""
        plan = get_object_or_404(MasterPlan, pk=pk)
        row = save(plan, None, given(PatternBody, request))
        where = reverse("api-pattern", kwargs={"pk": pk, "pattern": row.pk})
        return tagged(PatternSerializer(row).data, status.HTTP_201_CREATED, Location=where)


def save(plan: MasterPlan, row: SlotPattern | None, values: dict[str, Any]) -> SlotPattern:
    initial = pattern_initial(row) if row else {}
    asked = filled(PatternForm, owned(values), named=named, master_plan=plan, initial=initial).cleaned_data
    try:
        return save_pattern(
            pattern=row, master_plan=plan, cycle_week=asked["cycle_week"], weekday=asked["weekday"],
            values=slot_values(asked, plan.valid_from),
        )  # fmt: skip
    except SlotRefused as error:
        raise refused(error) from None


class PatternDetail(PlanningView):
    may = May.EDIT_REFERENCE
    conditional = True

    def found(self, request: Request, pk: int, pattern: int, *, claim: bool = False) -> SlotPattern:
        rows = SlotPattern.objects.select_for_update(no_key=True, of=("self",)) if claim else SlotPattern.objects.all()
        row = get_object_or_404(rows, pk=pattern, master_plan_id=pk)
        if claim:
            require_match(request, PatternSerializer(row).data)
        return row

    @extend_schema(operation_id="pattern", responses={200: PatternSerializer})
    def get(self, request: Request, pk: int, pattern: int) -> Response:
        """One slot of the master plan."""
        return tagged(PatternSerializer(self.found(request, pk, pattern)).data)

    @extend_schema(operation_id="pattern_edit", request=PatternBody, responses={200: PatternSerializer})
    @transaction.atomic
    def patch(self, request: Request, pk: int, pattern: int) -> Response:
        """Change what is sent of it."""
        row = self.found(request, pk, pattern, claim=True)
        changed = save(row.master_plan, row, given(PatternBody, request, partial=True))
        return tagged(PatternSerializer(changed).data)

    @extend_schema(operation_id="pattern_remove", request=None, responses={204: None})
    @transaction.atomic
    def delete(self, request: Request, pk: int, pattern: int) -> Response:
        """Take it out of the master plan."""
        self.found(request, pk, pattern, claim=True).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
