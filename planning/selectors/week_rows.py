"""The rows that a week is read from, as light tuples: rooms, slots, people, interventions, placements.

The number of queries does not depend on how many rows there are. Keys are ``str(pk)``, the planner's ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from planning.calendar import Week
from planning.models import (
    Absence,
    Intervention,
    Placement,
    Plan,
    Room,
    RoomClosure,
    Slot,
    Specialty,
    Surgeon,
    SurgeonAvailability,
    SurgeonPreference,
)
from planning.models.slots import SlotKind
from planning.solver.problem import Half

FROZEN = (Plan.Status.APPROVED, Plan.Status.SUPERSEDED)
# What an ``InterventionRow`` is made of.
INTERVENTION_COLUMNS = (
    "pk", "code", "patient_code", "procedure_label", "surgeon_id", "specialty_id", "planned_minutes",
    "admission_date", "deadline_date", "priority", "ambulatory", "state", "notes",
    "child", "septic", "recovery_minutes", "requested_at",
)  # fmt: skip


class RoomRow(NamedTuple):
    id: int
    code: str
    name: str
    opens: int
    closes: int
    in_service: bool


class SlotRow(NamedTuple):
    id: int
    date: date
    room: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    specialty: int | None
    surgeon: int | None
    positions: int
    longest_minutes: int | None
    origin: str

    @property
    def for_nobody(self) -> bool:
        """Opened by exception, or kept for the urgent cases to come: the planner puts nothing there."""
        return self.origin == Slot.Origin.EXCEPTION or self.kind == SlotKind.RESERVE


class SurgeonRow(NamedTuple):
    id: int
    trigram: str
    last_name: str
    specialty: int
    daily_maximum: int
    active: bool
    user: int | None


class SpecialtyRow(NamedTuple):
    id: int
    code: str
    name: str
    colour: str
    closed_on: date | None


class InterventionRow(NamedTuple):
    id: int
    code: str
    patient_code: str
    label: str
    surgeon: int
    specialty: int
    minutes: int
    admission: date
    deadline: date
    priority: str
    ambulatory: bool
    state: str
    notes: str
    child: bool
    septic: bool
    recovery_minutes: int
    requested_at: datetime

    @property
    def arrival(self) -> tuple[datetime, int]:
        """First come, first served goes by this."""
        return self.requested_at, self.id


class PlacementRow(NamedTuple):
    intervention: int
    slot: int
    starts_at: datetime
    minutes: int
    pinned_by: int | None
    pinned_at: datetime | None
    pin_reason: str
    forced: bool
    first_name: str | None
    last_name: str | None
    username: str | None

    @property
    def pinned_name(self) -> str:
        return f"{self.first_name or ''} {self.last_name or ''}".strip() or self.username or ""


class SurgeonDay(NamedTuple):
    """``reason`` says why the surgeon operates 0 minutes: an absence's own words, or nothing for a day off."""

    minutes: int
    reason: str | None


def read_rooms() -> dict[str, RoomRow]:
    rows = Room.objects.order_by("position", "code").values_list(
        "pk", "code", "name", "opens_minute", "closes_minute", "in_service"
    )
    return {str(row[0]): RoomRow(*row) for row in rows}


def read_specialties() -> dict[str, SpecialtyRow]:
    rows = Specialty.objects.values_list("pk", "code", "name", "colour", "closed_on")
    return {str(row[0]): SpecialtyRow(*row) for row in rows}


def read_closures(week: Week, rooms: Mapping[str, RoomRow]) -> dict[tuple[str, int], str]:
    """Why each room is closed, by room and day."""
    found = {(key, day): "" for key, room in rooms.items() if not room.in_service for day in range(7)}
    rows = RoomClosure.objects.filter(starts_on__lte=week.days[6], ends_on__gte=week.monday)
    for room, starts_on, ends_on, reason in rows.values_list("room_id", "starts_on", "ends_on", "reason"):
        for day in _days_within(week, starts_on, ends_on):
            found[str(room), day] = reason
    return found


def _days_within(week: Week, starts_on: date, ends_on: date) -> range:
    """The days of the week from one date to another, both included."""
    return range(max(0, (starts_on - week.monday).days), min(6, (ends_on - week.monday).days) + 1)


def read_placements(plan: Plan | None) -> dict[str, PlacementRow]:
    if plan is None:
        return {}
    rows = (
        Placement.objects.filter(plan=plan)
        .order_by("starts_at", "pk")
        .values_list(
            "intervention_id",
            "slot_id",
            "starts_at",
            "minutes",
            "pinned_by_id",
            "pinned_at",
            "pin_reason",
            "forced",
            "pinned_by__first_name",
            "pinned_by__last_name",
            "pinned_by__username",
        )
    )
    return {str(row[0]): PlacementRow(*row) for row in rows}


def read_slots(
    week: Week, closures: Mapping[tuple[str, int], str], placements: Mapping[str, PlacementRow]
) -> tuple[dict[str, SlotRow], dict[str, SlotRow]]:
    """The week's slots, then the hidden ones: of a closed room, or by exception, that this plan does not use."""
    used = {row.slot for row in placements.values()}
    rows = Slot.objects.filter(date__range=(week.monday, week.days[6])).order_by("date", "room__position", "starts_at")
    found: dict[str, SlotRow] = {}
    hidden: dict[str, SlotRow] = {}
    for values in rows.values_list(
        "pk",
        "date",
        "room_id",
        "starts_at",
        "ends_at",
        "kind",
        "specialty_id",
        "surgeon_id",
        "positions",
        "longest_minutes",
        "origin",
    ):
        row = SlotRow(*values)
        closed = (str(row.room), (row.date - week.monday).days) in closures
        usable = row.id in used or not (closed or row.for_nobody)
        (found if usable else hidden)[str(row.id)] = row
    return found, hidden


