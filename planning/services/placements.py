"""A person's changes of a draft: move, unplan, pin, undo, redo. One transaction each, one undoable step each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from planning.calendar import Week, at_minute
from planning.models import Intervention, JournalEntry, Placement, Plan, PlanStep, Room, Slot, User
from planning.selectors.evaluation import Price, price
from planning.selectors.judging import cost_change
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.totals import total_in, total_of
from planning.services.journal import append_entry
from planning.services.steps import Snapshot, UnableToChangePlan, claim_revision, record_step, snapshots
from planning.solver.result import Violation

Action = JournalEntry.Action
MOST_REASON = 300
# What a draft may hold.
TO_PLAN = (Intervention.State.ACCEPTED, Intervention.State.PLANNED)


class ReasonRequired(UnableToChangePlan):
    """The drop breaks rules: it takes a written reason. ``week`` words the violations."""

    def __init__(self, week: LoadedWeek, violations: tuple[Violation, ...]) -> None:
        self.week, self.violations = week, violations
        super().__init__(", ".join(one.rule for one in violations))


class NotPlaced(UnableToChangePlan):
    """The intervention has no placement in this draft."""


class NothingToUndo(UnableToChangePlan):
    """No step is left in that direction."""


class UnableToRestore(UnableToChangePlan):
    """What the step touched is gone: an intervention cancelled or done, or its hours taken by another slot since."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, for the toast: ``facts`` of the step and the change of the total cost."""

    action: str
    facts: Mapping[str, Any]
    delta: float


# --- Move --------------------------------------------------------------------------------------------------------


@transaction.atomic
def move_placement(
    *,
    plan: Plan,
    intervention: int,
    room: int,
    day: date,
    start: int,
    revision: int,
    user: User,
    now: datetime,
    reason: str = "",
) -> Change:
    """Drop an intervention at a start, from the list or from elsewhere, and pin it there.

    Raises ``Stale``, ``UnknownIntervention``, ``MeaninglessPlace``, or ``ReasonRequired`` when it breaks a rule
    and ``reason`` is empty.
    """
    number = claim_revision(plan_id=plan.pk, revision=revision)
    loaded = load_week_problem(Week(plan.monday), plan)
    offset = (day - plan.monday).days
    judged = price(loaded, str(intervention), str(room), offset, start)
    reason = reason.strip()[:MOST_REASON]
    broken = judged.violations
    if broken and not reason:
        raise ReasonRequired(judged.week, broken)
    touched = [intervention, *(int(key) for key in judged.shifts)]
    before = snapshots(plan.pk, touched)
    slot_id = _open_slot(judged).pk if judged.opens_slot else int(judged.slot)
    Placement.objects.update_or_create(
        plan=plan,
        intervention_id=intervention,
        defaults={
            "slot_id": slot_id,
            "starts_at": at_minute(day, judged.start),
            "minutes": judged.end - judged.start,
            "pinned_by": user,
            "pinned_at": now,
            "pin_reason": reason,
            "forced": bool(broken),
        },
    )
    for key, (_from, begin) in judged.shifts.items():
        Placement.objects.filter(plan=plan, intervention_id=int(key)).update(
            slot_id=int(judged.assignments[key]), starts_at=at_minute(day, begin)
        )
    action = Action.FORCE if broken else Action.MOVE
    facts = {
        "code": loaded.interventions[str(intervention)].code,
        "room": loaded.rooms[str(room)].code,
        "date": day.isoformat(),
        "minute": judged.start,
        "rules": sorted({one.rule for one in broken}),
        "shifted": [loaded.interventions[key].code for key in judged.shifts],
    }
    after = snapshots(plan.pk, touched)
    cost = at_cost(loaded, judged.delta.total)
    return conclude(plan, number, action, facts, before, after, user, now, reason, cost, intervention)


def _open_slot(judged: Price) -> Slot:
    """The exceptional overtime slot over the gap where a person insists."""
    row = judged.week.slots[judged.slot]
    return Slot.objects.create(
        date=row.date,
        room_id=row.room,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        kind=row.kind,
        positions=row.positions,
        origin=row.origin,
    )


# --- Unplan, pin -------------------------------------------------------------------------------------------------


