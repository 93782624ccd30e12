"""Dated slots of a file against those of the database: known by room and times, refused when they overlap."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from planning.calendar import Week, at_minute
from planning.exchange.mapping import Mapping
from planning.exchange.reading import Problem, column_of
from planning.exchange.slots import TARGET, SlotRow
from planning.models import Slot
from planning.services.import_names import Creator
from planning.services.slots import touch_drafts


def compare(rows: Sequence[SlotRow], mapping: Mapping) -> tuple[list[SlotRow], int, list[Problem]]:
    """The new rows, how many are already there, and the overlaps."""
    stored: dict[tuple[str, object], list[Slot]] = {}
    for slot in Slot.objects.filter(date__in={row.day for row in rows}).select_related("room"):
        stored.setdefault((slot.room.code, slot.date), []).append(slot)
    new: list[SlotRow] = []
    problems: list[Problem] = []
    existing = 0
    column = column_of(TARGET.field("start"), mapping)
    text = _("chevauche une plage qui existe déjà dans cette salle : modifiez la semaine ou retirez la ligne")
    for row in rows:
        start, end = at_minute(row.day, row.start), at_minute(row.day, row.end)
        same_day = stored.get((row.room.code or "", row.day), [])
        if any((slot.starts_at, slot.ends_at) == (start, end) for slot in same_day):
            existing += 1
        elif any(slot.starts_at < end and start < slot.ends_at for slot in same_day):
            problems.append(Problem(row.record.line, column, f"{row.start // 60:02d}:{row.start % 60:02d}", text))
        else:
            new.append(row)
    return new, existing, problems


def write(rows: Sequence[SlotRow], creator: Creator) -> None:
    Slot.objects.bulk_create(
        [
            Slot(
                date=row.day,
                room=creator.room(row.room),
                starts_at=at_minute(row.day, row.start),
                ends_at=at_minute(row.day, row.end),
                kind=row.kind,
                specialty=creator.specialty(row.specialty) if row.specialty else None,
                surgeon=creator.surgeon(row.surgeon, row.specialty) if row.surgeon else None,
                positions=row.positions,
                origin=Slot.Origin.MANUAL,
            )
            for row in rows
        ],
        batch_size=500,
    )
    touch_drafts({Week.of(row.day).monday for row in rows})
