"""The week to plan, as frozen data validated once, when it is built.

Days count from 0, the first day of the horizon. Times are minutes after midnight, durations are minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from planning.solver.levels import LEVELS, RuleSettings

# When day patients are home or stay the night, where a site does not say.
AMBULATORY_CLOSING = 19 * 60
# Where the morning ends and the afternoon begins.
NOON = 13 * 60


class ProblemError(ValueError):
    """The data cannot describe a week. ``key`` names the faulty entry, ``value`` is what it held."""

    def __init__(self, key: str, value: object, remedy: str) -> None:
        self.key, self.value, self.remedy = key, value, remedy
        super().__init__(f"{key}: {value!r}: {remedy}")


class SlotKind(StrEnum):
    REGULAR = "regular"
    OVERTIME = "overtime"


class Half(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class Room:
    id: str
    equipment: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Surgeon:
    """``daily_minutes[day]`` is Maxi in equation (6); 0 means absent.

    ``hours[day]`` is from when to when they operate, None on a day without such limits; None: no limits at all.
    ``avoids[day]`` are the half-days on which they would rather not operate; None: none at all.
    """

    id: str
    specialty: str
    daily_minutes: tuple[int, ...]
    hours: tuple[tuple[int, int] | None, ...] | None = None
    avoids: tuple[frozenset[Half], ...] | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A dated *plage* in a room: ``positions`` interventions at most, each of at most ``max_duration`` minutes.

    ``overtime_hour`` is what an hour of overtime costs in this slot; None: what it costs that day.
    """

    id: str
    day: int
    room: str
    start: int
    end: int
    kind: SlotKind
    specialty: str | None
    surgeon: str | None
    positions: int
    max_duration: int
    overtime_hour: float | None = None

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Intervention:
    """``admission_day`` is Dmin (operated the day after at the earliest), ``deadline_day`` is Dmax.

    ``pinned`` is the slot a person chose; ``pinned_start`` the minute they chose, when they chose one.
    ``unplanned_cost`` is what leaving it out of this week costs; None takes the week's default. ``closed_from`` is the
    first day on which its specialty is closed, ``turnover`` the cleaning after it; None takes the week's. ``recovery``
    minutes in a recovery bed follow; a ``septic`` one comes last in its room, a ``child`` or ``ambulatory`` one early.
    """

    id: str
    duration: int
    surgeon: str
    specialty: str
    equipment: frozenset[str]
    admission_day: int
    deadline_day: int
    unplanned_cost: float | None = None
    pinned: str | None = None
    pinned_start: int | None = None
    closed_from: int | None = None
    turnover: int | None = None
    recovery: int = 0
    septic: bool = False
    child: bool = False
    ambulatory: bool = False


@dataclass(frozen=True, slots=True)
class Costs:
    """Hospcost per day waited, Pcost per overtime hour of each day, and the default cost of leaving one out."""

    hospital_day: float
    overtime_hour: tuple[float, ...]
    unplanned: float


