"""Surgeons from a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.exchange.fields import Field, Kind, Target
from planning.exchange.mapping import Mapping
from planning.exchange.reading import Known, Named, Problem, Record, error, name_of, read_records, require
from planning.exchange.tabular import Table

TARGET = Target(
    "surgeons",
    gettext_lazy("Chirurgiens"),
    (
        Field("code", gettext_lazy("Code"), longest=20, help=gettext_lazy("Vide : créé à partir du nom.")),
        Field(
            "trigram",
            gettext_lazy("Trigramme"),
            longest=4,
            help=gettext_lazy("Vide : les trois premières lettres du nom."),
        ),
        Field("last_name", gettext_lazy("Nom"), required=True, longest=80),
        Field("first_name", gettext_lazy("Prénom"), longest=80),
        Field("specialty", gettext_lazy("Spécialité"), required=True, longest=120, names="specialty"),
        Field(
            "daily_minutes",
            gettext_lazy("Durée maximale par jour (minutes)"),
            Kind.MINUTES,
            help=gettext_lazy("Vide : 480."),
        ),
    ),
)
_F = {one.name: one for one in TARGET.fields}


@dataclass(slots=True)
class SurgeonRow:
    record: Record
    code: str
    trigram: str
    last_name: str
    first_name: str
    specialty: Named
    daily_minutes: int

    @property
    def key(self) -> str:
        return (self.code or f"{self.last_name} {self.first_name}").casefold()


def read(table: Table, mapping: Mapping, known: Known) -> tuple[list[SurgeonRow], list[Problem], int]:
    records = read_records(TARGET, table, mapping)
    rows = [row for record in records if (row := _row(record, mapping, known)) is not None]
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row.key, row.record.line)
        if line != row.record.line:
            text = _("ce chirurgien est déjà à la ligne %(line)s") % {"line": line}
            error(row.record, _F["code" if row.code else "last_name"], mapping, row.code or row.last_name, text)
    problems = [problem for record in records for problem in record.problems]
    return [row for row in rows if not row.record.faulty], problems, len(records)


def _row(record: Record, mapping: Mapping, known: Known) -> SurgeonRow | None:
    require(record, _F["last_name"], mapping)
    require(record, _F["specialty"], mapping)
    specialty = name_of(record, _F["specialty"], mapping, known)
    minutes = 480 if record.get("daily_minutes") is None else record.get("daily_minutes")
    if not 0 <= minutes <= 1440:
        error(record, _F["daily_minutes"], mapping, minutes, _("une durée de 0 à 1440 minutes"))
    if record.faulty or specialty is None:
        return None
    return SurgeonRow(
        record,
        code=record.get("code") or "",
        trigram=record.get("trigram") or "",
        last_name=record.get("last_name"),
        first_name=record.get("first_name") or "",
        specialty=specialty,
        daily_minutes=minutes,
    )
