"""What no order of a day can undercut: every room alone, every surgeon alone.

A room on its own knows no surgeon who is elsewhere, a surgeon on their own no room that others use; neither knows the
recovery room nor shared equipment. Each minute of an order's cost belongs to one room, one slot or one surgeon, so
the least that each part can cost alone adds up to a bound of the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise, permutations

from planning.solver.day.problem import DEPARTURE, IDLE, LATENESS, OVERTIME, WAITING, Case, DayProblem

# Orders of one surgeon are tried one by one up to this many cases.
MOST_TRIED = 6


def least_cost(problem: DayProblem) -> int:
    """A bound of ``Minutes.cost`` over the orders in which every case has a place."""
    by_room: dict[str, list[Case]] = defaultdict(list)
    by_slot: dict[str, list[Case]] = defaultdict(list)
    by_surgeon: dict[str, list[Case]] = defaultdict(list)
    for case in problem.cases:
        by_room[case.room].append(case)
        by_slot[case.slot].append(case)
        by_surgeon[case.surgeon].append(case)
    # A slot with one surgeon is looked at with everything else of that surgeon: the wait of one is the gap of another.
    owned = {slot: cases[0].surgeon for slot, cases in by_slot.items() if len({one.surgeon for one in cases}) == 1}
    rooms = sum(_overtime(problem, cases) for cases in by_room.values())
    late = max((_surgeon_overtime(problem, cases) for cases in by_surgeon.values()), default=0)
    slots = sum(_idle(problem, cases) * IDLE for slot, cases in by_slot.items() if slot not in owned)
    surgeons = sum(
        _surgeon(problem, cases, [slot for slot, owner in owned.items() if owner == surgeon])
        for surgeon, cases in by_surgeon.items()
    )
    lateness = sum(_lateness(problem, cases) for cases in by_slot.values())
    overstay = sum(case.overstay(_opening(case)) for case in problem.cases)
    return max(rooms, late) * OVERTIME + overstay * DEPARTURE + slots + surgeons + lateness * LATENESS


def least_unplaced(problem: DayProblem) -> int:
    """How many have no place in any order: a surgeon, or a room, with more work than its hours hold."""
    by_surgeon: dict[str, list[Case]] = defaultdict(list)
    by_room: dict[str, list[Case]] = defaultdict(list)
    for case in problem.free:
        by_surgeon[case.surgeon].append(case)
        by_room[case.room].append(case)
    surgeons = sum(_excess([(case, case.duration, 0) for case in cases]) for cases in by_surgeon.values())
    rooms = sum(
        _excess([(case, case.duration + case.turnover, case.turnover) for case in cases]) for cases in by_room.values()
    )
    return max(surgeons, rooms)


def _excess(cases: Sequence[tuple[Case, int, int]]) -> int:
    """How many of these, one after the other, must go for the others to fit between any two hours of their slots."""
    most = 0
    for opening in {case.opening for case, _, _ in cases}:
        for closing in {case.closing for case, _, _ in cases}:
            inside = [one for one in cases if opening <= one[0].opening and one[0].closing <= closing]
            minutes = sorted(needed for _, needed, _ in inside)
            last = max((after for _, _, after in inside), default=0)
            while minutes and sum(minutes) > closing - opening + last:
                minutes.pop()
            most = max(most, len(inside) - len(minutes))
    return most


def _earliest_end(cases: Iterable[Case]) -> int:
    """When one room, or one surgeon, can be done with all of them: by the latest opening, then without a pause."""
    end, clock = 0, 0
    for case in sorted(cases, key=_opening):
        clock = max(clock, _opening(case)) + case.duration
        end = max(end, clock)
    return end


def _opening(case: Case) -> int:
    return case.opening if case.fixed is None else case.fixed


def _overtime(problem: DayProblem, cases: Sequence[Case]) -> int:
    """Of a room: its work and the cleaning between, from the first opening on."""
    until = problem.regular_until.get(cases[0].room)
    if until is None or any(case.fixed is not None for case in cases):
        return 0
    latest = 0
    for opening in {case.opening for case in cases}:
        after = [case for case in cases if case.opening >= opening]
        work = sum(case.duration + case.turnover for case in after) - max(case.turnover for case in after)
        latest = max(latest, opening + work)
    return max(0, latest - until)


def _surgeon_overtime(problem: DayProblem, cases: Sequence[Case]) -> int:
    """Somewhere a surgeon's last case ends no sooner than all of them one after the other."""
    untils = [problem.regular_until[case.room] for case in cases if case.room in problem.regular_until]
    if len(untils) < len(cases) or any(case.fixed is not None for case in cases):
        return 0
    return max(0, _earliest_end(cases) - max(untils))


