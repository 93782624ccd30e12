"""What a surgeon asks about an intervention that the bloc has taken on, and the one answer to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from planning.calendar import local_date
from planning.models import ChangeRequest, Intervention, JournalEntry, Notice, Plan, User
from planning.selectors.totals import total_of
from planning.services.interventions import (
    CLOSED,
    InterventionRefused,
    at_cost,
    cancel_intervention,
    edit_intervention,
    fingerprint,
    lock_drafts_of,
    written,
)
from planning.services.journal import append_about, week_planned
from planning.services.notices import tell_deciders, tell_surgeon
from planning.services.open_changes import change_facts
from planning.services.slots import touch_drafts

Kind, State = ChangeRequest.Kind, ChangeRequest.State
# What the bloc has taken on: before, the surgeon edits the request itself; after, nothing changes any more.
ASKABLE = (Intervention.State.ACCEPTED, Intervention.State.PLANNED)
SHORTEST, LONGEST = 5, 1440
MOST_REASON = 300
MOST_CANCEL_REASON = 200


class ChangeRefused(Exception):
    """``why``: state, open, reason, day_missing, day_past, day_early, minutes, same, decided, closed or answer;
    ``field`` is the one at fault."""

    def __init__(self, why: str, field: str = "") -> None:
        self.why, self.field = why, field
        super().__init__(why)


@transaction.atomic
def ask_change(
    *,
    intervention: Intervention,
    kind: str,
    reason: str,
    user: User,
    now: datetime,
    wished_date: date | None = None,
    minutes: int | None = None,
) -> ChangeRequest:
    """Ask the bloc: the day of a MOVE, the minutes of a DURATION, a reason always. Raises ``ChangeRefused``."""
    kept = Intervention.objects.select_for_update(no_key=True).get(pk=intervention.pk)
    if kept.state not in ASKABLE:
        raise ChangeRefused("state")
    reason = reason.strip()[:MOST_REASON]
    if not reason:
        raise ChangeRefused("reason", "reason")
    day = _day_of(kept, wished_date, now) if kind == Kind.MOVE else None
    length = _minutes_of(kept, minutes) if kind == Kind.DURATION else None
    try:
        with transaction.atomic():
            change = ChangeRequest.objects.create(
                intervention=kept, kind=kind, wished_date=day, minutes=length, reason=reason, asked_at=now,
                asked_by=user,
            )  # fmt: skip
    except IntegrityError as error:
        # one_open_change_request: the last one waits for its answer, or another click was faster.
        raise ChangeRefused("open") from error
    _note(change, JournalEntry.Action.CHANGE, user, now, after=change_facts(change), reason=reason)
    tell_deciders(kind=Notice.Kind.CHANGE, user=user, now=now)
    return change


@transaction.atomic
def withdraw_change(*, change: ChangeRequest, user: User, now: datetime) -> None:
    """No longer asked. Raises ``ChangeRefused`` when it is answered, or withdrawn, already."""
    _close(change, State.WITHDRAWN, "", user, now)
    facts = {**change_facts(change), "withdrawn": True}
    _note(change, JournalEntry.Action.CHANGE, user, now, after=facts)


@transaction.atomic
def answer_change(*, change: ChangeRequest, accept: bool, answer: str, user: User, now: datetime) -> JournalEntry:
    """The bloc's answer, once; accepting does what is asked. A refusal says why. Raises ``ChangeRefused``.

    DURATION edits the planned minutes, and CANCEL cancels, as a person of the bloc would. MOVE keeps the wished day
    and marks what is planned as to be planned anew: it stays where it is until somebody moves it. OTHER only answers.
    The line holds all that services/undoing.py needs to take the answer back.
    """
    answer = answer.strip()[:MOST_REASON]
    if not accept and not answer:
        raise ChangeRefused("answer", "answer")
    # Drafts, then the intervention, then what is asked about it: everyone takes them in this order.
    mondays = lock_drafts_of([change.intervention_id])
    kept = Intervention.objects.select_for_update(no_key=True, of=("self",)).select_related("surgeon", "specialty")
    intervention = kept.get(pk=change.intervention_id)
    monday = week_planned(intervention)
    _close(change, State.ACCEPTED if accept else State.REFUSED, answer, user, now)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if accept:
        try:
            before, after = _carry_out(change, intervention, mondays, user, now)
        except InterventionRefused as error:
            raise ChangeRefused("closed") from error
    entry = _note(
        change, JournalEntry.Action.ANSWER, user, now, before={"change": change.pk, **before},
        after={**after, **change_facts(change), "accepted": accept}, reason=answer, monday=monday,
    )  # fmt: skip
    tell_surgeon(kind=Notice.Kind.ANSWERED, intervention=intervention, user=user, now=now, answer=str(change.state))
    return entry


def _carry_out(
    change: ChangeRequest, row: Intervention, mondays: Collection[date], user: User, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The row's fields before and after; the services of DURATION and CANCEL write a line of their own too."""
    if change.kind == Kind.CANCEL:
        line = cancel_intervention(intervention=row, reason=change.reason[:MOST_CANCEL_REASON], user=user, now=now)
        return line.before or {}, line.after or {}
    if row.state in CLOSED:
        raise InterventionRefused
    if change.kind == Kind.OTHER:
        return {}, {}
    names = ("planned_minutes",) if change.kind == Kind.DURATION else ("wished_date", "to_replan_since")
    before = {name: written(row, name) for name in names}
    if change.kind == Kind.DURATION and change.minutes is not None:
        seen, row.planned_minutes = fingerprint(row), change.minutes
        equipment = list(row.equipment.all())
        edit_intervention(
            intervention=row, equipment=equipment, seen=seen, user=user, now=now, reason=change.reason
        )  # fmt: skip
    else:
        row.wished_date = change.wished_date
        if row.state == Intervention.State.PLANNED and row.to_replan_since is None:
            row.to_replan_since = now
        row.save(update_fields=names)
        touch_drafts(mondays)
    drafts = Plan.objects.filter(status=Plan.Status.DRAFT, placements__intervention=row).select_related("base")
    holding = list(drafts.order_by("monday"))
    total = total_of(holding[-1]) if holding else None
    held = {str(plan.pk): plan.revision for plan in holding}
    return {**before, "held": held}, {name: written(row, name) for name in names} | at_cost(total)


