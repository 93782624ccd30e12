"""First come, first served: in the file's order, each intervention takes the earliest slot that has room."""

from __future__ import annotations

from planning.solver.problem import Slot, SlotKind, WeekProblem
from planning.solver.rules import capacity_violations, is_allowed, load_of


def plan_first_come(problem: WeekProblem) -> dict[str, str]:
    """Pins first, then each in turn: by day, regular before overtime, earlier start, then the rooms' order."""
    room_rank = {room.id: rank for rank, room in enumerate(problem.rooms)}

    def arrival(slot: Slot) -> tuple[int, bool, int, int]:
        return slot.day, slot.kind is SlotKind.OVERTIME, slot.start, room_rank[slot.room]

    slots = sorted(problem.slots, key=arrival)
    chosen = {item.id: item.pinned for item in problem.interventions if item.pinned is not None}
    load = load_of(problem, chosen)
    for item in problem.interventions:
        if item.pinned is not None:
            continue
        for slot in slots:
            if is_allowed(problem, item, slot) and not capacity_violations(problem, load, item, slot):
                load.add(problem, item, slot)
                chosen[item.id] = slot.id
                break
    return {item.id: chosen[item.id] for item in problem.interventions if item.id in chosen}