Hours = tuple[tuple[int, int] | None, ...]


def read_surgeons(week: Week) -> tuple[dict[str, SurgeonRow], dict[str, tuple[SurgeonDay, ...]], dict[str, Hours]]:
    """Each surgeon's row, days, and hours of those days."""
    rows = Surgeon.objects.order_by("last_name", "first_name", "code").values_list(
        "pk", "trigram", "last_name", "specialty_id", "daily_maximum_minutes", "active", "user_id"
    )
    surgeons = {str(row[0]): SurgeonRow(*row) for row in rows}
    offered: dict[tuple[str, int], tuple[int, int]] = {}
    availabilities = SurgeonAvailability.objects.values_list("surgeon_id", "weekday", "start_minute", "end_minute")
    for surgeon, weekday, start, end in availabilities:
        offered[str(surgeon), weekday] = (start, end)
    away: dict[tuple[str, int], str] = {}
    absences = Absence.objects.filter(starts_on__lte=week.days[6], ends_on__gte=week.monday)
    for surgeon, starts_on, ends_on, reason in absences.values_list("surgeon_id", "starts_on", "ends_on", "reason"):
        for day in _days_within(week, starts_on, ends_on):
            away[str(surgeon), day] = reason
    days = {}
    for key, row in surgeons.items():
        days[key] = tuple(
            SurgeonDay(0, away[key, day])
            if (key, day) in away
            else SurgeonDay(min(row.daily_maximum, _length(offered.get((key, day)))) if row.active else 0, None)
            for day in range(7)
        )
    hours = {key: tuple(offered.get((key, day)) for day in range(7)) for key in surgeons}
    return surgeons, days, hours


# By day of the week.
Halves = tuple[frozenset[Half], ...]


def read_avoided() -> dict[str, Halves]:
    """The half-days to avoid of each surgeon who has some. What they prefer is no rule."""
    found: dict[str, list[set[Half]]] = defaultdict(lambda: [set() for _ in range(7)])
    rows = SurgeonPreference.objects.filter(wish=SurgeonPreference.Wish.UNWANTED)
    for surgeon, weekday, half in rows.values_list("surgeon_id", "weekday", "half"):
        found[str(surgeon)][weekday].add(Half(half))
    return {key: tuple(frozenset(halves) for halves in days) for key, days in found.items()}


def _length(span: tuple[int, int] | None) -> int:
    return 0 if span is None else span[1] - span[0]


def candidates(week: Week, last_day: date) -> Q:
    """Which interventions may still enter the week: accepted, admitted before its last day, not placed elsewhere.

    One to re-programme is free again, whatever the approved version that it was taken out of goes on showing.
    """
    elsewhere = Placement.objects.filter(intervention=OuterRef("pk")).exclude(plan__monday=week.monday)
    in_draft = Exists(elsewhere.filter(plan__status=Plan.Status.DRAFT))
    approved = Exists(elsewhere.filter(plan__status=Plan.Status.APPROVED))
    free = Q(~in_draft) & (Q(to_replan_since__isnull=False) | ~Q(approved))
    return free & Q(state=Intervention.State.ACCEPTED, admission_date__lt=last_day)


def read_interventions(
    week: Week, plan: Plan | None, placements: Mapping[str, PlacementRow], last_day: date, *, waiting: bool = True
) -> dict[str, InterventionRow]:
    """Those placed; ``waiting``, for a week still open: also its candidates and what its approved version had planned.

    Three queries at most, because one with OR would read ten years of history.
    """
    found: dict[int, tuple[Any, ...]] = {}
    wanted = {row.intervention for row in placements.values()}
    unsorted = Intervention.objects.order_by()
    if waiting and (plan is None or plan.status not in FROZEN):
        rows = unsorted.filter(candidates(week, last_day)).values_list(*INTERVENTION_COLUMNS)
        found = {row[0]: row for row in rows}
        # What the approved version holds and the plan does not is of this week while it can still be operated.
        approved = Placement.objects.filter(plan__monday=week.monday, plan__status=Plan.Status.APPROVED)
        wanted.update(approved.values_list("intervention_id", flat=True))
    for row in unsorted.filter(pk__in=wanted - found.keys()).values_list(*INTERVENTION_COLUMNS):
        if str(row[0]) in placements or row[11] in (Intervention.State.ACCEPTED, Intervention.State.PLANNED):
            found[row[0]] = row
    ordered = sorted(found.values(), key=lambda row: (row[8], row[0]))
    return {str(row[0]): InterventionRow(*row) for row in ordered}


@dataclass(frozen=True)
class EquipmentOfWeek:
    """Codes by intervention id, and by ``room <id>`` for the rooms; the name of each code, and the units shared."""

    codes: dict[str, frozenset[str]]
    names: dict[str, str]
    units: dict[str, int]


def read_equipment(interventions: Iterable[int]) -> EquipmentOfWeek:
    """Of these interventions and of every room."""
    found: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    units: dict[str, int] = {}
    columns = ("equipment__code", "equipment__name", "equipment__units")
    of_rooms = Room.equipment.through.objects.values_list("room_id", *columns)
    needed = Intervention.equipment.through.objects.filter(intervention_id__in=list(interventions))
    for prefix, rows in (("room ", of_rooms), ("", needed.values_list("intervention_id", *columns))):
        for key, code, name, shared in rows:
            found[f"{prefix}{key}"].add(code)
            names[code] = name
            if shared is not None:
                units[code] = shared
    codes = defaultdict(frozenset, {key: frozenset(held) for key, held in found.items()})
    return EquipmentOfWeek(codes, names, units)