@transaction.atomic
def unplan_interventions(
    *, plan: Plan, interventions: Collection[int], revision: int, user: User, now: datetime, reason: str = ""
) -> Change:
    """Back to the list, all of them in one step. Raises ``Stale`` or ``NotPlaced``."""
    number = claim_revision(plan_id=plan.pk, revision=revision)
    loaded = load_week_problem(Week(plan.monday), plan)
    wanted = {str(one) for one in interventions}
    if not wanted <= loaded.placements.keys():
        raise NotPlaced
    before = snapshots(plan.pk, wanted)
    Placement.objects.filter(plan=plan, intervention__in=[int(key) for key in wanted]).delete()
    left = {key: slot for key, slot in loaded.assignments.items() if key not in wanted}
    delta = cost_change(loaded.problem, loaded.assignments, left).total
    after: Snapshot = dict.fromkeys(wanted)
    facts = named_facts(loaded.interventions[key].code for key in sorted(wanted, key=int))
    cost = at_cost(loaded, delta)
    return conclude(plan, number, Action.UNPLAN, facts, before, after, user, now, reason.strip(), cost)


@transaction.atomic
def pin_placements(
    *,
    plan: Plan,
    interventions: Collection[int],
    pinned: bool,
    revision: int,
    user: User,
    now: datetime,
    reason: str = "",
) -> Change:
    """Keep placements where they are, whatever is proposed, or leave them free again, all of them in one step.

    A forced placement keeps its reason when it is released: it stays shown as forced. Those already as asked keep
    who pinned them and when. Raises ``Stale`` or ``NotPlaced``.
    """
    number = claim_revision(plan_id=plan.pk, revision=revision)
    wanted = set(interventions)
    rows = Placement.objects.select_related("intervention").filter(plan=plan, intervention__in=wanted).order_by("pk")
    if len(rows) != len(wanted):
        raise NotPlaced
    reason = reason.strip()[:MOST_REASON]
    changed = [row for row in rows if (row.pinned_by_id is not None) != pinned] or list(rows)
    before = snapshots(plan.pk, [row.intervention_id for row in changed])
    for row in changed:
        row.pinned_by, row.pinned_at = (user, now) if pinned else (None, None)
        if not row.forced:
            row.pin_reason = reason if pinned else ""
        elif pinned and reason:
            row.pin_reason = reason
        row.save(update_fields=["pinned_by", "pinned_at", "pin_reason"])
    after = snapshots(plan.pk, [row.intervention_id for row in changed])
    action = Action.PIN if pinned else Action.UNPIN
    facts = named_facts(row.intervention.code for row in changed)
    return conclude(plan, number, action, facts, before, after, user, now, reason, Cost(total_of(plan), 0.0))


# --- Undo, redo --------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_step(*, plan: Plan, revision: int, user: User, now: datetime) -> Change:
    """Put back the placements of the last step as they were, pins included.

    Raises ``Stale``, ``NothingToUndo`` or ``UnableToRestore``.
    """
    number = claim_revision(plan_id=plan.pk, revision=revision)
    step = PlanStep.objects.filter(plan=plan, undone=False).order_by("-position").first()
    return _turn(plan, number, step, Action.UNDO, user, now)


@transaction.atomic
def redo_step(*, plan: Plan, revision: int, user: User, now: datetime) -> Change:
    """Do again the step that was undone last. Raises as ``undo_step``."""
    number = claim_revision(plan_id=plan.pk, revision=revision)
    step = PlanStep.objects.filter(plan=plan, undone=True).order_by("position").first()
    return _turn(plan, number, step, Action.REDO, user, now)


def _turn(plan: Plan, number: int, step: PlanStep | None, action: str, user: User, now: datetime) -> Change:
    if step is None:
        raise NothingToUndo
    undone = action == Action.UNDO
    left, put = (step.after, step.before) if undone else (step.before, step.after)
    placed = [int(key) for key, row in put.items() if row is not None]
    if Intervention.objects.filter(pk__in=placed, state__in=TO_PLAN).count() != len(placed):
        raise UnableToRestore
    cost_before = total_of(plan)
    restore(plan, put)
    # A proposal taken whole brought its policy and its figures along: they leave and come back with it.
    settings = step.facts.get("plan")
    if settings:
        Plan.objects.filter(pk=plan.pk).update(**settings["before" if undone else "after"])
    step.undone = undone
    step.save(update_fields=["undone"])
    plan.refresh_from_db()
    total = total_of(plan)
    delta = total - cost_before
    shown = {name: value for name, value in step.facts.items() if name != "plan"}
    facts = {**shown, "step": step.action, "revision": number}
    append_entry(
        plan=plan,
        user=user,
        action=action,
        now=now,
        intervention_id=_only(put),
        before={"placements": left},
        after={**facts, "placements": put, "total_cost": total},
        cost_delta=delta,
    )
    return Change(action, facts, delta)


