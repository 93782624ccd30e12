"""From the lines of a table to typed records; a problem names the line, the column, the value and the remedy."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from planning.exchange import values
from planning.exchange.fields import Field, Kind, Target
from planning.exchange.mapping import Mapping, header_digest
from planning.exchange.tabular import Cell, Line, Table
from planning.exchange.values import DateOrder, Unreadable, distinctive, plain


@dataclass(frozen=True, slots=True)
class Problem:
    """``error`` keeps the line out; a warning does not."""

    line: int
    column: str
    value: str
    text: str
    error: bool = True


@dataclass(slots=True)
class Record:
    """One line, by field name. ``fingerprint`` is the same each time the same file is read."""

    line: int
    values: dict[str, Any]
    fingerprint: str
    problems: list[Problem] = field(default_factory=list)

    def get(self, name: str) -> Any:
        return self.values.get(name)

    @property
    def faulty(self) -> bool:
        return any(problem.error for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Named:
    """What a cell names: an existing code, or a name to create (``code`` None)."""

    text: str
    code: str | None


@dataclass
class Known:
    """What exists, by every plain name it answers to: ``known["surgeon"]["lefevre"] == "LEF"``."""

    names: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=dict)
    # Named in the file and not known, in the file's order, with the code that looks like it, or "".
    missing: dict[str, dict[str, str]] = field(default_factory=dict)
    # Why nothing new goes to a closed specialty, worded, by its code, and by the codes of its surgeons.
    closed: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, kind: str, code: str, *names: str) -> None:
        known = self.names.setdefault(kind, {})
        self.codes.setdefault(kind, set()).add(code)
        for name in (code, *names):
            # A name that two answer to is nobody's: the user says who.
            if plain(name):
                known[plain(name)] = code if known.get(plain(name), code) == code else ""

    def find(self, kind: str, text: str, mapping: Mapping) -> Named:
        code = self.names.get(kind, {}).get(plain(text)) or None
        if code is None:
            self.missing.setdefault(kind, {}).setdefault(text, self._alike(kind, text))
            # Remembered from another file, it may have been removed since.
            matched = mapping.matches.get(kind, {}).get(text)
            code = matched if matched in self.codes.get(kind, ()) else None
        return Named(text, code)

    def _alike(self, kind: str, text: str) -> str:
        """The code of the known name that is written nearly the same: Orthopedics, Orthopédie."""
        wanted = distinctive(text)
        if len(wanted) < 5 or any(sign.isdigit() for sign in wanted):
            return ""
        known = {distinctive(name): code for name, code in self.names.get(kind, {}).items()}
        near = [name for name in known if name.startswith(wanted[:5])] or get_close_matches(wanted, known, 1, 0.8)
        return known[near[0]] if near else ""


def read_records(target: Target, table: Table, mapping: Mapping) -> list[Record]:
    """The lines asked for, in the file's order."""
    order = mapping.order or decide_file_order(target, table, mapping)
    fingerprints = _fingerprints(table)
    columns = {name: table.headers.index(column) for name, column in mapping.columns.items() if column in table.headers}
    given = [one for one in target.fields if one.name in columns or mapping.constants.get(one.name)]
    records: list[Record] = []
    for line in _asked(table.lines, mapping):
        if mapping.limit is not None and len(records) >= mapping.limit:
            break
        record = Record(line.number, {}, fingerprints[line.number])
        for one in given:
            position = columns.get(one.name)
            cell = None if position is None else line.cells[position]
            _fill(record, one, cell, mapping, order)
        if _within(record, target, mapping):
            records.append(record)
    return records


def decide_file_order(target: Target, table: Table, mapping: Mapping) -> DateOrder | None:
    """One answer for all the date columns mapped: a file is written by one hand."""
    return values.decide_order(_dates(target, table, mapping))


def order_is_needed(target: Target, table: Table, mapping: Mapping) -> bool:
    """Nothing in the file tells whether the day or the month comes first."""
    asked = mapping.order is None and decide_file_order(target, table, mapping) is None
    return asked and values.has_ambiguous_dates(_dates(target, table, mapping))


def error(record: Record, one: Field, mapping: Mapping, value: Cell, text: str) -> None:
    record.problems.append(Problem(record.line, column_of(one, mapping), _shown(value), text))


def warn(record: Record, one: Field, mapping: Mapping, value: Cell, text: str) -> None:
    record.problems.append(Problem(record.line, column_of(one, mapping), _shown(value), text, error=False))


def column_of(one: Field, mapping: Mapping) -> str:
    """What the user calls it: the file's column, or the field when there is no column."""
    return mapping.columns.get(one.name) or str(one.label)


def name_of(record: Record, one: Field, mapping: Mapping, known: Known) -> Named | None:
    """What the cell names; an error on the record when it does not exist and nothing may be created."""
    text = record.get(one.name)
    if not text:
        return None
    named = known.find(one.names, text, mapping)
    if named.code is None and not mapping.create_missing:
        error(
            record, one, mapping, text,
            _("inconnu : rattachez-le à l'un des existants, ou cochez « Créer ce qui manque »"),
        )  # fmt: skip
    if one.names == "specialty":
        refuse_closed(record, one, mapping, known, named)
    return named


