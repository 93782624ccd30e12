"""What fell out of a version, or was never done, waits to be planned again until it is: nobody may forget it.

``to_replan_since`` is set here and in services/plans.py (a version that leaves it out), and cleared once an approved
version plans it again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from planning.calendar import local_date
from planning.models import Intervention, JournalEntry, Placement, Plan, User
from planning.services.decisions import Outcome, refusals
from planning.services.interventions import InterventionRefused, change_row, leave_drafts, lock_drafts_of

Action = JournalEntry.Action
State = Intervention.State


def let_fall_out(rows: QuerySet[Intervention], *, now: datetime) -> int:
    """Planned interventions are to be planned again; those that waited already keep since when."""
    return rows.update(state=State.ACCEPTED, to_replan_since=Coalesce("to_replan_since", now))


def planned_anew(rows: QuerySet[Intervention]) -> int:
    """An approved version holds them: nobody needs to think of them any more."""
    return rows.update(state=State.PLANNED, to_replan_since=None, responsible=None, replan_monday=None, replan_note="")


@transaction.atomic
def plan_again(*, intervention: int, reason: str, user: User, now: datetime) -> JournalEntry:
    """A planned intervention that will not, or did not, take place leaves the drafts and waits for another day.

    The approved version that planned it stays as it is. It waits since its planned day when that is past. Raises
    ``InterventionRefused`` when it is not planned any more.
    """
    lock_drafts_of([intervention])
    row = Intervention.objects.select_for_update(no_key=True).get(pk=intervention)
    if row.state != State.PLANNED:
        raise InterventionRefused
    places = Placement.objects.filter(intervention=row, plan__status=Plan.Status.APPROVED)
    day = places.order_by("-starts_at").values_list("starts_at", flat=True).first()
    since = min(now, day) if day else now
    left = leave_drafts([row.pk])
    change = {"state": State.ACCEPTED, "to_replan_since": since}
    return change_row(row, change, Action.UNPLAN, user, now, reason, left=left)


@transaction.atomic
def mark_done(*, interventions: Collection[int], user: User, now: datetime) -> Outcome:
    """Planned interventions that took place though nobody stamped them; when they entered and left stays as it is.

    They leave the drafts of the days to come. Those that are not planned any more are refused; the others go through.
    """
    lock_drafts_of(interventions)
    rows = Intervention.objects.select_for_update(no_key=True).filter(pk__in=interventions).order_by("pk")
    found = list(rows)
    done = [row for row in found if row.state == State.PLANNED]
    left = leave_drafts((row.pk for row in done), since=local_date(now))
    entries = [change_row(row, {"state": State.DONE}, Action.EDIT, user, now, left=left) for row in done]
    return Outcome(tuple(entries), refusals(row for row in found if row not in done))


@transaction.atomic
def assign_responsible(
    *,
    intervention: int,
    responsible: User | None,
    monday: date | None,
    note: str,
    seen: int | None,
    user: User,
    now: datetime,
) -> JournalEntry | None:
    """Who sees to it that it is planned again, in which week, or what holds it; None when nothing changed.

    ``seen`` is the one who was responsible on the page. Raises ``InterventionRefused`` when it is someone else by now,
    or when the intervention does not wait any more.
    """
    row = Intervention.objects.select_for_update(no_key=True).get(pk=intervention)
    if row.state not in (State.ACCEPTED, State.PLANNED) or row.responsible_id != seen:
        raise InterventionRefused
    number = responsible.pk if responsible else None
    change = {"responsible_id": number, "replan_monday": monday, "replan_note": note}
    if all(getattr(row, name) == value for name, value in change.items()):
        return None
    told = {"responsible": str(responsible) if responsible else ""}
    return change_row(row, change, Action.EDIT, user, now, facts=told)
