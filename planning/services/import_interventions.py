"""Interventions of a file against those of the database: new, changed, and how they are written."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from django.utils.translation import gettext as _

from planning.calendar import at_minute
from planning.exchange.interventions import TARGET, InterventionRow
from planning.exchange.mapping import Mapping
from planning.exchange.reading import Problem, column_of
from planning.models import Intervention, User
from planning.services.import_changes import Modified, modified_ones
from planning.services.import_names import Creator

_PREFIX = "import:"


def _reference(row: InterventionRow) -> str:
    """What makes the same line the same intervention; the column holds 80 characters."""
    whole = _PREFIX + row.reference
    return whole if len(whole) <= 80 else _PREFIX + hashlib.sha256(whole.encode()).hexdigest()


def compare(
    rows: Sequence[InterventionRow], mapping: Mapping
) -> tuple[list[InterventionRow], list[Modified], list[Problem]]:
    """The new rows, those whose reference is known under another content, and overlaps with recorded times."""
    known = Intervention.objects.filter(source_reference__in=[_reference(row) for row in rows])
    stored = {
        one.source_reference: one for one in known.select_related("surgeon", "specialty").prefetch_related("equipment")
    }
    new = [row for row in rows if _reference(row) not in stored]
    again = [(row, stored[_reference(row)]) for row in rows if _reference(row) in stored]
    return new, modified_ones(again, done=mapping.done), _overlaps_with_stored(new, mapping)


def _overlaps_with_stored(rows: Sequence[InterventionRow], mapping: Mapping) -> list[Problem]:
    """Times already recorded in the same room: said, not refused."""
    runs = [
        (row.room.code, _aware(row.entered_at), _aware(row.left_at), row)
        for row in rows
        if row.room is not None and row.room.code and row.entered_at and row.left_at
    ]
    if not runs:
        return []
    stored = Intervention.objects.filter(
        actual_room__code__in={run[0] for run in runs},
        left_at__gt=min(run[1] for run in runs),
        entered_at__lt=max(run[2] for run in runs),
    ).select_related("actual_room")
    by_room: dict[str, list[tuple[datetime, datetime, InterventionRow | Intervention]]] = {}
    for code, entered, left, row in runs:
        by_room.setdefault(str(code), []).append((entered, left, row))
    for one in stored:
        if one.actual_room is not None and one.entered_at is not None and one.left_at is not None:
            by_room[one.actual_room.code].append((one.entered_at, one.left_at, one))
    text = _("chevauche l'intervention %(code)s, déjà enregistrée dans la même salle")
    column = column_of(TARGET.field("entered_at"), mapping)
    problems = []
    for timeline in by_room.values():
        for (_start, end, first), (start, _end, second) in pairwise(sorted(timeline, key=lambda run: run[:2])):
            new, old = (first, second) if isinstance(first, InterventionRow) else (second, first)
            if start < end and isinstance(new, InterventionRow) and isinstance(old, Intervention):
                shown = f"{new.entered_at:%d/%m/%Y %H:%M}"
                problems.append(Problem(new.record.line, column, shown, text % {"code": old.code}, False))
    return problems


def write(rows: Sequence[InterventionRow], creator: Creator, *, mapping: Mapping, user: User, now: datetime) -> None:
    wanted = [str(row.record.get("reference") or "") for row in rows]
    taken = set(Intervention.objects.filter(code__in=wanted).values_list("code", flat=True))
    stored = Intervention.objects.bulk_create(
        [_intervention(row, creator, taken, done=mapping.done, user=user, now=now) for row in rows], batch_size=500
    )
    needs = Intervention.equipment.through
    needs.objects.bulk_create(
        [
            needs(intervention=one, equipment=equipment)
            for one, row in zip(stored, rows, strict=True)
            for equipment in {creator.equipment(named) for named in row.equipment}
        ],
        batch_size=500,
    )


def _intervention(
    row: InterventionRow, creator: Creator, taken: set[str], *, done: bool, user: User, now: datetime
) -> Intervention:
    surgeon = creator.surgeon(row.surgeon, row.specialty)
    room = creator.room(row.room) if row.room is not None else None
    return Intervention(
        code=_code(row, taken),
        patient_code=row.patient_code,
        procedure_label=row.procedure_label,
        procedure_code=row.procedure_code,
        surgeon=surgeon,
        specialty=creator.specialty(row.specialty) if row.specialty is not None else surgeon.specialty,
        planned_minutes=row.planned_minutes,
        admission_date=row.admission_date,
        deadline_date=row.deadline_date,
        priority=row.priority,
        side=row.side,
        anaesthesia=row.anaesthesia,
        ambulatory=row.ambulatory,
        child=row.child,
        septic=row.septic,
        recovery_minutes=row.recovery_minutes,
        notes=row.notes,
        state=Intervention.State.DONE if done else Intervention.State.ACCEPTED,
        source_reference=_reference(row),
        requested_at=now,
        requested_by=user,
        actual_room=room if done else None,
        entered_at=_aware(row.entered_at) if row.entered_at else None,
        left_at=_aware(row.left_at) if row.left_at else None,
    )


def _code(row: InterventionRow, taken: set[str]) -> str:
    """The file's own identifier when nobody has it, else one made from the line."""
    own = str(row.record.get("reference") or "")
    if own and len(own) <= 30 and own not in taken:
        taken.add(own)
        return own
    made = hashlib.sha256(row.reference.encode()).hexdigest()
    return f"I-{made[:12].upper()}"


def _aware(wall: datetime) -> datetime:
    return at_minute(wall.date(), wall.hour * 60 + wall.minute)
