"""Slot rules, equations (7) and (8): one intervention in one slot."""

from __future__ import annotations

from collections.abc import Callable

from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.result import Violation
from planning.solver.rules.day import clock
from planning.solver.rules.shared import avoided, broken, daily_minutes, hours_of, judged, wanted_span


def hospitalised(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Dmin < j: operated the day after the admission at the earliest."""
    if intervention.admission_day < slot.day:
        return None
    message = (
        f"admitted on day {intervention.admission_day}, cannot be operated before the day after; this is day {slot.day}"
    )
    return broken("hospitalised", intervention, slot, message, day=slot.day, admission_day=intervention.admission_day)


def deadline(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """j <= Dmax."""
    if slot.day <= intervention.deadline_day:
        return None
    message = f"must be operated by day {intervention.deadline_day}; this is day {slot.day}"
    return broken("deadline", intervention, slot, message, day=slot.day, deadline_day=intervention.deadline_day)


def longest_duration(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Dur <= Disp: the slot takes no single intervention longer than ``max_duration``."""
    if intervention.duration <= slot.max_duration:
        return None
    message = f"lasts {intervention.duration} min, the slot takes {slot.max_duration} min at most"
    return broken(
        "longest_duration", intervention, slot, message, duration=intervention.duration, max_duration=slot.max_duration
    )


def slot_length(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """The intervention and its cleaning fit in the slot, even alone."""
    needed, turnover = problem.room_minutes(intervention), problem.turnover_of(intervention)
    if needed <= slot.length:
        return None
    message = f"needs {needed} min with cleaning, the slot is {slot.length} min long"
    return broken("slot_length", intervention, slot, message, needed=needed, turnover=turnover, length=slot.length)


def surgeon_absent(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Maxi[j, Surg] is not 0."""
    if daily_minutes(problem, intervention, slot) > 0:
        return None
    message = f"surgeon {intervention.surgeon} does not operate on day {slot.day}"
    return broken("surgeon_absent", intervention, slot, message, surgeon=intervention.surgeon, day=slot.day)


def surgeon_day_too_short(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Dur <= Maxi[j, Surg]: the surgeon's day can hold the intervention, even alone."""
    available = daily_minutes(problem, intervention, slot)
    if available == 0 or intervention.duration <= available:
        return None
    message = (
        f"lasts {intervention.duration} min, surgeon {intervention.surgeon} operates {available} min on day {slot.day}"
    )
    facts: dict[str, object] = {"duration": intervention.duration, "available": available}
    return broken(
        "surgeon_day_too_short", intervention, slot, message, surgeon=intervention.surgeon, day=slot.day, **facts
    )


def equipment(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Equi = 1: the room has everything the intervention needs."""
    missing = tuple(sorted(intervention.equipment - problem.room_by_id[slot.room].equipment))
    if not missing:
        return None
    message = f"room {slot.room} has no {', '.join(missing)}"
    return broken("equipment", intervention, slot, message, room=slot.room, missing=missing)


def slot_specialty(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """A slot owned by a specialty takes that specialty only."""
    if slot.specialty in (None, intervention.specialty):
        return None
    message = f"the slot belongs to specialty {slot.specialty}, the intervention is {intervention.specialty}"
    return broken("slot_specialty", intervention, slot, message, owner=slot.specialty, specialty=intervention.specialty)


def slot_surgeon(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """A slot owned by a surgeon takes that surgeon only."""
    if slot.surgeon in (None, intervention.surgeon):
        return None
    message = f"the slot belongs to surgeon {slot.surgeon}, the intervention is {intervention.surgeon}'s"
    return broken("slot_surgeon", intervention, slot, message, owner=slot.surgeon, surgeon=intervention.surgeon)


def specialty_closed(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """The intervention's specialty is in service on the slot's day."""
    closed_from = intervention.closed_from
    if closed_from is None or slot.day < closed_from:
        return None
    message = f"specialty {intervention.specialty} is closed from day {closed_from} on; this is day {slot.day}"
    facts: dict[str, object] = {"specialty": intervention.specialty, "closed_from": closed_from}
    return broken("specialty_closed", intervention, slot, message, day=slot.day, **facts)


def surgeon_hours(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Some start in the slot keeps the intervention within the surgeon's hours."""
    hours = hours_of(problem, intervention, slot)
    if hours is None or min(hours[1], slot.end) - max(hours[0], slot.start) >= intervention.duration:
        return None
    message = (
        f"surgeon {intervention.surgeon} operates from {clock(hours[0])} to {clock(hours[1])}, "
        f"the slot runs from {clock(slot.start)} to {clock(slot.end)}"
    )
    facts: dict[str, object] = {"from": hours[0], "to": hours[1], "duration": intervention.duration}
    return broken("surgeon_hours", intervention, slot, message, surgeon=intervention.surgeon, day=slot.day, **facts)


def surgeon_wish(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """Some start in the slot keeps the intervention out of the half-days that its surgeon would rather not have."""
    halves = avoided(problem, intervention, slot)
    if not halves or wanted_span(problem, intervention, slot) is not None:
        return None
    named = tuple(sorted(halves, reverse=True))  # the morning first
    message = f"surgeon {intervention.surgeon} would rather not operate the {' or the '.join(named)} of day {slot.day}"
    return broken("surgeon_wish", intervention, slot, message, surgeon=intervention.surgeon, day=slot.day, halves=named)


def ambulatory_slot(problem: WeekProblem, intervention: Intervention, slot: Slot) -> Violation | None:
    """A day patient operated first in the slot leaves the recovery room before the day unit closes."""
    leaves, closing = slot.start + intervention.duration + intervention.recovery, problem.ambulatory_closing
    if not intervention.ambulatory or leaves <= closing:
        return None
    message = (
        f"is a day patient and leaves the recovery room at {clock(leaves)} at the earliest, after {clock(closing)}"
    )
    return broken("ambulatory_slot", intervention, slot, message, day=slot.day, leaves=leaves, latest=closing)


SlotRule = Callable[[WeekProblem, Intervention, Slot], Violation | None]
SLOT_RULES: tuple[SlotRule, ...] = (
    hospitalised,
    deadline,
    longest_duration,
    slot_length,
    surgeon_absent,
    surgeon_day_too_short,
    equipment,
    slot_specialty,
    slot_surgeon,
    specialty_closed,
    surgeon_hours,
    surgeon_wish,
    ambulatory_slot,
)


def slot_violations(problem: WeekProblem, intervention: Intervention, slot: Slot) -> tuple[Violation, ...]:
    """All that forbids the planner to put this intervention in this slot; pins are ignored.

    A soft rule that it keeps all the same is among them; one that it may break at a cost is not (``paid_violations``).
    """
    found = judged(problem, (rule(problem, intervention, slot) for rule in SLOT_RULES))
    return tuple(violation for violation in found if not problem.rules.pays(violation.rule))


def paid_violations(problem: WeekProblem, intervention: Intervention, slot: Slot) -> tuple[Violation, ...]:
    """The soft rules broken in this slot, at a cost."""
    found = judged(problem, (rule(problem, intervention, slot) for rule in SLOT_RULES))
    return tuple(violation for violation in found if problem.rules.pays(violation.rule))


def is_allowed(problem: WeekProblem, intervention: Intervention, slot: Slot) -> bool:
    """Whether every slot rule holds; the same answer as ``slot_violations`` without building the sentences."""
    if problem.rules.changed:
        return not slot_violations(problem, intervention, slot)
    available = daily_minutes(problem, intervention, slot)
    return (
        intervention.admission_day < slot.day <= intervention.deadline_day
        and intervention.duration <= slot.max_duration
        and problem.room_minutes(intervention) <= slot.length
        and available > 0
        and intervention.duration <= available
        and slot.specialty in (None, intervention.specialty)
        and slot.surgeon in (None, intervention.surgeon)
        and (intervention.closed_from is None or slot.day < intervention.closed_from)
        and intervention.equipment <= problem.room_by_id[slot.room].equipment
    )
