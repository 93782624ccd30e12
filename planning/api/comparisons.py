"""Comparisons of policies: asked, followed, stopped, resumed, read, and ranked by the weights of whoever asks."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import django_filters
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.lists import ListView, WordsFilter
from planning.api.permissions import PlanningView, signed_in
from planning.api.plans import body
from planning.api.runs import PolicyField
from planning.api.shapes import comparisons as shapes
from planning.api.shapes import described
from planning.api.weeks import query
from planning.calendar import FIRST_DAY, LAST_DAY
from planning.models import Comparison, MasterPlan, Site
from planning.selectors import comparison_words as words
from planning.selectors.comparisons import comparisons, progress_of, report, weights_of
from planning.services.comparisons import (
    DEFAULT_ROUNDS,
    UnableToCompare,
    request_comparison,
    resume_comparison,
    set_weights,
    stop_comparison,
)
from planning.solver.ranking import CRITERIA, FILLS, HEAVIEST, OCCUPANCIES, Reading
from planning.tasks import call_workers

MOST_ROUNDS = 10_000


class ComparisonRequest(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    policies = serializers.ListField(child=PolicyField(), allow_empty=False, max_length=50)
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    seed = serializers.IntegerField(min_value=0, max_value=10**9, default=0)
    rounds = serializers.IntegerField(min_value=1, max_value=MOST_ROUNDS, default=DEFAULT_ROUNDS)
    tie_rule = serializers.ChoiceField(choices=Site.TieRule.choices, required=False)
    carry_over = serializers.BooleanField(default=False)
    urgent = serializers.BooleanField(default=False)
    growth_percent = serializers.IntegerField(min_value=0, max_value=100, default=0)
    # One whose slots every week takes instead of its own; a draft too, to see what it would give.
    master_plan = serializers.PrimaryKeyRelatedField(
        queryset=MasterPlan.objects.all(), required=False, allow_null=True, default=None
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not (FIRST_DAY <= attrs["first"] <= LAST_DAY and FIRST_DAY <= attrs["last"] <= LAST_DAY):
            years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
            raise serializers.ValidationError(_("L'année doit être comprise entre %(first)s et %(last)s.") % years)
        return attrs


class ComparisonSerializer(described(shapes.ComparisonState)):  # type: ignore[misc]  # made when it is read
    """How far a comparison is, as ``state_of`` tells it."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return state_of(instance)


class ComparisonFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    q = WordsFilter(inside=["name"])
    first = django_filters.DateFilter(field_name="last_monday", lookup_expr="gte")
    last = django_filters.DateFilter(field_name="first_monday", lookup_expr="lte")


class ReadingQuery(serializers.Serializer[Any]):
    """Which whole the occupancy and the slots' fill are of."""

    occupancy = serializers.ChoiceField(choices=list(OCCUPANCIES), required=False)
    fill = serializers.ChoiceField(choices=list(FILLS), required=False)


def reading(request: Request) -> Reading:
    return Reading(**query(ReadingQuery, request))


class WeightsRequest(serializers.Serializer[Any]):
    weights = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=HEAVIEST))


def comparison_or_404(pk: int) -> Comparison:
    return get_object_or_404(comparisons(), pk=pk)


def state_of(row: Comparison) -> dict[str, Any]:
    progress = progress_of(row)
    return {
        "id": row.pk,
        "title": words.title(row),
        "first": row.first_monday.isoformat(),
        "last": row.last_monday.isoformat(),
        "policies": row.policies,
        "parameters": row.parameters,
        "state": progress.state,
        "state_label": str(words.STATES[progress.state]),
        "active": progress.active,
        "done": progress.done,
        "failed": progress.failed,
        "total": progress.total,
        "text": words.progress_text(progress),
    }


