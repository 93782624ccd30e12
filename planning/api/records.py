"""What was asked of the planner, and what anybody did: the lists of runs and of the journal."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.lists import ListView, NumberFilter
from planning.calendar import Week
from planning.models import JournalEntry, PlanningRun
from planning.selectors.journal import as_json
from planning.selectors.runs import gap


class WeekFilter(django_filters.CharFilter):  # type: ignore[misc]
    """``2026-W48``."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        try:
            return qs.filter(monday=Week.parse(value).monday)
        except ValueError:
            text = _("Écrivez la semaine comme 2026-W48.")
            raise serializers.ValidationError({"week": [text]}) from None


class RunSerializer(serializers.ModelSerializer[PlanningRun]):
    """``gap``: how far from the proven bound the best plan is, 0.01 for one per cent."""

    gap = serializers.SerializerMethodField()

    class Meta:
        model = PlanningRun
        fields = [
            "id", "monday", "state", "policy", "time_limit_seconds", "requested_by", "requested_at", "started_at",
            "finished_at", "phase", "best_cost", "lower_bound", "gap", "plan", "failure",
        ]  # fmt: skip

    def get_gap(self, row: PlanningRun) -> float | None:
        return gap(row)


class EntrySerializer(serializers.Serializer[Any]):
    """``text`` says it in the reader's language; never a patient."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    monday = serializers.DateField(allow_null=True)
    user = serializers.CharField(allow_null=True)
    action = serializers.CharField()
    action_label = serializers.CharField()
    intervention = serializers.IntegerField(allow_null=True)
    interventions = serializers.ListField(child=serializers.IntegerField())
    text = serializers.CharField()
    reason = serializers.CharField()
    cost_delta = serializers.FloatField(allow_null=True)
    cost_delta_text = serializers.CharField(allow_null=True)

    def to_representation(self, entry: JournalEntry) -> dict[str, Any]:
        monday: date | None = entry.monday
        return {**as_json(entry), "monday": monday.isoformat() if monday else None}


class RunFilters(django_filters.FilterSet):  # type: ignore[misc]
    week = WeekFilter()
    state = django_filters.MultipleChoiceFilter(choices=PlanningRun.State.choices)


class EntryFilters(django_filters.FilterSet):  # type: ignore[misc]
    week = WeekFilter()
    action = django_filters.MultipleChoiceFilter(choices=JournalEntry.Action.choices)
    user = NumberFilter()
    intervention = NumberFilter()
    at_from = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    at_until = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lte")


class Runs(ListView):
    may = May.SEE_DRAFTS
    queryset = PlanningRun.objects.all()
    serializer_class = RunSerializer
    filterset_class = RunFilters
    orders = {"requested": ["requested_at"], "week": ["monday", "requested_at"]}
    order = "-requested"

    @extend_schema(operation_id="run_list")
    def get(self, request: Request) -> Response:
        """What was asked of the planner, the latest first."""
        return self.listed(request)


class Journal(ListView):
    may = May.SEE_DRAFTS
    queryset = JournalEntry.objects.select_related("user", "intervention", "plan")
    serializer_class = EntrySerializer
    filterset_class = EntryFilters
    orders = {"at": ["at"]}
    order = "-at"

    @extend_schema(operation_id="journal_list")
    def get(self, request: Request) -> Response:
        """Who did what, the latest first, of every week and of none."""
        return self.listed(request)
