"""Decisions taken back, for as long as nothing followed: what was undone stays in the journal, and a line says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from planning.models import Intervention, JournalEntry, Plan, User
from planning.services.decisions import Outcome, Refused
from planning.services.interventions import change_row, lock_drafts_of, written
from planning.services.placements import restore
from planning.services.steps import Stale, claim_revision

Action = JournalEntry.Action
UNDOABLE = (Action.ACCEPT, Action.RETURN, Action.REFUSE, Action.CANCEL, Action.MERGE, Action.UNPLAN, Action.EDIT)
# What decisions write, and how the journal's text becomes a value again.
_READ: dict[str, Callable[[Any], Any]] = {
    "state": str,
    "planned_minutes": int,
    "return_reason": str,
    "cancel_reason": str,
    "to_replan_since": datetime.fromisoformat,
    "responsible_id": int,
    "replan_monday": date.fromisoformat,
    "replan_note": str,
    "no_duplicate": bool,
}


@transaction.atomic
def undo_decisions(*, entries: Collection[int], user: User, now: datetime) -> Outcome:
    """Put the rows back as they were before these lines, with the places they held in drafts.

    Refused, one by one: where something followed, in the row, its journal, or the draft it was taken out of.
    """
    lines = JournalEntry.objects.filter(pk__in=entries, action__in=UNDOABLE).exclude(intervention=None)
    by_row = {line.intervention_id or 0: line for line in lines.order_by("at", "pk") if _is_decision(line)}
    claimed = _claim_drafts(by_row.values())
    lock_drafts_of(by_row)
    rows = list(Intervention.objects.select_for_update(no_key=True).filter(pk__in=by_row).order_by("pk"))
    told = JournalEntry.objects.filter(intervention__in=rows).select_related("user").order_by("at", "pk")
    last = {line.intervention_id: line for line in told}
    done, refused = [], []
    for row in rows:
        line = by_row[row.pk]
        if last[row.pk] == line and _is_as_left(row, line, claimed):
            done.append(_take_back(row, line, user, now))
        else:
            refused.append(Refused(row, last[row.pk]))
    return Outcome(tuple(done), tuple(refused))


def _is_decision(line: JournalEntry) -> bool:
    """Not the correction of a form, nor a step of a draft."""
    names = (line.before or {}).keys()
    return bool(names & {"state", "responsible_id", "no_duplicate"}) and names <= {*_READ, "drafts"}


def _claim_drafts(lines: Iterable[JournalEntry]) -> set[str]:
    """The drafts that nobody has changed since; they are ours until the end of the transaction."""
    left = {plan: row[0] for line in lines for plan, row in _drafts(line).items()}
    same = set()
    for plan, revision in sorted(left.items()):
        try:
            claim_revision(plan_id=int(plan), revision=revision)
        except Stale:
            continue
        same.add(plan)
    return same


def _drafts(line: JournalEntry) -> Mapping[str, Any]:
    return (line.before or {}).get("drafts") or {}


def _is_as_left(row: Intervention, line: JournalEntry, claimed: Collection[str]) -> bool:
    before, after = line.before or {}, line.after or {}
    if any(written(row, name) != after.get(name) for name in before if name in _READ):
        return False
    # Out of the list by the decision, or into it: a draft that holds it since has made something of it.
    moved_on = line.action != Action.EDIT and row.placements.filter(plan__status=Plan.Status.DRAFT).exists()
    return not moved_on and set(_drafts(line)) <= set(claimed)


def _take_back(row: Intervention, line: JournalEntry, user: User, now: datetime) -> JournalEntry:
    before = line.before or {}
    change = {
        name: None if before[name] is None else read(before[name]) for name, read in _READ.items() if name in before
    }
    facts: dict[str, Any] = {"step": line.action, "code": row.code}
    for plan, (revision, place) in _drafts(line).items():
        restore(Plan.objects.get(pk=plan), {str(row.pk): place})
        # As the line taken back told it: the journal alone leads to the draft.
        facts.setdefault("drafts", {})[plan] = [revision + 1, place]
    return change_row(row, change, Action.UNDO, user, now, facts=facts)
