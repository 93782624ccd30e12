"""Why an intervention is left out: each rule that keeps it from a slot, and which slots it closes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planning.solver.costs import cell_cost
from planning.solver.grid import Forbidden
from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.result import Violation
from planning.solver.rules import Load, capacity_violations, load_of, slot_violations


def reasons_for(
    problem: WeekProblem,
    assignments: Mapping[str, str],
    *,
    forbidden: Forbidden = (),
    unordered: Mapping[str, Violation],
) -> dict[str, tuple[Violation, ...]]:
    """For each intervention left out, one violation a rule, the least broken example of it.

    ``facts["slots"]`` lists the slots that the rule closes. A slot the rules forbid is not judged on its room left.
    ``forbidden`` are pairs closed because no order of the day fitted; ``unordered`` holds what was found there.
    """
    load, closed = load_of(problem, assignments), frozenset(forbidden)
    return {
        item.id: _reasons(problem, load, item, closed, unordered.get(item.id))
        for item in problem.interventions
        if item.id not in assignments
    }


def _reasons(
    problem: WeekProblem,
    load: Load,
    item: Intervention,
    closed: frozenset[tuple[str, str]],
    unordered: Violation | None,
) -> tuple[Violation, ...]:
    groups: dict[str, list[Violation]] = {}
    for slot in problem.slots:
        for violation in _against(problem, load, item, slot):
            groups.setdefault(violation.rule, []).append(violation)
    if unordered is not None:
        slots = [slot.id for slot in problem.slots if (item.id, slot.id) in closed]
        # First: it says why, where a slot that only seems closed by the hours does not.
        groups.setdefault(unordered.rule, [])[:0] = [replace(unordered, slot=slot) for slot in slots]
    return tuple(_summary(violations) for violations in groups.values())


def reasons_against(problem: WeekProblem, load: Load, item: Intervention, slot: Slot) -> tuple[Violation, ...]:
    """The slot rules that forbid it; else the capacities that it exceeds on top of ``load``, which does not hold it."""
    return slot_violations(problem, item, slot) or capacity_violations(problem, load, item, slot)


def _against(problem: WeekProblem, load: Load, item: Intervention, slot: Slot) -> tuple[Violation, ...]:
    found = reasons_against(problem, load, item, slot)
    return found or _dearer(problem, item, slot) or _no_order(item, slot)


def _dearer(problem: WeekProblem, item: Intervention, slot: Slot) -> tuple[Violation, ...]:
    """Not a rule: the slot has room, and using it costs more than leaving the intervention out."""
    cost, leave = cell_cost(problem, item, slot), problem.unplanned_cost(item)
    if cost <= leave:
        return ()
    message = f"would cost {cost:g} here, leaving it out costs {leave:g}"
    facts = {"cost": cost, "unplanned_cost": leave, "day": slot.day}
    return (Violation("dearer_than_leaving_out", item.id, message, slot.id, facts),)


def _no_order(item: Intervention, slot: Slot) -> tuple[Violation, ...]:
    """The slot has the minutes, but not at a time when the surgeon is free."""
    message = f"no start in slot {slot.id} leaves surgeon {item.surgeon} free on day {slot.day}"
    facts = {"day": slot.day, "room": slot.room, "duration": item.duration, "surgeon": item.surgeon}
    return (Violation("no_order", item.id, message, slot.id, facts),)


def _summary(violations: list[Violation]) -> Violation:
    """The violation nearest to being none: least minutes missing; the first slot otherwise."""
    nearest = min(violations, key=_missing)
    slots = dict.fromkeys(violation.slot for violation in violations)
    return replace(nearest, facts={**nearest.facts, "slots": tuple(slots)})


def _missing(violation: Violation) -> int:
    missing = violation.facts.get("missing")
    return missing if isinstance(missing, int) else 0
