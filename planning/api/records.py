"""What was asked of the planner, and what anybody did: the lists of runs and of the journal."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.files import CsvFile, XlsxFile
from planning.api.lists import ListView, NumberFilter
from planning.calendar import Week
from planning.exchange.journal_files import FILES
from planning.exchange.spreadsheets import TYPES
from planning.models import JournalEntry, PlanningRun
from planning.selectors.journal import as_json
from planning.selectors.journal_parts import cost_of, parts_of
from planning.selectors.journal_search import (
    KINDS,
    MOST_LETTERS,
    MOST_LINES,
    against_a_rule,
    is_against_a_rule,
    with_words,
)
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
            "finished_at", "phase", "best_cost", "moves_cost", "lower_bound",
            "gap", "plan", "failure",
        ]  # fmt: skip

    def get_gap(self, row: PlanningRun) -> float | None:
        return gap(row)


class EntrySerializer(serializers.Serializer[Any]):
    """``text`` says it in the reader's language, ``subject``, ``before`` and ``after`` in parts; never a patient.

    ``cost_delta``: what it changed of the week's cost; ``total_cost``: that cost then, of the lines that know it.
    ``run``: the one that was asked for, or that made the proposal.
    """

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    monday = serializers.DateField(allow_null=True)
    user = serializers.CharField(allow_null=True)
    action = serializers.CharField()
    action_label = serializers.CharField()
    intervention = serializers.IntegerField(allow_null=True)
    interventions = serializers.ListField(child=serializers.IntegerField())
    text = serializers.CharField()
    run = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    cost_delta = serializers.FloatField(allow_null=True)
    cost_delta_text = serializers.CharField(allow_null=True)
    subject = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    against_a_rule = serializers.BooleanField()
    total_cost = serializers.FloatField(allow_null=True)

    def to_representation(self, entry: JournalEntry) -> dict[str, Any]:
        monday: date | None = entry.monday
        parts = parts_of(entry)
        return {
            **as_json(entry),
            "monday": monday.isoformat() if monday else None,
            "subject": parts.subject,
            "before": parts.before,
            "after": parts.after,
            "against_a_rule": is_against_a_rule(entry),
            "total_cost": cost_of(entry),
        }


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
    kind = django_filters.ChoiceFilter(choices=[(key, key) for key in KINDS], method="of_kind")
    against_a_rule = django_filters.BooleanFilter(method="that_broke_a_rule")
    q = django_filters.CharFilter(max_length=MOST_LETTERS, method="that_hold")

    def of_kind(self, rows: QuerySet[JournalEntry], _name: str, kind: str) -> QuerySet[JournalEntry]:
        return rows.filter(action__in=KINDS[kind][1])

    def that_broke_a_rule(self, rows: QuerySet[JournalEntry], _name: str, asked: bool) -> QuerySet[JournalEntry]:
        return against_a_rule(rows) if asked else rows

    def that_hold(self, rows: QuerySet[JournalEntry], _name: str, words: str) -> QuerySet[JournalEntry]:
        return with_words(rows, words)


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


class JournalExport(ListView):
    may = May.SEE_DRAFTS
    queryset = JournalEntry.objects.select_related("user", "intervention", "plan")
    filterset_class = EntryFilters
    orders = {"at": ["at"]}
    order = "-at"
    pagination_class = None  # type: ignore[assignment]  # a file has no pages
    renderer_classes = [CsvFile, XlsxFile]

    @extend_schema(
        operation_id="journal_export",
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, TYPES["xlsx"]): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> Response:
        """The same lines as a file, CSV or XLSX by ``Accept``: the latest 20,000, without any patient's code."""
        form = request.accepted_renderer.format
        rows = self.filter_queryset(self.get_queryset())[:MOST_LINES]
        name = {"Content-Disposition": f'attachment; filename="journal.{form}"'}
        return Response(FILES[form](rows), headers=name, content_type=TYPES[form])
