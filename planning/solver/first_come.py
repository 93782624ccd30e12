"""First come, first served: in the file's order, each intervention takes the earliest slot that has room.

Its surgeon's wishes have a price, where they have one: it passes over a half-day to avoid for the next one that is not,
if it costs less there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planning.solver.costs import cell_cost
from planning.solver.problem import Intervention, Slot, SlotKind, WeekProblem
from planning.solver.rules import capacity_violations, is_allowed, load_of, surgeon_wish


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
        free = (
            slot
            for slot in slots
            if is_allowed(problem, item, slot) and not capacity_violations(problem, load, item, slot)
        )
        taken = _first(problem, item, free)
        if taken is not None:
            load.add(problem, item, taken)
            chosen[item.id] = taken.id
    return {item.id: chosen[item.id] for item in problem.interventions if item.id in chosen}


def _first(problem: WeekProblem, item: Intervention, free: Iterable[Slot]) -> Slot | None:
    slots: Iterator[Slot] = iter(free)
    first = next(slots, None)
    if first is None or not problem.rules.cost("surgeon_wish") or surgeon_wish(problem, item, first) is None:
        return first
    cost = cell_cost(problem, item, first)
    wanted = (slot for slot in slots if surgeon_wish(problem, item, slot) is None)
    return next((slot for slot in wanted if cell_cost(problem, item, slot) < cost), first)
