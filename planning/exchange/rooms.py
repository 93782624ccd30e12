"""Operating rooms from a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.exchange.fields import Field, Kind, Target
from planning.exchange.mapping import Mapping
from planning.exchange.reading import Known, Named, Problem, Record, error, names_of, read_records, require
from planning.exchange.tabular import Table

TARGET = Target(
    "rooms",
    gettext_lazy("Salles"),
    (
        Field("code", gettext_lazy("Code"), required=True, longest=20),
        Field("name", gettext_lazy("Nom"), longest=120),
        Field("opens", gettext_lazy("Ouverture"), Kind.CLOCK, help=gettext_lazy("Vide : 08:00.")),
        Field("closes", gettext_lazy("Fermeture"), Kind.CLOCK, help=gettext_lazy("Vide : 20:00.")),
        Field(
            "equipment",
            gettext_lazy("Équipements"),
            longest=200,
            names="equipment",
            help=gettext_lazy("Plusieurs : séparés par des virgules ou des points-virgules."),
        ),
    ),
)
_F = {one.name: one for one in TARGET.fields}


@dataclass(slots=True)
class RoomRow:
    record: Record
    code: str
    name: str
    opens_minute: int
    closes_minute: int
    equipment: tuple[Named, ...]


def read(table: Table, mapping: Mapping, known: Known) -> tuple[list[RoomRow], list[Problem], int]:
    records = read_records(TARGET, table, mapping)
    rows = [row for record in records if (row := _row(record, mapping, known)) is not None]
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row.code.casefold(), row.record.line)
        if line != row.record.line:
            text = _("ce code est déjà celui de la ligne %(line)s") % {"line": line}
            error(row.record, _F["code"], mapping, row.code, text)
    problems = [problem for record in records for problem in record.problems]
    return [row for row in rows if not row.record.faulty], problems, len(records)


def _row(record: Record, mapping: Mapping, known: Known) -> RoomRow | None:
    require(record, _F["code"], mapping)
    opens, closes = (
        default if record.get(name) is None else record.get(name)
        for name, default in (("opens", 480), ("closes", 1200))
    )
    if closes <= opens:
        error(record, _F["closes"], mapping, f"{closes // 60:02d}:{closes % 60:02d}", _("doit suivre l'ouverture"))
    equipment = names_of(record, _F["equipment"], mapping, known)
    if record.faulty:
        return None
    return RoomRow(record, record.get("code"), record.get("name") or "", opens, closes, equipment)
