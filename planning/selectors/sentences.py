"""What the journal says of slots and of requests, in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning import wording
from planning.models import Intervention, JournalEntry

Facts = dict[str, Any]

FIELD_NAMES = {
    "code": gettext_lazy("code"),
    "patient_code": gettext_lazy("code du patient"),
    "procedure_label": gettext_lazy("acte"),
    "procedure_code": gettext_lazy("code de l'acte"),
    "surgeon": gettext_lazy("chirurgien"),
    "specialty": gettext_lazy("spécialité"),
    "planned_minutes": gettext_lazy("durée prévue"),
    "priority": gettext_lazy("priorité"),
    "admission_date": gettext_lazy("hospitalisation"),
    "deadline_date": gettext_lazy("date limite"),
    "wished_date": gettext_lazy("date souhaitée"),
    "side": gettext_lazy("côté"),
    "anaesthesia": gettext_lazy("anesthésie"),
    "ambulatory": gettext_lazy("ambulatoire"),
    "child": gettext_lazy("enfant"),
    "septic": gettext_lazy("septique"),
    "recovery_minutes": gettext_lazy("séjour en salle de réveil"),
    "equipment": gettext_lazy("équipements"),
    "notes": gettext_lazy("notes"),
    "state": gettext_lazy("état"),
}

_CHOICES: dict[str, dict[str, Any]] = {
    "priority": dict(Intervention.Priority.choices),
    "side": dict(Intervention.Side.choices),
    "anaesthesia": dict(Intervention.Anaesthesia.choices),
}


def plan_sentence(action: str, before: Facts, after: Facts) -> str:
    """What became of a slot, or of the master plan they come from."""
    if action == JournalEntry.Action.MASTER:
        return _("« %(name)s », à partir de cette semaine") % {"name": after.get("name", "?")}
    if action == JournalEntry.Action.RELEASE:
        return _("%(slot)s, à %(owner)s") % {
            "slot": _slot(before or after),
            "owner": after.get("specialty") or _("tous"),
        }
    return slot_sentence(before, after)


def slot_sentence(before: Facts, after: Facts) -> str:
    """What became of a slot of the week."""
    if after.get("restored"):
        return _("La semaine est rendue au plan directeur")
    after = {name: value for name, value in after.items() if name != "total_cost"}
    if before and after:
        return _("Plage changée : %(from)s devient %(to)s") % {"from": _slot(before), "to": _slot(after)}
    if after:
        return _("Plage ajoutée : %(slot)s") % {"slot": _slot(after)}
    return _("Plage retirée : %(slot)s") % {"slot": _slot(before)} if before else ""


def edit_sentence(code: str, before: Facts, after: Facts) -> str:
    """What became of an intervention's request."""
    if not before:
        return _("%(code)s créée : %(label)s") % {"code": code, "label": after.get("procedure_label", "")}
    if after.get("state") == Intervention.State.CANCELLED:
        return _("%(code)s annulée") % {"code": code}
    if after.get("state") == Intervention.State.ACCEPTED:
        return _("%(code)s acceptée") % {"code": code}
    return wording.named(code, changed_fields(before, after))


def request_sentence(code: str, before: Facts, after: Facts) -> str:
    """What a surgeon did with a request: submitted, submitted again with what was asked for, taken back."""
    state = after.get("state")
    if state == Intervention.State.DRAFT:
        return _("%(code)s reprise par le chirurgien, qui la modifie") % {"code": code}
    if state == Intervention.State.CANCELLED:
        return _("%(code)s abandonnée par le chirurgien") % {"code": code}
    if before.get("state") == Intervention.State.RETURNED:
        changes = changed_fields(before, {name: value for name, value in after.items() if name != "state"})
        said = _("%(code)s soumise à nouveau") % {"code": code}
        return wording.named(said, changes) if changes else said
    return _("%(code)s soumise : %(label)s") % {"code": code, "label": after.get("procedure_label", "")}


def changed_fields(before: Facts, after: Facts) -> str:
    """« durée prévue 01:00 → 01:30 ; notes modifié »."""
    parts = []
    for name in wording.ordered(after, FIELD_NAMES):
        if name == "total_cost":
            continue
        label = FIELD_NAMES.get(name, name)
        if name in before:
            parts.append(f"{label} {_written(name, before[name])} → {_written(name, after[name])}")
        else:
            parts.append(_("%(field)s modifié") % {"field": label})
    return wording.listed(parts)


def _written(name: str, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if name in _CHOICES and value:
        return str(_CHOICES[name].get(value, value))
    if name == "planned_minutes":
        return _clock(value)
    if name.endswith("_date") and value:
        return wording.dated(date.fromisoformat(value), "j F")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    return str(value or "–")


def _slot(facts: Facts) -> str:
    owner = facts.get("surgeon") or facts.get("specialty") or _("ouverte à tous")
    return f"{facts['room']} {_day(facts['date'])} {_clock(facts['start'])}–{_clock(facts['end'])} ({owner})"


def _day(iso: str) -> str:
    return wording.dated(date.fromisoformat(iso), "D d/m")


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
