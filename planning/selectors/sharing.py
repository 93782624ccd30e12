"""When the equipment that rooms share, and the recovery beds, leave an intervention no place."""

from __future__ import annotations

from collections.abc import Mapping

from planning.solver.day.occupancy import Occupancy
from planning.solver.day.problem import stays
from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.sequencing import day_problem


def refused_starts(
    problem: WeekProblem, item: Intervention, slot: Slot, others: Mapping[str, str], starts: Mapping[str, int]
) -> int:
    """Bit m is set when ``item``, started at minute m of the slot's day beside ``others``, lacks equipment or a bed."""
    placed = [(item, slot)]
    for key, held in others.items():
        there = problem.slot_by_id[held]
        if there.day == slot.day and key != item.id:
            placed.append((problem.intervention_by_id[key], there))
    day = day_problem(problem, placed)
    ours, *rest = day.cases
    waits = {
        stay.id: stay.held
        for stay in stays(((starts[case.id] + case.duration, case.id, case.recovery) for case in rest), day.beds)
    }
    occupancy = Occupancy(day)
    for case in rest:
        occupancy.place(case, starts[case.id], held=waits.get(case.id, 0))
    return occupancy.refused(ours)
