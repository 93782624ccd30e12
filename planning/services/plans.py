"""Versions of a week: the draft opened, a proposal taken into it, the draft approved for ever."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from planning.models import Placement, Plan, Site, User

Status = Plan.Status
# Two versions numbered at the same instant: the second tries the next number.
NUMBERING_ATTEMPTS = 5


def current_draft(monday: date) -> Plan | None:
    return Plan.objects.filter(monday=monday, status=Status.DRAFT).first()


def approved_plan(monday: date) -> Plan | None:
    return Plan.objects.filter(monday=monday, status=Status.APPROVED).first()


def add_version(plan: Plan) -> Plan:
    """Saves ``plan`` under the week's next number."""
    for attempt in range(NUMBERING_ATTEMPTS):
        last = Plan.objects.filter(monday=plan.monday).aggregate(last=Max("number"))["last"]
        plan.number = (last or 0) + 1
        try:
            with transaction.atomic():
                plan.save(force_insert=True)
        except IntegrityError:
            # one_plan_a_version, when another version took the number first; anything else fails again and is raised.
            if attempt == NUMBERING_ATTEMPTS - 1:
                raise
        else:
            return plan
    raise AssertionError("unreachable")


@transaction.atomic
def open_draft(*, monday: date, user: User | None, now: datetime) -> Plan:
    """The week's draft; at first a copy of its approved version, or empty."""
    draft = current_draft(monday)
    if draft is not None:
        return draft
    site = Site.objects.filter(pk=1).first() or Site(pk=1)
    approved = approved_plan(monday)
    draft = Plan(monday=monday, status=Status.DRAFT, created_at=now, created_by=user)
    draft.policy = approved.policy if approved else site.default_policy
    draft.base = approved
    if approved is not None:
        draft.lower_bound, draft.total_cost = approved.lower_bound, approved.total_cost
        draft.parameters = approved.parameters
    try:
        with transaction.atomic():
            add_version(draft)
    except IntegrityError:
        # one_draft_a_week: another request opened it between our read and our insert.
        return Plan.objects.get(monday=monday, status=Status.DRAFT)
    if approved is not None:
        copy_placements(approved, draft)
    return draft


def copy_placements(source: Plan, target: Plan) -> None:
    """Pins and forced placements go along with who, when and why."""
    rows = list(source.placements.all())
    for row in rows:
        row.pk, row.plan = None, target
        row._state.adding = True
    Placement.objects.bulk_create(rows)