def _close(change: ChangeRequest, state: str, answer: str, user: User, now: datetime) -> None:
    # Conditional, because the surgeon may withdraw, or another person answer, at the same moment: one of them does.
    open_one = ChangeRequest.objects.filter(pk=change.pk, state=State.OPEN)
    if not open_one.update(state=state, answer=answer, decided_at=now, decided_by=user):
        raise ChangeRefused("decided")
    change.state, change.answer, change.decided_at, change.decided_by = state, answer, now, user


def _day_of(intervention: Intervention, day: date | None, now: datetime) -> date:
    if day is None:
        raise ChangeRefused("day_missing", "wished_date")
    if day < local_date(now):
        raise ChangeRefused("day_past", "wished_date")
    if day <= intervention.admission_date:
        raise ChangeRefused("day_early", "wished_date")
    return day


def _minutes_of(intervention: Intervention, minutes: int | None) -> int:
    if minutes is None or not SHORTEST <= minutes <= LONGEST:
        raise ChangeRefused("minutes", "minutes")
    if minutes == intervention.planned_minutes:
        raise ChangeRefused("same", "minutes")
    return minutes


def _note(
    change: ChangeRequest, action: str, user: User, now: datetime, *, after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None, reason: str = "", monday: date | None = None,
) -> JournalEntry:  # fmt: skip
    return append_about(
        intervention=change.intervention, action=action, user=user, now=now, before=before, after=after, reason=reason,
        monday=monday,
    )  # fmt: skip
