"""What a plan costs: equations (1) and (9), in the currency of the week's costs."""

from __future__ import annotations

from collections.abc import Mapping

from planning.solver.problem import Intervention, Slot, SlotKind, WeekProblem
from planning.solver.result import CostBreakdown


def hospital_cost(problem: WeekProblem, intervention: Intervention, slot: Slot) -> float:
    """C in (9): each day waited after the day that follows the admission. A negative wait costs 0."""
    waited_days = slot.day - intervention.admission_day - 1
    return max(0, waited_days) * problem.costs.hospital_day


def overtime_cost(problem: WeekProblem, intervention: Intervention, slot: Slot) -> float:
    """Chsup in (9): the operated minutes at the day's hourly overtime price; 0 in regular hours."""
    if slot.kind is not SlotKind.OVERTIME:
        return 0.0
    return problem.costs.overtime_hour[slot.day] * intervention.duration / 60


def cell_cost(problem: WeekProblem, intervention: Intervention, slot: Slot) -> float:
    """C + Chsup of one intervention in one slot, whether or not the rules allow it there."""
    return hospital_cost(problem, intervention, slot) + overtime_cost(problem, intervention, slot)


def breakdown(problem: WeekProblem, assignments: Mapping[str, str]) -> CostBreakdown:
    """Equation (1) of a plan (intervention id to slot id); every intervention not in it counts as unplanned."""
    hospital = overtime = unplanned = 0.0
    for intervention in problem.interventions:
        slot_id = assignments.get(intervention.id)
        if slot_id is None:
            unplanned += problem.unplanned_cost(intervention)
        else:
            slot = problem.slot_by_id[slot_id]
            hospital += hospital_cost(problem, intervention, slot)
            overtime += overtime_cost(problem, intervention, slot)
    return CostBreakdown(hospital=hospital, overtime=overtime, unplanned=unplanned)
