"""Sign-offs of a programme: asked for on a draft, given or refused by the people concerned, kept with the version.

Whoever signs sends the digest of what they were shown. The draft is locked before it is read again, so that a move
that lands meanwhile makes the digest another: nobody signs what they did not see.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from planning.access import signs_as
from planning.models import JournalEntry, Plan, SignOff, User
from planning.selectors.audience import signers_of
from planning.selectors.sign_offs import Standing, State, may_record, may_sign, missing, standings
from planning.selectors.totals import total_of
from planning.services.journal import append_entry
from planning.services.notices import tell_sign_off, tell_signers
from planning.services.steps import Stale

Kind, Decision = SignOff.Kind, SignOff.Decision
MOST_COMMENT = 300


class SignOffRefused(Exception):
    """Base of what a sign-off can meet; ``reason`` names it for programs and for its sentence."""

    reason = ""


class NotAsked(SignOffRefused):
    """The draft's sign-offs are not asked for (any more), or not this one."""

    reason = "not-asked"


class NotTheirs(SignOffRefused):
    """The sign-off is someone else's to give."""

    reason = "not-theirs"


class CommentRequired(SignOffRefused):
    """A refusal says why; a sign-off received elsewhere says how."""

    reason = "comment-required"


class SeenChanged(SignOffRefused):
    """What the sign-off covers is not what the person was shown."""

    reason = "seen-changed"


class SignOffsMissing(Exception):
    """The site requires sign-offs that are not given, or that no longer hold."""

    def __init__(self, awaited: list[Standing]) -> None:
        self.awaited = awaited
        super().__init__(", ".join(f"{one.kind} {one.surgeon or ''}".strip() for one in awaited))


@transaction.atomic
def ask_sign_offs(*, plan_id: int, revision: int, user: User, now: datetime) -> list[Standing]:
    """Open the draft to the people whose sign-off is required; returns those awaited. Raises ``Stale``, ``NotAsked``.

    ``NotAsked`` when the site requires none.
    """
    same = Plan.objects.filter(pk=plan_id, revision=revision, status=Plan.Status.DRAFT)
    if not same.update(sign_offs_asked_at=now, sign_offs_asked_by=user):
        raise Stale(plan_id, revision)
    draft = Plan.objects.get(pk=plan_id)
    found = standings(draft)
    if not found:
        raise NotAsked
    awaited = missing(found)
    append_entry(
        plan=draft, user=user, action=JournalEntry.Action.SIGN, now=now,
        after={"sign_off": "asked", "of": [_named(one) for one in awaited], "total_cost": total_of(draft)},
    )  # fmt: skip
    tell_signers(signers=signers_of(awaited, draft), plan=draft, user=user, now=now)
    return awaited


@transaction.atomic
def sign_programme(
    *, plan_id: int, kind: str, surgeon: int | None, seen: str, user: User, now: datetime, comment: str = ""
) -> SignOff:
    """Give one's sign-off of exactly what ``seen`` stands for; given already, it stays as it is.

    Raises ``NotAsked``, ``NotTheirs``, ``CommentRequired``, ``SeenChanged``.
    """
    draft, standing = _claim(plan_id, kind, surgeon)
    if not may_sign(user, standing):
        if not may_record(user, standing):
            raise NotTheirs
        if not comment.strip():
            raise CommentRequired
    _check_seen(standing, seen)
    if standing.state == State.SIGNED and standing.last is not None:
        return standing.last
    return _write(draft, standing, Decision.SIGNED, user, now, comment)


@transaction.atomic
def refuse_programme(
    *, plan_id: int, kind: str, surgeon: int | None, seen: str, user: User, now: datetime, comment: str
) -> SignOff:
    """Say why one cannot sign what ``seen`` stands for. Raises as ``sign_programme``; the organiser has no refusal."""
    draft, standing = _claim(plan_id, kind, surgeon)
    if not may_sign(user, standing) or kind == Kind.ORGANISER:
        raise NotTheirs
    if not comment.strip():
        raise CommentRequired
    _check_seen(standing, seen)
    return _write(draft, standing, Decision.REFUSED, user, now, comment)


def close_sign_offs(*, draft: Plan, user: User, now: datetime) -> list[SignOff]:
    """All that an approval requires, the organiser's given by it; raises ``SignOffsMissing``. The draft is locked."""
    found = standings(draft)
    awaited = missing(found)
    if awaited:
        raise SignOffsMissing(awaited)
    rows = []
    for one in found:
        if one.holds and one.last is not None:
            rows.append(one.last)
        elif signs_as(user) == one.kind:
            rows.append(_write(draft, one, Decision.SIGNED, user, now, ""))
        else:
            raise SignOffsMissing([one])
    Plan.objects.filter(pk=draft.pk).update(sign_offs_asked_at=None, sign_offs_asked_by=None)
    return rows


def copy_sign_offs(rows: Iterable[SignOff], approved: Plan) -> None:
    """Onto the version that they let pass, before it is decided."""
    SignOff.objects.bulk_create(
        SignOff(
            plan=approved, kind=row.kind, surgeon=row.surgeon, decision=row.decision, user=row.user,
            signed_at=row.signed_at, comment=row.comment, covers=row.covers, digest=row.digest,
        )
        for row in rows
    )  # fmt: skip


def _claim(plan_id: int, kind: str, surgeon: int | None) -> tuple[Plan, Standing]:
    """The draft, ours until the end of the transaction, and how the sign-off stands on it."""
    draft = Plan.objects.filter(pk=plan_id, status=Plan.Status.DRAFT).exclude(sign_offs_asked_at=None)
    # A write, for it locks the row on both databases: a move waits for us, or we see it whole.
    if not draft.update(status=Plan.Status.DRAFT):
        raise NotAsked
    plan = draft.get()
    found = next((one for one in standings(plan) if one.key == (kind, surgeon)), None)
    if found is None:
        raise NotAsked
    return plan, found


def _check_seen(standing: Standing, seen: str) -> None:
    if standing.digest != seen:
        raise SeenChanged


def _write(draft: Plan, standing: Standing, decision: str, user: User, now: datetime, comment: str) -> SignOff:
    comment = comment.strip()[:MOST_COMMENT]
    row = SignOff.objects.create(
        plan=draft, kind=standing.kind, surgeon=standing.surgeon, decision=decision, user=user, signed_at=now,
        comment=comment, covers=standing.covers, digest=standing.digest,
    )  # fmt: skip
    refused = decision == Decision.REFUSED
    append_entry(
        plan=draft,
        user=user,
        action=JournalEntry.Action.REFUSE if refused else JournalEntry.Action.SIGN,
        now=now,
        before=None if standing.last is None else {"sign_off": standing.last.decision},
        after={
            "sign_off": decision,
            "of": [_named(standing)],
            "covers": len(standing.covers),
            "total_cost": total_of(draft),
        },
        reason=comment,
    )
    tell_sign_off(plan=draft, refused=refused, user=user, now=now)
    return row


def _named(standing: Standing) -> dict[str, Any]:
    """As the journal keeps it, readable without the rows."""
    return {"kind": standing.kind, "surgeon": str(standing.surgeon) if standing.surgeon else None}
