"""Weeks drawn from a seed: the paper's size (six rooms, five days, nine specialties), and larger and fuller ones.

Durations are lognormal by specialty (means of Dutch academic theatres, three quarters of their spread); who operates
when, what the rooms hold and who owns the slots are assumptions, stated where they are drawn.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from enum import StrEnum

from planning.solver.problem import Costs, Intervention, Room, Slot, SlotKind, Surgeon, WeekProblem

DAYS = 5
OPENING, CLOSING, OVERTIME_END = 480, 960, 1080  # regular hours 8:00 to 16:00, overtime until 18:00
REGULAR_POSITIONS, OVERTIME_POSITIONS = 6, 2
REGULAR_LONGEST, OVERTIME_LONGEST = 240, 120  # the paper's four and two hours
SHORTEST, STEP = 15, 5
SPREAD_SCALE = 0.75
SURGEONS_PER_ROOM = 3
SURGEON_MINUTES = 480

# mean minutes in the room, and their coefficient of variation
SPECIALTIES: dict[str, tuple[float, float]] = {
    "GEN": (146, 0.74),
    "ENT": (128, 0.90),
    "OPH": (66, 0.58),
    "GYN": (94, 0.78),
    "NEU": (95, 1.30),
    "ORT": (88, 0.72),
    "PLA": (87, 0.88),
    "VAS": (120, 0.70),
    "URO": (79, 0.87),
}


class Ownership(StrEnum):
    OPEN = "open"
    SPECIALTY = "specialty"
    SURGEON = "surgeon"


@dataclass(frozen=True, slots=True)
class WeekShape:
    """What one week looks like. ``pinned_share`` of the interventions are fixed where they fit.

    ``load`` is the operated share of the regular hours that durations are scaled to; None leaves them as drawn.
    """

    seed: int
    size: int
    rooms: int = 6
    ownership: Ownership = Ownership.OPEN
    turnover: int = 0
    pinned_share: float = 0.0
    load: float | None = field(default=None, repr=False)  # not in the text that seeds the draw

    @property
    def label(self) -> str:
        parts = [f"seed {self.seed}", f"{self.size} interventions", self.ownership.value]
        parts += [f"turnover {self.turnover}"] if self.turnover else []
        parts += ["pins"] if self.pinned_share else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Size:
    """A size of week; interventions and loads are drawn between two ends."""

    rooms: int
    interventions: tuple[int, int]
    load: tuple[float, float]


# Fewer interventions cannot fill more hours: the longest lasts four.
SIZES: dict[str, Size] = {
    "paper": Size(6, (50, 90), (0.40, 0.75)),
    "full": Size(6, (150, 250), (0.60, 1.10)),
    "large": Size(20, (450, 550), (0.60, 1.10)),
    "very-large": Size(40, (1000, 1300), (0.70, 1.10)),
}


def shapes(size: Size, weeks: int, *, seed: int = 0) -> list[WeekShape]:
    """``weeks`` shapes of a size: ownerships in turn, every other with turnover, one in three with pins."""
    draw = random.Random(f"shapes/{size}/{seed}")
    return [
        WeekShape(
            seed=seed + index,
            size=draw.randint(*size.interventions),
            rooms=size.rooms,
            ownership=list(Ownership)[index % 3],
            turnover=15 if index % 2 else 0,
            pinned_share=0.1 if (index // 2) % 3 == 1 else 0.0,
            load=round(draw.uniform(*size.load), 2),
        )
        for index in range(weeks)
    ]


def generate_week(shape: WeekShape) -> WeekProblem:
    """The same shape gives the same week on any machine."""
    draw = random.Random(f"week/{shape}")
    rooms = _rooms(draw, shape)
    surgeons = _surgeons(draw, shape)
    interventions = tuple(_intervention(draw, number, surgeons) for number in range(shape.size))
    if shape.load is not None:
        interventions = _filling(interventions, shape.load * shape.rooms * DAYS * (CLOSING - OPENING))
    slots = _slots(_owners(draw, shape, rooms, surgeons, interventions), rooms)
    costs = Costs(hospital_day=300.0, overtime_hour=(200.0,) * DAYS, unplanned=3000.0)
    problem = WeekProblem(DAYS, rooms, surgeons, slots, interventions, costs, shape.turnover)
    return _with_pins(draw, problem, shape.pinned_share)


def _rooms(draw: random.Random, shape: WeekShape) -> tuple[Room, ...]:
    """Each specialty's equipment stands in 40 to 100 % of the rooms."""
    holds: list[set[str]] = [set() for _ in range(shape.rooms)]
    for specialty in SPECIALTIES:
        count = max(1, round(draw.uniform(0.4, 1.0) * shape.rooms))
        for room in draw.sample(range(shape.rooms), count):
            holds[room].add(specialty)
    return tuple(Room(f"SO{number + 1}", frozenset(held)) for number, held in enumerate(holds))


def _surgeons(draw: random.Random, shape: WeekShape) -> tuple[Surgeon, ...]:
    """Three a room, dealt over the specialties; each operates on three to five days."""
    names = list(SPECIALTIES)
    surgeons = []
    for number in range(SURGEONS_PER_ROOM * shape.rooms):
        specialty = names[number % len(names)]
        days = draw.sample(range(DAYS), draw.randint(3, 5))
        minutes = tuple(SURGEON_MINUTES if day in days else 0 for day in range(DAYS))
        surgeons.append(Surgeon(f"{specialty}-{number // len(names) + 1}", specialty, minutes))
    return tuple(surgeons)


