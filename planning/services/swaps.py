"""Two interventions, or two whole room-days, exchange their places: one transaction, one undoable step."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from planning.calendar import Week, at_minute
from planning.models import JournalEntry, Placement, Plan, User
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.swaps import Swap, swap_rooms, swap_two
from planning.services.placements import MOST_REASON, Change, ReasonRequired, at_cost, conclude
from planning.services.steps import claim_revision, snapshots
from planning.solver.result import Violation

Action = JournalEntry.Action


@transaction.atomic
def swap_placements(
    *, plan: Plan, first: int, second: int, revision: int, user: User, now: datetime, reason: str = ""
) -> Change:
    """Each takes the other's place and both are pinned there; neighbours make room as the preview said.

    Raises ``Stale``, ``UnknownIntervention``, ``MeaninglessPlace``, or ``ReasonRequired`` when it breaks a rule and
    ``reason`` is empty.
    """
    number = claim_revision(plan_id=plan.pk, revision=revision)
    loaded = load_week_problem(Week(plan.monday), plan)
    judged = swap_two(loaded, str(first), str(second))
    code, other = (loaded.interventions[str(key)].code for key in (first, second))
    facts = {
        "code": code,
        "other": other,
        "from": _stood(loaded, str(first)),
        "to": _stood(loaded, str(second)),
        "shifted": [loaded.interventions[key].code for key in judged.shifts],
    }
    return _apply(plan, number, loaded, judged, Action.SWAP, facts, user, now, reason)


@transaction.atomic
def swap_room_days(
    *,
    plan: Plan,
    room: int,
    day: date,
    other_room: int,
    other_day: date,
    revision: int,
    user: User,
    now: datetime,
    reason: str = "",
) -> Change:
    """All that is placed in one room and day goes to the other at the same hours, and the reverse; all are pinned.

    Raises as ``swap_placements``.
    """
    number = claim_revision(plan_id=plan.pk, revision=revision)
    loaded = load_week_problem(Week(plan.monday), plan)
    judged = swap_rooms(
        loaded, (str(room), (day - plan.monday).days), (str(other_room), (other_day - plan.monday).days)
    )
    facts = {
        "from": {"room": loaded.rooms[str(room)].code, "date": day.isoformat()},
        "to": {"room": loaded.rooms[str(other_room)].code, "date": other_day.isoformat()},
        "count": len(judged.landings),
    }
    return _apply(plan, number, loaded, judged, Action.SWAP_ROOMS, facts, user, now, reason)


def _stood(loaded: LoadedWeek, key: str) -> dict[str, Any]:
    """Where it was before the swap, by names that outlive the slot."""
    row = loaded.slots[str(loaded.placements[key].slot)]
    return {"room": loaded.rooms[str(row.room)].code, "date": row.date.isoformat(), "minute": loaded.starts[key]}


def _apply(
    plan: Plan,
    revision: int,
    loaded: LoadedWeek,
    judged: Swap,
    action: str,
    facts: dict[str, Any],
    user: User,
    now: datetime,
    reason: str,
) -> Change:
    reason = reason.strip()[:MOST_REASON]
    broken = judged.violations
    if broken and not reason:
        raise ReasonRequired(judged.week, broken)
    moved = [int(key) for key in judged.landings]
    touched = [*moved, *(int(key) for key in judged.shifts)]
    before = snapshots(plan.pk, touched)
    forced = _blamed(judged)
    rows = Placement.objects.filter(plan=plan, intervention__in=touched)
    for row in rows:
        key = str(row.intervention_id)
        slot = judged.week.slots[judged.assignments[key]]
        row.slot_id, row.starts_at = slot.id, at_minute(slot.date, judged.starts[key])
        if key in judged.landings:
            row.pinned_by, row.pinned_at, row.pin_reason, row.forced = user, now, reason, key in forced
    Placement.objects.bulk_update(rows, ["slot", "starts_at", "pinned_by", "pinned_at", "pin_reason", "forced"])
    after = snapshots(plan.pk, touched)
    cost = at_cost(loaded, judged.delta.total)
    return conclude(plan, revision, action, facts, before, after, user, now, reason, cost)


def _blamed(judged: Swap) -> set[str]:
    """Those of the swap that break a rule or meet who does; all of them when only their neighbours do."""

    def met(violation: Violation) -> set[str]:
        return {violation.intervention, str(violation.facts.get("other"))}

    broken = judged.violations
    named = {key for violation in broken for key in met(violation)} & judged.landings.keys()
    return named or (set(judged.landings) if broken else set())
