"""What the bloc decided of a request, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from planning import wording
from planning.calendar import Week
from planning.models import Intervention, JournalEntry

Action = JournalEntry.Action
Facts = Mapping[str, Any]


def is_decision(entry: JournalEntry) -> bool:
    """A line of services/decisions.py or replanning.py: not the correction of a form, nor a step of a draft."""
    if entry.action in (Action.ACCEPT, Action.RETURN, Action.REFUSE, Action.CANCEL, Action.MERGE):
        return True
    after = entry.after or {}
    if entry.action == Action.UNPLAN:
        return "state" in after
    told = after.keys() & {"responsible_id", "no_duplicate"} or after.get("state") == Intervention.State.DONE
    return entry.action == Action.EDIT and bool(told)


def decision_sentence(entry: JournalEntry) -> str:
    code = entry.intervention.code if entry.intervention else str((entry.after or {}).get("code", ""))
    return wording.named(code, _said(entry.action, entry.before or {}, entry.after or {}))


def _said(action: str, before: Facts, after: Facts) -> str:
    if action == Action.ACCEPT:
        asked, kept = before.get("planned_minutes"), after.get("planned_minutes")
        if isinstance(asked, int) and isinstance(kept, int) and asked != kept:
            minutes = {"asked": wording.duration(asked), "kept": wording.duration(kept)}
            return _("acceptée avec %(kept)s au lieu de %(asked)s") % minutes
        return _("acceptée")
    if action == Action.MERGE:
        return _("réunie à %(kept)s") % {"kept": after.get("kept", "?")}
    if action == Action.EDIT and "responsible_id" in after:
        return _followed_up(after)
    if action == Action.EDIT and "no_duplicate" in after:
        return _("vérifiée : ce n'est pas un doublon")
    return {
        Action.RETURN: _("renvoyée au chirurgien"),
        Action.REFUSE: _("refusée"),
        Action.CANCEL: _("annulée"),
        Action.UNPLAN: _("à reprogrammer"),
        Action.EDIT: _("réalisée"),
    }[Action(action)]


def _followed_up(after: Facts) -> str:
    name, monday, note = after.get("responsible"), after.get("replan_monday"), after.get("replan_note")
    parts = [_("suivie par %(name)s") % {"name": name} if name else _("sans responsable")]
    if monday:
        parts.append(_("semaine %(number)s visée") % {"number": Week(date.fromisoformat(monday)).number})
    if note:
        parts.append(str(note))
    return ", ".join(parts)
