"""The draft's revision, which keeps two people from overwriting each other, and its log of undoable steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Max

from planning.calendar import local_date, minute_of
from planning.models import Placement, Plan, PlanStep, User

# A step's placements as JSON, by intervention id; None: it was in the list.
Snapshot = dict[str, dict[str, Any] | None]
KEPT_STEPS = 200


class UnableToChangePlan(Exception):
    """Base of what a change of a draft can meet."""


class Stale(UnableToChangePlan):
    """The draft has changed since ``revision``, or it is no draft any more."""

    def __init__(self, plan_id: int, revision: int) -> None:
        self.plan_id, self.revision = plan_id, revision
        super().__init__(f"plan {plan_id} has changed since revision {revision}")


def claim_revision(*, plan_id: int, revision: int) -> int:
    """The draft's next revision, taken for the transaction under way. Raises ``Stale``.

    Of two people who saw the same revision, the row count lets one pass; an approval in between changes the status.
    """
    same = Plan.objects.filter(pk=plan_id, revision=revision, status=Plan.Status.DRAFT)
    if not same.update(revision=F("revision") + 1):
        raise Stale(plan_id, revision)
    return revision + 1


def snapshot(row: Placement) -> dict[str, Any]:
    """All that undo needs, the place included in case the slot is gone when the step is undone."""
    day = local_date(row.slot.starts_at)
    return {
        "slot": row.slot_id,
        "room": row.slot.room.code,
        "date": day.isoformat(),
        "minute": minute_of(row.starts_at, day),
        "starts_at": row.starts_at.isoformat(),
        "minutes": row.minutes,
        "pinned_by": row.pinned_by_id,
        "pinned_at": row.pinned_at.isoformat() if row.pinned_at else None,
        "pin_reason": row.pin_reason,
        "forced": row.forced,
    }


def snapshots(plan_id: int, interventions: Iterable[int | str]) -> Snapshot:
    """The placements of these interventions as they stand."""
    wanted = [int(one) for one in interventions]
    rows = Placement.objects.filter(plan=plan_id, intervention__in=wanted).select_related("slot__room")
    found: Snapshot = {str(key): None for key in wanted}
    return found | {str(row.intervention_id): snapshot(row) for row in rows}


def record_step(
    *,
    plan_id: int,
    revision: int,
    action: str,
    facts: Mapping[str, Any],
    before: Snapshot,
    after: Snapshot,
    user: User,
    now: datetime,
) -> PlanStep:
    """A new last step: what had been undone cannot be done again."""
    steps = PlanStep.objects.filter(plan=plan_id)
    steps.filter(undone=True).delete()
    last = steps.aggregate(last=Max("position"))["last"] or 0
    steps.filter(position__lte=last - KEPT_STEPS).delete()
    return PlanStep.objects.create(
        plan_id=plan_id,
        position=last + 1,
        action=action,
        facts={**facts, "revision": revision},
        before=before,
        after=after,
        user=user,
        at=now,
    )