def refuse_closed(record: Record, one: Field, mapping: Mapping, known: Known, named: Named) -> None:
    """An error when the specialty named, or the surgeon's own, is closed. What was done in its time goes in."""
    why = None if named.code is None else known.closed.get(one.names, {}).get(named.code)
    if why is not None and not mapping.done:
        error(record, one, mapping, record.get(one.name), why)


def names_of(record: Record, one: Field, mapping: Mapping, known: Known) -> tuple[Named, ...]:
    """The names of a cell, separated by commas, semicolons, slashes or pluses."""
    found = []
    for part in re.split(r"[,;/+]", record.get(one.name) or ""):
        if len(part.strip()) > 120:
            error(record, one, mapping, part.strip(), _("%(longest)s caractères au plus") % {"longest": 120})
        elif part.strip():
            record.values[one.name] = part.strip()
            named = name_of(record, one, mapping, known)
            if named is not None:
                found.append(named)
    return tuple(found)


def require(record: Record, one: Field, mapping: Mapping) -> bool:
    """Whether the field has a value; an error on the record otherwise, unless the cell was already faulty."""
    if record.get(one.name) is not None:
        return True
    if not any(problem.column == column_of(one, mapping) for problem in record.problems):
        error(record, one, mapping, None, _("manque : choisissez une colonne ou donnez une valeur fixe"))
    return False


def _dates(target: Target, table: Table, mapping: Mapping) -> Iterator[Cell]:
    kinds = {one.name: one.kind for one in target.fields}
    for name, column in mapping.columns.items():
        if kinds.get(name) in (Kind.DATE, Kind.MOMENT, Kind.DELAY) and column in table.headers:
            position = table.headers.index(column)
            yield from (line.cells[position] for line in table.lines)


def _asked(lines: Iterable[Line], mapping: Mapping) -> Iterator[Line]:
    for line in lines:
        if line.number >= (mapping.first_line or 0) and (mapping.last_line is None or line.number <= mapping.last_line):
            yield line


def _within(record: Record, target: Target, mapping: Mapping) -> bool:
    """A line without a readable day is kept, so that its fault is seen."""
    day = next((record.get(name) for name in target.day if isinstance(record.get(name), date)), None)
    if isinstance(day, datetime):
        day = day.date()
    if day is None:
        return True
    return (mapping.from_day is None or day >= mapping.from_day) and (mapping.to_day is None or day <= mapping.to_day)


def _fill(record: Record, one: Field, cell: Cell, mapping: Mapping, order: DateOrder | None) -> None:
    constant = mapping.constants.get(one.name, "").strip()
    fixed = values.is_missing(cell) and constant != ""
    try:
        # A fixed value is written by the user on our page: in the order of the language, never the file's.
        record.values[one.name] = _converted(one, constant if fixed else cell, "dmy" if fixed else order)
    except Unreadable as unreadable:
        error(record, one, mapping, constant if fixed else cell, str(unreadable))


def _converted(one: Field, cell: Cell, order: DateOrder | None) -> Any:
    if values.is_missing(cell):
        return None
    if one.kind in (Kind.DATE, Kind.DELAY, Kind.MOMENT):
        return _converted_date(one, cell, order)
    if one.kind is Kind.CHOICE:
        return _chosen(one, cell)
    readers: dict[Kind, Callable[[Cell], Any]] = {
        Kind.MINUTES: values.read_minutes,
        Kind.NUMBER: values.read_number,
        Kind.CLOCK: values.read_clock,
        Kind.FLAG: values.read_flag,
    }
    if one.kind in readers:
        return readers[one.kind](cell)
    text = values.read_text(cell) or ""
    if one.longest and len(text) > one.longest:
        raise Unreadable(_("%(longest)s caractères au plus") % {"longest": one.longest})
    return text


def _converted_date(one: Field, cell: Cell, order: DateOrder | None) -> Any:
    text = str(cell).strip()
    if one.kind is Kind.DELAY and text.startswith("+") and text[1:].strip().isdigit():
        return int(text[1:])
    if one.kind is not Kind.MOMENT:
        return values.read_date(cell, order)
    try:
        return values.read_clock(cell)
    except Unreadable:
        return values.read_moment(cell, order)


def _chosen(one: Field, cell: Cell) -> str:
    bare = plain(str(cell))
    for beginning, value in one.choices:
        if bare.startswith(beginning):
            return value
    words = ", ".join(dict.fromkeys(beginning for beginning, _value in one.choices))
    raise Unreadable(_("écrivez l'un de : %(words)s") % {"words": words})


def _fingerprints(table: Table) -> dict[int, str]:
    """By line number: the header, the cells, and the turn among identical lines, whatever part is imported."""
    seen: Counter[str] = Counter()
    digest = header_digest(table.headers)
    prints = {}
    for line in table.lines:
        whole = "\x1f".join([digest, *(_shown(cell) for cell in line.cells)])
        base = hashlib.sha256(whole.encode()).hexdigest()[:32]
        seen[base] += 1
        prints[line.number] = f"{base}-{seen[base]}"
    return prints


def _shown(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    return "" if cell is None else str(cell)[:120]