Owner = tuple[str | None, str | None]  # specialty, surgeon


def _owners(
    draw: random.Random,
    shape: WeekShape,
    rooms: tuple[Room, ...],
    surgeons: tuple[Surgeon, ...],
    interventions: tuple[Intervention, ...],
) -> dict[tuple[int, str], Owner]:
    """Room-days go to whoever present has most work without a slot; one in six stays open to all.

    With surgeons' slots, one owned room-day in three stays with the specialty.
    """
    needs: dict[str, float] = {one.id: 0.0 for one in surgeons}
    for item in interventions:
        needs[item.surgeon] += item.duration
    owners: dict[tuple[int, str], Owner] = {}
    room_days = [(day, room) for day in range(DAYS) for room in rooms]
    for day, room in draw.sample(room_days, len(room_days)):
        present = [one for one in surgeons if one.daily_minutes[day] and one.specialty in room.equipment]
        owners[day, room.id] = (None, None)
        if shape.ownership is Ownership.OPEN or not present or draw.random() < 1 / 6:
            continue
        by_surgeon = shape.ownership is Ownership.SURGEON and draw.random() < 2 / 3
        sharing = {one.id: [two for two in surgeons if two.specialty == one.specialty] for one in present}
        if by_surgeon:
            chosen = max(present, key=lambda one: needs[one.id])
            needs[chosen.id] -= CLOSING - OPENING
        else:
            chosen = max(present, key=lambda one: sum(needs[two.id] for two in sharing[one.id]))
            for two in sharing[chosen.id]:
                needs[two.id] -= (CLOSING - OPENING) / len(sharing[chosen.id])
        owners[day, room.id] = (chosen.specialty, chosen.id if by_surgeon else None)
    return owners


def _slots(owners: dict[tuple[int, str], Owner], rooms: tuple[Room, ...]) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    for day in range(DAYS):
        for room in rooms:
            specialty, surgeon = owners[day, room.id]
            regular = Slot(
                id=f"{room.id}-{day}",
                day=day,
                room=room.id,
                start=OPENING,
                end=CLOSING,
                kind=SlotKind.REGULAR,
                specialty=specialty,
                surgeon=surgeon,
                positions=REGULAR_POSITIONS,
                max_duration=REGULAR_LONGEST,
            )
            overtime = replace(
                regular,
                id=f"{regular.id}-ot",
                start=CLOSING,
                end=OVERTIME_END,
                kind=SlotKind.OVERTIME,
                positions=OVERTIME_POSITIONS,
                max_duration=OVERTIME_LONGEST,
            )
            slots += [regular, overtime]
    return tuple(slots)


def _intervention(draw: random.Random, number: int, surgeons: tuple[Surgeon, ...]) -> Intervention:
    """Admitted from the day before the week to its fourth day, operated within two days, this week or later.

    The deadline leaves one day of the surgeon's at least, or falls after the week.
    """
    surgeon = draw.choice(surgeons)
    admission = draw.choices(range(-1, DAYS - 1), weights=[6, 3, 3, 2, 1])[0]
    wished = draw.choice([admission + 2, admission + 3, DAYS - 1, DAYS - 1, DAYS + 2])
    present = [day for day in range(admission + 1, DAYS) if surgeon.daily_minutes[day]]
    deadline = max(wished, min(present, default=DAYS + 2))
    return Intervention(
        id=f"I{number + 1:03d}",
        duration=_duration(draw, surgeon.specialty),
        surgeon=surgeon.id,
        specialty=surgeon.specialty,
        equipment=frozenset({surgeon.specialty}),
        admission_day=admission,
        deadline_day=deadline,
        unplanned_cost=None if deadline < DAYS else 1500.0,
    )


def _duration(draw: random.Random, specialty: str) -> int:
    mean, variation = SPECIALTIES[specialty]
    sigma = math.sqrt(math.log(1 + (SPREAD_SCALE * variation) ** 2))
    return _rounded(draw.lognormvariate(math.log(mean) - sigma**2 / 2, sigma))


def _rounded(minutes: float) -> int:
    return min(REGULAR_LONGEST, max(SHORTEST, STEP * round(minutes / STEP)))


def _filling(items: tuple[Intervention, ...], minutes: float) -> tuple[Intervention, ...]:
    """The same with durations scaled to these minutes in all; a few times, for the longest stop growing."""
    for _ in range(4):
        scale = minutes / sum(item.duration for item in items)
        items = tuple(replace(item, duration=_rounded(item.duration * scale)) for item in items)
    return items


def _with_pins(draw: random.Random, problem: WeekProblem, share: float) -> WeekProblem:
    """Pins as a director sets them: on the surgeon's days, in the specialty's slots, the other rules kept or not."""
    items = list(problem.interventions)
    for place in draw.sample(range(len(items)), round(share * len(items))):
        item = items[place]
        surgeon = problem.surgeon_by_id[item.surgeon]
        slots = [
            slot
            for slot in problem.slots
            if surgeon.daily_minutes[slot.day]
            and slot.day > item.admission_day
            and item.duration + problem.turnover <= slot.length
            and slot.specialty in (None, item.specialty)
        ]
        if slots:
            items[place] = replace(item, pinned=draw.choice(slots).id)
    return replace(problem, interventions=tuple(items))
