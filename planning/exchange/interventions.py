"""Interventions from a file: requests to plan, or what was done."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.exchange.fields import Field, Kind, Target
from planning.exchange.mapping import Mapping
from planning.exchange.reading import (
    Known,
    Named,
    Problem,
    Record,
    error,
    name_of,
    names_of,
    read_records,
    refuse_closed,
    require,
    warn,
)
from planning.exchange.tabular import Table
from planning.models.interventions import USUAL_RECOVERY_MINUTES

_PRIORITIES = (
    ("electi", "elective"), ("programm", "elective"), ("routine", "elective"), ("normal", "elective"),
    ("gepland", "elective"),
    ("prioritaire", "expedited"), ("expedited", "expedited"), ("semi", "expedited"), ("spoed 24", "expedited"),
    ("urgen", "urgent"), ("spoed", "urgent"), ("acuut", "urgent"), ("emergen", "urgent"),
)  # fmt: skip
_SIDES = (
    ("gauche", "left"), ("left", "left"), ("links", "left"), ("droit", "right"), ("right", "right"),
    ("rechts", "right"), ("bilat", "both"), ("both", "both"), ("deux", "both"), ("beide", "both"),
)  # fmt: skip
_ANAESTHESIA = (
    ("general", "general"), ("ag", "general"), ("algemeen", "general"),
    ("rachi", "spinal"), ("spinal", "spinal"), ("locoreg", "regional"), ("loco reg", "regional"), ("alr", "regional"),
    ("regional", "regional"), ("sedat", "sedation"), ("local", "local"), ("lokaal", "local"),
)  # fmt: skip

TARGET = Target(
    "interventions",
    gettext_lazy("Interventions"),
    (
        Field(
            "reference",
            gettext_lazy("Référence d'origine"),
            longest=60,
            help=gettext_lazy(
                "L'identifiant de l'intervention dans le système d'où vient le fichier. Vide : la ligne."
            ),
        ),
        Field(
            "patient_code",
            gettext_lazy("Code du patient"),
            longest=30,
            help=gettext_lazy("Un code, jamais un nom. Vide : un code est créé à partir de la ligne."),
        ),
        Field(
            "procedure_label",
            gettext_lazy("Acte"),
            required=True,
            longest=200,
        ),
        Field(
            "procedure_code",
            gettext_lazy("Code de l'acte"),
            longest=20,
        ),
        Field(
            "surgeon",
            gettext_lazy("Chirurgien"),
            required=True,
            longest=80,
            names="surgeon",
        ),
        Field(
            "specialty",
            gettext_lazy("Spécialité"),
            longest=120,
            names="specialty",
            help=gettext_lazy("Vide : celle du chirurgien."),
        ),
        Field(
            "planned_minutes",
            gettext_lazy("Durée prévue en salle (minutes)"),
            Kind.MINUTES,
            required=True,
        ),
        Field(
            "equipment",
            gettext_lazy("Équipements"),
            longest=200,
            names="equipment",
            help=gettext_lazy("Plusieurs : séparés par des virgules ou des points-virgules."),
        ),
        Field(
            "admission_date",
            gettext_lazy("Date d'hospitalisation"),
            Kind.DATE,
            help=gettext_lazy("Obligatoire pour une demande. L'opération a lieu le lendemain au plus tôt."),
        ),
        Field(
            "deadline_date",
            gettext_lazy("Date limite"),
            Kind.DELAY,
            help=gettext_lazy("Obligatoire pour une demande. Une date, ou un délai après l'hospitalisation : +30."),
        ),
        Field(
            "priority",
            gettext_lazy("Priorité"),
            Kind.CHOICE,
            choices=_PRIORITIES,
        ),
        Field("side", gettext_lazy("Côté"), Kind.CHOICE, choices=_SIDES),
        Field("anaesthesia", gettext_lazy("Anesthésie"), Kind.CHOICE, choices=_ANAESTHESIA),
        Field(
            "ambulatory",
            gettext_lazy("Ambulatoire"),
            Kind.FLAG,
        ),
        Field("child", gettext_lazy("Enfant"), Kind.FLAG),
        Field("septic", gettext_lazy("Septique"), Kind.FLAG),
        Field(
            "recovery_minutes",
            gettext_lazy("Séjour en salle de réveil (minutes)"),
            Kind.MINUTES,
            help=gettext_lazy("Vide : 90. 0 : pas de passage en salle de réveil."),
        ),
        Field("notes", gettext_lazy("Notes pour le bloc"), longest=1000),
        Field(
            "room",
            gettext_lazy("Salle"),
            longest=20,
            names="room",
            help=gettext_lazy(
                "La salle réelle d'une intervention réalisée. Pour une demande, elle est créée si elle manque."
            ),
        ),
        Field(
            "operated_on",
            gettext_lazy("Date d'opération"),
            Kind.DATE,
            help=gettext_lazy("Utile quand les heures d'entrée et de sortie n'ont pas de date."),
        ),
        Field(
            "entered_at",
            gettext_lazy("Entrée en salle"),
            Kind.MOMENT,
        ),
        Field(
            "left_at",
            gettext_lazy("Sortie de salle"),
            Kind.MOMENT,
        ),
    ),
    day=("entered_at", "operated_on", "admission_date"),
)
_F = {one.name: one for one in TARGET.fields}
_PATIENT_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")


@dataclass(slots=True)
class InterventionRow:
    """A line that can be written. ``entered_at`` and ``left_at`` are wall clocks, set when it was done."""

    record: Record
    reference: str
    patient_code: str
    procedure_label: str
    procedure_code: str
    surgeon: Named
    specialty: Named | None
    planned_minutes: int
    equipment: tuple[Named, ...]
    admission_date: date
    deadline_date: date
    priority: str
    side: str
    anaesthesia: str
    ambulatory: bool
    child: bool
    septic: bool
    recovery_minutes: int
    notes: str
    room: Named | None
    entered_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Times:
    entered_at: datetime
    left_at: datetime


def read(table: Table, mapping: Mapping, known: Known) -> tuple[list[InterventionRow], list[Problem], int]:
    """The rows without error, every problem of the lines asked for, and how many lines that is."""
    records = read_records(TARGET, table, mapping)
    rows = [row for record in records if (row := _row(record, mapping, known)) is not None]
    _same_references(rows, mapping)
    _overlaps(rows, mapping)
    problems = [problem for record in records for problem in record.problems]
    return [row for row in rows if not row.record.faulty], problems, len(records)


def _row(record: Record, mapping: Mapping, known: Known) -> InterventionRow | None:
    surgeon, specialty = _people(record, mapping, known)
    room = _room(record, mapping, known)
    times = _times(record, mapping) if mapping.done else None
    dates = _dates(record, mapping, times)
    equipment = names_of(record, _F["equipment"], mapping, known)
    patient = _patient(record, mapping)
    require(record, _F["procedure_label"], mapping)
    _check_minutes(record, mapping)
    if mapping.done:
        require(record, _F["room"], mapping)
    if record.faulty or surgeon is None or dates is None:
        return None
    recovery = record.get("recovery_minutes")
    return InterventionRow(
        record=record,
        reference=f"ref:{record.get('reference')}" if record.get("reference") else f"line:{record.fingerprint}",
        patient_code=patient,
        procedure_label=record.get("procedure_label"),
        procedure_code=record.get("procedure_code") or "",
        surgeon=surgeon,
        specialty=specialty,
        planned_minutes=record.get("planned_minutes"),
        equipment=equipment,
        admission_date=dates[0],
        deadline_date=dates[1],
        priority=record.get("priority") or "elective",
        side=record.get("side") or "",
        anaesthesia=record.get("anaesthesia") or "",
        ambulatory=bool(record.get("ambulatory")),
        child=bool(record.get("child")),
        septic=bool(record.get("septic")),
        recovery_minutes=USUAL_RECOVERY_MINUTES if recovery is None else recovery,
        notes=record.get("notes") or "",
        room=room,
        entered_at=times.entered_at if times else None,
        left_at=times.left_at if times else None,
    )


def _people(record: Record, mapping: Mapping, known: Known) -> tuple[Named | None, Named | None]:
    """A new surgeon needs a specialty; a known one brings theirs."""
    require(record, _F["surgeon"], mapping)
    surgeon = name_of(record, _F["surgeon"], mapping, known)
    specialty = name_of(record, _F["specialty"], mapping, known)
    if surgeon is not None and specialty is None:
        refuse_closed(record, _F["surgeon"], mapping, known, surgeon)
    if mapping.create_missing and surgeon is not None and surgeon.code is None and specialty is None:
        text = _("manque : un chirurgien à créer doit avoir une spécialité")
        error(record, _F["specialty"], mapping, None, text)
    return surgeon, specialty


def _room(record: Record, mapping: Mapping, known: Known) -> Named | None:
    """Where it was done. A request's room is the planner's to choose: an unknown one is no error."""
    if mapping.done or mapping.create_missing:
        return name_of(record, _F["room"], mapping, known)
    return None


def _patient(record: Record, mapping: Mapping) -> str:
    code = record.get("patient_code")
    if not code:
        # Of the whole fingerprint: identical lines are as many patients.
        return "P-" + hashlib.sha256(record.fingerprint.encode()).hexdigest()[:10].upper()
    if not _PATIENT_CODE.match(code):
        text = _("un code de lettres, chiffres, tirets, points et soulignés, jamais un nom")
        error(record, _F["patient_code"], mapping, code, text)
    return str(code)


def _check_minutes(record: Record, mapping: Mapping) -> None:
    one = _F["planned_minutes"]
    if require(record, one, mapping) and not 5 <= record.get(one.name) <= 1440:
        error(record, one, mapping, record.get(one.name), _("une durée de 5 à 1440 minutes"))
    one = _F["recovery_minutes"]
    if not 0 <= (record.get(one.name) or 0) <= 1440:
        error(record, one, mapping, record.get(one.name), _("une durée de 0 à 1440 minutes"))


def _times(record: Record, mapping: Mapping) -> Times | None:
    """Times of the day take the operation's date; a leaving before the entry is then after midnight."""
    both = [require(record, _F[name], mapping) for name in ("entered_at", "left_at")]
    if not all(both):
        return None
    entered, left = record.get("entered_at"), record.get("left_at")
    if isinstance(entered, int):
        if not require(record, _F["operated_on"], mapping):
            return None
        entered = datetime.combine(record.get("operated_on"), time()) + timedelta(minutes=entered)
        record.values["entered_at"] = entered
    if isinstance(left, int):
        left = datetime.combine(entered.date(), time()) + timedelta(minutes=left)
        left += timedelta(days=1) if left <= entered else timedelta()
    minutes = (left - entered).total_seconds() / 60
    if not 0 < minutes <= 1440:
        text = _("la sortie doit suivre l'entrée (%(entered)s), d'un jour au plus")
        error(record, _F["left_at"], mapping, left, text % {"entered": f"{entered:%d/%m/%Y %H:%M}"})
        return None
    return Times(entered, left)


