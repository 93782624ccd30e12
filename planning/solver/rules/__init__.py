"""Every rule of the planning, one small function each, answering the violation it finds and nothing otherwise.

Slot rules (7, 8) look at one intervention in one slot. Plan rules (2) to (6) look at a whole plan, intervention id
to slot id. Timeline rules look at start times. Pins are a person's decision: a pinned intervention keeps its slot
whatever it breaks (``pin_warnings`` lists that), uses capacity first, and is never blamed by ``plan_violations``.
How strictly each is kept is the site's setting (levels.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planning.solver.day_rules import Run, clock, day_violations
from planning.solver.levels import Level
from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.result import Violation

# --- Slot rules: equations (7) and (8) ---------------------------------------------------------------------------


def hospitalised(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Dmin < j: operated the day after the admission at the earliest."""
    if intervention.admission_day < slot.day:
        return None
    message = (
        f"admitted on day {intervention.admission_day}, cannot be operated before the day after; this is day {slot.day}"
    )
    return _broken("hospitalised", intervention, slot, message, day=slot.day, admission_day=intervention.admission_day)


def deadline(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """j <= Dmax."""
    if slot.day <= intervention.deadline_day:
        return None
    message = f"must be operated by day {intervention.deadline_day}; this is day {slot.day}"
    return _broken("deadline", intervention, slot, message, day=slot.day, deadline_day=intervention.deadline_day)


def longest_duration(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Dur <= Disp: the slot takes no single intervention longer than ``max_duration``."""
    if intervention.duration <= slot.max_duration:
        return None
    message = f"lasts {intervention.duration} min, the slot takes {slot.max_duration} min at most"
    return _broken(
        "longest_duration", intervention, slot, message, duration=intervention.duration, max_duration=slot.max_duration
    )


def slot_length(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """The intervention and its cleaning fit in the slot, even alone."""
    needed, turnover = problem.room_minutes(intervention), problem.turnover_of(intervention)
    if needed <= slot.length:
        return None
    message = f"needs {needed} min with cleaning, the slot is {slot.length} min long"
    return _broken("slot_length", intervention, slot, message, needed=needed, turnover=turnover, length=slot.length)


def surgeon_absent(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Maxi[j, Surg] is not 0."""
    if _daily_minutes(problem, intervention, slot) > 0:
        return None
    message = f"surgeon {intervention.surgeon} does not operate on day {slot.day}"
    return _broken("surgeon_absent", intervention, slot, message, surgeon=intervention.surgeon, day=slot.day)


def surgeon_day_too_short(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Dur <= Maxi[j, Surg]: the surgeon's day can hold the intervention, even alone."""
    available = _daily_minutes(problem, intervention, slot)
    if available == 0 or intervention.duration <= available:
        return None
    message = (
        f"lasts {intervention.duration} min, surgeon {intervention.surgeon} operates {available} min on day {slot.day}"
    )
    facts: dict[str, object] = {"duration": intervention.duration, "available": available}
    return _broken(
        "surgeon_day_too_short", intervention, slot, message, surgeon=intervention.surgeon, day=slot.day, **facts
    )


def equipment(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Equi = 1: the room has everything the intervention needs."""
    missing = tuple(sorted(intervention.equipment - problem.room_by_id[slot.room].equipment))
    if not missing:
        return None
    message = f"room {slot.room} has no {', '.join(missing)}"
    return _broken("equipment", intervention, slot, message, room=slot.room, missing=missing)


def slot_specialty(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """A slot owned by a specialty takes that specialty only."""
    if slot.specialty in (None, intervention.specialty):
        return None
    message = f"the slot belongs to specialty {slot.specialty}, the intervention is {intervention.specialty}"
    return _broken(
        "slot_specialty", intervention, slot, message, owner=slot.specialty, specialty=intervention.specialty
    )


def slot_surgeon(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """A slot owned by a surgeon takes that surgeon only."""
    if slot.surgeon in (None, intervention.surgeon):
        return None
    message = f"the slot belongs to surgeon {slot.surgeon}, the intervention is {intervention.surgeon}'s"
    return _broken("slot_surgeon", intervention, slot, message, owner=slot.surgeon, surgeon=intervention.surgeon)


def specialty_closed(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """The intervention's specialty is in service on the slot's day."""
    closed_from = intervention.closed_from
    if closed_from is None or slot.day < closed_from:
        return None
    message = f"specialty {intervention.specialty} is closed from day {closed_from} on; this is day {slot.day}"
    facts: dict[str, object] = {"specialty": intervention.specialty, "closed_from": closed_from}
    return _broken("specialty_closed", intervention, slot, message, day=slot.day, **facts)


def surgeon_hours(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Some start in the slot keeps the intervention within the surgeon's hours."""
    hours = _hours(problem, intervention, slot)
    if hours is None or min(hours[1], slot.end) - max(hours[0], slot.start) >= intervention.duration:
        return None
    message = (
        f"surgeon {intervention.surgeon} operates from {clock(hours[0])} to {clock(hours[1])}, "
        f"the slot runs from {clock(slot.start)} to {clock(slot.end)}"
    )
    facts: dict[str, object] = {"from": hours[0], "to": hours[1], "duration": intervention.duration}
    return _broken("surgeon_hours", intervention, slot, message, surgeon=intervention.surgeon, day=slot.day, **facts)


SlotRule = Callable[[WeekProblem, Intervention, Slot], Violation | None]
SLOT_RULES: tuple[SlotRule, ...] = (
    hospitalised,
    deadline,
    longest_duration,
    slot_length,
    surgeon_absent,
    surgeon_day_too_short,
    equipment,
    slot_specialty,
    slot_surgeon,
    specialty_closed,
    surgeon_hours,
)


def slot_violations(problem: WeekProblem, intervention: Intervention, slot: Slot) -> tuple[Violation, ...]:
    """All that forbids the planner to put this intervention in this slot; pins are ignored.

    A soft rule that it keeps all the same is among them; one that it may break at a cost is not (``paid_violations``).
    """
    found = judged(problem, (rule(problem, intervention, slot) for rule in SLOT_RULES))
    return tuple(violation for violation in found if not problem.rules.pays(violation.rule))


def paid_violations(problem: WeekProblem, intervention: Intervention, slot: Slot) -> tuple[Violation, ...]:
    """The soft rules broken in this slot, at a cost."""
    found = judged(problem, (rule(problem, intervention, slot) for rule in SLOT_RULES))
    return tuple(violation for violation in found if problem.rules.pays(violation.rule))


def is_allowed(problem: WeekProblem, intervention: Intervention, slot: Slot) -> bool:
    """Whether every slot rule holds; the same answer as ``slot_violations`` without building the sentences."""
    if problem.rules.changed:
        return not slot_violations(problem, intervention, slot)
    available = _daily_minutes(problem, intervention, slot)
    return (
        intervention.admission_day < slot.day <= intervention.deadline_day
        and intervention.duration <= slot.max_duration
        and problem.room_minutes(intervention) <= slot.length
        and available > 0
        and intervention.duration <= available
        and slot.specialty in (None, intervention.specialty)
        and slot.surgeon in (None, intervention.surgeon)
        and (intervention.closed_from is None or slot.day < intervention.closed_from)
        and intervention.equipment <= problem.room_by_id[slot.room].equipment
    )


# --- Capacities: equations (3) to (6) ----------------------------------------------------------------------------


@dataclass(slots=True)
class Load:
    """What a plan uses: interventions and minutes (cleaning included) a slot, operated minutes a surgeon-day."""

    count: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    minutes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    surgeon_minutes: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, problem: WeekProblem, intervention: Intervention, slot: Slot) -> None:
        self.count[slot.id] += 1
        self.minutes[slot.id] += problem.room_minutes(intervention)
        self.surgeon_minutes[intervention.surgeon, slot.day] += intervention.duration


def load_of(problem: WeekProblem, assignments: Mapping[str, str]) -> Load:
    load = Load()
    for intervention, slot in _placed(problem, assignments):
        load.add(problem, intervention, slot)
    return load


def no_position_left(problem: WeekProblem, load: Load, intervention: Intervention, slot: Slot) -> Violation | None:
    """(3), for one more intervention in the slot."""
    taken = load.count[slot.id]
    if taken + 1 <= slot.positions:
        return None
    message = f"all {slot.positions} positions of the slot are taken"
    return _broken("positions", intervention, slot, message, taken=taken, positions=slot.positions)


def no_minutes_left(problem: WeekProblem, load: Load, intervention: Intervention, slot: Slot) -> Violation | None:
    """(4) in regular hours, (5) in overtime, for one more intervention in the slot."""
    used, needed = load.minutes[slot.id], problem.room_minutes(intervention)
    missing = used + needed - slot.length
    if missing <= 0:
        return None
    left = max(0, slot.length - used)
    message = f"needs {needed} min with cleaning, {left} of {slot.length} min are left in the slot"
    facts: dict[str, object] = {"needed": needed, "left": left, "missing": missing, "used": used, "length": slot.length}
    return _broken("slot_capacity", intervention, slot, message, kind=slot.kind.value, **facts)


def no_surgeon_minutes_left(
    problem: WeekProblem, load: Load, intervention: Intervention, slot: Slot
) -> Violation | None:
    """(6), for one more intervention of the surgeon on the slot's day."""
    used, available = load.surgeon_minutes[intervention.surgeon, slot.day], _daily_minutes(problem, intervention, slot)
    missing = used + intervention.duration - available
    if missing <= 0:
        return None
    left = max(0, available - used)
    message = (
        f"lasts {intervention.duration} min, surgeon {intervention.surgeon} has {left} of {available} min "
        f"left on day {slot.day}"
    )
    facts: dict[str, object] = {
        "needed": intervention.duration,
        "left": left,
        "missing": missing,
        "available": available,
    }
    return _broken(
        "surgeon_day", intervention, slot, message, surgeon=intervention.surgeon, day=slot.day, used=used, **facts
    )


CapacityRule = Callable[[WeekProblem, Load, Intervention, Slot], Violation | None]
CAPACITY_RULES: tuple[CapacityRule, ...] = (no_position_left, no_minutes_left, no_surgeon_minutes_left)


def capacity_violations(
    problem: WeekProblem, load: Load, intervention: Intervention, slot: Slot
) -> tuple[Violation, ...]:
    """What one more intervention would break on top of ``load``, which must not count it yet."""
    return judged(problem, (rule(problem, load, intervention, slot) for rule in CAPACITY_RULES))


# --- Plan rules: equations (2) to (8) ----------------------------------------------------------------------------


def one_slot(problem: WeekProblem, assignments: Mapping[str, str]) -> tuple[Violation, ...]:
    """(2): a plan names interventions and slots of this week; being a mapping, each intervention at most once."""
    found = []
    for intervention_id, slot_id in assignments.items():
        if intervention_id not in problem.intervention_by_id:
            found.append(Violation("one_slot", intervention_id, "is not an intervention of this week", slot_id))
        elif slot_id not in problem.slot_by_id:
            found.append(Violation("one_slot", intervention_id, f"{slot_id} is not a slot of this week", slot_id))
    return tuple(found)


def pin_kept(problem: WeekProblem, assignments: Mapping[str, str]) -> tuple[Violation, ...]:
    """A pinned intervention is in the slot a person chose."""
    found = []
    for item in problem.interventions:
        chosen = assignments.get(item.id)
        if item.pinned is not None and chosen != item.pinned:
            facts = {"pinned": item.pinned, "chosen": chosen}
            where = "left out" if chosen is None else f"placed in {chosen}"
            found.append(Violation("pin_kept", item.id, f"is pinned to {item.pinned} and {where}", item.pinned, facts))
    return tuple(found)


def slot_rules(problem: WeekProblem, assignments: Mapping[str, str]) -> tuple[Violation, ...]:
    """(7, 8) of every placed intervention that is not pinned."""
    placed = ((item, slot) for item, slot in _placed(problem, assignments) if item.pinned is None)
    return tuple(violation for item, slot in placed for violation in slot_violations(problem, item, slot))


def positions(problem: WeekProblem, assignments: Mapping[str, str]) -> tuple[Violation, ...]:
    """(3): at most ``positions`` interventions in a slot. Blames those that come last, pins apart."""
    return _overflows(problem, assignments, no_position_left)


def slot_capacity(problem: WeekProblem, assignments: Mapping[str, str]) -> tuple[Violation, ...]:
    """(4, 5): the minutes of a slot, cleaning included. Blames those that come last, pins apart."""
    return _overflows(problem, assignments, no_minutes_left)


def surgeon_day(problem: WeekProblem, assignments: Mapping[str, str]) -> tuple[Violation, ...]:
    """(6): a surgeon's operated minutes in a day. Blames those that come last, pins apart."""
    return _overflows(problem, assignments, no_surgeon_minutes_left)


PlanRule = Callable[[WeekProblem, Mapping[str, str]], tuple[Violation, ...]]
PLAN_RULES: tuple[PlanRule, ...] = (one_slot, pin_kept, slot_rules, positions, slot_capacity, surgeon_day)


def plan_violations(problem: WeekProblem, assignments: Mapping[str, str]) -> tuple[Violation, ...]:
    """Everything that makes a plan infeasible, (2) to (8). Pinned interventions are never blamed."""
    return said_once([violation for rule in PLAN_RULES for violation in rule(problem, assignments)])


def pin_warnings(problem: WeekProblem, assignments: Mapping[str, str]) -> tuple[Violation, ...]:
    """What the pinned interventions break, each counted after the pins that come before it in the week's order."""
    found: list[Violation] = []
    load = Load()
    for item, slot in _placed(problem, assignments):
        if item.pinned is not None:
            found.extend(slot_violations(problem, item, slot))
            found.extend(paid_violations(problem, item, slot))
            found.extend(capacity_violations(problem, load, item, slot))
            load.add(problem, item, slot)
    return said_once(found)


# A capacity too small for the intervention alone, or hours that no start keeps, are reported by their slot rule.
_ALREADY_SAID: dict[str, frozenset[str]] = {
    "slot_capacity": frozenset({"slot_length"}),
    "surgeon_day": frozenset({"surgeon_absent", "surgeon_day_too_short"}),
    "outside_hours": frozenset({"surgeon_absent", "surgeon_hours"}),
}


def said_once(found: Sequence[Violation]) -> tuple[Violation, ...]:
    """Without what another violation of the same intervention says already."""
    said = {(violation.intervention, violation.rule) for violation in found}
    return tuple(
        one
        for one in found
        if not any((one.intervention, rule) in said for rule in _ALREADY_SAID.get(one.rule, frozenset()))
    )


# --- Timeline rules ----------------------------------------------------------------------------------------------


def outside_slot(problem: WeekProblem, intervention: Intervention, slot: Slot, start: int) -> Violation | None:
    """Starts and ends within its slot; the cleaning afterwards may run past the end."""
    end = start + intervention.duration
    if slot.start <= start and end <= slot.end:
        return None
    message = f"runs from {clock(start)} to {clock(end)}, the slot from {clock(slot.start)} to {clock(slot.end)}"
    facts: dict[str, object] = {"slot_start": slot.start, "slot_end": slot.end}
    return _broken("outside_slot", intervention, slot, message, start=start, end=end, **facts)


def outside_hours(problem: WeekProblem, intervention: Intervention, slot: Slot, start: int) -> Violation | None:
    """Starts and ends within the surgeon's hours of the day."""
    hours, end = _hours(problem, intervention, slot), start + intervention.duration
    if hours is None or (hours[0] <= start and end <= hours[1]):
        return None
    message = (
        f"runs from {clock(start)} to {clock(end)}, surgeon {intervention.surgeon} operates "
        f"from {clock(hours[0])} to {clock(hours[1])}"
    )
    facts: dict[str, object] = {"surgeon": intervention.surgeon, "from": hours[0], "to": hours[1], "day": slot.day}
    return _broken("outside_hours", intervention, slot, message, start=start, end=end, **facts)


StartRule = Callable[[WeekProblem, Intervention, Slot, int], Violation | None]
START_RULES: tuple[StartRule, ...] = (outside_slot, outside_hours)


def start_violations(problem: WeekProblem, intervention: Intervention, slot: Slot, start: int) -> tuple[Violation, ...]:
    """What a start breaks by itself, whatever else is in the room."""
    return judged(problem, (rule(problem, intervention, slot, start) for rule in START_RULES))


def operating_span(problem: WeekProblem, intervention: Intervention, slot: Slot) -> tuple[int, int]:
    """From when to when the intervention should run: within the slot, and the surgeon's hours where they hold it.

    What does not fit in the hours keeps the whole slot: it is there by a person's decision or at a cost.
    """
    hours = _hours(problem, intervention, slot)
    if hours is None or problem.rules.level("surgeon_hours") is Level.OFF:
        return slot.start, slot.end
    begin, end = max(hours[0], slot.start), min(hours[1], slot.end)
    return (begin, end) if end - begin >= intervention.duration else (slot.start, slot.end)


def room_overlap(
    problem: WeekProblem, assignments: Mapping[str, str], starts: Mapping[str, int]
) -> tuple[Violation, ...]:
    """Two interventions in one room, or one before the other's cleaning is over. Blames the later one."""
    return _room_overlaps(problem, _pairs(problem, _runs(_placed(problem, assignments), starts)))


def _room_overlaps(problem: WeekProblem, pairs: Iterable[tuple[Run, Run]]) -> tuple[Violation, ...]:
    found = []
    for first, second in pairs:
        ready = first.end + problem.turnover_of(first.item)
        if first.slot.room == second.slot.room and second.start < ready:
            message = (
                f"starts at {clock(second.start)} in room {second.slot.room}, "
                f"ready at {clock(ready)} after {first.item.id}"
            )
            found.append(_overlap("room_overlap", first, second, message, room=second.slot.room, ready=ready))
    return tuple(found)


def surgeon_overlap(
    problem: WeekProblem, assignments: Mapping[str, str], starts: Mapping[str, int]
) -> tuple[Violation, ...]:
    """A surgeon in two rooms at once. Blames the later intervention."""
    return _surgeon_overlaps(_pairs(problem, _runs(_placed(problem, assignments), starts)))


def _surgeon_overlaps(pairs: Iterable[tuple[Run, Run]]) -> tuple[Violation, ...]:
    found = []
    for first, second in pairs:
        same = first.item.surgeon == second.item.surgeon and first.slot.room != second.slot.room
        if same and second.start < first.end:
            message = (
                f"starts at {clock(second.start)}, surgeon {second.item.surgeon} operates {first.item.id} "
                f"in room {first.slot.room} until {clock(first.end)}"
            )
            facts: dict[str, object] = {"surgeon": second.item.surgeon, "other_room": first.slot.room}
            found.append(_overlap("surgeon_overlap", first, second, message, room=second.slot.room, **facts))
    return tuple(found)


def timeline_violations(
    problem: WeekProblem, assignments: Mapping[str, str], starts: Mapping[str, int]
) -> tuple[Violation, ...]:
    """All the timeline rules, for the placed interventions that have a start; pins are judged like the others."""
    placed = [(item, slot) for item, slot in _placed(problem, assignments) if item.id in starts]
    days = _runs(placed, starts)
    pairs = list(_pairs(problem, days))
    alone = (violation for item, slot in placed for violation in start_violations(problem, item, slot, starts[item.id]))
    together = (violation for runs in days for violation in day_violations(problem, runs))
    return (*alone, *_room_overlaps(problem, pairs), *_surgeon_overlaps(pairs), *judged(problem, together))


# --- Shared parts ------------------------------------------------------------------------------------------------


def _broken(rule: str, intervention: Intervention, slot: Slot, message: str, **facts: object) -> Violation:
    return Violation(rule, intervention.id, message, slot.id, facts)


def judged(problem: WeekProblem, found: Iterable[Violation | None]) -> tuple[Violation, ...]:
    """Without those of rules set off; those of soft rules are said to be soft."""
    return tuple(
        replace(one, soft=True) if level is Level.SOFT else one
        for one in found
        if one is not None and (level := problem.rules.level(one.rule)) is not Level.OFF
    )


def _overlap(rule: str, first: Run, second: Run, message: str, **facts: object) -> Violation:
    times: dict[str, object] = {
        "start": second.start,
        "end": second.end,
        "other_start": first.start,
        "other_end": first.end,
    }
    return _broken(rule, second.item, second.slot, message, other=first.item.id, day=second.slot.day, **times, **facts)


def _daily_minutes(problem: WeekProblem, intervention: Intervention, slot: Slot) -> int:
    return problem.surgeon_by_id[intervention.surgeon].daily_minutes[slot.day]


def _hours(problem: WeekProblem, intervention: Intervention, slot: Slot) -> tuple[int, int] | None:
    hours = problem.surgeon_by_id[intervention.surgeon].hours
    return None if hours is None else hours[slot.day]


def _placed(problem: WeekProblem, assignments: Mapping[str, str]) -> Iterator[tuple[Intervention, Slot]]:
    """In the week's order, so that blame does not depend on the mapping's; ``one_slot`` reports unknown slots."""
    for item in problem.interventions:
        slot = problem.slot_by_id.get(assignments.get(item.id, ""))
        if slot is not None:
            yield item, slot


def _overflows(problem: WeekProblem, assignments: Mapping[str, str], rule: CapacityRule) -> tuple[Violation, ...]:
    """Pins take the capacity first; then each intervention that still fits; the others are the violations."""
    placed = list(_placed(problem, assignments))
    load = load_of(problem, {item.id: slot.id for item, slot in placed if item.pinned is not None})
    found = []
    for item, slot in placed:
        if item.pinned is None:
            violation = rule(problem, load, item, slot)
            if violation is None:
                load.add(problem, item, slot)
            else:
                found.append(violation)
    return tuple(found)


def _runs(placed: Iterable[tuple[Intervention, Slot]], starts: Mapping[str, int]) -> list[list[Run]]:
    """The interventions that have a start, by day and in order."""
    days: dict[int, list[Run]] = defaultdict(list)
    for item, slot in placed:
        if item.id in starts:
            days[slot.day].append(Run(item, slot, starts[item.id]))
    return [sorted(runs, key=lambda run: run.start) for runs in days.values()]


def _pairs(problem: WeekProblem, days: Iterable[list[Run]]) -> Iterator[tuple[Run, Run]]:
    """Each pair of interventions of one day that could meet, the earlier start first."""
    for runs in days:
        for index, first in enumerate(runs):
            for second in runs[index + 1 :]:
                if second.start >= first.end + problem.turnover_of(first.item):
                    break
                yield first, second