def restore(plan: Plan, placements: Snapshot) -> None:
    """Make these placements what they were; None puts the intervention back in the list."""
    Placement.objects.filter(plan=plan, intervention_id__in=[int(key) for key in placements]).delete()
    wanted = {int(key): row for key, row in placements.items() if row is not None}
    for intervention, row in wanted.items():
        Placement.objects.create(
            plan=plan,
            intervention_id=intervention,
            slot=_slot_again(row),
            starts_at=datetime.fromisoformat(row["starts_at"]),
            minutes=row["minutes"],
            pinned_by_id=row["pinned_by"],
            pinned_at=datetime.fromisoformat(row["pinned_at"]) if row["pinned_at"] else None,
            pin_reason=row["pin_reason"],
            forced=row["forced"],
        )


def _slot_again(row: Mapping[str, Any]) -> Slot:
    """The slot of a placement; when the week's slots were edited since, the one that now holds its start."""
    slot = Slot.objects.filter(pk=row["slot"]).first()
    if slot is None:
        room = Room.objects.filter(code=row["room"]).first()
        starts_at = datetime.fromisoformat(row["starts_at"])
        slot = Slot.objects.filter(room=room, starts_at__lte=starts_at, ends_at__gt=starts_at).first()
    if slot is None:
        raise UnableToRestore
    return slot


# --- Shared parts ------------------------------------------------------------------------------------------------


class Cost(NamedTuple):
    """What the week costs after a step, and what the step changed of it."""

    total: float
    delta: float


def at_cost(loaded: LoadedWeek, delta: float) -> Cost:
    """Of a step on the week as it was loaded before."""
    return Cost(total_in(loaded) + delta, delta)


def named_facts(codes: Iterable[str]) -> dict[str, Any]:
    """The interventions a step is about, by their codes."""
    named = list(codes)
    return {"code": named[0], "count": len(named)} if len(named) == 1 else {"codes": named, "count": len(named)}


def _only(placements: Snapshot) -> int | None:
    """The intervention a step is about, when it is about one."""
    return int(next(iter(placements))) if len(placements) == 1 else None


def conclude(
    plan: Plan,
    revision: int,
    action: str,
    facts: Mapping[str, Any],
    before: Snapshot,
    after: Snapshot,
    user: User,
    now: datetime,
    reason: str,
    cost: Cost,
    intervention: int | None = None,
) -> Change:
    """Log the step for undo, and tell the journal: of the one ``intervention``, or of all that the step touched."""
    record_step(
        plan_id=plan.pk, revision=revision, action=action, facts=facts, before=before, after=after, user=user, now=now
    )
    subject = intervention if intervention is not None else _only(after)
    was: dict[str, Any] | None = {"placements": before} if subject is None else _place(before[str(subject)])
    where = None if subject is None else _place(after[str(subject)])
    # All that the step touched, so that the journal alone leads back to any revision.
    told = {**facts, **(where or {}), "placements": after, "revision": revision, "total_cost": cost.total}
    if any(_is_forced(row) and not _is_forced(before.get(key)) for key, row in after.items()):
        told["forced"] = True
    append_entry(
        plan=plan,
        user=user,
        action=action,
        now=now,
        intervention_id=subject,
        before=was,
        after=told,
        reason=reason[:MOST_REASON],
        cost_delta=cost.delta,
    )
    return Change(action, facts, cost.delta)


def _is_forced(row: Mapping[str, Any] | None) -> bool:
    return row is not None and bool(row["forced"])


def _place(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Where, for the journal: without who pinned it."""
    return None if row is None else {name: row[name] for name in ("slot", "room", "date", "minute", "starts_at")}
