"""The secret addresses of calendars: made, renewed, revoked, read. The journal tells who and when, never the secret."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from planning.models import CalendarFeed, JournalEntry, User
from planning.services.journal import append_change

ACCOUNT = JournalEntry.Action.ACCOUNT
# How often a read is written down.
READ_EVERY = timedelta(minutes=1)


@transaction.atomic
def open_calendar(*, user: User, now: datetime) -> str:
    """A new secret, to be shown once: the address made before, if any, opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    values = {"digest": digest_of(secret), "created_at": now, "last_read_at": None}
    _feed, made = CalendarFeed.objects.update_or_create(user=user, defaults=values)
    _note(user, None if made else "open", "open" if made else "renewed", now)
    return secret


@transaction.atomic
def revoke_calendar(*, user: User, now: datetime) -> bool:
    """Whether there was one."""
    if not CalendarFeed.objects.filter(user=user).delete()[0]:
        return False
    _note(user, "open", "revoked", now)
    return True


def feed_behind(secret: str) -> CalendarFeed | None:
    """Found by the digest: what is compared says nothing of the secret, and an unknown one costs the same question."""
    feeds = CalendarFeed.objects.select_related("user")
    return feeds.filter(digest=digest_of(secret), user__is_active=True).first()


def note_calendar_read(*, feed: CalendarFeed, now: datetime) -> None:
    long_ago = Q(last_read_at=None) | Q(last_read_at__lt=now - READ_EVERY)
    CalendarFeed.objects.filter(long_ago, pk=feed.pk).update(last_read_at=now)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _note(user: User, before: str | None, after: str, now: datetime) -> None:
    append_change(
        action=ACCOUNT, of=str(user), before={"calendar": before}, after={"calendar": after}, user=user, now=now
    )