@dataclass(frozen=True)
class WeekProblem:
    """A whole week. Raises ``ProblemError`` when a reference, a length or a sign is wrong.

    ``recovery_beds`` and ``equipment_units`` bound what goes on at the same time, so they matter to start times only;
    None, or no entry, is without limit. Day patients should leave the recovery room by ``ambulatory_closing``.
    ``base`` is the plan that is planned again (intervention to slot id): each that a method puts elsewhere, or nowhere,
    is charged ``move_cost`` on top of what the plan costs.
    """

    days: int
    rooms: tuple[Room, ...]
    surgeons: tuple[Surgeon, ...]
    slots: tuple[Slot, ...]
    interventions: tuple[Intervention, ...]
    costs: Costs
    turnover: int = 0
    rules: RuleSettings = field(default_factory=RuleSettings)
    recovery_beds: int | None = None
    equipment_units: Mapping[str, int] = field(default_factory=dict)
    ambulatory_closing: int = AMBULATORY_CLOSING
    base: Mapping[str, str] = field(default_factory=dict)
    move_cost: float = 0.0

    def __post_init__(self) -> None:
        _require(self.days >= 1, "days", self.days, "at least one day")
        _require(self.move_cost >= 0, "move_cost", self.move_cost, "zero or more")
        _require(self.turnover >= 0, "turnover", self.turnover, "zero or more minutes")
        for name in ("rooms", "surgeons", "slots", "interventions"):
            _unique(name, (item.id for item in getattr(self, name)))
        self._check_costs()
        self._check_rules()
        beds = self.recovery_beds
        _require(beds is None or beds >= 1, "recovery_beds", beds, "at least one bed, or null")
        closing = self.ambulatory_closing
        _require(0 < closing <= 1440, "ambulatory_closing", closing, "minutes after midnight, 1440 at most")
        for name, units in self.equipment_units.items():
            _require(units >= 1, f"equipment_units[{name}]", units, "at least one unit")
        for surgeon in self.surgeons:
            key = f"surgeons[{surgeon.id}].daily_minutes"
            minutes = surgeon.daily_minutes
            _require(len(minutes) == self.days, key, minutes, f"one value a day, {self.days} in all")
            _require(min(minutes) >= 0, key, minutes, "zero or more minutes")
            if surgeon.hours is not None:
                key, hours = f"surgeons[{surgeon.id}].hours", surgeon.hours
                _require(len(hours) == self.days, key, hours, f"one span or null a day, {self.days} in all")
                _require(all(span is None or 0 <= span[0] < span[1] for span in hours), key, hours, "[start, end]")
            if surgeon.avoids is not None:
                key, given = f"surgeons[{surgeon.id}].avoids", [sorted(halves) for halves in surgeon.avoids]
                _require(len(given) == self.days, key, given, f"one list of half-days a day, {self.days} in all")
        for slot in self.slots:
            self._check_slot(slot)
        for intervention in self.interventions:
            self._check_intervention(intervention)

    @cached_property
    def room_by_id(self) -> dict[str, Room]:
        return {room.id: room for room in self.rooms}

    @cached_property
    def surgeon_by_id(self) -> dict[str, Surgeon]:
        return {surgeon.id: surgeon for surgeon in self.surgeons}

    @cached_property
    def slot_by_id(self) -> dict[str, Slot]:
        return {slot.id: slot for slot in self.slots}

    @cached_property
    def intervention_by_id(self) -> dict[str, Intervention]:
        return {item.id: item for item in self.interventions}

    def unplanned_cost(self, intervention: Intervention) -> float:
        own = intervention.unplanned_cost
        return self.costs.unplanned if own is None else own

    def turnover_of(self, intervention: Intervention) -> int:
        return self.turnover if intervention.turnover is None else intervention.turnover

    def room_minutes(self, intervention: Intervention) -> int:
        """What the intervention takes of a slot: its duration and the cleaning after it."""
        return intervention.duration + self.turnover_of(intervention)

    def _check_costs(self) -> None:
        costs = self.costs
        _require(costs.hospital_day >= 0, "costs.hospital_day", costs.hospital_day, "zero or more")
        _require(costs.unplanned >= 0, "costs.unplanned", costs.unplanned, "zero or more")
        key, hours = "costs.overtime_hour", costs.overtime_hour
        _require(len(hours) == self.days, key, hours, f"one value a day, {self.days} in all")
        _require(min(hours) >= 0, key, hours, "zero or more")

    def _check_rules(self) -> None:
        for rule, level in self.rules.levels.items():
            _require(rule in LEVELS, "rules.levels", rule, f"one of {', '.join(LEVELS)}")
            allowed = LEVELS[rule]
            _require(level in allowed, f"rules.levels.{rule}", str(level), f"one of {', '.join(allowed)}")
        for rule, cost in self.rules.costs.items():
            _require(cost >= 0, f"rules.costs.{rule}", cost, "zero or more")

    def _check_slot(self, slot: Slot) -> None:
        key = f"slots[{slot.id}]"
        _require(0 <= slot.day < self.days, f"{key}.day", slot.day, f"a day from 0 to {self.days - 1}")
        _require(slot.room in self.room_by_id, f"{key}.room", slot.room, "the id of a room of this week")
        _require(0 <= slot.start < slot.end, f"{key}.end", slot.end, f"after the start, {slot.start}")
        _require(slot.positions >= 0, f"{key}.positions", slot.positions, "zero or more")
        _require(slot.max_duration >= 0, f"{key}.max_duration", slot.max_duration, "zero or more minutes")
        _require((slot.overtime_hour or 0) >= 0, f"{key}.overtime_hour", slot.overtime_hour, "zero or more, or null")
        if slot.surgeon is not None:
            known = slot.surgeon in self.surgeon_by_id
            _require(known, f"{key}.surgeon", slot.surgeon, "the id of a surgeon of this week")

    def _check_intervention(self, item: Intervention) -> None:
        key = f"interventions[{item.id}]"
        _require(item.duration > 0, f"{key}.duration", item.duration, "more than zero minutes")
        _require((item.turnover or 0) >= 0, f"{key}.turnover", item.turnover, "zero or more minutes, or null")
        _require(item.recovery >= 0, f"{key}.recovery", item.recovery, "zero or more minutes")
        _require(item.surgeon in self.surgeon_by_id, f"{key}.surgeon", item.surgeon, "the id of a surgeon of this week")
        if item.unplanned_cost is not None:
            _require(item.unplanned_cost >= 0, f"{key}.unplanned_cost", item.unplanned_cost, "zero or more, or null")
        if item.pinned is not None:
            known = item.pinned in self.slot_by_id
            _require(known, f"{key}.pinned", item.pinned, "the id of a slot of this week, or null")


def _require(holds: bool, key: str, value: object, remedy: str) -> None:
    if not holds:
        raise ProblemError(key, value, remedy)


def _unique(name: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, one in enumerate(ids):
        _require(one not in seen, f"{name}[{index}].id", one, "each id once")
        seen.add(one)