class Comparisons(ListView):
    may, may_change = May.SEE_DRAFTS, May.PLAN
    queryset = comparisons()
    serializer_class = ComparisonSerializer
    filterset_class = ComparisonFilters
    orders = {"requested_at": ["requested_at"], "first": ["first_monday"], "name": ["name", "first_monday"]}
    order = "-requested_at"

    @extend_schema(operation_id="comparison_list")
    def get(self, request: Request) -> Response:
        """The comparisons, the latest first; ``first`` and ``last`` keep those that touch these weeks."""
        return self.listed(request)

    @extend_schema(
        operation_id="comparison_request", request=ComparisonRequest, responses={202: described(shapes.ComparisonState)}
    )
    def post(self, request: Request) -> Response:
        """Ask for a comparison. Its weeks are frozen now; the workers then share its cells."""
        values = body(ComparisonRequest, request)
        plan: MasterPlan | None = values.pop("master_plan")
        try:
            made = request_comparison(
                user=signed_in(request), now=timezone.now(), master_plan=plan.pk if plan else None, **values
            )
        except UnableToCompare as error:
            title, detail = _("Cette comparaison ne peut pas être demandée"), words.refusal(error.kind, error.facts)
            raise Problem(status.HTTP_409_CONFLICT, error.kind, title, detail, field=error.field) from None
        transaction.on_commit(lambda: call_workers(made.pk))
        return Response(state_of(comparison_or_404(made.pk)), status=status.HTTP_202_ACCEPTED)


class ComparisonDetail(PlanningView):
    may, may_change = May.SEE_DRAFTS, May.PLAN

    @extend_schema(
        operation_id="comparison_detail", parameters=[ReadingQuery], responses={200: described(shapes.ComparisonReport)}
    )
    def get(self, request: Request, pk: int) -> Response:
        """How far it is, and each criterion's statistics over the weeks that every policy has done."""
        row = comparison_or_404(pk)
        found = report(row, reading(request))
        criteria = {}
        for key in CRITERIA:
            by_policy = {policy: found.summary(key, policy) for policy in found.policies}
            standing = found.standings.get(key)
            criteria[key] = {
                "label": str(words.LABELS[key]),
                "unit": CRITERIA[key].unit,
                "leaders": list(standing.leaders) if standing else [],
                "policies": {policy: asdict(one) if one else None for policy, one in by_policy.items()},
            }
        answer = state_of(row) | {
            "weeks": len(found.mondays),
            "criteria": criteria,
            "verdict": words.verdict(found),
            "ranking": words.ranked(found, weights_of(signed_in(request))),
        }
        return Response(answer)

    @extend_schema(operation_id="comparison_remove", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Remove it, with what it computed."""
        comparison_or_404(pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class ComparisonProgress(PlanningView):
    may = May.SEE_DRAFTS

    @extend_schema(operation_id="comparison_progress", responses={200: described(shapes.ComparisonState)})
    def get(self, request: Request, pk: int) -> Response:
        """How far it is, and nothing else: cheap enough to be asked every second."""
        return Response(state_of(comparison_or_404(pk)))


class ComparisonStop(PlanningView):
    may = May.PLAN

    @extend_schema(operation_id="comparison_stop", request=None, responses={200: described(shapes.ComparisonState)})
    def post(self, request: Request, pk: int) -> Response:
        """Stop it; what is done stays. Harmless once it has ended."""
        stop_comparison(comparison=comparison_or_404(pk), now=timezone.now())
        return Response(state_of(comparison_or_404(pk)))


class ComparisonResume(PlanningView):
    may = May.PLAN

    @extend_schema(operation_id="comparison_resume", request=None, responses={202: described(shapes.ComparisonState)})
    def post(self, request: Request, pk: int) -> Response:
        """Take up what is left of it, failed weeks too."""
        resume_comparison(comparison=comparison_or_404(pk), now=timezone.now())
        transaction.on_commit(lambda: call_workers(pk))
        return Response(state_of(comparison_or_404(pk)), status=status.HTTP_202_ACCEPTED)


class ComparisonWeights(PlanningView):
    may = May.PLAN

    @extend_schema(
        operation_id="comparison_weights", request=WeightsRequest, responses={200: described(shapes.WeightedRanking)}
    )
    def put(self, request: Request, pk: int) -> Response:
        """Keep the person's weights, 0 to 5 a criterion, and rank the policies by them."""
        row, given = comparison_or_404(pk), body(WeightsRequest, request)["weights"]
        unknown = set(given) - set(CRITERIA)
        if unknown:
            raise serializers.ValidationError({"weights": [_("Critère inconnu : %(key)s") % {"key": min(unknown)}]})
        weights = weights_of(signed_in(request)) | given
        set_weights(user=signed_in(request), weights=weights)
        return Response({"weights": weights, "ranking": words.ranked(report(row), weights)})
