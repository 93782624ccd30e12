"""What a master plan is made of. Minutes count from midnight, weeks of the cycle from 1, weekdays from 0, Monday."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """A specialty, one of its surgeons alone, everyone (neither), or the reserve for deferred urgent cases."""

    specialty: str = ""
    surgeon: str = ""
    reserve: bool = False


OPEN = Owner()
RESERVE = Owner(reserve=True)


@dataclass(frozen=True, slots=True)
class Vacation:
    """A slot of the pattern. ``pinned``: a person wants it as it is, whatever is proposed."""

    id: int
    week: int
    weekday: int
    room: str
    start: int
    end: int
    owner: Owner
    pinned: bool = False

    @property
    def length(self) -> int:
        return self.end - self.start

    @property
    def room_day(self) -> tuple[int, int, str]:
        return self.week, self.weekday, self.room

    @property
    def place(self) -> tuple[int, int, str, int, int]:
        return self.week, self.weekday, self.room, self.start, self.end

    def overlaps(self, other: Vacation) -> bool:
        return self.room_day == other.room_day and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Surgeon:
    """``hours[weekday]`` is from-to; a weekday without an entry is one on which they do not operate."""

    id: str
    specialty: str
    daily_minutes: int = 480
    hours: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def works(self, weekday: int, start: int, end: int) -> bool:
        """Whether the surgeon is there during at least half of it."""
        opens, closes = self.hours.get(weekday, (0, 0))
        return 2 * (min(end, closes) - max(start, opens)) >= end - start


@dataclass(frozen=True)
class Theatre:
    """``rooms`` maps a room to its opening; ``suits`` to the share of a specialty's hours that the room can hold.

    ``closed`` are the specialties that have stopped. ``opens`` and ``closes`` bound the regular day, cut in two
    half-days at ``midday``.
    """

    rooms: Mapping[str, tuple[int, int]]
    surgeons: tuple[Surgeon, ...] = ()
    suits: Mapping[tuple[str, str], float] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    cycle_weeks: int = 1
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: int = 480
    midday: int = 780
    closes: int = 1080

    def suit(self, owner: Owner, room: str) -> float:
        """1 for whoever has no known activity."""
        return self.suits.get((owner.specialty, room), 1.0)

    def surgeons_there(self, owner: Owner, weekday: int, start: int, end: int) -> int | None:
        """How many surgeons the owner can send; None when nothing is known of them, or anyone may come."""
        able = [
            one
            for one in self.surgeons
            if one.hours and (one.id == owner.surgeon if owner.surgeon else one.specialty == owner.specialty)
        ]
        if not able:
            return None
        return sum(one.works(weekday, start, end) for one in able)


def minutes_by_specialty(vacations: Iterable[Vacation], cycle_weeks: int) -> dict[Owner, float]:
    """Minutes a week that each specialty is given, its surgeons' own included; the reserve and the open ones apart."""
    given: dict[Owner, float] = {}
    for one in vacations:
        key = Owner(specialty=one.owner.specialty, reserve=one.owner.reserve)
        given[key] = given.get(key, 0.0) + one.length / cycle_weeks
    return given
