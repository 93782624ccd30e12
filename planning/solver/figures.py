"""What a comparison keeps of one planned week: the parts and wholes of its criteria, as plain numbers.

Rates are kept as parts and wholes because the article leaves the whole open. Two readings of each:

- occupancy of a room, over the regular slots offered in it or over its opening hours;
- slot fill, by slot (what is worked in the slots that somebody owns, whoever works there, over their length) or by
  owner (what each specialty operates, wherever, over the regular slots that it or its surgeons own).

Whose a slot is, is read from the week itself and not from the policy: open scheduling can then be asked too how it
fills the slots of the master plan, as in the article's Table 5. All times are minutes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from planning.solver.criteria import evaluate
from planning.solver.problem import SlotKind, WeekProblem
from planning.solver.result import CostBreakdown

Figures = dict[str, Any]


def figures_of(
    problem: WeekProblem, assignments: Mapping[str, str], opening_minutes: Mapping[str, int], cost: CostBreakdown
) -> Figures:
    """``problem`` is the week before the policy was applied, ``cost`` what the plan costs under the policy.

    All values are whole numbers but the costs.
    """
    criteria = evaluate(problem, assignments)
    rooms: dict[str, dict[str, int]] = {
        room: {"used": rate.part, "regular": rate.whole, "opening": opening_minutes.get(room, 0), "overtime": 0}
        for room, rate in criteria.occupancy_by_room.items()
    }
    for one in criteria.room_days:
        rooms[one.room]["overtime"] += one.overtime_minutes
    return {
        # JSON keeps no order of its own in every database.
        "room_order": [room.id for room in problem.rooms],
        "rooms": rooms,
        "overtime": criteria.overtime_minutes,
        "rooms_overrunning": criteria.rooms_overrunning,
        "planned": [criteria.planned_share.part, criteria.planned_share.whole],
        "fill_by_slot": [criteria.slot_fill.part, criteria.slot_fill.whole],
        "fill_by_owner": _fill_by_owner(problem, assignments),
        "specialties": _specialties(problem, assignments),
        "waited_days": _waited(problem, assignments),
        "several_rooms": _several_rooms(problem, assignments),
        "hospital_cost": cost.hospital,
        "overtime_cost": cost.overtime,
        "unplanned_cost": cost.unplanned,
        "rules_cost": cost.rules,
    }


def _fill_by_owner(problem: WeekProblem, assignments: Mapping[str, str]) -> list[int]:
    owned: Counter[str] = Counter()
    for slot in problem.slots:
        owner = slot.specialty or (problem.surgeon_by_id[slot.surgeon].specialty if slot.surgeon else None)
        if owner is not None and slot.kind is SlotKind.REGULAR:
            owned[owner] += slot.length
    work = sum(
        problem.room_minutes(item)
        for item in problem.interventions
        if item.id in assignments and item.specialty in owned
    )
    return [work, sum(owned.values())]


def _specialties(problem: WeekProblem, assignments: Mapping[str, str]) -> dict[str, list[int]]:
    """Interventions planned and asked for."""
    found: dict[str, list[int]] = {}
    for item in problem.interventions:
        planned = found.setdefault(item.specialty, [0, 0])
        planned[0] += item.id in assignments
        planned[1] += 1
    return found


def _waited(problem: WeekProblem, assignments: Mapping[str, str]) -> int:
    """Days between the first possible day and the planned one, over all planned: what equation (9) pays for."""
    by_id, slots = problem.intervention_by_id, problem.slot_by_id
    return sum(max(0, slots[slot].day - by_id[key].admission_day - 1) for key, slot in assignments.items())


def _several_rooms(problem: WeekProblem, assignments: Mapping[str, str]) -> list[int]:
    """Days on which a surgeon operates in more than one room, and days on which a surgeon operates."""
    rooms: dict[tuple[str, int], set[str]] = defaultdict(set)
    for key, slot_id in assignments.items():
        slot = problem.slot_by_id[slot_id]
        rooms[problem.intervention_by_id[key].surgeon, slot.day].add(slot.room)
    return [sum(len(one) > 1 for one in rooms.values()), len(rooms)]
