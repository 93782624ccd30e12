"""Plan rules, equations (2) to (8): a whole plan, intervention id to slot id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from planning.solver.problem import WeekProblem
from planning.solver.result import Violation
from planning.solver.rules.capacities import (
    CapacityRule,
    Load,
    capacity_violations,
    load_of,
    no_minutes_left,
    no_position_left,
    no_surgeon_minutes_left,
)
from planning.solver.rules.places import paid_violations, slot_violations
from planning.solver.rules.shared import placed_in


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
    placed = ((item, slot) for item, slot in placed_in(problem, assignments) if item.pinned is None)
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
    for item, slot in placed_in(problem, assignments):
        if item.pinned is not None:
            found.extend(slot_violations(problem, item, slot))
            found.extend(paid_violations(problem, item, slot))
            found.extend(capacity_violations(problem, load, item, slot))
            load.add(problem, item, slot)
    return said_once(found)


# A capacity too small for the intervention alone, or hours that no start keeps, are reported by their slot rule; a slot
# too late for a day patient by the hour at which this one leaves.
_ALREADY_SAID: dict[str, frozenset[str]] = {
    "slot_capacity": frozenset({"slot_length"}),
    "surgeon_day": frozenset({"surgeon_absent", "surgeon_day_too_short"}),
    "outside_hours": frozenset({"surgeon_absent", "surgeon_hours"}),
    "surgeon_wish": frozenset({"surgeon_absent"}),
    "unwanted_start": frozenset({"surgeon_absent", "surgeon_wish"}),
    "ambulatory_slot": frozenset({"ambulatory_late"}),
}


def said_once(found: Sequence[Violation]) -> tuple[Violation, ...]:
    """Without what another violation of the same intervention says already."""
    said = {(violation.intervention, violation.rule) for violation in found}
    return tuple(
        one
        for one in found
        if not any((one.intervention, rule) in said for rule in _ALREADY_SAID.get(one.rule, frozenset()))
    )


def _overflows(problem: WeekProblem, assignments: Mapping[str, str], rule: CapacityRule) -> tuple[Violation, ...]:
    """Pins take the capacity first; then each intervention that still fits; the others are the violations."""
    placed = list(placed_in(problem, assignments))
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
