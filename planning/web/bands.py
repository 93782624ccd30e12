"""Slots as coloured bands in a room by day table: shared by the master plan and one week's slots."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from planning.calendar import minute_of
from planning.models import Room, Slot, SlotPattern
from planning.models.slots import SlotKind


@dataclass(frozen=True)
class Band:
    """One slot, as drawn: ``left`` and ``width`` are per cent of its room's opening."""

    pk: int
    start: int
    end: int
    owner: str
    colour: str
    overtime: bool
    by_hand: bool
    left: float
    width: float

    @classmethod
    def of_pattern(cls, row: SlotPattern) -> Band:
        return _band(row, row.start_minute, row.end_minute, by_hand=False)

    @classmethod
    def of_slot(cls, row: Slot) -> Band:
        start, end = minute_of(row.starts_at, row.date), minute_of(row.ends_at, row.date)
        return _band(row, start, end, by_hand=row.origin != Slot.Origin.PATTERN)


def _band(row: Slot | SlotPattern, start: int, end: int, *, by_hand: bool) -> Band:
    room = row.room
    open_minutes = max(1, room.closes_minute - room.opens_minute)
    specialty = row.specialty or (row.surgeon.specialty if row.surgeon else None)
    shared = specialty.code if specialty else _("Tous")
    # Overtime bands are narrow: three letters.
    named = row.surgeon and (row.surgeon.trigram if row.kind == SlotKind.OVERTIME else str(row.surgeon))
    owner = named or shared
    return Band(
        pk=row.pk, start=start, end=end, owner=owner, colour=specialty.colour if specialty else "all",
        overtime=row.kind == SlotKind.OVERTIME, by_hand=by_hand,
        left=round(100 * (start - room.opens_minute) / open_minutes, 2),
        width=round(100 * (end - start) / open_minutes, 2),
    )  # fmt: skip


def room_grid(
    rooms: Sequence[Room], days: Sequence[Hashable], bands: Mapping[tuple[int, Any], Sequence[Band]]
) -> list[dict[str, Any]]:
    """One row a room, one cell a day, its bands in the order of their start."""
    return [
        {
            "room": room,
            "cells": [
                {"day": day, "bands": sorted(bands.get((room.pk, day), ()), key=lambda b: b.start)} for day in days
            ],
        }
        for room in rooms
    ]