def _idle(problem: DayProblem, cases: Sequence[Case]) -> int:
    """Of a slot whose cases all open after its start."""
    if any(case.fixed is not None for case in cases):
        return 0
    start = problem.slot_start[cases[0].slot]
    return max(0, min(case.opening for case in cases) - start)


def _lateness(problem: DayProblem, cases: Sequence[Case]) -> int:
    """Of a slot: those who should be early first, by Smith's rule, as if the others were not there."""
    start = problem.slot_start[cases[0].slot]
    clock = total = 0
    early = [case for case in cases if case.early and case.fixed is None]
    for case in sorted(early, key=lambda one: (one.duration + one.turnover) / one.early):
        total += case.early * clock
        clock += case.duration + case.turnover
    fixed = (case for case in cases if case.early and case.fixed is not None)
    return total + sum(case.early * max(0, (case.fixed or 0) - start) for case in fixed)


def _surgeon(problem: DayProblem, cases: Sequence[Case], owned: Sequence[str]) -> int:
    """Waiting, and the idle minutes of the slots that only this surgeon uses, over every order of their cases."""
    if len(cases) > MOST_TRIED or any(case.fixed is not None for case in cases):
        return WAITING * _forced_turnovers(cases) if all(case.fixed is None for case in cases) else 0
    best: int | None = None
    floor = WAITING * _forced_turnovers(cases)
    for order in permutations(cases):
        cost = _of_order(problem, order, owned)
        if cost is not None and (best is None or cost < best):
            best = cost
            if best <= floor:
                break
    return floor if best is None else max(floor, best)


def _of_order(problem: DayProblem, order: Sequence[Case], owned: Sequence[str]) -> int | None:
    """The least wait and, apart from it, the least idle time of one order; None when it does not fit the hours."""
    latest: list[int] = []
    following: Case | None = None
    for case in reversed(order):
        end = case.closing if following is None else min(case.closing, latest[-1] - _between(case, following))
        latest.append(end - case.duration)
        following = case
    if any(at < case.opening for at, case in zip(reversed(latest), order, strict=True)):
        return None
    early = _forward(order, order[0].opening)
    if any(start + case.duration > case.closing for start, case in zip(early, order, strict=True)):
        return None
    tight = _forward(order, latest[-1])
    waiting = tight[-1] + order[-1].duration - tight[0] - sum(case.duration for case in order)
    idle = 0
    for slot in owned:
        inside = [(start, case) for start, case in zip(early, order, strict=True) if case.slot == slot]
        ready = max(start + case.duration + case.turnover for start, case in inside)
        idle += max(0, ready - problem.slot_start[slot] - sum(case.duration + case.turnover for _, case in inside))
    return WAITING * waiting + IDLE * idle


def _forward(order: Sequence[Case], start: int) -> list[int]:
    starts = [max(start, order[0].opening)]
    for before, case in pairwise(order):
        starts.append(max(case.opening, starts[-1] + before.duration + _between(before, case)))
    return starts


def _between(before: Case, after: Case) -> int:
    return before.turnover if before.room == after.room else 0


def _forced_turnovers(cases: Sequence[Case]) -> int:
    """Cleanings that a surgeon must sit through: with most cases in one room, two of them follow each other there."""
    rooms: dict[str, int] = defaultdict(int)
    for case in cases:
        rooms[case.room] += 1
    forced = 2 * max(rooms.values()) - len(cases) - 1
    return max(0, forced) * min(case.turnover for case in cases)
