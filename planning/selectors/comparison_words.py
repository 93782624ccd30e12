"""A comparison in words: its criteria, its figures, and the sentences that say who leads on what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning import wording
from planning.models import Comparison, ComparisonCell
from planning.selectors.comparisons import Progress, Report
from planning.selectors.policies import mark_of, policy_label
from planning.solver.ranking import CRITERIA

LABELS: Mapping[str, Any] = {
    "occupancy": gettext_lazy("Occupation des salles"),
    "overtime": gettext_lazy("Heures supplémentaires"),
    "rooms_overrunning": gettext_lazy("Salles en dépassement"),
    "planned": gettext_lazy("Interventions planifiées"),
    "slot_fill": gettext_lazy("Remplissage des plages"),
    "waiting": gettext_lazy("Attente à l'hôpital"),
    "several_rooms": gettext_lazy("Chirurgiens dans plusieurs salles"),
    "cost": gettext_lazy("Coût"),
}
UNITS: Mapping[str, Any] = {
    "occupancy": gettext_lazy("du temps offert"),
    "overtime": gettext_lazy("par semaine"),
    "rooms_overrunning": gettext_lazy("par semaine"),
    "planned": gettext_lazy("de la demande"),
    "slot_fill": gettext_lazy("du temps des plages"),
    "waiting": gettext_lazy("jours par intervention"),
    "several_rooms": gettext_lazy("de leurs jours"),
    "cost": gettext_lazy("par semaine"),
}
_HELP: Mapping[str, Any] = {
    "occupancy.regular": gettext_lazy(
        "Durées prévues et remises en état, sur les heures normales des plages offertes dans la salle. Les heures "
        "supplémentaires comptent au-dessus : une salle peut dépasser 100 %."
    ),
    "occupancy.opening": gettext_lazy(
        "Durées prévues et remises en état, sur les heures d'ouverture de la salle, du lundi au vendredi, jours de "
        "fermeture exclus."
    ),
    "overtime": gettext_lazy("Durées prévues des interventions placées dans une plage d'heures supplémentaires."),
    "rooms_overrunning": gettext_lazy("Salles qui ont des heures supplémentaires un jour au moins de la semaine."),
    "planned": gettext_lazy("Interventions placées, sur toutes celles de la semaine."),
    "slot_fill.slot": gettext_lazy(
        "Temps utilisé, par qui que ce soit, dans les plages que le plan directeur réserve, sur la durée de ces "
        "plages, heures supplémentaires comprises."
    ),
    "slot_fill.owner": gettext_lazy(
        "Durées et remises en état de chaque spécialité qui a des plages, où que ce soit, sur les heures normales de "
        "ces plages."
    ),
    "waiting": gettext_lazy("Jours entre le lendemain de l'hospitalisation et l'opération, par intervention placée."),
    "several_rooms": gettext_lazy("Jours où un chirurgien opère dans plusieurs salles, sur ses jours au bloc."),
    "cost": gettext_lazy("Attente, heures supplémentaires et interventions non planifiées, équations (1) et (9)."),
}
_WRITE: Mapping[str, Callable[[float], str]] = {
    "share": lambda value: wording.percent(value, 1),
    "minutes": lambda value: wording.duration(round(value)),
    "number": lambda value: wording.number(value, 1),
    "days": lambda value: wording.number(value, 2),
    "euros": lambda value: wording.euros(value),
}
FAILURES: Mapping[str, Any] = {
    "lost-worker": gettext_lazy("Le worker de calcul s'est arrêté trois fois pendant cette semaine."),
    "earlier-week": gettext_lazy("Une semaine précédente a échoué : ses reports manquent."),
}
STATES: Mapping[str, Any] = {
    "running": gettext_lazy("En cours"),
    "stopped": gettext_lazy("Arrêtée"),
    "failed": gettext_lazy("Terminée, avec des échecs"),
    "done": gettext_lazy("Terminée"),
}


def written(criterion: str, value: float | None) -> str:
    return "–" if value is None else _WRITE[CRITERIA[criterion].unit](value)


def help_of(criterion: str, report: Report) -> str:
    """What is counted, over what, in the report's reading."""
    reading = {"occupancy": report.reading.occupancy, "slot_fill": report.reading.fill}.get(criterion)
    return str(_HELP[f"{criterion}.{reading}" if reading else criterion])


