"""Rows of an import against the rows of the database: which are new, and how the new ones are written."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import cast

from django.utils.translation import gettext as _

from planning.calendar import at_minute
from planning.exchange.interventions import TARGET as INTERVENTIONS
from planning.exchange.interventions import InterventionRow
from planning.exchange.mapping import Mapping
from planning.exchange.reading import Named, Problem, column_of
from planning.exchange.rooms import RoomRow
from planning.exchange.slots import TARGET as SLOTS
from planning.exchange.slots import SlotRow
from planning.exchange.surgeons import SurgeonRow
from planning.exchange.values import distinctive
from planning.models import Equipment, Intervention, Room, Slot, Specialty, Surgeon, SurgeonAvailability, User

Row = InterventionRow | RoomRow | SurgeonRow | SlotRow
_PREFIX = "import:"
_WORKING_DAYS = range(5)


def compare(target: str, rows: Sequence[Row], mapping: Mapping) -> tuple[list[Row], int, list[Problem]]:
    """The new rows, how many are already there, and what the database says against them."""
    if target == "interventions":
        return _compare_interventions(cast("Sequence[InterventionRow]", rows), mapping)
    if target == "slots":
        return _compare_slots(cast("Sequence[SlotRow]", rows), mapping)
    if target == "rooms":
        codes = {code.casefold() for code in Room.objects.values_list("code", flat=True)}
        new: list[Row] = [row for row in cast("Sequence[RoomRow]", rows) if row.code.casefold() not in codes]
    else:
        there = _surgeon_keys()
        new = [row for row in cast("Sequence[SurgeonRow]", rows) if row.key not in there]
    return new, len(rows) - len(new), []


def write(target: str, rows: Sequence[Row], *, mapping: Mapping, user: User, now: datetime) -> dict[str, list[str]]:
    """Writes rows that ``compare`` found new, with what they name; returns the codes created on the way, by kind."""
    creator = _Creator()
    if target == "interventions":
        _write_interventions(cast("Sequence[InterventionRow]", rows), creator, mapping=mapping, user=user, now=now)
    elif target == "slots":
        _write_slots(cast("Sequence[SlotRow]", rows), creator)
    elif target == "rooms":
        _write_rooms(cast("Sequence[RoomRow]", rows), creator)
    else:
        for row in cast("Sequence[SurgeonRow]", rows):
            creator.new_surgeon(row)
    return creator.created


@dataclass
class _Creator:
    """Finds what rows name, creates what is new once, and keeps the list of it."""

    created: dict[str, list[str]] = field(default_factory=dict)
    _specialties: dict[str, Specialty] = field(
        default_factory=lambda: {one.code: one for one in Specialty.objects.all()}
    )
    _surgeons: dict[str, Surgeon] = field(default_factory=lambda: {one.code: one for one in Surgeon.objects.all()})
    _rooms: dict[str, Room] = field(default_factory=lambda: {one.code: one for one in Room.objects.all()})
    _equipment: dict[str, Equipment] = field(default_factory=lambda: {one.code: one for one in Equipment.objects.all()})
    _new: dict[tuple[str, str], str] = field(default_factory=dict)

    def specialty(self, named: Named) -> Specialty:
        code = named.code or self._new.get(("specialty", named.text))
        if code is None:
            code = short_code(distinctive(named.text), self._specialties, 3, 10)
            colours = [value for value, _label in Specialty.Colour.choices]
            self._specialties[code] = Specialty.objects.create(
                code=code, name=named.text, colour=colours[len(self._specialties) % len(colours)]
            )
            self._note("specialty", named, code)
        return self._specialties[code]

    def surgeon(self, named: Named, specialty: Named | None) -> Surgeon:
        code = named.code or self._new.get(("surgeon", named.text))
        if code is not None:
            return self._surgeons[code]
        if specialty is None:
            raise ValueError(f"surgeon {named.text!r} has no specialty; the reader lets no such row through")
        numbered = named.text.isdigit() and len(named.text) <= 20
        code = (
            named.text
            if numbered and named.text not in self._surgeons
            else short_code(named.text, self._surgeons, 3, 20)
        )
        surgeon = Surgeon.objects.create(
            code=code,
            trigram=f"C{code}"[:4] if numbered else code[:4],
            last_name=_("Chirurgien %(number)s") % {"number": code} if numbered else named.text,
            specialty=self.specialty(specialty),
        )
        self._surgeons[code] = surgeon
        _operates_all_week(surgeon)
        self._note("surgeon", named, code)
        return surgeon

    def new_surgeon(self, row: SurgeonRow) -> None:
        code = row.code or short_code(row.last_name, self._surgeons, 3, 20)
        surgeon = Surgeon.objects.create(
            code=code,
            trigram=row.trigram or short_code(row.last_name, {}, 3, 4),
            last_name=row.last_name,
            first_name=row.first_name,
            specialty=self.specialty(row.specialty),
            daily_maximum_minutes=row.daily_minutes,
        )
        self._surgeons[code] = surgeon
        _operates_all_week(surgeon)

    def room(self, named: Named) -> Room:
        code = named.code or self._new.get(("room", named.text))
        if code is None:
            code = named.text
            self._rooms[code] = Room.objects.create(code=code, position=len(self._rooms) + 1)
            self._note("room", named, code)
        return self._rooms[code]

    def equipment(self, named: Named) -> Equipment:
        code = named.code or self._new.get(("equipment", named.text))
        if code is None:
            code = short_code(named.text, self._equipment, 12, 40).lower()
            self._equipment[code] = Equipment.objects.create(code=code, name=named.text)
            self._note("equipment", named, code)
        return self._equipment[code]

    def _note(self, kind: str, named: Named, code: str) -> None:
        self._new[kind, named.text] = code
        self.created.setdefault(kind, []).append(code)


def short_code(name: str, taken: Iterable[str], length: int, longest: int) -> str:
    """The first letters of the name, longer or numbered until nobody has them."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    letters = re.sub(r"[^A-Z0-9]", "", bare) or "X"
    used = {code.upper() for code in taken}
    for size in (length, length + 1):
        if letters[:size] not in used:
            return letters[:size]
    return next(
        code for number in range(2, 100_000) if (code := f"{letters[: longest - 6][:length]}{number}") not in used
    )


