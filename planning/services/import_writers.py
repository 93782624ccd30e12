"""Rows of an import against the rows of the database: which are new or changed, and how they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

from planning.exchange.interventions import InterventionRow
from planning.exchange.mapping import Mapping
from planning.exchange.reading import Problem
from planning.exchange.rooms import RoomRow
from planning.exchange.slots import SlotRow
from planning.exchange.surgeons import SurgeonRow
from planning.models import Room, Surgeon, User
from planning.services import import_interventions, import_slots
from planning.services.import_changes import Modified, update
from planning.services.import_names import Creator

Row = InterventionRow | RoomRow | SurgeonRow | SlotRow


@dataclass
class Comparison:
    """``existing`` counts the rows that are there as the file says; the modified ones are not among them."""

    new: Sequence[Row]
    existing: int
    problems: list[Problem] = field(default_factory=list)
    modified: list[Modified] = field(default_factory=list)


def compare(target: str, rows: Sequence[Row], mapping: Mapping) -> Comparison:
    if target == "interventions":
        new, modified, problems = import_interventions.compare(cast("Sequence[InterventionRow]", rows), mapping)
        return Comparison(new, len(rows) - len(new) - len(modified), problems, modified)
    if target == "slots":
        return Comparison(*import_slots.compare(cast("Sequence[SlotRow]", rows), mapping))
    if target == "rooms":
        codes = {code.casefold() for code in Room.objects.values_list("code", flat=True)}
        absent: list[Row] = [row for row in cast("Sequence[RoomRow]", rows) if row.code.casefold() not in codes]
    else:
        there = _surgeon_keys()
        absent = [row for row in cast("Sequence[SurgeonRow]", rows) if row.key not in there]
    return Comparison(absent, len(rows) - len(absent))


def write(
    target: str, rows: Sequence[Row], modified: Sequence[Modified], *, mapping: Mapping, user: User, now: datetime
) -> dict[str, list[str]]:
    """Writes what ``compare`` found new and what it found modified, with what they name.

    Returns the codes created on the way, by kind. Raises ``InterventionChanged`` (``import_changes.update``).
    """
    creator = Creator()
    if target == "interventions":
        new = cast("Sequence[InterventionRow]", rows)
        import_interventions.write(new, creator, mapping=mapping, user=user, now=now)
        update(modified, creator, user=user, now=now)
    elif target == "slots":
        import_slots.write(cast("Sequence[SlotRow]", rows), creator)
    elif target == "rooms":
        _write_rooms(cast("Sequence[RoomRow]", rows), creator)
    else:
        for row in cast("Sequence[SurgeonRow]", rows):
            creator.new_surgeon(row)
    return creator.created


def day_of(row: Row) -> date | None:
    """The day that a row is about: a slot's, an operation's. A request has none before it is planned."""
    if isinstance(row, SlotRow):
        return row.day
    return row.entered_at.date() if isinstance(row, InterventionRow) and row.entered_at else None


def _surgeon_keys() -> set[str]:
    keys: set[str] = set()
    for surgeon in Surgeon.objects.all():
        keys |= {surgeon.code.casefold(), f"{surgeon.last_name} {surgeon.first_name}".casefold()}
    return keys


def _write_rooms(rows: Sequence[RoomRow], creator: Creator) -> None:
    position = Room.objects.count()
    for turn, row in enumerate(rows, start=1):
        room = Room.objects.create(
            code=row.code,
            name=row.name,
            position=position + turn,
            opens_minute=row.opens_minute,
            closes_minute=row.closes_minute,
        )
        room.equipment.set(creator.equipment(named) for named in row.equipment)
