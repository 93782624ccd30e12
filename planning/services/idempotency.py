"""Requests that may come twice: the first is done, the same again is given the same answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from planning.models import IdempotentRequest, User


class KeyInUse(Exception):
    """The first request with this key has not been answered yet."""


class KeyReused(Exception):
    """The key was sent with another request before."""


def claim_key(*, user: User, key: str, digest: str, oldest: datetime, now: datetime) -> IdempotentRequest:
    """The request of this key: answered already when its ``status`` is not 0. Inside the transaction that answers it.

    What was kept before ``oldest`` counts no more. Raises ``KeyInUse`` and ``KeyReused``.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a key is claimed in the transaction of what it asks")
    _take_turn(user, key)
    IdempotentRequest.objects.filter(user=user, key=key, at__lt=oldest).delete()
    row, _made = IdempotentRequest.objects.get_or_create(user=user, key=key, defaults={"digest": digest, "at": now})
    if row.digest != digest:
        raise KeyReused
    return row


def keep_answer(*, row: IdempotentRequest, status: int, headers: dict[str, str], body: Any) -> None:
    row.status, row.headers, row.body = status, headers, body
    row.save(update_fields=["status", "headers", "body"])


def purge_requests(*, now: datetime, hours: int) -> int:
    return IdempotentRequest.objects.filter(at__lt=now - timedelta(hours=hours)).delete()[0]


def _take_turn(user: User, key: str) -> None:
    """PostgreSQL tells at once that another transaction holds the key; SQLite, with one writer, has waited for it."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{user.pk}:{key}"])
        [taken] = cursor.fetchone()
    if not taken:
        raise KeyInUse
