"""Interventions asked for, corrected, accepted, cancelled: each change goes to the journal, without patient data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from planning.calendar import local_date
from planning.models import Equipment, Intervention, JournalEntry, Placement, Plan, User
from planning.services.draft_totals import DraftTotals, draft_totals
from planning.services.journal import append_about, week_planned
from planning.services.notices import tell_decisions
from planning.services.numbering import take_code
from planning.services.open_changes import close_change
from planning.services.slots import touch_drafts
from planning.services.steps import snapshot

# What the journal never holds: only that it changed.
SECRET = frozenset({"patient_code", "notes"})
FIELDS = (
    "code", "patient_code", "procedure_label", "procedure_code", "surgeon", "specialty", "planned_minutes", "priority",
    "admission_date", "deadline_date", "wished_date", "side", "anaesthesia", "ambulatory", "child", "septic",
    "recovery_minutes", "notes",
)  # fmt: skip
Action = JournalEntry.Action
State = Intervention.State
CLOSED = (State.DONE, State.CANCELLED)


class InterventionRefused(Exception):
    """The intervention is no longer in a state that allows it: someone else decided meanwhile."""


class InterventionChanged(Exception):
    """Someone else saved the row since the page was opened: nothing is written over their work."""


def fingerprint(intervention: Intervention) -> str:
    """Of all that a person edits: equal as long as nobody saved anything else."""
    secrets = [getattr(intervention, name) for name in sorted(SECRET)]
    return hashlib.sha256(repr((facts_of(intervention), secrets)).encode()).hexdigest()[:32]


@transaction.atomic
def create_intervention(
    *, intervention: Intervention, equipment: Iterable[Equipment], user: User, now: datetime
) -> Intervention:
    """Save a new request of the planning office: it is accepted as it stands. Without a code it takes the next."""
    if not intervention.code:
        intervention.code = take_code(today=local_date(now))
    intervention.requested_at, intervention.requested_by = now, user
    intervention.state = State.ACCEPTED
    intervention.save()
    intervention.equipment.set(equipment)
    _note(intervention, user, now, None, facts_of(intervention))
    return intervention


@transaction.atomic
def edit_intervention(
    *,
    intervention: Intervention,
    equipment: Iterable[Equipment],
    seen: str,
    user: User,
    now: datetime,
    reason: str = "",
    priced: bool = True,
) -> bool:
    """Save the corrected row; says whether anything changed. Drafts that hold it learn of it.

    ``seen`` is the ``fingerprint`` of what the person was shown. ``priced`` False: the line does not tell what its
    drafts cost, for whoever corrects hundreds at once. Raises ``InterventionChanged`` when the row is no
    longer that, ``InterventionRefused`` when it is done or cancelled.
    """
    mondays = lock_drafts_of([intervention.pk])
    kept = Intervention.objects.select_for_update(no_key=True).get(pk=intervention.pk)
    if kept.state in CLOSED:
        raise InterventionRefused
    if fingerprint(kept) != seen:
        raise InterventionChanged
    totals = draft_totals(mondays if priced else ())
    before = facts_of(kept)
    secrets = [name for name in sorted(SECRET) if getattr(kept, name) != getattr(intervention, name)]
    intervention.save(update_fields=FIELDS)
    intervention.equipment.set(equipment)
    after = facts_of(intervention)
    changed = [name for name in after if before[name] != after[name]]
    if not changed and not secrets:
        return False
    total, delta = totals.now() if changed else (None, None)
    _note(
        intervention, user, now, {name: before[name] for name in changed},
        {name: after[name] for name in changed} | dict.fromkeys(secrets, True) | at_cost(total), reason,
        monday=totals.monday, cost_delta=delta,
    )  # fmt: skip
    touch_drafts(mondays)
    return True


@transaction.atomic
def cancel_intervention(
    *, intervention: Intervention, reason: str, user: User, now: datetime, shown_as: str = ""
) -> JournalEntry:
    """Cancelled, with the reason; a request is refused thereby. It leaves the drafts; an approved version keeps it,
    shown as cancelled.

    Raises ``InterventionRefused`` when it is done or cancelled already, or no longer ``shown_as`` when that is given.
    """
    lock_drafts_of([intervention.pk])
    row = Intervention.objects.select_for_update(no_key=True).get(pk=intervention.pk)
    if row.state in CLOSED or (shown_as and row.state != shown_as):
        raise InterventionRefused
    action = Action.REFUSE if row.state in (State.REQUESTED, State.RETURNED) else Action.CANCEL
    change = {"state": State.CANCELLED, "cancel_reason": reason, "to_replan_since": None}
    return change_row(row, change, action, user, now, reason, left=leave_drafts([row.pk]))


def lock_drafts_of(interventions: Iterable[int]) -> list[date]:
    """The weeks whose draft holds one of them; the drafts are ours until the end of the transaction.

    Before the interventions themselves: a move and an approval take them in this order, and the other way round two
    people could wait for each other.
    """
    holding = Placement.objects.filter(intervention__in=list(interventions)).values("plan")
    drafts = Plan.objects.select_for_update().filter(status=Plan.Status.DRAFT, pk__in=holding)
    return list(drafts.order_by("pk").values_list("monday", flat=True))


@dataclass(frozen=True, slots=True)
class Left:
    """What leaves drafts with a decision, by intervention: {plan: [its revision since, where it was]}; and what the
    drafts that the decision touches cost."""

    places: Mapping[int, Mapping[str, Any]]
    totals: DraftTotals


def leave_drafts(interventions: Iterable[int], *, since: date | None = None) -> Left:
    """They are to leave the drafts (locked by ``lock_drafts_of``), of the days from ``since`` on: ``change_row`` takes
    each out."""
    rows = Placement.objects.filter(intervention__in=list(interventions), plan__status=Plan.Status.DRAFT)
    if since is not None:
        rows = rows.filter(slot__date__gte=since)
    held = list(rows.select_related("slot__room", "plan__base"))
    places: dict[int, dict[str, Any]] = {}
    for row in held:
        places.setdefault(row.intervention_id, {})[str(row.plan_id)] = [row.plan.revision + 1, snapshot(row)]
    plans = {row.plan_id: row.plan for row in held}
    totals = DraftTotals(plans.values())
    touch_drafts(plan.monday for plan in plans.values())
    return Left(places, totals)


def change_row(
    row: Intervention,
    change: Mapping[str, Any],
    action: str,
    user: User,
    now: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    left: Left | None = None,
) -> JournalEntry:
    """Write a decision on a row that is locked already, and its line, which services/undoing.py can take back.

    It leaves the drafts as ``left`` says, and the line tells what they cost then. What is asked of one that is over
    now is closed with it.
    """
    monday = week_planned(row)
    places = left.places.get(row.pk) if left else None
    before = {name: written(row, name) for name in change} | ({"drafts": dict(places)} if places else {})
    for name, value in change.items():
        setattr(row, name, value)
    row.save(update_fields=list(change))
    if places:
        row.placements.filter(plan__in=[int(plan) for plan in places]).delete()
    if change.get("state") in CLOSED:
        closed = close_change(of=row, reason=reason, user=user, now=now, monday=monday)
        before |= {"change": closed} if closed else {}
    total, delta = left.totals.now() if left else (None, None)
    after = {name: written(row, name) for name in change} | dict(facts or {}) | at_cost(total)
    entry = _note(
        row, user, now, before, after, reason, action, (left.totals.monday if left else None) or monday, delta
    )  # fmt: skip
    tell_decisions(entries=[entry], user=user, now=now)
    return entry


def at_cost(total: float | None) -> dict[str, float]:
    """What a week costs, as the journal keeps it."""
    return {} if total is None else {"total_cost": total}


def written(row: Intervention, name: str) -> Any:
    """A field as the journal keeps it; a moment in one zone, whoever wrote it."""
    value = getattr(row, name)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, State) else value


def facts_of(intervention: Intervention) -> dict[str, Any]:
    """The row as the journal keeps it: readable codes, no patient data."""
    return {
        "code": intervention.code,
        "procedure_label": intervention.procedure_label,
        "procedure_code": intervention.procedure_code,
        "surgeon": intervention.surgeon.trigram,
        "specialty": intervention.specialty.code,
        "planned_minutes": intervention.planned_minutes,
        "priority": intervention.priority,
        "admission_date": intervention.admission_date.isoformat(),
        "deadline_date": intervention.deadline_date.isoformat(),
        "wished_date": intervention.wished_date.isoformat() if intervention.wished_date else None,
        "side": intervention.side,
        "anaesthesia": intervention.anaesthesia,
        "ambulatory": intervention.ambulatory,
        "child": intervention.child,
        "septic": intervention.septic,
        "recovery_minutes": intervention.recovery_minutes,
        "equipment": sorted(intervention.equipment.values_list("code", flat=True)),
    }


def _note(
    intervention: Intervention, user: User, now: datetime, before: dict[str, Any] | None, after: dict[str, Any],
    reason: str = "", action: str = Action.EDIT, monday: date | None = None, cost_delta: float | None = None,
) -> JournalEntry:  # fmt: skip
    return append_about(
        intervention=intervention, action=action, user=user, now=now, before=before, after=after, reason=reason,
        monday=monday, cost_delta=cost_delta,
    )  # fmt: skip
