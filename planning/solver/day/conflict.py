"""Why a case has no place in its day: a few cases that do not fit together, and what they lack.

The day is asked again with less and less left out of account: the room's hours alone, then who operates elsewhere,
the equipment that rooms share, the recovery beds. What first leaves no order is the cause; of the cases that take part
in it, those without which there still is none are dropped one by one. "No order" is what the search finds: proven
where a room's or a surgeon's minutes say so, else as good as the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from planning.solver.day.bounds import least_unplaced
from planning.solver.day.occupancy import Occupancy, longest_run, span
from planning.solver.day.problem import Case, DayProblem, Schedule

# Cycles and steps of the search that decide whether some cases fit together.
CYCLES, STEPS = 2, 1500


class Cause(StrEnum):
    ROOM = "room"
    SURGEON = "surgeon"
    EQUIPMENT = "equipment"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Conflict:
    """``cases`` do not fit together; ``full`` is when no bed or unit of ``equipment`` is left, the longest time."""

    cause: Cause
    cases: tuple[Case, ...]
    equipment: str | None = None
    full: tuple[int, int] | None = None


def conflict_of(schedule: Schedule, case: Case) -> Conflict:
    """Of one that has no place beside those that have one."""
    kept = [*schedule.starts, case]
    cause, day = _cause(replace(schedule.problem, cases=tuple(kept)), case)
    cases = tuple(_smallest(day, case))
    shared = {name: sum(name in one.equipment for one in cases) for name in case.equipment}
    equipment = max(shared, key=shared.__getitem__, default=None) if cause is Cause.EQUIPMENT else None
    return Conflict(cause, cases, equipment, _full(schedule, case, cause, equipment))


def _cause(day: DayProblem, case: Case) -> tuple[Cause, DayProblem]:
    """The first that leaves no order, and the day with only what it counts; the last if each alone leaves one."""
    room = [replace(one, surgeon=f"{one.surgeon}/{number}") for number, one in enumerate(day.cases)]
    alone = replace(day, cases=tuple(one for one in room if one.room == case.room), beds=None, units={})
    if not _fits(alone):
        return Cause.ROOM, replace(day, cases=_of_room(day, case), beds=None, units={})
    found, last = Cause.SURGEON, replace(day, beds=None, units={})
    for cause, more in ((Cause.EQUIPMENT, replace(day, beds=None)), (Cause.RECOVERY, day)):
        if not _fits(last):
            break
        if (cause is Cause.EQUIPMENT and case.equipment) or (cause is Cause.RECOVERY and case.recovery and day.beds):
            found, last = cause, more
    return found, last


def _of_room(day: DayProblem, case: Case) -> tuple[Case, ...]:
    return tuple(one for one in day.cases if one.room == case.room)


def _smallest(day: DayProblem, case: Case) -> Sequence[Case]:
    """With ``case``, the others without any of which it would fit; the least related go first."""
    cases = list(day.cases)
    for other in sorted(day.cases, key=lambda one: (one.surgeon == case.surgeon, one.room == case.room, one.duration)):
        without = [one for one in cases if one is not other]
        if other is not case and not _fits(replace(day, cases=tuple(without))):
            cases = without
    return cases


def _fits(day: DayProblem) -> bool:
    # Loading the compiler takes half a second the first time.
    from planning.solver.day.kernel import LEFT_OUT
    from planning.solver.day.search import Search

    if least_unplaced(day):
        return False
    search = Search(day, seed="")
    search.rules_of_thumb()
    for _ in range(CYCLES):
        if search.left_out:
            search.anneal(STEPS, LEFT_OUT - 1)
    return not search.left_out


def _full(schedule: Schedule, case: Case, cause: Cause, equipment: str | None) -> tuple[int, int] | None:
    """Beside those that have a place, within the hours in which it could take a bed or the equipment."""
    if cause not in (Cause.EQUIPMENT, Cause.RECOVERY):
        return None
    occupancy = Occupancy(schedule.problem)
    for one, start in schedule.starts.items():
        occupancy.place(one, start, held=schedule.problem.held.get(one.id, 0))
    if cause is Cause.EQUIPMENT:
        return longest_run(occupancy.in_use(equipment or "") & span(case.opening, case.closing))
    return longest_run(occupancy.beds_taken & span(case.opening + case.duration, case.closing + case.recovery))
