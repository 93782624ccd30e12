"""The journal: appended to, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from planning.calendar import Week
from planning.models import Intervention, JournalEntry, Placement, Plan, User

LIVING = (Plan.Status.DRAFT, Plan.Status.APPROVED)


def append_entry(
    *,
    plan: Plan,
    user: User,
    action: str,
    now: datetime,
    intervention_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    cost_delta: float | None = None,
) -> JournalEntry:
    """One line on ``plan``'s week. ``before`` and ``after`` name places by code, never a patient."""
    return JournalEntry.objects.create(
        at=now,
        user=user,
        action=action,
        monday=plan.monday,
        plan=plan,
        intervention_id=intervention_id,
        before=before,
        after=after,
        reason=reason,
        cost_delta=cost_delta,
    )


def append_change(
    *,
    action: str,
    of: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    user: User,
    now: datetime,
    reason: str = "",
    monday: date | None = None,
) -> JournalEntry | None:
    """One line on a room, a surgeon, a specialty or the parameters, named ``of``; none when nothing changed.

    Of an edit only the fields that differ are kept. ``monday`` files it under a week too.
    """
    if before is not None and after is not None:
        changed = [name for name in after if before.get(name) != after[name]]
        before = {name: before.get(name) for name in changed}
        after = {name: after[name] for name in changed}
        if not changed:
            return None
    return JournalEntry.objects.create(
        at=now,
        user=user,
        action=action,
        monday=monday,
        before=None if before is None else {"of": of, **before},
        after=None if after is None else {"of": of, **after},
        reason=reason,
    )


def append_about(
    *,
    intervention: Intervention,
    action: str,
    user: User,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    monday: date | None = None,
    cost_delta: float | None = None,
) -> JournalEntry:
    """One line on an intervention, under ``monday``'s week, else the one that a living version plans it in."""
    return JournalEntry.objects.create(
        at=now, user=user, action=action, intervention=intervention, before=before, after=after, reason=reason,
        monday=monday or week_planned(intervention), cost_delta=cost_delta,
    )  # fmt: skip


def week_planned(intervention: Intervention) -> date | None:
    """The Monday of the last week that a draft or an approved version plans it in: whose journal shows it."""
    placed = Placement.objects.filter(intervention=intervention, plan__status__in=LIVING)
    day = placed.order_by("-slot__date").values_list("slot__date", flat=True).first()
    return Week.of(day).monday if day else None


@contextmanager
def erasable_journal() -> Iterator[None]:
    """Take the database's guard off the journal for one transaction: to erase the demonstration, never a hospital."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # PostgreSQL alters no table that has checks to come: they are made before and after.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE planning_journalentry DISABLE TRIGGER append_only_journal")
            yield
            cursor.execute("ALTER TABLE planning_journalentry ENABLE TRIGGER append_only_journal")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'planning_journalentry'"
            )
            guards = cursor.fetchall()
            for name, _sql in guards:
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
            yield
            for _name, sql in guards:
                cursor.execute(sql)
