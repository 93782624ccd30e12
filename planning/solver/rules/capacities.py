"""Capacities, equations (3) to (6): one more intervention on top of what a plan uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.result import Violation
from planning.solver.rules.shared import broken, daily_minutes, judged, placed_in


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
    for intervention, slot in placed_in(problem, assignments):
        load.add(problem, intervention, slot)
    return load


def no_position_left(problem: WeekProblem, load: Load, intervention: Intervention, slot: Slot) -> Violation | None:
    """(3), for one more intervention in the slot."""
    taken = load.count[slot.id]
    if taken + 1 <= slot.positions:
        return None
    message = f"all {slot.positions} positions of the slot are taken"
    return broken("positions", intervention, slot, message, taken=taken, positions=slot.positions)


def no_minutes_left(problem: WeekProblem, load: Load, intervention: Intervention, slot: Slot) -> Violation | None:
    """(4) in regular hours, (5) in overtime, for one more intervention in the slot."""
    used, needed = load.minutes[slot.id], problem.room_minutes(intervention)
    missing = used + needed - slot.length
    if missing <= 0:
        return None
    left = max(0, slot.length - used)
    message = f"needs {needed} min with cleaning, {left} of {slot.length} min are left in the slot"
    facts: dict[str, object] = {"needed": needed, "left": left, "missing": missing, "used": used, "length": slot.length}
    return broken("slot_capacity", intervention, slot, message, kind=slot.kind.value, **facts)


def no_surgeon_minutes_left(
    problem: WeekProblem, load: Load, intervention: Intervention, slot: Slot
) -> Violation | None:
    """(6), for one more intervention of the surgeon on the slot's day."""
    used, available = load.surgeon_minutes[intervention.surgeon, slot.day], daily_minutes(problem, intervention, slot)
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
    return broken(
        "surgeon_day", intervention, slot, message, surgeon=intervention.surgeon, day=slot.day, used=used, **facts
    )


CapacityRule = Callable[[WeekProblem, Load, Intervention, Slot], Violation | None]
CAPACITY_RULES: tuple[CapacityRule, ...] = (no_position_left, no_minutes_left, no_surgeon_minutes_left)


def capacity_violations(
    problem: WeekProblem, load: Load, intervention: Intervention, slot: Slot
) -> tuple[Violation, ...]:
    """What one more intervention would break on top of ``load``, which must not count it yet."""
    return judged(problem, (rule(problem, load, intervention, slot) for rule in CAPACITY_RULES))