def title(comparison: Comparison) -> str:
    return comparison.name or span(comparison)


def span(comparison: Comparison) -> str:
    first, last = wording.week(comparison.first_monday), wording.week(comparison.last_monday)
    return first if first == last else _("%(first)s à %(last)s") % {"first": first, "last": last}


def failure(cell: ComparisonCell) -> str:
    known = FAILURES.get(cell.failure)
    return str(known) if known else _("Le planificateur a rencontré une erreur : %(error)s") % {"error": cell.failure}


def progress_text(progress: Progress) -> str:
    """« Calculs faits : 41 sur 312 »."""
    counts = {"done": wording.number(progress.ended), "total": wording.number(progress.total)}
    return _("Calculs faits : %(done)s sur %(total)s") % counts


def leads(report: Report) -> list[dict[str, str]]:
    """For each policy, on which criteria its mean is the best, alone or without a clear difference.

    Nothing where all are equal on everything: the verdict says it in one sentence.
    """
    if _all_equal(report):
        return []
    said = []
    for policy in report.policies:
        alone = [key for key, one in report.standings.items() if one.leaders == (policy,)]
        shared = [key for key, one in report.standings.items() if policy in one.leaders and len(one.leaders) > 1]
        parts = []
        if alone:
            parts.append(_("en tête sur %(criteria)s") % {"criteria": _listed(alone)})
        if shared:
            parts.append(_("à égalité de tête sur %(criteria)s") % {"criteria": _listed(shared)})
        text = wording.listed(parts) if parts else _("en tête sur aucun critère")
        said.append({"policy": policy, "label": policy_label(policy), "text": text})
    return said


def verdict(report: Report) -> str:
    """Whether one policy dominates."""
    if not report.standings:
        return ""
    if report.dominant is not None:
        text = _("%(policy)s fait au moins aussi bien que les autres sur tous les critères.")
        return text % {"policy": policy_label(report.dominant)}
    if _all_equal(report):
        return _("Aucune différence nette entre les politiques, sur aucun critère.")
    return _("Aucune politique n'est la meilleure sur tous les critères : le choix dépend de ce qui compte le plus.")


def _all_equal(report: Report) -> bool:
    return all(len(one.leaders) == len(one.scores) for one in report.standings.values())


def _listed(criteria: Iterable[str]) -> str:
    return ", ".join(_lower(str(LABELS[key])) for key in criteria)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


_REFUSALS: Mapping[str, Any] = {
    "ends-before-start": gettext_lazy("La dernière semaine ne peut pas précéder la première."),
    "too-many-weeks": gettext_lazy("Comparez %(most)s semaines au plus à la fois."),
    "no-policy": gettext_lazy("Choisissez au moins une politique."),
    "unknown-policy": gettext_lazy("Une de ces politiques n'existe pas."),
    "no-demand": gettext_lazy("Aucune intervention à planifier dans ces semaines : choisissez-en d'autres."),
    "no-slot": gettext_lazy("Aucune plage dans ces semaines, et aucun plan directeur pour en donner : créez-en un."),
}


def refusal(kind: str, facts: Mapping[str, Any]) -> str:
    """Why a comparison cannot be asked."""
    return str(_REFUSALS[kind]) % facts


def ranked(report: Report, weights: Mapping[str, int]) -> list[dict[str, Any]]:
    """Best first, each with a score out of 100 and its rank: those of one score share it."""
    scores = {policy: round(score * 100) for policy, score in report.ranking(weights).items()}
    return [
        {
            "policy": policy,
            "label": policy_label(policy),
            "mark": mark_of(policy),
            "score": score,
            "rank": 1 + sum(other > score for other in scores.values()),
        }
        for policy, score in scores.items()
    ]
