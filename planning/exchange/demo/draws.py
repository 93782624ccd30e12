"""Random draws shared by the past and the coming weeks, all from one seeded generator."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TypedDict

from planning.exchange.demo import presets
from planning.exchange.demo.catalogue import PROCEDURES, ROOMS, SURGEONS, Procedure, SlotCard, SurgeonCard, weekly_slots


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case was planned: a slot of the pattern on a day, from a minute of its wall clock."""

    day: date
    slot: SlotCard
    start: int


@dataclass(slots=True)
class Case:
    """One intervention of the demonstration; ``entered`` and ``left`` are minutes of the wall clock."""

    patient_code: str
    procedure: Procedure
    surgeon: str
    specialty: str
    planned_minutes: int
    admission: date
    deadline: date
    requested_on: date
    requested_minute: int
    ambulatory: bool
    priority: str = "elective"
    state: str = "accepted"
    notes: str = ""
    cancel_reason: str = ""
    place: Place | None = None
    actual_room: str | None = None
    entered: int | None = None
    left: int | None = None
    child: bool = False
    septic: bool = False
    recovery_minutes: int = 0


@dataclass(frozen=True)
class Calendar:
    """Closed rooms and absent surgeons, both by date."""

    closures: tuple[tuple[str, date, date, str], ...]
    absences: tuple[tuple[str, date, date, str], ...]

    def closed(self, room: str, day: date) -> bool:
        return any(name == room and first <= day <= last for name, first, last, _ in self.closures)

    def absent(self, trigram: str, day: date) -> bool:
        return any(name == trigram and first <= day <= last for name, first, last, _ in self.absences)


def availability() -> dict[str, tuple[int, ...]]:
    """The weekdays of each surgeon: those of the specialty's slots, less a turn each where there are enough of both."""
    days: dict[str, tuple[int, ...]] = {}
    own = {(card.surgeon, card.weekday) for card in weekly_slots()}
    for specialty in PROCEDURES:
        team = [card.trigram for card in SURGEONS if card.specialty == specialty]
        weekdays = sorted({card.weekday for card in weekly_slots() if card.specialty == specialty})
        for rank, trigram in enumerate(team):
            rests = len(team) > 2 and len(weekdays) > 2
            days[trigram] = tuple(
                day
                for turn, day in enumerate(weekdays)
                if not rests or (turn + rank) % len(team) != 0 or (trigram, day) in own
            )
    return days


@dataclass
class Draws:
    """The generator with what stays fixed for a hospital: each surgeon's bias, each specialty's scale."""

    random: Random
    calendar: Calendar
    bias: dict[str, float] = field(init=False)
    weekdays: dict[str, tuple[int, ...]] = field(default_factory=availability)
    _codes: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        mean, spread = presets.SURGEON_BIAS_MEAN.value, presets.SURGEON_BIAS_SPREAD.value
        self.bias = {card.trigram: self.random.gauss(mean, spread) for card in SURGEONS}

    def patient_code(self, digits: int) -> str:
        while True:
            number = self.random.randrange(10 ** (digits - 1), 10**digits)
            if number not in self._codes:
                self._codes.add(number)
                return f"P-{number}"

    def procedure(self, specialty: str, room: str, longest: int) -> Procedure | None:
        """One the room is equipped for and whose usual duration fits, or None."""
        scale = specialty_scale(specialty)
        fitting = [
            one
            for one in PROCEDURES[specialty]
            if set(one.equipment) <= set(ROOMS[room][1]) and one.minutes * scale <= longest
        ]
        return self.random.choices(fitting, [one.weight for one in fitting])[0] if fitting else None

    def planned_minutes(self, specialty: str, procedure: Procedure) -> int:
        """Lognormal with the procedure's scaled mean; rounded to 5 minutes as secretaries do."""
        within = math.log(1 + presets.LAWS[specialty].within_cv.value ** 2)
        sigma = presets.PLANNED_SPREAD.value * math.sqrt(within)
        mean = procedure.minutes * specialty_scale(specialty)
        return max(20, min(460, 5 * round(mean * math.exp(self.random.gauss(-sigma * sigma / 2, sigma)) / 5)))

    def actual_minutes(self, trigram: str, planned: int) -> int:
        spread = presets.ACTUAL_SPREAD.value
        return max(10, round(planned * math.exp(self.random.gauss(self.bias[trigram] - spread**2 / 2, spread))))

    def surgeon_for(self, slot: SlotCard, day: date, busy: set[tuple[str, date, int]]) -> SurgeonCard | None:
        """Somebody of the slot's specialty who operates that day and is in no other room at that time."""
        team = [card for card in SURGEONS if card.specialty == slot.specialty and self.operates(card, day)]
        if slot.surgeon:
            team = [card for card in team if card.trigram == slot.surgeon]
        free = [card for card in team if not any((card.trigram, day, half) in busy for half in halves(slot))]
        return self.random.choice(free) if free else None

    def operates(self, card: SurgeonCard, day: date) -> bool:
        return day.weekday() in self.weekdays[card.trigram] and not self.calendar.absent(card.trigram, day)

    def new_case(self, procedure: Procedure, surgeon: SurgeonCard, admission: date, *, digits: int) -> Case:
        """A request made one to eight weeks before the admission, to be operated within six weeks of it."""
        random, patient_code = self.random, self.patient_code(digits)
        return Case(
            patient_code=patient_code,
            procedure=procedure,
            surgeon=surgeon.trigram,
            specialty=surgeon.specialty,
            planned_minutes=self.planned_minutes(surgeon.specialty, procedure),
            admission=admission,
            deadline=admission + timedelta(days=random.randrange(8, 43)),
            requested_on=admission - timedelta(days=random.randrange(7, 57)),
            requested_minute=random.randrange(8 * 60, 18 * 60),
            ambulatory=random.random() < procedure.ambulatory,
            **_stay(patient_code, procedure),
        )


class _Stay(TypedDict):
    child: bool
    septic: bool
    recovery_minutes: int


def _stay(patient_code: str, procedure: Procedure) -> _Stay:
    """Drawn from the patient's own generator, so that the rest of the hospital is what it would be without.

    The minutes in the recovery room are lognormal, rounded to 5 minutes.
    """
    own = Random(f"stay/{patient_code}")
    child = own.random() < procedure.child
    sigma = math.sqrt(math.log(1 + presets.RECOVERY_CV.value**2))
    minutes = own.lognormvariate(math.log(presets.RECOVERY_MEAN_MINUTES.value) - sigma**2 / 2, sigma)
    least, most = presets.RECOVERY_LEAST_MINUTES.value, presets.RECOVERY_MOST_MINUTES.value
    return {
        "child": child,
        "septic": not child and own.random() < procedure.septic,
        "recovery_minutes": 5 * round(min(most, max(least, minutes)) / 5),
    }


def halves(slot: SlotCard) -> tuple[int, ...]:
    """0 the morning, 1 the afternoon."""
    spans = enumerate(((480, 780), (780, 1200)))
    return tuple(half for half, (start, end) in spans if slot.start < end and start < slot.end)


def specialty_scale(specialty: str) -> float:
    """What brings the weighted mean of the specialty's procedures to the preset's mean."""
    procedures = PROCEDURES[specialty]
    weighted = sum(one.minutes * one.weight for one in procedures) / sum(one.weight for one in procedures)
    return presets.DURATION_SCALE.value * presets.LAWS[specialty].mean_minutes.value / weighted
