"""The hospital's parameters: those in force, those of a version, and what differs between two, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning import wording
from planning.models import ParameterVersion, Site, Specialty
from planning.models.people import Weekday
from planning.selectors.policies import policy_label
from planning.selectors.pricing import PARAMETERS
from planning.selectors.rule_words import LEVEL_LABELS, RULE_NAMES
from planning.solver.levels import DEFAULTS, Level

# All that a version holds: what plans are made with, what the pages offer first, and who must sign.
SIGN_OFFS = ("surgeon_sign_off", "anaesthetist_sign_off", "organiser_sign_off")
VERSIONED = (
    "name", *(name for name in PARAMETERS if name != "version"), "default_policy", "move_euros",
    "time_limit_seconds", *SIGN_OFFS,
)  # fmt: skip

_LABELS = {
    "name": gettext_lazy("établissement"),
    "hospital_day_euros": gettext_lazy("journée d'attente"),
    "overtime_hour_euros": gettext_lazy("heure supplémentaire"),
    "late_from_minute": gettext_lazy("soirée à partir de"),
    "unplanned_euros": gettext_lazy("non planifiée, programmée"),
    "expedited_unplanned_euros": gettext_lazy("non planifiée, prioritaire"),
    "urgent_unplanned_euros": gettext_lazy("non planifiée, urgente"),
    "deferred_euros": gettext_lazy("reportée, programmée"),
    "expedited_deferred_euros": gettext_lazy("reportée, prioritaire"),
    "urgent_deferred_euros": gettext_lazy("reportée, urgente"),
    "turnover_minutes": gettext_lazy("remise en état"),
    "recovery_beds": gettext_lazy("lits de réveil"),
    "ambulatory_closes_minute": gettext_lazy("fermeture de l'ambulatoire"),
    "most_positions": gettext_lazy("interventions au plus par plage"),
    "longest_overtime_minutes": gettext_lazy("plus longue intervention en heures supplémentaires"),
    "most_surgeon_minutes": gettext_lazy("temps opératoire au plus par chirurgien et par jour"),
    "tie_rule": gettext_lazy("à coût égal"),
    "default_policy": gettext_lazy("politique par défaut"),
    "move_euros": gettext_lazy("prix d'un déplacement"),
    "time_limit_seconds": gettext_lazy("durée d'un calcul"),
    "surgeon_sign_off": gettext_lazy("visa des chirurgiens"),
    "anaesthetist_sign_off": gettext_lazy("visa d'un anesthésiste"),
    "organiser_sign_off": gettext_lazy("visa de l'organisation du bloc"),
}
# What the journal adds to the values: the version's number, the codes of the specialties.
_JOURNAL = ("of", "codes")
_BY_WEEKDAY = {
    "weekday_overtime_euros": gettext_lazy("heure supplémentaire du %(day)s"),
    "late_overtime_euros": gettext_lazy("heure supplémentaire du %(day)s en soirée"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One parameter that changed: what it is called, and what it was and became as people read them."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label} {self.before} → {self.after}"


def site_in_force() -> Site:
    return Site.objects.filter(pk=1).first() or Site(pk=1)


def values_of(site: Site) -> dict[str, Any]:
    return {name: getattr(site, name) for name in VERSIONED}


def versions() -> list[ParameterVersion]:
    """The latest first."""
    return list(ParameterVersion.objects.select_related("created_by").order_by("-number"))


def history(rows: list[ParameterVersion]) -> list[dict[str, Any]]:
    """Each version with what it changed of the one before it, which comes next in ``rows``."""
    codes = specialty_codes()
    following: list[ParameterVersion | None] = [*rows, None][1:]
    return [
        {"version": row, "differences": list(differences(before.values, row.values, codes)) if before else None}
        for row, before in zip(rows, following, strict=True)
    ]


def specialty_codes() -> dict[str, str]:
    return {str(pk): code for pk, code in Specialty.objects.values_list("pk", "code")}


def differences(before: Mapping[str, Any], after: Mapping[str, Any], codes: Mapping[str, str]) -> Iterator[Difference]:
    """Of the parameters that both name; ``codes`` are those of the specialties, by id."""
    for name in wording.ordered(after, VERSIONED):
        if name not in _JOURNAL and name in before and before[name] != after[name]:
            yield from _changed(name, before[name], after[name], codes)


def change_sentence(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """« Version 3 : journée d'attente 300 € → 310 € », of the journal's facts: they bring the number and the codes."""
    changes = differences(before, after, after.get("codes") or {})
    return wording.named(_("Version %(number)s") % {"number": after.get("of", "?")}, wording.listed(changes))


def _changed(name: str, before: Any, after: Any, codes: Mapping[str, str]) -> Iterator[Difference]:
    if name in _BY_WEEKDAY:
        for day in Weekday:
            if before[day] != after[day]:
                label = str(_BY_WEEKDAY[name]) % {"day": day.label}
                yield Difference(label, _euros(before[day]), _euros(after[day]))
    elif name == "specialty_turnover_minutes":
        for key in _keys(before, after):
            label = _("remise en état en %(specialty)s") % {"specialty": codes.get(key, key)}
            yield Difference(label, _minutes(before.get(key)), _minutes(after.get(key)))
    elif name == "rule_levels":
        for key in _keys(before, after):
            label = _("règle « %(rule)s »") % {"rule": RULE_NAMES.get(key, key)}
            yield Difference(label, _level(key, before.get(key)), _level(key, after.get(key)))
    elif name == "rule_costs":
        for key in _keys(before, after):
            label = _("coût de la règle « %(rule)s »") % {"rule": RULE_NAMES.get(key, key)}
            yield Difference(label, wording.euros(before.get(key) or 0), wording.euros(after.get(key) or 0))
    else:
        yield Difference(str(_LABELS.get(name, name)), _written(name, before), _written(name, after))


def _keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]


def _level(rule: str, level: str | None) -> str:
    return str(LEVEL_LABELS[Level(level) if level else DEFAULTS.get(rule, Level.HARD)])


def _euros(value: int | None) -> str:
    return "–" if value is None else wording.euros(value)


def _minutes(value: int | None) -> str:
    return "–" if value is None else wording.duration(value)


def _written(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name == "tie_rule":
        return str(Site.TieRule(value).label)
    if name == "default_policy":
        return policy_label(value)
    if name == "surgeon_sign_off":
        return str(Site.SurgeonSignOff(value).label)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if name in ("late_from_minute", "ambulatory_closes_minute"):
        return wording.clock(value)
    if name == "time_limit_seconds":
        return _("%(n)d s") % {"n": value}
    if name.endswith("_euros"):
        return wording.euros(value)
    return wording.duration(value) if name.endswith("_minutes") else str(value)


def tables_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """A version's values as its page shows them: the plain ones by label, then a row a weekday, a specialty, a rule."""
    codes = specialty_codes()
    return {
        "plain": [
            {"label": label, "value": _written(name, values[name])} for name, label in _LABELS.items() if name in values
        ],
        "weekdays": [
            {
                "label": day.label,
                "hour": _euros(values["weekday_overtime_euros"][day]),
                "late": _euros(values["late_overtime_euros"][day]),
            }
            for day in Weekday
        ],
        "turnovers": [
            {"label": codes.get(key, key), "value": _minutes(minutes)}
            for key, minutes in sorted(
                values["specialty_turnover_minutes"].items(), key=lambda one: codes.get(one[0], "")
            )
        ],
        "rules": [
            {"label": RULE_NAMES.get(rule, rule), "level": _level(rule, level), "cost": values["rule_costs"].get(rule)}
            for rule, level in values["rule_levels"].items()
        ],
    }
