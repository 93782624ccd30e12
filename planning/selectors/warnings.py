"""What each placement of a plan breaks: the planner's rules, and what its problem cannot hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from planning.models import Intervention, Plan, Slot
from planning.selectors.loaded import LoadedWeek
from planning.solver.result import Violation, binding
from planning.solver.rules import pin_warnings, plan_violations, timeline_violations


def warnings_by_intervention(
    loaded: LoadedWeek, assignments: Mapping[str, str], starts: Mapping[str, int]
) -> dict[str, tuple[Violation, ...]]:
    """Pins and forced placements are judged like the others: they show what they break ever after."""
    found: dict[str, list[Violation]] = defaultdict(list)
    # A decided version keeps what was cancelled since: it says what had been planned.
    draft = loaded.plan is not None and loaded.plan.status == Plan.Status.DRAFT
    for key, slot in assignments.items():
        found[key].extend(slot_warnings(loaded, key, slot))
        if draft and loaded.interventions[key].state == Intervention.State.CANCELLED:
            found[key].append(Violation("not_to_plan", key, "is not to be planned any more", slot))
    problem = loaded.problem
    for violation in (
        *(one for one in plan_violations(problem, assignments) if one.rule != "pin_kept"),
        *pin_warnings(problem, assignments),
        *binding(timeline_violations(problem, assignments, starts)),
    ):
        found[violation.intervention].append(violation)
    return {key: tuple(violations) for key, violations in found.items() if violations}


def slot_warnings(loaded: LoadedWeek, intervention: str, slot_id: str) -> tuple[Violation, ...]:
    """A slot of a closed room, or one opened by exception where the week had none."""
    row = loaded.slots[slot_id]
    day = (row.date - loaded.week.monday).days
    found = []
    reason = loaded.closures.get((str(row.room), day))
    if reason is not None:
        found.append(room_closed(intervention, str(row.room), day, reason, slot_id))
    if row.origin == Slot.Origin.EXCEPTION:
        found.append(no_slot(intervention, str(row.room), day, slot_id))
    return tuple(found)


def room_closed(intervention: str, room: str, day: int, reason: str, slot: str | None = None) -> Violation:
    facts = {"room": room, "day": day, "reason": reason}
    return Violation("room_closed", intervention, f"room {room} is closed on day {day}", slot, facts)


def no_slot(intervention: str, room: str, day: int, slot: str | None = None) -> Violation:
    message = f"room {room} has no slot at that time of day {day}"
    return Violation("no_slot", intervention, message, slot, {"room": room, "day": day})
