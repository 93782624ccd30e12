"""What the preview of an import shows: problems, unknown names, changes and the first lines as they were understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from planning.exchange.fields import Kind
from planning.exchange.mapping import Mapping
from planning.exchange.reading import Named, Problem, column_of
from planning.exchange.tabular import Table
from planning.models import Equipment, Intervention, Room, Specialty, Surgeon
from planning.models.slots import SlotKind
from planning.selectors.specialties import open_on
from planning.services.import_writers import Row
from planning.services.imports import Preview

_CHOICES = dict(
    [
        *Intervention.Priority.choices, *Intervention.Side.choices, *Intervention.Anaesthesia.choices,
        *SlotKind.choices,
    ]
)  # fmt: skip
_SHOWN_PROBLEMS, _SHOWN_LINES, _SHOWN_ROWS, _SHOWN_NAMES, _SHOWN_CHANGES = 100, 8, 8, 60, 100
_SHOWN_FIRST = 5


@dataclass(frozen=True)
class ProblemGroup:
    """The same problem on several lines is said once."""

    lines: str
    count: int
    column: str
    value: str
    text: str


def grouped(problems: Iterable[Problem]) -> list[ProblemGroup]:
    groups: dict[tuple[str, str, str], list[int]] = {}
    for problem in problems:
        groups.setdefault((problem.column, problem.value, problem.text), []).append(problem.line)
    return [
        ProblemGroup(_listed(lines), len(lines), column, value, text)
        for (column, value, text), lines in list(groups.items())[:_SHOWN_PROBLEMS]
    ]


def _listed(lines: Sequence[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:_SHOWN_LINES])
    return f"{shown}…" if len(lines) > _SHOWN_LINES else shown


def missing(preview: Preview, mapping: Mapping) -> list[dict[str, Any]]:
    """Names of the file that match nothing, with what they may be matched to by hand."""
    specialties = Specialty.objects.all() if mapping.done else open_on(timezone.localdate())
    existing: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "surgeon": (_("Chirurgiens"), [(one.code, f"{one} ({one.code})") for one in Surgeon.objects.all()]),
        "specialty": (_("Spécialités"), [(one.code, str(one)) for one in specialties]),
        "room": (_("Salles"), [(one.code, one.code) for one in Room.objects.all()]),
        "equipment": (_("Équipements"), [(one.code, one.name) for one in Equipment.objects.all()]),
    }
    return [
        {
            "kind": kind,
            "label": existing[kind][0],
            "choices": existing[kind][1],
            "names": [
                {"text": text, "chosen": mapping.matches.get(kind, {}).get(text, alike)}
                for text, alike in list(names.items())[:_SHOWN_NAMES]
            ],
        }
        for kind, names in preview.known.missing.items()
    ]


def first_lines(table: Table) -> list[dict[str, Any]]:
    """The file's first lines, each cell with the name of its column."""
    return [
        {"number": line.number, "cells": list(zip(table.headers, line.cells, strict=False))}
        for line in table.lines[:_SHOWN_FIRST]
    ]


def sample(preview: Preview) -> dict[str, Any]:
    """The first new lines as they were understood."""
    mapped = [
        one
        for one in preview.target.fields
        if any(row.record.get(one.name) is not None for row in preview.new[:_SHOWN_ROWS])
    ]
    lines = [
        (row.record.line, [(one.label, _worded(_understood(row, one.name), one.kind)) for one in mapped])
        for row in preview.new[:_SHOWN_ROWS]
    ]
    return {"fields": mapped, "lines": lines}


def _understood(row: Row, name: str) -> Any:
    """As the row has it, with its defaults; the reference as the file has it."""
    given = row.record.get(name)
    return given if name == "reference" else getattr(row, name, given)


def _worded(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    if kind is Kind.CHOICE:
        return str(_CHOICES.get(value, value))
    if kind is Kind.CLOCK:
        return f"{value // 60:02d}:{value % 60:02d}"
    if isinstance(value, Named):
        return value.code or value.text
    if isinstance(value, tuple):
        return ", ".join(_worded(one, kind) for one in value)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if hasattr(value, "hour"):
        return f"{value:%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if hasattr(value, "year") else str(value)


def changes(preview: Preview, mapping: Mapping) -> list[dict[str, Any]]:
    """The interventions that the file says otherwise: by line, each column with what it was and what it becomes."""
    updating = {id(one) for one in preview.updating}
    return [
        {
            "line": one.row.record.line,
            "code": one.stored.code,
            "pk": one.stored.pk,
            "cells": [
                {
                    "column": column_of(change.field, mapping),
                    "before": _worded(change.before, change.field.kind),
                    "after": _worded(change.after, change.field.kind),
                }
                for change in one.changes
            ],
            "updated": id(one) in updating,
            "kept_because": one.kept_because,
        }
        for one in preview.modified[:_SHOWN_CHANGES]
    ]
