"""A day to order, and what an order costs. Times are minutes after midnight, durations are minutes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

# What a minute costs, in fiftieths of an idle minute. A minute of overtime outweighs twenty of waiting, one of waiting
# twenty of idle room: nobody stays late to save a surgeon a pause, and nobody waits to tighten a room. The last weighs
# how late a child (twice) or a day patient starts, and so decides between orders that are otherwise as good.
OVERTIME, WAITING, IDLE, LATENESS = 20_000, 1_000, 50, 1
# A minute that a day patient is still there when the day unit closes: overtime too, of those who look after them.
DEPARTURE = OVERTIME
# A start in a half-day that the surgeon would rather not have: half an hour of their waiting, a minute and a half of
# overtime. Nobody stays late for a wish.
UNWANTED = 30 * WAITING
CHILD, DAY_PATIENT = 2, 1


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One intervention in its slot. It starts from ``opening`` on and is over by ``closing``, unless ``fixed``.

    ``turnover`` is the cleaning after it, ``recovery`` its stay in a recovery bed, taken at the very end of the
    operation; ``equipment`` lists what exists in a limited number of units. ``early`` weighs each minute before its
    start; a ``septic`` case comes after all the others of its room; a day patient should leave the recovery room by
    ``leave_by`` and its surgeon would have it start from ``wanted[0]`` on and before ``wanted[1]``. ``fixed`` is a
    start that a person chose, kept whatever it breaks; ``pinned`` cases have their place before the others.
    """

    id: str
    room: str
    slot: str
    surgeon: str
    duration: int
    opening: int
    closing: int
    turnover: int = 0
    recovery: int = 0
    equipment: frozenset[str] = frozenset()
    early: int = 0
    septic: bool = False
    leave_by: int | None = None
    wanted: tuple[int, int] | None = None
    fixed: int | None = None
    pinned: bool = False

    def overstay(self, start: int) -> int:
        """Minutes that a day patient leaves the recovery room too late."""
        return 0 if self.leave_by is None else max(0, start + self.duration + self.recovery - self.leave_by)

    def unwanted(self, start: int) -> bool:
        """Whether the surgeon would rather not have it then."""
        return self.wanted is not None and not self.wanted[0] <= start < self.wanted[1]


@dataclass(frozen=True, eq=False)
class DayProblem:
    """``beds`` None: as many recovery beds as wanted. ``units`` counts the equipment that the rooms share.

    ``slot_start`` is where the idle minutes of each slot count from; ``regular_until`` where the overtime of each room
    begins (a room without an entry has none).
    """

    cases: tuple[Case, ...]
    slot_start: Mapping[str, int]
    regular_until: Mapping[str, int] = field(default_factory=dict)
    beds: int | None = None
    units: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def fixed(self) -> tuple[tuple[Case, int], ...]:
        """With their starts."""
        return tuple((case, case.fixed) for case in self.cases if case.fixed is not None)

    @cached_property
    def free(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.fixed is None)

    @cached_property
    def held(self) -> Mapping[str, int]:
        """Minutes that patients with a fixed start wait in the room for a bed; nobody else is planned to wait."""
        ends = ((start + case.duration, case.id, case.recovery) for case, start in self.fixed)
        return {stay.id: stay.held for stay in stays(ends, self.beds)}


@dataclass(frozen=True, slots=True)
class Minutes:
    """What an order costs, in minutes; ``lateness`` in weighted minutes, ``overstay`` of all day patients.

    ``unwanted`` counts the starts that the surgeons would rather not have.
    """

    overtime: int = 0
    overstay: int = 0
    waiting: int = 0
    idle: int = 0
    lateness: int = 0
    unwanted: int = 0

    @property
    def cost(self) -> int:
        late = OVERTIME * self.overtime + DEPARTURE * self.overstay
        return late + UNWANTED * self.unwanted + WAITING * self.waiting + IDLE * self.idle + LATENESS * self.lateness


@dataclass(frozen=True, slots=True)
class Schedule:
    """Starts of the cases that have a place, and what they cost. Lower ``rank`` is better: pins first."""

    problem: DayProblem
    starts: Mapping[Case, int]

    @property
    def unplaced(self) -> tuple[Case, ...]:
        return tuple(case for case in self.problem.cases if case not in self.starts)

    @property
    def minutes(self) -> Minutes:
        return minutes_of(self.problem, self.starts)

    @property
    def rank(self) -> tuple[int, int, int]:
        left_out = self.unplaced
        return sum(case.pinned for case in left_out), len(left_out), self.minutes.cost


def minutes_of(problem: DayProblem, starts: Mapping[Case, int]) -> Minutes:
    """Overtime of the rooms, waiting of the surgeons, idle minutes of the slots, lateness of children and day patients.

    A surgeon waits between the first start and the last end of the day. A slot is idle from its start until its last
    intervention is cleaned up, the first minutes included.
    """
    ends: dict[str, int] = {}
    ready: dict[str, int] = {}
    used: dict[str, int] = defaultdict(int)
    days: dict[str, tuple[int, int, int]] = {}
    lateness = overstay = 0
    for case, start in starts.items():
        end = start + case.duration
        ends[case.room] = max(ends.get(case.room, end), end)
        ready[case.slot] = max(ready.get(case.slot, 0), end + case.turnover)
        used[case.slot] += case.duration + case.turnover
        first, last, busy = days.get(case.surgeon, (start, end, 0))
        days[case.surgeon] = min(first, start), max(last, end), busy + case.duration
        if case.early:
            lateness += case.early * max(0, start - problem.slot_start[case.slot])
        overstay += case.overstay(start)
    until = problem.regular_until
    return Minutes(
        overtime=sum(max(0, end - until[room]) for room, end in ends.items() if room in until),
        overstay=overstay,
        waiting=sum(max(0, last - first - busy) for first, last, busy in days.values()),
        idle=sum(max(0, at - problem.slot_start[slot] - used[slot]) for slot, at in ready.items()),
        lateness=lateness,
        unwanted=sum(case.unwanted(start) for case, start in starts.items()),
    )


def usual_beds(rooms: int) -> int:
    """Recovery beds of a theatre that counts none: one and a half a room, as CHU de Tivoli's 10 for 7 rooms."""
    return max(1, 3 * rooms // 2)


@dataclass(frozen=True, slots=True)
class Stay:
    """One patient of the recovery room: out of the operating room at ``enters``, ``held`` minutes late."""

    id: str
    ends: int
    enters: int
    leaves: int

    @property
    def held(self) -> int:
        return self.enters - self.ends


def stays(ends: Iterable[tuple[int, str, int]], beds: int | None) -> list[Stay]:
    """Who is in the recovery room when, from (end of the operation, id, minutes of recovery).

    Without a wait in between: a patient who finds no bed stays in the operating room, and beds are given in the order
    in which the operations end.
    """
    found: list[Stay] = []
    frees: list[int] = []  # when each bed in use is free again, in order
    for end, key, minutes in sorted(ends):
        if minutes <= 0:
            continue
        enters = end if beds is None or len(frees) < beds else max(end, frees[-beds])
        found.append(Stay(key, end, enters, enters + minutes))
        frees.append(enters + minutes)
        frees.sort()
    return found
