"""An intervention put where others are, who go elsewhere: one transaction, one step, as the explanation said."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from planning.calendar import Week, at_minute
from planning.models import JournalEntry, Placement, Plan, User
from planning.selectors.evaluation import UnknownIntervention
from planning.selectors.loaded import load_week_problem
from planning.selectors.making_room import room_for
from planning.services.placements import Change, at_cost, conclude
from planning.services.steps import UnableToChangePlan, claim_revision, snapshots


class UnableToMakeRoom(UnableToChangePlan):
    """No way to put it there without breaking a rule: pins, or the hours of the day."""


@transaction.atomic
def make_room(*, plan: Plan, intervention: int, slot: int, revision: int, user: User, now: datetime) -> Change:
    """Pin the intervention in the slot; those who must leave go to their next best slot, unpinned, or to the list.

    Raises ``Stale``, ``UnknownIntervention`` or ``UnableToMakeRoom``.
    """
    number = claim_revision(plan_id=plan.pk, revision=revision)
    loaded, key = load_week_problem(Week(plan.monday), plan), str(intervention)
    if key not in loaded.interventions:
        raise UnknownIntervention(key)
    made = room_for(loaded, key, str(slot))
    if made is None:
        raise UnableToMakeRoom(f"intervention {key}, slot {slot}")
    touched = sorted({key, *made.starts, *made.moved}, key=int)
    before = snapshots(plan.pk, touched)
    rows = {
        str(row.intervention_id): row for row in Placement.objects.filter(plan=plan, intervention__in=map(int, touched))
    }
    Placement.objects.filter(
        plan=plan, intervention__in=[int(one) for one in made.moved if one not in made.starts]
    ).delete()
    for one, start in made.starts.items():
        row = rows.get(one) or Placement(plan=plan, intervention_id=int(one))
        place = loaded.slots[made.assignments[one]]
        row.slot_id, row.starts_at = place.id, at_minute(place.date, start)
        row.minutes = loaded.problem.intervention_by_id[one].duration
        if one == key:
            row.pinned_by, row.pinned_at, row.pin_reason, row.forced = user, now, "", False
        row.save()
    there = loaded.slots[str(slot)]
    facts = {
        "code": loaded.interventions[key].code,
        "room": loaded.rooms[str(there.room)].code,
        "date": there.date.isoformat(),
        "minute": made.starts.get(key, loaded.starts.get(key)),
        "rules": [],
        "shifted": [loaded.interventions[one].code for one in touched if one != key],
    }
    after = snapshots(plan.pk, touched)
    action = JournalEntry.Action.MOVE
    return conclude(
        plan, number, action, facts, before, after, user, now, "", at_cost(loaded, made.delta), intervention
    )
