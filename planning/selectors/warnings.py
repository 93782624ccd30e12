"""What each placement of a plan breaks: the planner's rules, and what its problem cannot hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from planning.models import Intervention, Plan, Slot
from planning.selectors.loaded import LoadedWeek
from planning.solver.result import Violation
from planning.solver.rules import (
    judged,
    paid_violations,
    pin_warnings,
    plan_violations,
    said_once,
    timeline_violations,
)

Told = dict[str, tuple[Violation, ...]]


def told_of(loaded: LoadedWeek, assignments: Mapping[str, str], starts: Mapping[str, int]) -> Told:
    """What each placement breaks, soft rules included.

    Pins and forced placements are judged like the others: they show what they break ever after.
    """
    found: dict[str, list[Violation]] = defaultdict(list)
    problem = loaded.problem
    # A decided version keeps what was cancelled since: it says what had been planned.
    draft = loaded.plan is not None and loaded.plan.status == Plan.Status.DRAFT
    for key, slot in assignments.items():
        found[key].extend(slot_warnings(loaded, key, slot))
        if draft and loaded.interventions[key].state == Intervention.State.CANCELLED:
            found[key].append(Violation("not_to_plan", key, "is not to be planned any more", slot))
        item = problem.intervention_by_id[key]
        if item.pinned is None:
            found[key].extend(paid_violations(problem, item, problem.slot_by_id[slot]))
    for violation in (
        *(one for one in plan_violations(problem, assignments) if one.rule != "pin_kept"),
        *pin_warnings(problem, assignments),
        *timeline_violations(problem, assignments, starts),
    ):
        found[violation.intervention].append(violation)
    return {key: said_once(violations) for key, violations in found.items() if violations}


def warnings_by_intervention(loaded: LoadedWeek, assignments: Mapping[str, str], starts: Mapping[str, int]) -> Told:
    """The conflicts: rules broken that take a reason."""
    return conflicts_in(told_of(loaded, assignments, starts))


def conflicts_in(told: Told) -> Told:
    return _narrowed(told, soft=False)


def remarks_in(told: Told) -> Told:
    """Soft rules broken: a warning, no conflict."""
    return _narrowed(told, soft=True)


def _narrowed(told: Told, *, soft: bool) -> Told:
    kept = {key: tuple(one for one in violations if one.soft == soft) for key, violations in told.items()}
    return {key: violations for key, violations in kept.items() if violations}


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
    return judged(loaded.problem, found)


def room_closed(intervention: str, room: str, day: int, reason: str, slot: str | None = None) -> Violation:
    facts = {"room": room, "day": day, "reason": reason}
    return Violation("room_closed", intervention, f"room {room} is closed on day {day}", slot, facts)


def no_slot(intervention: str, room: str, day: int, slot: str | None = None) -> Violation:
    message = f"room {room} has no slot at that time of day {day}"
    return Violation("no_slot", intervention, message, slot, {"room": room, "day": day})
