"""What the journal says of rooms, surgeons, specialties and imports, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from planning import wording
from planning.access import Role
from planning.models import JournalEntry, Specialty
from planning.models.people import Weekday
from planning.selectors.parameters import change_sentence
from planning.selectors.preferences import preference_text

Facts = Mapping[str, Any]
Action = JournalEntry.Action

_CREATED = {
    Action.ROOM: gettext_lazy("Salle %(of)s créée"),
    Action.SURGEON: gettext_lazy("%(of)s créé"),
    Action.SPECIALTY: gettext_lazy("Spécialité %(of)s créée"),
    Action.EQUIPMENT: gettext_lazy("Équipement %(of)s créé"),
    Action.ACCOUNT: gettext_lazy("%(of)s invité"),
}
_REMOVED = {
    Action.SPECIALTY: gettext_lazy("Spécialité %(of)s retirée"),
    Action.EQUIPMENT: gettext_lazy("Équipement %(of)s retiré"),
}
_NAMES = {
    Action.ROOM: gettext_lazy("Salle %(of)s"),
    Action.SURGEON: "%(of)s",
    Action.SPECIALTY: gettext_lazy("Spécialité %(of)s"),
    Action.EQUIPMENT: gettext_lazy("Équipement %(of)s"),
    Action.ACCOUNT: gettext_lazy("Compte de %(of)s"),
}
_FIELDS = {
    "code": gettext_lazy("code"),
    "name": gettext_lazy("nom"),
    "position": gettext_lazy("ordre d'affichage"),
    "opens_minute": gettext_lazy("ouverture"),
    "closes_minute": gettext_lazy("fermeture"),
    "equipment": gettext_lazy("équipements"),
    "units": gettext_lazy("unités partagées"),
    "rooms": gettext_lazy("salles"),
    "in_service": gettext_lazy("en service"),
    "trigram": gettext_lazy("trigramme"),
    "last_name": gettext_lazy("nom"),
    "first_name": gettext_lazy("prénom"),
    "specialty": gettext_lazy("spécialité"),
    "user": gettext_lazy("compte"),
    "daily_maximum_minutes": gettext_lazy("durée maximale par jour"),
    "active": gettext_lazy("en activité"),
    "colour": gettext_lazy("couleur et motif"),
    "role": gettext_lazy("rôle"),
    "email": gettext_lazy("adresse"),
    "surgeon": gettext_lazy("chirurgien"),
    "open": gettext_lazy("ouvert"),
}
_TARGETS = {
    "interventions": gettext_lazy("Interventions"),
    "rooms": gettext_lazy("Salles"),
    "surgeons": gettext_lazy("Chirurgiens"),
    "slots": gettext_lazy("Plages"),
}


REFERENCE = (
    Action.ROOM, Action.SURGEON, Action.SPECIALTY, Action.EQUIPMENT, Action.ACCOUNT, Action.SETTINGS, Action.IMPORT
)  # fmt: skip


def reference_sentence(action: str, before: Facts, after: Facts) -> str:
    """What became of a room, a surgeon, a specialty or the parameters, or what a file brought."""
    if action == Action.IMPORT:
        return _import(after)
    if action == Action.SETTINGS:
        return change_sentence(before, after)
    facts = after or before
    of = {"of": facts.get("of", "")}
    for key, said in _EVENTS:
        if key in facts:
            return said(of, before, after)
    if not before:
        return str(_CREATED[Action(action)]) % of
    if not after:
        return str(_REMOVED[Action(action)]) % of
    parts = [
        part
        for name in wording.ordered(after, _FIELDS)
        if name != "of"
        for part in _changed(name, before.get(name), after[name])
    ]
    return wording.named(str(_NAMES[Action(action)]) % of, wording.listed(parts))


def _import(after: Facts) -> str:
    """« Interventions : 12 lignes ajoutées, 3 déjà là »; of a file that spans weeks, the part of one."""
    label = str(_TARGETS.get(str(after.get("target")), after.get("target", "")))
    created, updated, existing, whole = (
        int(after.get(name) or 0) for name in ("created", "updated", "existing", "part_of")
    )
    parts = []
    if created or not updated:
        parts.append(ngettext("%(n)d ligne ajoutée", "%(n)d lignes ajoutées", created) % {"n": created})
    if whole:
        parts.append(_("sur les %(n)d du fichier") % {"n": whole})
    if updated:
        parts.append(ngettext("%(n)d mise à jour", "%(n)d mises à jour", updated) % {"n": updated})
    if existing:
        parts.append(_("%(n)d déjà là") % {"n": existing})
    return wording.named(label, ", ".join(parts))


def _invitation(of: Facts, before: Facts, after: Facts) -> str:
    return _("Invitation renvoyée à %(of)s") % of


def _token(of: Facts, before: Facts, after: Facts) -> str:
    """The token's name, made or revoked."""
    if after.get("token"):
        said = _("Jeton d'API « %(token)s » de %(of)s créé, valable %(days)s jours")
        return said % {**of, "token": after["token"], "days": after.get("days", "?")}
    return _("Jeton d'API « %(token)s » de %(of)s révoqué") % {**of, "token": before.get("token", "")}


