"""What a surgeon asks of the bloc: kept as a draft, submitted, completed when sent back, taken back. Only one's own.

A draft is its surgeon's alone: neither journal nor lists know of it. Each change of state is checked on the row as it
is in the database, because the bloc may decide on it at the same instant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from planning.calendar import local_date
from planning.models import Equipment, Intervention, JournalEntry, Surgeon, User
from planning.selectors.procedures import code_of
from planning.services.interventions import FIELDS, SECRET, InterventionChanged, facts_of, fingerprint
from planning.services.notices import tell_submission
from planning.services.numbering import take_code

State = Intervention.State
# Those that the surgeon may still change.
OPEN_TO_SURGEON = (State.DRAFT, State.RETURNED)
_EDITED = tuple(name for name in FIELDS if name not in ("code", "surgeon"))


class RequestRefused(Exception):
    """It is not the surgeon's, or the bloc has decided on it meanwhile."""


@transaction.atomic
def save_request_draft(
    *,
    request: Intervention,
    equipment: Iterable[Equipment],
    surgeon: Surgeon,
    user: User,
    now: datetime,
    seen: str = "",
) -> Intervention:
    """Keep what is written so far. One that was sent back stays so until it is submitted again.

    ``seen`` is the ``fingerprint`` of what the person was shown. Raises ``RequestRefused``, ``InterventionChanged``.
    """
    return _write(request, equipment, surgeon, user, now, seen)


@transaction.atomic
def submit_request(
    *,
    request: Intervention,
    equipment: Iterable[Equipment],
    surgeon: Surgeon,
    user: User,
    now: datetime,
    seen: str = "",
    answer: str = "",
) -> Intervention:
    """It is asked of the bloc; ``answer`` replies to the question with which it was sent back.

    Raises ``RequestRefused``, ``InterventionChanged``.
    """
    before = _before(request)
    row = _write(request, equipment, surgeon, user, now, seen)
    again = row.state == State.RETURNED
    # The place in the queue is that of the first time it was asked.
    values: dict[str, Any] = {} if again else {"requested_at": now, "requested_by": user}
    changed = Intervention.objects.filter(pk=row.pk, state=row.state).update(
        state=State.REQUESTED, return_reason="", **values
    )
    if not changed:
        raise RequestRefused
    facts, secrets = facts_of(row), {name: getattr(row, name) for name in SECRET}
    if again:
        told = [name for name in facts if before[0][name] != facts[name]]
        hidden = {name: True for name in sorted(SECRET) if before[1][name] != secrets[name]}
        was = {name: before[0][name] for name in told} | {"state": State.RETURNED}
        _note(row, user, now, was, {name: facts[name] for name in told} | hidden | {"state": State.REQUESTED}, answer)
    else:
        _note(row, user, now, None, facts | {"state": State.REQUESTED})
    row.state = State.REQUESTED
    tell_submission(intervention=row, user=user, now=now)
    return row


@transaction.atomic
def withdraw_request(*, request: Intervention, surgeon: Surgeon, user: User, now: datetime) -> None:
    """It becomes a draft again, to change or to drop. Raises ``RequestRefused`` once the bloc has accepted it."""
    row = _own(request, surgeon)
    asked = Intervention.objects.filter(pk=row.pk, state__in=(State.REQUESTED, State.RETURNED))
    # Conditional, because the bloc may accept it at the same instant: the second is told.
    if not asked.update(state=State.DRAFT, return_reason=""):
        raise RequestRefused
    _note(row, user, now, {"state": row.state}, {"state": State.DRAFT})


@transaction.atomic
def delete_request_draft(*, request: Intervention, surgeon: Surgeon, user: User, now: datetime) -> None:
    """Gone without a trace; one that the bloc has known stays, cancelled. Raises ``RequestRefused``."""
    row = _own(request, surgeon)
    if row.state != State.DRAFT:
        raise RequestRefused
    if not JournalEntry.objects.filter(intervention=row).exists():
        row.delete()
        return
    reason = _("Abandonnée par le chirurgien")
    Intervention.objects.filter(pk=row.pk).update(state=State.CANCELLED, cancel_reason=reason)
    _note(row, user, now, {"state": State.DRAFT}, {"state": State.CANCELLED})


def _own(request: Intervention, surgeon: Surgeon) -> Intervention:
    """The row as it is, ours until the end of the transaction."""
    row = Intervention.objects.select_for_update(no_key=True).filter(pk=request.pk, surgeon=surgeon).first()
    if row is None:
        raise RequestRefused
    return row


def _before(request: Intervention) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the database says of it, before what was typed is written."""
    kept = Intervention.objects.filter(pk=request.pk).select_related("surgeon", "specialty").first()
    if kept is None:
        return {}, {}
    return facts_of(kept), {name: getattr(kept, name) for name in SECRET}


def _write(
    request: Intervention, equipment: Iterable[Equipment], surgeon: Surgeon, user: User, now: datetime, seen: str
) -> Intervention:
    """The row as it was typed, a draft when it is new. A known procedure brings its code."""
    request.surgeon, request.specialty = surgeon, surgeon.specialty
    request.procedure_code = code_of(request.procedure_label)
    if request.pk is None:
        request.code, request.state = take_code(today=local_date(now)), State.DRAFT
        request.requested_at, request.requested_by = now, user
        request.save()
    else:
        kept = _own(request, surgeon)
        if kept.state not in OPEN_TO_SURGEON:
            raise RequestRefused
        if seen and fingerprint(kept) != seen:
            raise InterventionChanged
        request.state, request.return_reason = kept.state, kept.return_reason
        request.save(update_fields=_EDITED)
    request.equipment.set(equipment)
    return request


def _note(
    row: Intervention, user: User, now: datetime, before: dict[str, Any] | None, after: dict[str, Any], reason: str = ""
) -> None:
    JournalEntry.objects.create(
        at=now, user=user, action=JournalEntry.Action.SUBMIT, intervention=row, before=before, after=after,
        reason=reason,
    )  # fmt: skip
