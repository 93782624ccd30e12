"""Decisions taken back, for as long as nothing followed: what was undone stays in the journal, and a line says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from planning.models import Intervention, JournalEntry, Plan, User
from planning.services.decisions import Outcome, Refused
from planning.services.draft_totals import DraftTotals
from planning.services.interventions import Left, change_row, lock_drafts_of, written
from planning.services.open_changes import is_as_decided, reopen_change
from planning.services.placements import restore
from planning.services.steps import Stale, claim_revision

Action = JournalEntry.Action
UNDOABLE = (
    Action.ACCEPT, Action.RETURN, Action.REFUSE, Action.CANCEL, Action.MERGE, Action.UNPLAN, Action.EDIT, Action.ANSWER
)  # fmt: skip
# What a version approved since makes a fact: it was made without them, or with what they changed.
_PUBLISHED = (Action.CANCEL, Action.MERGE, Action.UNPLAN, Action.ANSWER)
_DECIDED = (Plan.Status.APPROVED, Plan.Status.SUPERSEDED)
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
    "wished_date": date.fromisoformat,
}


@transaction.atomic
def undo_decisions(*, entries: Collection[int], user: User, now: datetime) -> Outcome:
    """Put the rows back as they were before these lines, with the places they held in drafts and what was asked of
    them.

    Refused, one by one: where something followed, in the row, its journal, a draft that the decision touched, or a
    version approved since.
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
    decided = names & {"state", "responsible_id", "no_duplicate", "change"}
    return bool(decided) and names <= {*_READ, "drafts", "held", "change"}


def _claim_drafts(lines: Iterable[JournalEntry]) -> set[str]:
    """The drafts that nobody has changed since; they are ours until the end of the transaction."""
    left = {plan: revision for line in lines for plan, revision in _touched(line).items()}
    same = set()
    for plan, revision in sorted(left.items()):
        try:
            claim_revision(plan_id=int(plan), revision=revision)
        except Stale:
            continue
        same.add(plan)
    return same


def _touched(line: JournalEntry) -> dict[str, int]:
    """The drafts it was taken out of, and those that hold it on: their revisions as the decision left them."""
    left = {plan: revision for plan, (revision, _place) in _drafts(line).items()}
    return left | dict((line.before or {}).get("held") or {})


def _drafts(line: JournalEntry) -> Mapping[str, Any]:
    return (line.before or {}).get("drafts") or {}


def _is_as_left(row: Intervention, line: JournalEntry, claimed: Collection[str]) -> bool:
    before, after = line.before or {}, line.after or {}
    if any(written(row, name) != after.get(name) for name in before if name in _READ):
        return False
    if "change" in before and not is_as_decided(before["change"], line.at):
        return False
    holding = {
        str(plan) for plan in row.placements.filter(plan__status=Plan.Status.DRAFT).values_list("plan", flat=True)
    }
    # Out of the list by the decision, or into it: a draft that holds it since has made something of it.
    moved_on = line.action not in (Action.EDIT, Action.ANSWER) and bool(holding)
    opened_since = "held" in before and not holding <= set(claimed)
    return not (moved_on or opened_since or _is_published(row, line)) and set(_touched(line)) <= set(claimed)


def _is_published(row: Intervention, line: JournalEntry) -> bool:
    if line.action not in _PUBLISHED or not (line.before or {}).keys() - {"change"}:
        return False
    since = Plan.objects.filter(status__in=_DECIDED, approved_at__gt=line.at)
    mondays = Plan.objects.filter(pk__in=[int(plan) for plan in _drafts(line)]).values("monday")
    of_it = Q(placements__intervention=row) | Q(monday=line.monday) | Q(monday__in=mondays)
    return since.filter(of_it).exists()


def _take_back(row: Intervention, line: JournalEntry, user: User, now: datetime) -> JournalEntry:
    before = line.before or {}
    change = {
        name: None if before[name] is None else read(before[name]) for name, read in _READ.items() if name in before
    }
    facts: dict[str, Any] = {"step": line.action, "code": row.code}
    if "change" in before:
        facts["reopened"] = reopen_change(before["change"])
    plans = Plan.objects.filter(pk__in=[int(plan) for plan in _touched(line)], status=Plan.Status.DRAFT)
    left = Left({}, DraftTotals(plans.select_related("base")))
    for plan, (revision, place) in _drafts(line).items():
        restore(Plan.objects.get(pk=plan), {str(row.pk): place})
        # As the line taken back told it: the journal alone leads to the draft.
        facts.setdefault("drafts", {})[plan] = [revision + 1, place]
    return change_row(row, change, Action.UNDO, user, now, facts=facts, left=left)
