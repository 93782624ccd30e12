"""The journal of a week, one sentence an entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.calendar import Week
from planning.models import JournalEntry
from planning.selectors.change_sentences import CHANGES, change_sentence
from planning.selectors.decision_sentences import decision_sentence, is_decision
from planning.selectors.policies import policy_label
from planning.selectors.reference_sentences import REFERENCE, reference_sentence
from planning.selectors.sentences import edit_sentence, plan_sentence, request_sentence
from planning.selectors.sign_off_words import journal_sentence

PAGE = 50
Action = JournalEntry.Action


def journal_page(week: Week, page: int = 1) -> dict[str, Any]:
    """``next`` is the number of the following page, or None. Two queries at most, however long the journal."""
    begin = (page - 1) * PAGE
    rows = JournalEntry.objects.filter(monday=week.monday).select_related("user", "intervention", "plan")
    found = list(rows[begin : begin + PAGE + 1])
    return {"entries": [as_json(entry) for entry in found[:PAGE]], "next": page + 1 if len(found) > PAGE else None}


def as_json(entry: JournalEntry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": entry.at.isoformat(),
        "user": str(entry.user) if entry.user else None,
        "action": entry.action,
        "action_label": entry.get_action_display(),
        "intervention": entry.intervention_id,
        "interventions": _about(entry),
        "text": text_of(entry),
        "run": run_of(entry),
        "reason": entry.reason,
        "cost_delta": entry.cost_delta,
        "cost_delta_text": None if entry.cost_delta is None else wording.signed_euros(entry.cost_delta),
    }


def run_of(entry: JournalEntry) -> int | None:
    """The run that was asked for, or that made the proposal: it has a page of its own."""
    of_a_run = entry.action in (Action.RUN, Action.PROPOSE)
    return (entry.after or {}).get("run") if of_a_run else None


def _about(entry: JournalEntry) -> list[int]:
    """Every intervention that the entry is about; an approval counts its placements and names none."""
    touched = (entry.after or {}).get("placements")
    named = touched if isinstance(touched, Mapping) else {}
    return [int(key) for key in named] or ([entry.intervention_id] if entry.intervention_id else [])


def text_of(entry: JournalEntry) -> str:
    after: Mapping[str, Any] = entry.after or {}
    if "sign_off" in after:
        return journal_sentence(after)
    if is_decision(entry):
        return decision_sentence(entry)
    if entry.action in (Action.RUN, Action.PROPOSE, Action.TAKE, Action.APPROVE):
        return _of_version(entry, after)
    if entry.action in (Action.UNDO, Action.REDO):
        return wording.step_label(str(after.get("step", "")), after) if after.get("step") else ""
    if entry.action in (Action.SLOT, Action.MASTER, Action.RELEASE):
        return plan_sentence(entry.action, entry.before or {}, dict(after))
    if entry.action in REFERENCE:
        return reference_sentence(entry.action, entry.before or {}, after)
    if entry.action in (*CHANGES, Action.EDIT, Action.SUBMIT):
        return _asked(entry)
    return _moved(entry)


def _asked(entry: JournalEntry) -> str:
    """What was asked of an intervention, or corrected in it."""
    code, after = entry.intervention.code if entry.intervention else "", entry.after or {}
    if entry.action in CHANGES:
        return change_sentence(code, after)
    if entry.action == Action.SUBMIT:
        return request_sentence(code, entry.before or {}, dict(after))
    return edit_sentence(code, entry.before or {}, dict(after))


def _of_version(entry: JournalEntry, after: Mapping[str, Any]) -> str:
    """A run, the proposal it made, what was taken of it, the version approved."""
    number = after.get("number") or (entry.plan.number if entry.plan else "?")
    if entry.action == Action.RUN:
        return _("Politique « %(policy)s »") % {"policy": policy_label(str(after.get("policy", "")))}
    if entry.action == Action.PROPOSE:
        text = _("Version %(number)s, %(cost)s")
        return text % {"number": number, "cost": wording.euros(after.get("total_cost") or 0)}
    if entry.action == Action.TAKE:
        count = after.get("lines", 0)
        text = ngettext("Version %(number)s : %(n)d ligne", "Version %(number)s : %(n)d lignes", count)
        return text % {"number": number, "n": count}
    return _("Version %(number)s") % {"number": number}


def _moved_together(action: str, after: Mapping[str, Any]) -> str:
    """« Échanger I12 et I14 : SO1 lun. 23 8:00 ↔ SO2 mar. 24 10:20 », or those that went together by their codes."""
    label = wording.step_label(action, after)
    if action == Action.SWAP:
        return wording.named(label, f"{place_of(after['from'])} ↔ {place_of(after['to'])}")
    codes = after.get("codes") or []
    return wording.named(label, ", ".join(codes)) if codes else label


def _moved(entry: JournalEntry) -> str:
    """« I12 : SO1 lun. 23 8:00 → SO2 mar. 24 10:20 », with what the entry knows of it."""
    if entry.action in (Action.SWAP, Action.SWAP_ROOMS) or "codes" in (entry.after or {}):
        return _moved_together(entry.action, entry.after or {})
    before, after = place_of(entry.before), place_of(entry.after)
    where = f"{before} → {after}" if before and after and before != after else after or before
    name = (entry.intervention.code if entry.intervention else "") or str((entry.after or {}).get("code", ""))
    label = str((entry.after or {}).get("label", ""))
    said = where or label
    return wording.named(name, said) if name and said else name or said


def place_of(facts: Mapping[str, Any] | None) -> str:
    """« SO1 mar. 24 10:20 »; nothing when the facts tell no place."""
    if not facts or not facts.get("room") or not facts.get("date"):
        return ""
    minute = facts.get("minute", facts.get("start"))
    if isinstance(minute, int):
        return wording.place(str(facts["room"]), str(facts["date"]), minute)
    return f"{facts['room']} {wording.day_short(date.fromisoformat(str(facts['date'])))}"