def _operates_all_week(surgeon: Surgeon) -> None:
    """Without a day, nothing of theirs could be planned; the surgeon's page corrects it."""
    SurgeonAvailability.objects.bulk_create(
        SurgeonAvailability(surgeon=surgeon, weekday=weekday) for weekday in _WORKING_DAYS
    )


def _surgeon_keys() -> set[str]:
    keys: set[str] = set()
    for surgeon in Surgeon.objects.all():
        keys |= {surgeon.code.casefold(), f"{surgeon.last_name} {surgeon.first_name}".casefold()}
    return keys


# --- Interventions -----------------------------------------------------------------------------------------------


def _reference(row: InterventionRow) -> str:
    """What makes the same line the same intervention; the column holds 80 characters."""
    whole = _PREFIX + row.reference
    return whole if len(whole) <= 80 else _PREFIX + hashlib.sha256(whole.encode()).hexdigest()


def _compare_interventions(rows: Sequence[InterventionRow], mapping: Mapping) -> tuple[list[Row], int, list[Problem]]:
    stored = {
        one.source_reference: one
        for one in Intervention.objects.filter(source_reference__in=[_reference(row) for row in rows])
    }
    new = [row for row in rows if _reference(row) not in stored]
    column = column_of(INTERVENTIONS.field("reference"), mapping)
    differing = _(
        "déjà importée sous cette référence avec un autre acte ou une autre durée (%(code)s) : laissée telle quelle"
    )
    problems = [
        Problem(
            row.record.line, column, str(row.record.get("reference") or ""), differing % {"code": known.code}, False
        )
        for row in rows
        if (known := stored.get(_reference(row))) is not None
        and (known.procedure_label, known.planned_minutes) != (row.procedure_label, row.planned_minutes)
    ]
    return list(new), len(rows) - len(new), [*problems, *_overlaps_with_stored(new, mapping)]


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
    column = column_of(INTERVENTIONS.field("entered_at"), mapping)
    problems = []
    for timeline in by_room.values():
        for (_start, end, first), (start, _end, second) in pairwise(sorted(timeline, key=lambda run: run[:2])):
            new, old = (first, second) if isinstance(first, InterventionRow) else (second, first)
            if start < end and isinstance(new, InterventionRow) and isinstance(old, Intervention):
                shown = f"{new.entered_at:%d/%m/%Y %H:%M}"
                problems.append(Problem(new.record.line, column, shown, text % {"code": old.code}, False))
    return problems


def _write_interventions(
    rows: Sequence[InterventionRow], creator: _Creator, *, mapping: Mapping, user: User, now: datetime
) -> None:
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
    row: InterventionRow, creator: _Creator, taken: set[str], *, done: bool, user: User, now: datetime
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
        ambulatory=row.ambulatory,
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


# --- Rooms and slots ---------------------------------------------------------------------------------------------


def _write_rooms(rows: Sequence[RoomRow], creator: _Creator) -> None:
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


def _compare_slots(rows: Sequence[SlotRow], mapping: Mapping) -> tuple[list[Row], int, list[Problem]]:
    stored: dict[tuple[str, object], list[Slot]] = {}
    for slot in Slot.objects.filter(date__in={row.day for row in rows}).select_related("room"):
        stored.setdefault((slot.room.code, slot.date), []).append(slot)
    new: list[Row] = []
    problems: list[Problem] = []
    existing = 0
    column = column_of(SLOTS.field("start"), mapping)
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


def _write_slots(rows: Sequence[SlotRow], creator: _Creator) -> None:
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
