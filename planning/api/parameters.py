"""The hospital's parameters and the level of its rules: each change is a new version, with its reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.forms import body_of, filled, given
from planning.api.lists import ListView
from planning.api.permissions import PlanningView, signed_in
from planning.api.preconditions import require_match, tagged
from planning.models import ParameterVersion, Site, Specialty
from planning.models.people import Weekday
from planning.selectors.parameters import site_in_force
from planning.services.parameters import ParametersChanged, save_parameters
from planning.solver.levels import DEFAULTS, LEVELS, PRICED, Level
from planning.web.forms.rules import RulesForm
from planning.web.forms.site import MOST_EUROS, ReasonForm, SiteForm


def _weekdays() -> serializers.ListField:
    euros = serializers.IntegerField(min_value=0, max_value=MOST_EUROS, allow_null=True)
    return serializers.ListField(child=euros, min_length=7, max_length=7, required=False)


ParametersBody = body_of(
    SiteForm,
    "ParametersBody",
    without=("seen",),
    weekday_overtime_euros=_weekdays(),
    late_overtime_euros=_weekdays(),
    specialty_turnover_minutes=serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=120, allow_null=True), required=False
    ),
)
_TABLES = {
    "overtime": "weekday_overtime_euros",
    "late": "late_overtime_euros",
    "turnover": "specialty_turnover_minutes",
}


class RulesBody(serializers.Serializer[Any]):
    """By rule: its level, and what breaking it costs when it may be broken."""

    levels = serializers.DictField(
        child=serializers.ChoiceField(choices=[level.value for level in Level]), required=False
    )
    costs = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=MOST_EUROS), required=False)
    reason = serializers.CharField(max_length=300)


class ParametersSerializer(serializers.ModelSerializer[Site]):
    weekday_overtime_euros = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    late_overtime_euros = serializers.ListField(child=serializers.IntegerField(allow_null=True))
    specialty_turnover_minutes = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = Site
        fields = ["version", *ParametersBody().fields]
        fields.remove("reason")


class RulesSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    levels = serializers.DictField(child=serializers.CharField())
    costs = serializers.DictField(child=serializers.IntegerField())


class VersionSerializer(serializers.ModelSerializer[ParameterVersion]):
    values = serializers.DictField()

    class Meta:
        model = ParameterVersion
        fields = ["number", "values", "created_at", "created_by", "reason"]


def shown() -> dict[str, Any]:
    return dict(ParametersSerializer(site_in_force()).data)


def rules_shown() -> dict[str, Any]:
    site = site_in_force()
    levels = {rule: site.rule_levels.get(rule) or DEFAULTS.get(rule, Level.HARD).value for rule in LEVELS}
    costs = {rule: site.rule_costs.get(rule, 0) for rule in sorted(PRICED)}
    return {"version": site.version, "levels": levels, "costs": costs}


def save(request: Request, site: Site, form: ReasonForm) -> None:
    given = form.cleaned_data
    try:
        save_parameters(
            site=site, seen=given["seen"], reason=given["reason"], user=signed_in(request), now=timezone.now()
        )
    except ParametersChanged:
        title = _("Quelqu'un d'autre l'a changée depuis")
        raise Problem(status.HTTP_412_PRECONDITION_FAILED, "version-changed", title) from None


def named(field: str) -> str:
    table, _line, key = field.partition("_")
    return _TABLES[table] if table in _TABLES and key.isdecimal() else field


def cells(values: dict[str, Any]) -> dict[str, Any]:
    """The tables of the body as the cells of the form."""
    found = {}
    for prefix, name in (("overtime", "weekday_overtime_euros"), ("late", "late_overtime_euros")):
        for day, euros in zip(Weekday, values.pop(name, ()), strict=False):
            found[f"{prefix}_{day.value}"] = euros
    turnovers = values.pop("specialty_turnover_minutes", {})
    unknown = set(turnovers) - {str(pk) for pk in Specialty.objects.values_list("pk", flat=True)}
    if unknown:
        raise serializers.ValidationError({"specialty_turnover_minutes": [_("Cette spécialité n'existe pas.")]})
    return values | found | {f"turnover_{key}": minutes for key, minutes in turnovers.items()}


class Parameters(PlanningView):
    may = May.EDIT_REFERENCE
    conditional = True

    @extend_schema(operation_id="parameters", responses={200: ParametersSerializer})
    def get(self, request: Request) -> Response:
        """Those in force."""
        return tagged(shown())

    @extend_schema(operation_id="parameters_edit", request=ParametersBody, responses={200: ParametersSerializer})
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """A new version with what is sent and ``reason``; the plans already made keep theirs."""
        require_match(request, shown())
        site = site_in_force()
        values = cells(given(ParametersBody, request, partial=True)) | {"seen": site.version}
        form = filled(SiteForm, values, named=named, instance=site)
        save(request, form.site(), form)
        return tagged(shown())


class Rules(PlanningView):
    may = May.EDIT_REFERENCE
    conditional = True

    @extend_schema(operation_id="rules", responses={200: RulesSerializer})
    def get(self, request: Request) -> Response:
        """Each rule's level (hard, soft, off), and what breaking it costs."""
        return tagged(rules_shown())

    @extend_schema(operation_id="rules_edit", request=RulesBody, responses={200: RulesSerializer})
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """Change the rules that are named: a new version of the parameters, with its ``reason``."""
        require_match(request, rules_shown())
        site, asked = site_in_force(), given(RulesBody, request, partial=True)
        values = {f"level_{rule}": level for rule, level in asked.get("levels", {}).items()}
        values |= {f"cost_{rule}": euros for rule, euros in asked.get("costs", {}).items()}
        unknown = sorted(set(values) - set(RulesForm(site=site).fields))
        if unknown:
            table, _line, rule = unknown[0].partition("_")
            text = _("La règle « %(rule)s » n'a pas ce réglage.") % {"rule": rule}
            raise serializers.ValidationError({f"{table}s": [text]})
        values |= {"seen": site.version, "reason": asked.get("reason", "")}
        form = filled(
            RulesForm, values, named=lambda name: f"{name.partition('_')[0]}s" if "_" in name else name, site=site
        )
        site.rule_levels, site.rule_costs = form.settings()
        save(request, site, form)
        return tagged(rules_shown())


class Versions(ListView):
    may = May.EDIT_REFERENCE
    queryset = ParameterVersion.objects.all()
    serializer_class = VersionSerializer
    orders = {"number": ["number"]}
    order = "-number"

    @extend_schema(operation_id="parameter_version_list")
    def get(self, request: Request) -> Response:
        """All the versions there were, the latest first."""
        return self.listed(request)


class VersionDetail(PlanningView):
    may = May.EDIT_REFERENCE

    @extend_schema(operation_id="parameter_version", responses={200: VersionSerializer})
    def get(self, request: Request, number: int) -> Response:
        """What one version held."""
        return Response(VersionSerializer(get_object_or_404(ParameterVersion, number=number)).data)
