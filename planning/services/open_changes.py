"""A request for change without an object any more: closed with its intervention, and open again when that is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from planning.models import ChangeRequest, Intervention, JournalEntry, Notice, User
from planning.services.journal import append_about
from planning.services.notices import tell_surgeon

State = ChangeRequest.State


def change_facts(change: ChangeRequest) -> dict[str, Any]:
    """What is asked, as the journal keeps it."""
    return {
        "kind": change.kind,
        "wished_date": change.wished_date.isoformat() if change.wished_date else None,
        "minutes": change.minutes,
    }


def close_change(*, of: Intervention, reason: str, user: User, now: datetime, monday: date | None = None) -> int | None:
    """The intervention is over (done, cancelled, merged): what is asked of it is closed, and its surgeon told.

    The request closed, if any: the line of whatever ended it keeps its number, for whoever takes that back.
    ``monday``: the week that planned it.
    """
    open_one = ChangeRequest.objects.filter(intervention=of, state=State.OPEN)
    change = open_one.first()
    # Conditional: the surgeon may withdraw it at this very moment.
    if change is None or not open_one.update(state=State.CLOSED, answer=reason, decided_at=now, decided_by=user):
        return None
    append_about(
        intervention=of, action=JournalEntry.Action.ANSWER, user=user, now=now, reason=reason, monday=monday,
        after={**change_facts(change), "closed": str(of.state)},
    )  # fmt: skip
    tell_surgeon(kind=Notice.Kind.ANSWERED, intervention=of, user=user, now=now, answer=State.CLOSED.value)
    return change.pk


def is_as_decided(change: int, at: datetime) -> bool:
    """Still as it was answered, or closed, at that moment, and nothing else is asked of its intervention since."""
    same = ChangeRequest.objects.filter(pk=change, decided_at=at).exclude(state=State.OPEN).first()
    rows = ChangeRequest.objects.filter(state=State.OPEN)
    return same is not None and not rows.filter(intervention=same.intervention_id).exists()


def reopen_change(change: int) -> dict[str, Any]:
    """It waits for its answer again: what is asked, for the journal."""
    ChangeRequest.objects.filter(pk=change).update(state=State.OPEN, answer="", decided_at=None, decided_by=None)
    return change_facts(ChangeRequest.objects.get(pk=change))
