"""Start times: each day of a week's plan in order, over all its rooms (docs/ordonnancement.md).

Within a slot any order costs the same, so an order is judged by what the assignment does not see: everyone inside
their slot, rooms cleaned between two interventions, no surgeon in two rooms at once, equipment and recovery beds
counted, septic interventions last; then overtime, waiting surgeons, idle rooms, children and day patients early.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from planning.solver.day.order import SHOWN, DayOrder, Effort, order_day
from planning.solver.day.problem import CHILD, DAY_PATIENT, Case, DayProblem, Minutes
from planning.solver.levels import Level
from planning.solver.problem import Intervention, Slot, SlotKind, WeekProblem
from planning.solver.result import Violation
from planning.solver.rules import operating_span, timeline_violations, wanted_span
from planning.solver.stopping import Stop

# How often starts to be kept are let go in a day before it is ordered anew.
MOST_LET_GO = 4


@dataclass(frozen=True, slots=True)
class Sequence:
    """``starts`` of everyone who has a place in the day; ``unordered`` tells who found none, and beside whom.

    ``minutes`` and ``bound`` are by day: what the order costs, and what no order of everyone could undercut.
    """

    starts: dict[str, int]
    unordered: tuple[Violation, ...]
    minutes: dict[int, Minutes]
    bound: dict[int, int]


def sequence(
    problem: WeekProblem,
    assignments: Mapping[str, str],
    *,
    seed: int = 0,
    stop: Stop | None = None,
    effort: Effort = SHOWN,
    known: Mapping[str, int] | None = None,
    kept: Mapping[str, int] | None = None,
) -> Sequence:
    """The same seed and plan give the same start times, unless ``stop`` cuts the search short.

    A ``pinned_start`` is kept to the minute, whatever it breaks; the others are placed around it. ``known`` starts
    are kept where nothing better is found, ``kept`` ones wherever they break nothing and leave everyone a place.
    """
    starts: dict[str, int] = {}
    unordered: list[Violation] = []
    minutes: dict[int, Minutes] = {}
    bound: dict[int, int] = {}
    days, stop = sorted(_by_day(problem, assignments).items()), stop or Stop(None)
    for done, (day, placed) in enumerate(days):
        part = stop.share(1 / (len(days) - done))  # what one day leaves goes to the next ones
        how = _How(f"{seed}/{day}", part, effort, known)
        order = _around(problem, placed, kept or {}, how) or how.order(day_problem(problem, placed))
        starts.update({case.id: start for case, start in order.schedule.starts.items()})
        minutes[day], bound[day] = order.schedule.minutes, order.bound
        missing = {case.id for case in order.schedule.unplaced}
        unordered += [_no_order(item, slot, placed, missing) for item, slot in placed if item.id in missing]
    return Sequence(starts, tuple(unordered), minutes, bound)


Placed = list[tuple[Intervention, Slot]]


@dataclass(frozen=True, slots=True)
class _How:
    seed: str
    stop: Stop
    effort: Effort
    known: Mapping[str, int] | None

    def order(self, day: DayProblem) -> DayOrder:
        return order_day(day, seed=self.seed, stop=self.stop, effort=self.effort, known=self.known)


def _around(problem: WeekProblem, placed: Placed, kept: Mapping[str, int], how: _How) -> DayOrder | None:
    """The day in order around the ``kept`` starts of it; None when they leave someone without a place.

    Those that break a rule are let go, then those of a room or a surgeon that leave no place to another.
    """
    held = {item.id: kept[item.id] for item, _ in placed if item.id in kept and item.pinned is None}
    for _ in range(MOST_LET_GO):
        if not held:
            return None
        order = how.order(day_problem(problem, placed, held))
        loose = _in_the_way(placed, order) or _breaking(problem, placed, order)
        if not loose & held.keys():
            return None if order.schedule.unplaced else order
        held = {key: start for key, start in held.items() if key not in loose}
    return None


def _in_the_way(placed: Placed, order: DayOrder) -> set[str]:
    rooms = {case.room for case in order.schedule.unplaced}
    surgeons = {case.surgeon for case in order.schedule.unplaced}
    return {item.id for item, slot in placed if slot.room in rooms or item.surgeon in surgeons}


def _breaking(problem: WeekProblem, placed: Placed, order: DayOrder) -> set[str]:
    starts = {case.id: start for case, start in order.schedule.starts.items()}
    found = timeline_violations(problem, {item.id: slot.id for item, slot in placed}, starts)
    return {one.intervention for one in found if not one.soft}


def _by_day(problem: WeekProblem, assignments: Mapping[str, str]) -> dict[int, Placed]:
    days: dict[int, Placed] = defaultdict(list)
    for item in problem.interventions:
        slot = problem.slot_by_id.get(assignments.get(item.id, ""))
        if slot is not None:
            days[slot.day].append((item, slot))
    return days


def placed_on(problem: WeekProblem, assignments: Mapping[str, str], day: int) -> Placed:
    """One day's placements, in the week's order."""
    return _by_day(problem, assignments).get(day, [])


def day_problem(problem: WeekProblem, placed: Placed, held: Mapping[str, int] | None = None) -> DayProblem:
    """One day's placements as the day's own problem, those ``held`` at their start.

    Overtime begins where the room's last regular slot ends.
    """
    days = {slot.day for _, slot in placed}
    rooms = {slot.room for _, slot in placed}
    until: dict[str, int] = {}
    for slot in problem.slots:
        if slot.day in days and slot.room in rooms:
            border = slot.end if slot.kind is SlotKind.REGULAR else 0
            until[slot.room] = max(border, until.get(slot.room, 0))
    return DayProblem(
        cases=tuple(_case(problem, item, slot, (held or {}).get(item.id)) for item, slot in placed),
        slot_start={slot.id: slot.start for _, slot in placed},
        regular_until=until,
        beds=None if problem.rules.level("recovery_full") is Level.OFF else problem.recovery_beds,
        units=problem.equipment_units,
    )


def _case(problem: WeekProblem, item: Intervention, slot: Slot, held: int | None) -> Case:
    """A pinned start counts in the slot it was chosen for."""
    opening, closing = operating_span(problem, item, slot)
    return Case(
        id=item.id,
        room=slot.room,
        slot=slot.id,
        surgeon=item.surgeon,
        duration=item.duration,
        opening=opening,
        closing=closing,
        turnover=problem.turnover_of(item),
        recovery=item.recovery,
        equipment=frozenset(item.equipment & problem.equipment_units.keys()),
        early=CHILD if item.child else DAY_PATIENT if item.ambulatory else 0,
        septic=item.septic and problem.rules.level("septic_before_clean") is not Level.OFF,
        leave_by=problem.ambulatory_closing if _goes_home(problem, item) else None,
        wanted=_wanted(problem, item, slot),
        fixed=item.pinned_start if item.pinned == slot.id else held,
        pinned=item.pinned is not None,
    )


def _goes_home(problem: WeekProblem, item: Intervention) -> bool:
    return item.ambulatory and problem.rules.level("ambulatory_late") is not Level.OFF


def _wanted(problem: WeekProblem, item: Intervention, slot: Slot) -> tuple[int, int] | None:
    """The starts that the surgeon wants, where the slot has others too; where it has no such start all are alike."""
    span, whole = wanted_span(problem, item, slot), operating_span(problem, item, slot)
    return None if span is None or span == whole else (span[0], span[1] - item.duration + 1)


def _no_order(item: Intervention, slot: Slot, day: Placed, missing: set[str]) -> Violation:
    rooms = sorted({other.room for one, other in day if one.surgeon == item.surgeon} - {slot.room})
    elsewhere = f", surgeon {item.surgeon} also operates in {', '.join(rooms)}" if rooms else ""
    message = f"no start leaves {item.duration} min free in slot {slot.id} beside its other interventions{elsewhere}"
    beside = tuple(one.id for one, other in day if other.id == slot.id and one.id not in missing)
    facts: dict[str, object] = {"day": slot.day, "room": slot.room, "duration": item.duration}
    return Violation(
        "no_order", item.id, message, slot.id, {**facts, "surgeon": item.surgeon, "rooms": rooms, "beside": beside}
    )
