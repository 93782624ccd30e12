"""The versions of a week: listed, read with their placements, exported in the planner's JSON contract."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May, allowed
from planning.api.lists import ListView
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import tagged
from planning.api.weeks import week_or_404
from planning.calendar import Week
from planning.models import Plan, User
from planning.selectors.exports import exported_plan
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.reader import Reader


class PlanSerializer(serializers.ModelSerializer[Plan]):
    """``total_cost`` and ``lower_bound`` are those of the planner or of the approval; a draft's are asked anew."""

    class Meta:
        model = Plan
        fields = [
            "id", "monday", "number", "status", "policy", "revision", "base", "total_cost", "lower_bound", "created_at",
            "created_by", "approved_at", "approved_by",
        ]  # fmt: skip


class PlannedSerializer(serializers.Serializer[Any]):
    intervention = serializers.IntegerField()
    code = serializers.CharField()
    slot = serializers.IntegerField()
    room = serializers.IntegerField()
    date = serializers.DateField()
    start = serializers.IntegerField()
    minutes = serializers.IntegerField()
    pinned = serializers.BooleanField()
    forced = serializers.BooleanField()


class PlanDetailSerializer(PlanSerializer):
    """``placements``: those the reader may read. ``unplanned``: for whoever prepares."""

    placements = PlannedSerializer(many=True)
    unplanned = serializers.ListField(child=serializers.IntegerField())

    class Meta(PlanSerializer.Meta):
        fields = [*PlanSerializer.Meta.fields, "placements", "unplanned"]


class ExportSerializer(serializers.Serializer[Any]):
    """``week``: the planner's WEEK.json; ``plan``: its PLAN.json."""

    week = serializers.DictField()
    plan = serializers.DictField()


class PlanFilters(django_filters.FilterSet):  # type: ignore[misc]
    status = django_filters.MultipleChoiceFilter(choices=Plan.Status.choices)


def readable(user: User) -> QuerySet[Plan]:
    """Whoever may not see drafts reads the approved versions only."""
    rows = Plan.objects.all()
    return rows if allowed(user, May.SEE_DRAFTS) else rows.filter(status=Plan.Status.APPROVED)


class WeekPlans(ListView):
    may = May.SEE_WEEK
    queryset = Plan.objects.all()
    serializer_class = PlanSerializer
    filterset_class = PlanFilters
    orders = {"number": ["number"]}
    order = "-number"

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return readable(signed_in(self.request)).filter(monday=week_or_404(self.kwargs["week"]).monday)

    @extend_schema(operation_id="plan_list")
    def get(self, request: Request, week: str) -> Response:
        """The versions of the week, the latest first."""
        return self.listed(request)


class PlanDetail(PlanningView):
    may = May.SEE_WEEK

    @extend_schema(operation_id="plan", responses={200: PlanDetailSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One version, with where it puts each intervention."""
        user = signed_in(request)
        plan = readable(user).filter(pk=pk).first()
        if plan is None:
            raise Http404
        loaded = load_week_problem(Week(plan.monday), plan)
        reader = Reader(user, loaded)
        rows = [_planned(loaded, key) for key, row in loaded.interventions.items()
                if key in loaded.placements and reader.may_read(row)]  # fmt: skip
        left = [int(one.id) for one in loaded.problem.interventions if one.id not in loaded.assignments]
        return tagged({**PlanSerializer(plan).data, "placements": rows, "unplanned": left if reader.drafts else []})


def _planned(loaded: LoadedWeek, key: str) -> dict[str, Any]:
    row = loaded.placements[key]
    slot = loaded.slots[str(row.slot)]
    return {
        "intervention": row.intervention,
        "code": loaded.interventions[key].code,
        "slot": row.slot,
        "room": slot.room,
        "date": slot.date.isoformat(),
        "start": loaded.starts[key],
        "minutes": loaded.problem.intervention_by_id[key].duration,
        "pinned": row.pinned_by is not None,
        "forced": row.forced,
    }


class PlanExport(PlanningView):
    may = May.SEE_DRAFTS

    @extend_schema(operation_id="plan_export", responses={200: ExportSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """The week and this plan of it as ``manage.py solve`` reads and writes them: identifiers, no patient."""
        plan = readable(signed_in(request)).filter(pk=pk).first()
        if plan is None:
            raise Http404
        return Response(exported_plan(load_week_problem(Week(plan.monday), plan)))
