"""Who is busy when, as whole numbers whose bit m stands for minute m: a day is searched in a few operations on them."""

from __future__ import annotations

from collections import defaultdict

from planning.solver.day.problem import Case, DayProblem


def span(start: int, end: int) -> int:
    """The minutes from ``start`` to ``end``, the last one not included."""
    return 0 if end <= start else (1 << end) - (1 << max(0, start))


def starts_that_meet(busy: int, minutes: int) -> int:
    """Every start from which ``minutes`` minutes would meet a busy one."""
    if not busy or minutes <= 0:
        return 0
    met, width = busy, 1
    while 2 * width <= minutes:
        met |= met >> width
        width *= 2
    return met | met >> (minutes - width)


def longest_run(minutes: int) -> tuple[int, int] | None:
    """From when to when, of the longest stretch of these minutes; None when there is none."""
    longest: tuple[int, int] | None = None
    while minutes:
        begin = (minutes & -minutes).bit_length() - 1
        length = (~(minutes >> begin) & (minutes >> begin) + 1).bit_length() - 1
        if longest is None or length > longest[1] - longest[0]:
            longest = begin, begin + length
        minutes &= ~span(begin, begin + length)
    return longest


class Shared:
    """A number of equal units: ``full`` are the minutes in which all of them are taken."""

    def __init__(self, units: int) -> None:
        self._taken = [0] * units  # _taken[k]: minutes in which more than k units are in use

    @property
    def full(self) -> int:
        return self._taken[-1]

    def take(self, minutes: int) -> None:
        for level in range(len(self._taken) - 1, 0, -1):
            self._taken[level] |= self._taken[level - 1] & minutes
        self._taken[0] |= minutes


class Occupancy:
    """What the cases placed so far leave of the rooms, the surgeons, the equipment and the recovery beds."""

    def __init__(self, problem: DayProblem) -> None:
        self._rooms: dict[str, int] = defaultdict(int)
        self._surgeons: dict[str, int] = defaultdict(int)
        self._equipment = {name: Shared(count) for name, count in problem.units.items()}
        self._beds = None if problem.beds is None else Shared(problem.beds)
        self._clean_until: dict[str, int] = {}
        self._septic_from: dict[str, int] = {}

    def place(self, case: Case, start: int, *, held: int = 0) -> None:
        """``held`` minutes the patient waits in the room for a recovery bed, which only fixed cases ever do."""
        end = start + case.duration
        out = end + held
        ready = out + case.turnover
        minutes = span(start, end)
        self._rooms[case.room] |= span(start, ready)
        self._surgeons[case.surgeon] |= minutes
        for name in case.equipment:
            self._equipment[name].take(minutes)
        if case.recovery and self._beds is not None:
            self._beds.take(span(out, out + case.recovery))
        if not case.septic:
            self._clean_until[case.room] = max(ready, self._clean_until.get(case.room, 0))
        elif case.fixed is None:
            self._septic_from[case.room] = min(start, self._septic_from.get(case.room, start))

    def earliest(self, case: Case, opening: int) -> int | None:
        """The first start that breaks nothing, from ``opening`` on; None when there is none."""
        duration, closing = case.duration, case.closing
        if case.septic:
            opening = max(opening, self._clean_until.get(case.room, 0))
        elif case.room in self._septic_from:
            closing = min(closing, self._septic_from[case.room] - case.turnover)
        latest = closing - duration
        if latest < opening:
            return None
        taken = self.refused(case) | starts_that_meet(self._surgeons[case.surgeon], duration)
        taken |= starts_that_meet(self._rooms[case.room], duration + case.turnover)
        left = span(opening, latest + 1) & ~taken
        return (left & -left).bit_length() - 1 if left else None

    @property
    def beds_taken(self) -> int:
        """The minutes in which no recovery bed is left."""
        return 0 if self._beds is None else self._beds.full

    def in_use(self, name: str) -> int:
        """The minutes in which no unit of this equipment is left."""
        return self._equipment[name].full

    def refused(self, case: Case) -> int:
        """Every start at which a piece of equipment is missing, or a recovery bed at the end of the operation."""
        taken = 0
        for name in case.equipment:
            taken |= starts_that_meet(self._equipment[name].full, case.duration)
        if case.recovery and self._beds is not None:
            taken |= starts_that_meet(self._beds.full, case.recovery) >> case.duration
        return taken