def _second_factor(of: Facts, before: Facts, after: Facts) -> str:
    return _("Second facteur de %(of)s retiré") % of


def _calendar(of: Facts, before: Facts, after: Facts) -> str:
    said = {
        "renewed": _("Adresse de calendrier de %(of)s renouvelée"),
        "revoked": _("Adresse de calendrier de %(of)s révoquée"),
    }
    return said.get(str(after.get("calendar")), _("Adresse de calendrier de %(of)s créée")) % of


def _second_factor_required(of: Facts, before: Facts, after: Facts) -> str:
    if after["second_factor_required"]:
        return _("Second facteur exigé de tous")
    return _("Second facteur laissé au choix de chacun")


def _closure(of: Facts, before: Facts, after: Facts) -> str:
    if after:
        return _("Salle %(of)s fermée %(span)s") % {**of, "span": span_text(*after["closure"])}
    return _("Salle %(of)s : fermeture %(span)s retirée") % {**of, "span": span_text(*before["closure"])}


def _absence(of: Facts, before: Facts, after: Facts) -> str:
    if after:
        return _("%(of)s absent %(span)s") % {**of, "span": span_text(*after["absence"])}
    return _("%(of)s : absence %(span)s retirée") % {**of, "span": span_text(*before["absence"])}


def _closing(of: Facts, before: Facts, after: Facts) -> str:
    if after.get("closed_on"):
        return _("Spécialité %(of)s fermée à partir du %(day)s") % {**of, "day": _day(after["closed_on"])}
    return _("Spécialité %(of)s rouverte") % of


# Facts that are told by a sentence of their own.
_EVENTS = (
    ("closure", _closure),
    ("absence", _absence),
    ("closed_on", _closing),
    ("invitation", _invitation),
    ("token", _token),
    ("second_factor", _second_factor),
    ("calendar", _calendar),
    ("second_factor_required", _second_factor_required),
)


def _changed(name: str, before: Any, after: Any) -> list[str]:
    if name == "hours":
        return _changed_hours(before or {}, after or {})
    if name == "preferences":
        return [_change(_("souhaits"), preference_text(before or ()) or "–", preference_text(after or ()) or "–")]
    return [_change(str(_FIELDS.get(name, name)), _written(name, before), _written(name, after))]


def _changed_hours(before: Facts, after: Facts) -> list[str]:
    """One part a weekday that differs: « mardi 08:00–18:00 → – »."""
    days = [day for day in Weekday if before.get(str(day.value)) != after.get(str(day.value))]
    return [
        _change(str(day.label), _hours(before.get(str(day.value))), _hours(after.get(str(day.value)))) for day in days
    ]


def _change(label: str, before: str, after: str) -> str:
    return f"{label} {before} → {after}"


def _hours(span: list[int] | None) -> str:
    return "–" if not span else f"{wording.clock(span[0])}–{wording.clock(span[1])}"


def _written(name: str, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if name in ("opens_minute", "closes_minute"):
        return wording.clock(value)
    if name == "daily_maximum_minutes":
        return wording.duration(value)
    if name == "role":
        return str(dict(Role.choices).get(value, value))
    if name == "colour":
        return str(dict(Specialty.Colour.choices).get(value, value))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    return "–" if value in (None, "") else str(value)


def span_text(first: str, last: str) -> str:
    """« le 24 novembre 2026 », « du 24 novembre 2026 au 2 décembre 2026 »."""
    if first == last:
        return _("le %(day)s") % {"day": _day(first)}
    return _("du %(first)s au %(last)s") % {"first": _day(first), "last": _day(last)}


def _day(iso: str) -> str:
    return wording.dated(date.fromisoformat(iso), "j F Y")
