"""What the bloc decides of what it is asked: accept, send back, merge. One transaction each.

Each line of the journal holds the row as it was (``before``) and as it became (``after``): that is what
services/undoing.py takes back. Of two people who decide on the same row, the second is told by whom and when.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from planning.models import Intervention, JournalEntry, User
from planning.services.interventions import (
    CLOSED,
    InterventionRefused,
    change_row,
    leave_drafts,
    lock_drafts_of,
    written,
)
from planning.services.notices import tell_decisions

Action = JournalEntry.Action
State = Intervention.State


@dataclass(frozen=True, slots=True)
class Refused:
    """Not what it was shown as any more: ``last`` says who did what to it, and when."""

    intervention: Intervention
    last: JournalEntry | None


@dataclass(frozen=True, slots=True)
class Outcome:
    entries: tuple[JournalEntry, ...] = ()
    refused: tuple[Refused, ...] = ()


class NoDuplicate(Exception):
    """Not two open interventions of one patient."""


@transaction.atomic
def accept_requests(
    *,
    interventions: Collection[int],
    user: User,
    now: datetime,
    shown_as: str = State.REQUESTED,
    minutes: int | None = None,
) -> Outcome:
    """Requests enter the list to plan, with ``minutes`` instead of the duration asked when it is given.

    Those that are no longer ``shown_as`` are refused; the others go through.
    """
    change: dict[str, Any] = {"state": State.ACCEPTED, "return_reason": ""}
    if minutes is not None:
        change["planned_minutes"] = minutes
    return _decide(interventions, shown_as, change, Action.ACCEPT, user, now)


@transaction.atomic
def send_back(*, interventions: Collection[int], reason: str, user: User, now: datetime) -> Outcome:
    """Requests go back to whoever asked, with a question."""
    change = {"state": State.RETURNED, "return_reason": reason}
    return _decide(interventions, State.REQUESTED, change, Action.RETURN, user, now, reason)


@transaction.atomic
def merge_duplicates(*, kept: int, dropped: Collection[int], user: User, now: datetime) -> Outcome:
    """One of several interventions of a patient stays, the others are cancelled and say which one it is.

    Raises ``InterventionRefused`` when the one to keep is closed, ``NoDuplicate`` when the others are
    not its patient's.
    """
    lock_drafts_of(dropped)
    rows = {row.pk: row for row in _locked({kept, *dropped})}
    stays = rows.get(kept)
    if stays is None or stays.state in (*CLOSED, State.DRAFT):
        raise InterventionRefused
    others = [rows[number] for number in dropped if number in rows and number != kept]
    if not others or any(one.patient_code != stays.patient_code for one in others):
        raise NoDuplicate
    open_ones = [one for one in others if one.state not in (*CLOSED, State.DRAFT)]
    late = [one for one in others if one not in open_ones]
    reason = _("Doublon de %(code)s") % {"code": stays.code}
    left = leave_drafts(one.pk for one in open_ones)
    change = {"state": State.CANCELLED, "cancel_reason": reason, "to_replan_since": None}
    entries = [
        change_row(one, change, Action.MERGE, user, now, reason, {"kept": stays.code}, left) for one in open_ones
    ]
    return Outcome(tuple(entries), refusals(late))


@transaction.atomic
def keep_apart(*, intervention: int, user: User, now: datetime) -> JournalEntry:
    """It only looks like a duplicate: both are operated. Raises ``InterventionRefused`` when that was said already."""
    rows = _locked([intervention])
    if not rows or rows[0].state in CLOSED or rows[0].no_duplicate:
        raise InterventionRefused
    return change_row(rows[0], {"no_duplicate": True}, Action.EDIT, user, now)


def refusals(rows: Iterable[Intervention]) -> tuple[Refused, ...]:
    """Each with the last line about it, in one query."""
    late = list(rows)
    lines = JournalEntry.objects.filter(intervention__in=late).select_related("user").order_by("at", "pk")
    last = {line.intervention_id: line for line in lines}
    return tuple(Refused(row, last.get(row.pk)) for row in late)


def _locked(numbers: Iterable[int]) -> list[Intervention]:
    """In one order whoever decides, so that two people never wait for each other."""
    rows = Intervention.objects.select_for_update(no_key=True).filter(pk__in=set(numbers))
    return list(rows.order_by("pk"))


def _decide(
    numbers: Collection[int],
    shown_as: str,
    change: Mapping[str, Any],
    action: str,
    user: User,
    now: datetime,
    reason: str = "",
) -> Outcome:
    # The lock waits for whoever decides at the same moment; what they left is read after.
    rows = _locked(numbers)
    still = [row for row in rows if row.state == shown_as]
    before = {row.pk: {name: written(row, name) for name in change} for row in still}
    Intervention.objects.filter(pk__in=before).update(**change)
    after = {name: str(value) if isinstance(value, State) else value for name, value in change.items()}
    entries = JournalEntry.objects.bulk_create(
        JournalEntry(
            at=now, user=user, action=action, intervention=row, before=before[row.pk], after=after, reason=reason
        )
        for row in still
    )
    tell_decisions(entries=entries, user=user, now=now)
    return Outcome(tuple(entries), refusals(row for row in rows if row.state != shown_as))
