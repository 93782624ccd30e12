"""Tokens of the API: made and revoked by the account they belong to. The journal keeps their names, never a secret."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from planning.models import ApiToken, JournalEntry, User
from planning.services.journal import append_change

ACCOUNT = JournalEntry.Action.ACCOUNT
MOST_TOKENS = 20
# A token that has ended stays listed so long, so that its person sees why a program stopped.
KEPT = timedelta(days=30)
# So much later at least is the last use written again.
STEP = timedelta(minutes=1)


class TooManyTokens(Exception):
    """The account has ``MOST_TOKENS`` already: one must go first."""


@transaction.atomic
def create_token(*, name: str, days: int, user: User, now: datetime) -> tuple[ApiToken, str]:
    """The row, and the token itself: the only time that anyone reads it."""
    # Locked, so that two requests at once do not both take the last place.
    owner = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if ApiToken.objects.filter(user=owner).count() >= MOST_TOKENS:
        raise TooManyTokens
    row, text = ApiToken.objects.create(
        owner, expiry=timedelta(days=days), name=name, access_version=owner.access_version
    )
    append_change(
        action=ACCOUNT, of=str(owner), before={"token": None}, after={"token": name, "days": days}, user=user, now=now
    )
    return row, text


@transaction.atomic
def revoke_token(*, token: ApiToken, user: User, now: datetime) -> None:
    """It opens nothing from now on. Harmless when it is gone already."""
    if ApiToken.objects.filter(pk=token.pk).delete()[0]:
        append_change(
            action=ACCOUNT, of=str(token.user), before={"token": token.name}, after={"token": None}, user=user, now=now
        )


@transaction.atomic
def end_tokens(*, owner: User, now: datetime) -> int:
    """All of the account's: they open nothing from now on, and stay listed for a time so that their person sees it."""
    live = ApiToken.objects.select_for_update().filter(user=owner, expiry__gt=now)
    names = [row.name for row in live]
    for name in names:
        append_change(action=ACCOUNT, of=str(owner), before={"token": name}, after={"token": None}, user=owner, now=now)
    if names:
        ApiToken.objects.filter(user=owner, expiry__gt=now).update(expiry=now)
    return len(names)


def note_use(*, token: ApiToken, now: datetime) -> None:
    """Remember that the token was used, a minute at a time."""
    if token.last_used_at is None or now - token.last_used_at >= STEP:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def purge_tokens(*, now: datetime) -> int:
    count: int = ApiToken.objects.filter(expiry__lt=now - KEPT).delete()[0]
    return count
