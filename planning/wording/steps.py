"""Steps of a plan and lines of its journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.models import JournalEntry
from planning.wording.figures import clock, day_short, signed_euros


def place(room: str, day: date | str, minute: int) -> str:
    """« SO3 mar. 24 10:20 »."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{room} {day_short(when)} {clock(minute)}"


def step_label(action: str, facts: Mapping[str, Any]) -> str:
    """The name of a step, as its Undo button says it: « Déplacer I12 vers SO3 mar. 24 10:20 »."""
    values = dict(facts)
    if "room" in facts and "date" in facts:
        values["place"] = place(facts["room"], facts["date"], facts["minute"])
    for name in ("from", "to"):
        if name in facts:
            values[name] = f"{facts[name]['room']} {day_short(date.fromisoformat(facts[name]['date']))}"
    template = (_STEPS_OF_SEVERAL if "codes" in facts else _STEPS).get(action)
    if template is None:
        return str(JournalEntry.Action(action).label)
    try:
        return str(template) % values
    except KeyError:  # an older entry, with fewer facts
        return str(JournalEntry.Action(action).label)


# Of several interventions at once: plural already, never one.
_STEPS_OF_SEVERAL: Mapping[str, Any] = {
    "unplan": gettext_lazy("Retirer %(count)s interventions du planning"),
    "pin": gettext_lazy("Verrouiller %(count)s interventions"),
    "unpin": gettext_lazy("Déverrouiller %(count)s interventions"),
}
_STEPS: Mapping[str, Any] = {
    "move": gettext_lazy("Déplacer %(code)s vers %(place)s"),
    "force": gettext_lazy("Forcer %(code)s en %(place)s"),
    "swap": gettext_lazy("Échanger %(code)s et %(other)s"),
    "swap_rooms": gettext_lazy("Échanger %(from)s et %(to)s"),
    "unplan": gettext_lazy("Retirer %(code)s du planning"),
    "pin": gettext_lazy("Verrouiller %(code)s"),
    "unpin": gettext_lazy("Déverrouiller %(code)s"),
    "take": gettext_lazy("Reprendre la proposition v%(number)s"),
    "accept": gettext_lazy("Accepter %(code)s"),
    "return": gettext_lazy("Renvoyer %(code)s"),
    "refuse": gettext_lazy("Refuser %(code)s"),
    "cancel": gettext_lazy("Annuler l'intervention %(code)s"),
    "merge": gettext_lazy("Réunir %(code)s à son doublon"),
    "edit": gettext_lazy("Modifier le suivi de %(code)s"),
    "answer": gettext_lazy("Répondre à la demande de changement de %(code)s"),
}


def change_label(action: str, after: Mapping[str, Any] | None) -> str:
    """A line of the journal: the step it was, or the step it took back."""
    facts = after or {}
    if action in ("undo", "redo") and "step" in facts:
        label = step_label(str(facts["step"]), facts)
        return (_("Annuler : %(step)s") if action == "undo" else _("Rétablir : %(step)s")) % {"step": label}
    return step_label(action, facts)


def outcome(action: str, facts: Mapping[str, Any], delta: float) -> str:
    """What a change just did, for the toast: « Déplacer I12 vers SO3 mar. 24 10:20 : +300 € »."""
    label = change_label(action, facts)
    if round(delta) == 0:
        return label
    return _("%(step)s (%(delta)s)") % {"step": label, "delta": signed_euros(delta)}
