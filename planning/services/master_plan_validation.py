"""A draft of the master plan becomes the one that weeks follow, from a Monday on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from planning.calendar import Week
from planning.models import JournalEntry, MasterPlan, Site, User
from planning.selectors.master_plan_effects import Effects, effects, same_monday
from planning.selectors.master_plans import LoadedDraft, load_draft
from planning.services.master_plan_drafts import UnableToChangeMasterPlan, claim_draft
from planning.services.slots import Generated, generate_slots
from planning.solver.master_plan.figures import changed
from planning.solver.master_plan.judging import Status


class UnableToValidate(UnableToChangeMasterPlan):
    """Why: ``monday``, ``past``, ``taken``, ``advice``, ``impossible`` or ``empty``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class OtherPlanInForce(UnableToChangeMasterPlan):
    """Another plan was validated since this one was compared with the plan of the day."""

    def __init__(self, plan: MasterPlan | None) -> None:
        self.plan = plan
        super().__init__(str(plan))


@transaction.atomic
def validate_plan(
    *, plan: MasterPlan, revision: int, start: date, previous: int | None, advice: str, user: User, now: datetime,
    today: date,
) -> Generated:  # fmt: skip
    """The weeks from ``start`` on follow the draft, and the plan before it ends the day before.

    ``previous`` is the plan that it was compared with on the page. Earlier weeks, room-days changed by hand and slots
    that hold interventions stay as they are.
    """
    # Two directors may validate two drafts at once, which share no row: the site's lets one in at a time.
    Site.objects.get_or_create(pk=1)
    Site.objects.select_for_update().get(pk=1)
    claim_draft(plan, revision)
    plan.valid_from = start
    loaded = load_draft(plan)
    if (loaded.today.pk if loaded.today else None) != previous:
        raise OtherPlanInForce(loaded.today)
    found = effects(plan, start)
    _check(loaded, found, today, advice)
    plan.valid_until, plan.advice = found.until, advice.strip()
    plan.status, plan.validated_by, plan.validated_at = MasterPlan.Status.VALIDATED, user, now
    plan.save(update_fields=["valid_from", "valid_until", "advice", "status", "validated_by", "validated_at"])
    _end_others(plan, start)
    written = Generated()
    for monday in found.mondays:
        written += generate_slots(week=Week(monday))
    _note(loaded, found, written, user, now)
    return written


def _check(loaded: LoadedDraft, found: Effects, today: date, advice: str) -> None:
    refusals = {
        "monday": found.start.weekday() != 0,
        "past": found.start <= today,
        "taken": same_monday(found),
        "advice": not advice.strip(),
        "empty": not loaded.vacations,
        "impossible": any(loaded.verdict(one).status is Status.BAD for one in loaded.vacations),
    }
    reason = next((reason for reason, holds in refusals.items() if holds), None)
    if reason is not None:
        raise UnableToValidate(reason)


def _end_others(plan: MasterPlan, start: date) -> None:
    """Those begun before, and still valid on ``start``, end the day before."""
    running = MasterPlan.objects.filter(status=MasterPlan.Status.VALIDATED, valid_from__lt=start).exclude(pk=plan.pk)
    still = Q(valid_until=None) | Q(valid_until__gte=start)
    running.filter(still).update(valid_until=start - timedelta(days=1))


def _note(loaded: LoadedDraft, found: Effects, written: Generated, user: User, now: datetime) -> None:
    JournalEntry.objects.create(
        at=now,
        user=user,
        action=JournalEntry.Action.MASTER,
        monday=found.start,
        before={"plan": loaded.today.pk, "name": loaded.today.name} if loaded.today else None,
        after={
            "plan": loaded.plan.pk,
            "name": loaded.plan.name,
            "from": found.start.isoformat(),
            "changed": len(changed(loaded.vacations, loaded.now)),
            "losing": len(found.losing),
            "written": asdict(written),
        },
        reason=loaded.plan.advice[:300],
    )
