"""Closing rooms: the week's drafts learn of it at their next step."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from planning.calendar import mondays_between
from planning.models import Room, RoomClosure
from planning.services.slots import touch_drafts


@transaction.atomic
def close_room(*, room: Room, starts_on: date, ends_on: date, reason: str) -> RoomClosure:
    closure = RoomClosure.objects.create(room=room, starts_on=starts_on, ends_on=ends_on, reason=reason)
    touch_drafts(mondays_between(starts_on, ends_on))
    return closure


@transaction.atomic
def reopen_room(*, closure: RoomClosure) -> None:
    touch_drafts(mondays_between(closure.starts_on, closure.ends_on))
    closure.delete()
