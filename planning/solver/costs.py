"""What a plan costs: equations (1) and (9), and the soft rules it breaks, in the currency of the week's costs."""

from __future__ import annotations

from collections.abc import Mapping

from planning.solver.problem import Intervention, Slot, SlotKind, WeekProblem
from planning.solver.result import CostBreakdown
from planning.solver.rules import paid_violations


def hospital_cost(problem: WeekProblem, intervention: Intervention, slot: Slot) -> float:
    """C in (9): each day waited after the day that follows the admission. A negative wait costs 0."""
    waited_days = slot.day - intervention.admission_day - 1
    return max(0, waited_days) * problem.costs.hospital_day


def overtime_cost(problem: WeekProblem, intervention: Intervention, slot: Slot) -> float:
    """Chsup in (9): the operated minutes at the slot's hourly overtime price, or the day's; 0 in regular hours."""
    if slot.kind is not SlotKind.OVERTIME:
        return 0.0
    hour = problem.costs.overtime_hour[slot.day] if slot.overtime_hour is None else slot.overtime_hour
    return hour * intervention.duration / 60


def rule_cost(problem: WeekProblem, intervention: Intervention, slot: Slot) -> float:
    """What the soft rules broken here cost; a deadline passed costs its amount each day late."""
    if not problem.rules.priced:
        return 0.0
    cost = 0.0
    for violation in paid_violations(problem, intervention, slot):
        times = slot.day - intervention.deadline_day if violation.rule == "deadline" else 1
        cost += times * problem.rules.cost(violation.rule)
    return cost


def cell_cost(problem: WeekProblem, intervention: Intervention, slot: Slot) -> float:
    """C + Chsup of one intervention in one slot and its soft rules, whether or not the others allow it there."""
    cost = hospital_cost(problem, intervention, slot) + overtime_cost(problem, intervention, slot)
    return cost + rule_cost(problem, intervention, slot)


def move_cost(problem: WeekProblem, intervention: Intervention, slot_id: str | None) -> float:
    """Charged for having it elsewhere than in the base plan, or nowhere (None); a pin is a person's own move."""
    base = problem.base.get(intervention.id)
    moved = base is not None and base != slot_id and intervention.pinned is None
    return problem.move_cost if moved else 0.0


def breakdown(problem: WeekProblem, assignments: Mapping[str, str]) -> CostBreakdown:
    """Equation (1) of a plan (intervention id to slot id); every intervention not in it counts as unplanned."""
    hospital = overtime = unplanned = rules = moves = 0.0
    for intervention in problem.interventions:
        slot_id = assignments.get(intervention.id)
        moves += move_cost(problem, intervention, slot_id)
        if slot_id is None:
            unplanned += problem.unplanned_cost(intervention)
        else:
            slot = problem.slot_by_id[slot_id]
            hospital += hospital_cost(problem, intervention, slot)
            overtime += overtime_cost(problem, intervention, slot)
            rules += rule_cost(problem, intervention, slot)
    return CostBreakdown(hospital=hospital, overtime=overtime, unplanned=unplanned, rules=rules, moves=moves)
