"""Rooms and their closures: each change goes to the journal, and the weeks' drafts learn of it at their next step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from planning.calendar import Week, mondays_between
from planning.models import Equipment, JournalEntry, Room, RoomClosure, User
from planning.services.journal import append_change
from planning.services.seen import Facts, require_seen
from planning.services.slots import touch_drafts

ROOM = JournalEntry.Action.ROOM


@transaction.atomic
def save_room(
    *, room: Room, equipment: Iterable[Equipment], user: User, now: datetime, shown: Facts | None = None
) -> Room:
    """Save a new room, or what a person changed of one as they were ``shown`` it. Raises ``ChangedSince``."""
    kept = Room.objects.select_for_update(no_key=True).filter(pk=room.pk).first() if room.pk else None
    before = room_facts(kept) if kept else None
    require_seen(shown, before or {})
    room.save()
    room.equipment.set(equipment)
    append_change(
        action=ROOM, of=kept.code if kept else room.code, before=before, after=room_facts(room), user=user, now=now
    )
    return room


@transaction.atomic
def close_room(*, room: Room, starts_on: date, ends_on: date, reason: str, user: User, now: datetime) -> RoomClosure:
    """Out of service between two dates, both included. The journal files it under its first week."""
    closure = RoomClosure.objects.create(
        room=room, starts_on=starts_on, ends_on=ends_on, reason=reason, declared_at=now
    )
    touch_drafts(mondays_between(starts_on, ends_on))
    _note(closure, user, now, closed=True)
    return closure


@transaction.atomic
def reopen_room(*, closure: RoomClosure, user: User, now: datetime) -> None:
    touch_drafts(mondays_between(closure.starts_on, closure.ends_on))
    _note(closure, user, now, closed=False)
    closure.delete()


def room_facts(room: Room) -> dict[str, Any]:
    """The room as the journal keeps it."""
    return {
        "code": room.code,
        "name": room.name,
        "position": room.position,
        "opens_minute": room.opens_minute,
        "closes_minute": room.closes_minute,
        "equipment": sorted(room.equipment.values_list("name", flat=True)),
        "in_service": room.in_service,
    }


def _note(closure: RoomClosure, user: User, now: datetime, *, closed: bool) -> None:
    facts = {"closure": [closure.starts_on.isoformat(), closure.ends_on.isoformat()]}
    append_change(
        action=ROOM, of=closure.room.code, before=None if closed else facts, after=facts if closed else None,
        user=user, now=now, reason=closure.reason, monday=Week.of(closure.starts_on).monday,
    )  # fmt: skip
