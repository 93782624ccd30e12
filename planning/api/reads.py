"""Who read which patient-linked data, for the administrator: listed, searched by intervention, exported."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.files import CsvFile
from planning.api.lists import ListView, NumberFilter
from planning.exchange.read_files import MOST_LINES, as_csv
from planning.exchange.spreadsheets import TYPES
from planning.models import PatientRead
from planning.selectors.reads import numbers_of, reads_of

LONGEST_CODE = 40


class ReadSerializer(serializers.ModelSerializer[PatientRead]):
    """``monday``: of the week that was shown, when it was one."""

    interventions = serializers.SerializerMethodField()

    class Meta:
        model = PatientRead
        fields = ["id", "at", "user", "source", "monday", "interventions"]

    def get_interventions(self, row: PatientRead) -> list[int]:
        return numbers_of(row)


class ReadFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """``code``: the reads that showed the intervention of this code."""

    code = django_filters.CharFilter(max_length=LONGEST_CODE, method="that_showed")
    user = NumberFilter()
    source = django_filters.MultipleChoiceFilter(choices=PatientRead.Source.choices)
    at_from = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    at_until = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lte")

    def that_showed(self, rows: QuerySet[PatientRead], _name: str, code: str) -> QuerySet[PatientRead]:
        return rows & reads_of(code)


class Reads(ListView):
    may = May.ADMINISTER
    queryset = reads_of("")
    serializer_class = ReadSerializer
    filterset_class = ReadFilters
    orders = {"at": ["at"], "user": ["user__last_name", "at"], "source": ["source", "at"]}
    order = "-at"

    @extend_schema(operation_id="read_list")
    def get(self, request: Request) -> Response:
        """Who was shown which interventions, the latest first, for as long as it is kept."""
        return self.listed(request)


class ReadsExport(ListView):
    may = May.ADMINISTER
    queryset = reads_of("")
    filterset_class = ReadFilters
    orders = Reads.orders
    order = Reads.order
    pagination_class = None  # type: ignore[assignment]  # a file has no pages
    renderer_classes = [CsvFile]

    @extend_schema(operation_id="read_export", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request) -> Response:
        """The same lines as a CSV file, by the codes of the interventions: the latest 20,000."""
        rows: Any = self.filter_queryset(self.get_queryset())[:MOST_LINES]
        name = {"Content-Disposition": 'attachment; filename="consultations.csv"'}
        return Response(as_csv(rows), headers=name, content_type=TYPES["csv"])