def _dates(record: Record, mapping: Mapping, times: Times | None) -> tuple[date, date] | None:
    """Admission and deadline; what was done was admitted the day before and due that day unless the file says more."""
    admission, deadline = record.get("admission_date"), record.get("deadline_date")
    if times is not None:
        admission = admission or times.entered_at.date() - timedelta(days=1)
        deadline = deadline or max(times.entered_at.date(), admission + timedelta(days=1))
    elif mapping.done or not _both_dates(record, mapping):
        return None
    if isinstance(deadline, int):
        deadline = admission + timedelta(days=deadline)
    if deadline <= admission:
        text = _("la date limite doit suivre la date d'hospitalisation (%(admission)s)")
        facts = {"admission": f"{admission:%d/%m/%Y}"}
        error(record, _F["deadline_date"], mapping, f"{deadline:%d/%m/%Y}", text % facts)
    return admission, deadline


def _both_dates(record: Record, mapping: Mapping) -> bool:
    found = [require(record, _F[name], mapping) for name in ("admission_date", "deadline_date")]
    return all(found)


def _same_references(rows: list[InterventionRow], mapping: Mapping) -> None:
    first: dict[str, int] = {}
    for row in rows:
        line = first.setdefault(row.reference, row.record.line)
        if line != row.record.line:
            text = _("cette référence est déjà celle de la ligne %(line)s") % {"line": line}
            error(row.record, _F["reference"], mapping, row.record.get("reference"), text)


def _overlaps(rows: list[InterventionRow], mapping: Mapping) -> None:
    """It happened: said, not refused."""
    by_room: dict[str, list[tuple[datetime, datetime, InterventionRow]]] = {}
    for row in rows:
        if row.room is not None and row.entered_at is not None and row.left_at is not None:
            by_room.setdefault(row.room.code or row.room.text, []).append((row.entered_at, row.left_at, row))
    for runs in by_room.values():
        for (_start, end, before), (start, _end, after) in pairwise(sorted(runs, key=lambda run: run[:2])):
            if start < end:
                text = _("chevauche l'intervention de la ligne %(line)s, sortie de la même salle à %(time)s")
                facts = {"line": before.record.line, "time": f"{end:%H:%M}"}
                warn(after.record, _F["entered_at"], mapping, start, text % facts)
