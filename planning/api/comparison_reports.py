"""Behind the figures of a comparison: its weeks, the interventions of one, and the tables as files.

``occupancy`` and ``fill`` say which whole the rates are of, as on the page.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.comparisons import ReadingQuery, comparison_or_404, reading
from planning.api.files import CsvFile, XlsxFile
from planning.api.permissions import PlanningView
from planning.api.weeks import query, week_or_404
from planning.calendar import Week
from planning.exchange.comparison_files import FILES
from planning.exchange.spreadsheets import TYPES
from planning.models import ComparisonCell
from planning.selectors import comparison_words as words
from planning.selectors.comparison_weeks import PlacedLine, cell_detail
from planning.selectors.comparisons import report
from planning.solver.ranking import CRITERIA

LONGEST_CODE = 20


class WeeksQuery(ReadingQuery):
    """``room``: its code, for the occupancy alone."""

    criterion = serializers.ChoiceField(choices=list(CRITERIA))
    room = serializers.CharField(required=False, max_length=LONGEST_CODE)


class WeekFiguresSerializer(serializers.Serializer[Any]):
    """``values``: by policy; null where nothing was offered or asked for."""

    week = serializers.CharField()
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))


class WeeksSerializer(serializers.Serializer[Any]):
    criterion = serializers.CharField()
    unit = serializers.CharField()
    weeks = WeekFiguresSerializer(many=True)


class ComparedLineSerializer(serializers.Serializer[Any]):
    """``intervention`` null: no longer in the house. ``reason``: why it is left out."""

    code = serializers.CharField()
    intervention = serializers.IntegerField(allow_null=True)
    procedure_label = serializers.CharField()
    surgeon = serializers.CharField()
    specialty = serializers.CharField()
    minutes = serializers.IntegerField()
    day = serializers.CharField()
    room = serializers.CharField()
    slot = serializers.CharField()
    overtime = serializers.BooleanField()
    reason = serializers.CharField()


class CellSerializer(serializers.Serializer[Any]):
    week = serializers.CharField()
    policy = serializers.CharField()
    state = serializers.ChoiceField(choices=ComparisonCell.State.choices)
    failure = serializers.CharField()
    figures = serializers.DictField(child=serializers.FloatField(allow_null=True))
    placed = ComparedLineSerializer(many=True)
    left_out = ComparedLineSerializer(many=True)


class ComparisonWeeks(PlanningView):
    may = May.SEE_DRAFTS

    @extend_schema(operation_id="comparison_weeks", parameters=[WeeksQuery], responses={200: WeeksSerializer})
    def get(self, request: Request, pk: int) -> Response:
        """One criterion in each week under each policy, the latest week first."""
        asked = query(WeeksQuery, request)
        found, key, room = report(comparison_or_404(pk), reading(request)), asked["criterion"], asked.get("room")
        if room is not None and (key != "occupancy" or room not in found.rooms):
            raise ValidationError({"room": [_("Une salle de cette comparaison, et pour l'occupation seulement.")]})
        weeks = [
            {"week": str(Week(monday)),
             "values": {policy: found.value(key, policy, monday, room) for policy in found.policies}}
            for monday in reversed(found.mondays)
        ]  # fmt: skip
        return Response({"criterion": key, "unit": CRITERIA[key].unit, "weeks": weeks})


class ComparisonCellDetail(PlanningView):
    may = May.SEE_DRAFTS

    @extend_schema(operation_id="comparison_cell", parameters=[ReadingQuery], responses={200: CellSerializer})
    def get(self, request: Request, pk: int, week: str, policy: str) -> Response:
        """The interventions of one week under one policy: where they were put, or why they were not."""
        chosen = week_or_404(week)
        detail = cell_detail(comparison_or_404(pk), chosen.monday, policy)
        if detail is None:
            raise Http404
        cell, read = detail.cell, reading(request)
        figures = {key: one.value(cell.figures, read) for key, one in CRITERIA.items()} if cell.figures else {}
        return Response(
            {
                "week": str(chosen),
                "policy": policy,
                "state": cell.state,
                "failure": words.failure(cell) if cell.failure else "",
                "figures": figures,
                "placed": [_line(one) for one in detail.placed],
                "left_out": [_line(one) for one in detail.left_out],
            }
        )


def _line(one: PlacedLine) -> dict[str, Any]:
    facts = asdict(one)
    del facts["colour"]
    return {"intervention": facts.pop("pk"), "procedure_label": facts.pop("label"), **facts}


class ComparisonExport(PlanningView):
    may = May.SEE_DRAFTS
    renderer_classes = [CsvFile, XlsxFile]

    @extend_schema(
        operation_id="comparison_export",
        parameters=[ReadingQuery],
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, TYPES["xlsx"]): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> Response:
        """As a file, by ``Accept``: every week's figures as CSV; the six tables and the figures as XLSX."""
        row, read = comparison_or_404(pk), reading(request)
        kind, write = FILES[request.accepted_renderer.format]
        name = f"politiques-{Week(row.first_monday)}-{Week(row.last_monday)}.{request.accepted_renderer.format}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(write(report(row, read)), headers=headers, content_type=kind)
