"""Dated slots from a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.exchange.fields import Field, Kind, Target
from planning.exchange.mapping import Mapping
from planning.exchange.reading import Known, Named, Problem, Record, error, name_of, read_records, require
from planning.exchange.tabular import Table

_KINDS = (
    ("normal", "regular"),
    ("regul", "regular"),
    ("heures normales", "regular"),
    ("sup", "overtime"),
    ("heures sup", "overtime"),
    ("overtime", "overtime"),
    ("overuren", "overtime"),
)

TARGET = Target(
    "slots",
    gettext_lazy("Plages"),
    (
        Field("day", gettext_lazy("Date"), Kind.DATE, required=True),
        Field("room", gettext_lazy("Salle"), required=True, longest=20, names="room"),
        Field("start", gettext_lazy("Début"), Kind.CLOCK, required=True),
        Field("end", gettext_lazy("Fin"), Kind.CLOCK, required=True),
        Field(
            "kind", gettext_lazy("Nature"), Kind.CHOICE, choices=_KINDS, help=gettext_lazy("Vide : heures normales.")
        ),
        Field("specialty", gettext_lazy("Spécialité"), longest=120, names="specialty"),
        Field("surgeon", gettext_lazy("Chirurgien"), longest=80, names="surgeon"),
        Field("positions", gettext_lazy("Interventions au plus"), Kind.NUMBER, help=gettext_lazy("Vide : 12.")),
    ),
    day=("day",),
)
_F = {one.name: one for one in TARGET.fields}


@dataclass(slots=True)
class SlotRow:
    record: Record
    day: date
    room: Named
    start: int
    end: int
    kind: str
    specialty: Named | None
    surgeon: Named | None
    positions: int


def read(table: Table, mapping: Mapping, known: Known) -> tuple[list[SlotRow], list[Problem], int]:
    records = read_records(TARGET, table, mapping)
    rows = [row for record in records if (row := _row(record, mapping, known)) is not None]
    by_room: dict[tuple[str, date], list[SlotRow]] = {}
    for row in rows:
        by_room.setdefault((row.room.code or row.room.text, row.day), []).append(row)
    for same in by_room.values():
        for before, after in pairwise(sorted(same, key=lambda row: (row.start, row.record.line))):
            if after.start < before.end:
                text = _("chevauche la plage de la ligne %(line)s, dans la même salle") % {"line": before.record.line}
                error(after.record, _F["start"], mapping, _clock(after.start), text)
    problems = [problem for record in records for problem in record.problems]
    return [row for row in rows if not row.record.faulty], problems, len(records)


def _row(record: Record, mapping: Mapping, known: Known) -> SlotRow | None:
    for name in ("day", "room", "start", "end"):
        require(record, _F[name], mapping)
    room, specialty, surgeon = (name_of(record, _F[name], mapping, known) for name in ("room", "specialty", "surgeon"))
    if mapping.create_missing and surgeon is not None and surgeon.code is None and specialty is None:
        text = _("manque : un chirurgien à créer doit avoir une spécialité")
        error(record, _F["specialty"], mapping, None, text)
    start, end, positions = record.get("start"), record.get("end"), record.get("positions")
    if start is not None and end is not None and end <= start:
        error(record, _F["end"], mapping, _clock(end), _("la fin doit suivre le début, le même jour"))
    if positions is not None and not 1 <= positions <= 100:
        error(record, _F["positions"], mapping, positions, _("un nombre de 1 à 100"))
    if record.faulty or room is None:
        return None
    return SlotRow(
        record, record.get("day"), room, start, end, record.get("kind") or "regular", specialty, surgeon,
        int(positions or 12),
    )  # fmt: skip


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
