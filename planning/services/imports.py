"""Brings a file in: what it would change, then the change itself, all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import ModuleType
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from planning.calendar import Week, local_date
from planning.exchange import interventions, rooms, slots, surgeons
from planning.exchange.fields import Kind, Target
from planning.exchange.mapping import Mapping, guess, header_digest
from planning.exchange.reading import Known, Problem, order_is_needed
from planning.exchange.tabular import Table, read_table
from planning.models import ColumnMapping, Equipment, JournalEntry, Room, Specialty, Surgeon, User
from planning.services import import_writers
from planning.services.import_changes import Modified
from planning.services.import_writers import Row
from planning.services.interventions import InterventionChanged

_READERS: dict[str, ModuleType] = {
    "interventions": interventions,
    "rooms": rooms,
    "surgeons": surgeons,
    "slots": slots,
}
TARGETS: dict[str, Target] = {name: reader.TARGET for name, reader in _READERS.items()}


@dataclass
class Preview:
    """What importing would do. Nothing was written."""

    target: Target
    table: Table
    asked: int
    new: Sequence[Row]
    existing: int
    modified: Sequence[Modified]
    # Those of ``modified`` that the import would write.
    updating: Sequence[Modified]
    problems: list[Problem]
    known: Known
    order_needed: bool

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.error]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.error]

    @property
    def faulty_lines(self) -> int:
        return len({problem.line for problem in self.errors})


@dataclass(frozen=True)
class ImportResult:
    created: int
    updated: int
    # Left as they are, whether the file says the same or not.
    existing: int
    left_out: int
    # Codes of the surgeons, specialties, rooms and equipment that had to be created, by kind.
    also_created: dict[str, list[str]] = field(default_factory=dict)


class ImportRefusedError(Exception):
    """The file has errors, or dates that nobody can read for sure; the message says what to do."""


def mapping_for(*, target: Target, table: Table) -> Mapping:
    """The one remembered for this header, or a guess."""
    stored = ColumnMapping.objects.filter(target=target.name, header_digest=header_digest(table.headers)).first()
    if stored is not None:
        return Mapping.from_json(stored.mapping)
    return Mapping(columns=guess(target, table.headers))


def remember_mapping(*, target: Target, table: Table, mapping: Mapping) -> None:
    """For the next file with this header. A fixed date is this file's own."""
    dated = {one.name for one in target.fields if one.kind is Kind.DATE}
    lasting = {name: value for name, value in mapping.constants.items() if name not in dated}
    ColumnMapping.objects.update_or_create(
        target=target.name,
        header_digest=header_digest(table.headers),
        defaults={"mapping": replace(mapping, constants=lasting).remembered()},
    )


def preview_import(*, target: Target, table: Table, mapping: Mapping, today: date) -> Preview:
    """Reads the database and writes nothing. ``today`` says which specialties are closed."""
    known = known_names(today)
    rows, problems, asked = _READERS[target.name].read(table, mapping, known)
    found = import_writers.compare(target.name, rows, mapping)
    # What the file warns of in lines that are already there is not about this import.
    there = {row.record.line for row in rows} - {row.record.line for row in found.new}
    problems = [problem for problem in problems if problem.error or problem.line not in there]
    return Preview(
        target=target,
        table=table,
        asked=asked,
        new=found.new,
        existing=found.existing,
        modified=found.modified,
        updating=[one for one in found.modified if mapping.update_known and not one.kept_because],
        problems=sorted([*problems, *found.problems], key=lambda problem: (problem.line, not problem.error)),
        known=known,
        order_needed=order_is_needed(target, table, mapping),
    )


@transaction.atomic
def import_table(*, target: Target, table: Table, mapping: Mapping, user: User, now: datetime) -> ImportResult:
    """Raises ``ImportRefusedError`` and writes nothing when a line is at fault, unless those are to be left out."""
    preview = preview_import(target=target, table=table, mapping=mapping, today=local_date(now))
    if preview.order_needed:
        raise ImportRefusedError(_("Dites d'abord si le jour ou le mois vient en premier dans les dates."))
    if preview.errors and not mapping.skip_faulty:
        raise ImportRefusedError(
            _("Rien n'a été importé : corrigez les erreurs, ou cochez « Laisser de côté les lignes en erreur ».")
        )
    try:
        created = import_writers.write(target.name, preview.new, preview.updating, mapping=mapping, user=user, now=now)
    except InterventionChanged as changed:
        raise ImportRefusedError(
            _("Rien n'a été importé : une intervention du fichier vient d'être modifiée ou planifiée. Voyez l'aperçu.")
        ) from changed
    existing = preview.existing + len(preview.modified) - len(preview.updating)
    result = ImportResult(len(preview.new), len(preview.updating), existing, preview.faulty_lines, created)
    if result.created or result.updated:
        _note(target, preview.new, result, user, now)
    return result


def _note(target: Target, new: Sequence[Row], result: ImportResult, user: User, now: datetime) -> None:
    """The file's own line in the journal, and one in each week that it wrote in when there are several."""
    weeks = Counter(Week.of(day).monday for row in new if (day := import_writers.day_of(row)) is not None)
    facts: dict[str, Any] = {
        "target": target.name, "created": result.created, "updated": result.updated, "existing": result.existing
    }  # fmt: skip
    if result.also_created:
        facts["also_created"] = result.also_created
    whole = JournalEntry(at=now, user=user, action=JournalEntry.Action.IMPORT, after=facts)
    if len(weeks) == 1:
        [whole.monday] = weeks
    parts = [
        JournalEntry(
            at=now, user=user, action=whole.action, monday=monday,
            after={"target": target.name, "created": count, "part_of": result.created},
        )
        for monday, count in sorted(weeks.items())
        if len(weeks) > 1
    ]  # fmt: skip
    JournalEntry.objects.bulk_create([whole, *parts])


def import_file(*, data: bytes, name: str, target: Target, mapping: Mapping, user: User, now: datetime) -> ImportResult:
    """As ``import_table``, from the bytes of the file. Raises ``FileError`` when it cannot be read."""
    return import_table(target=target, table=read_table(data, name), mapping=mapping, user=user, now=now)


def known_names(today: date) -> Known:
    """Everything a cell may name, by the names people give it."""
    known = Known()
    for specialty in Specialty.objects.all():
        known.add("specialty", specialty.code, specialty.name)
        if specialty.closed_on and specialty.closed_on <= today:
            known.closed.setdefault("specialty", {})[specialty.code] = _closed_text(specialty.code, specialty.closed_on)
    closed = known.closed.get("specialty", {})
    for surgeon in Surgeon.objects.select_related("specialty"):
        last, first = surgeon.last_name, surgeon.first_name
        spoken = (last, f"Dr {last}", f"{first} {last}", f"{last} {first}", f"Dr {first} {last}")
        known.add("surgeon", surgeon.code, surgeon.trigram, *spoken)
        if surgeon.specialty.code in closed:
            known.closed.setdefault("surgeon", {})[surgeon.code] = closed[surgeon.specialty.code]
    for room in Room.objects.all():
        known.add("room", room.code, room.name)
    for equipment in Equipment.objects.all():
        known.add("equipment", equipment.code, equipment.name)
    return known


def _closed_text(code: str, closed_on: date) -> str:
    text = _("la spécialité %(code)s est fermée depuis le %(day)s : rattachez la ligne à une autre, ou rouvrez-la")
    return text % {"code": code, "day": date_format(closed_on, "j F Y")}
