"""What the rules have in common: how a violation is written, how strictly it is judged, what is placed where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from planning.solver.levels import Level
from planning.solver.problem import NOON, Half, Intervention, Slot, WeekProblem
from planning.solver.result import Violation


def broken(rule: str, intervention: Intervention, slot: Slot, message: str, **facts: object) -> Violation:
    return Violation(rule, intervention.id, message, slot.id, facts)


def judged(problem: WeekProblem, found: Iterable[Violation | None]) -> tuple[Violation, ...]:
    """Without those of rules set off; those of soft rules are said to be soft."""
    return tuple(
        replace(one, soft=True) if level is Level.SOFT else one
        for one in found
        if one is not None and (level := problem.rules.level(one.rule)) is not Level.OFF
    )


def daily_minutes(problem: WeekProblem, intervention: Intervention, slot: Slot) -> int:
    return problem.surgeon_by_id[intervention.surgeon].daily_minutes[slot.day]


def hours_of(problem: WeekProblem, intervention: Intervention, slot: Slot) -> tuple[int, int] | None:
    hours = problem.surgeon_by_id[intervention.surgeon].hours
    return None if hours is None else hours[slot.day]


def operating_span(problem: WeekProblem, intervention: Intervention, slot: Slot) -> tuple[int, int]:
    """From when to when the intervention should run: within the slot, and the surgeon's hours where they hold it.

    What does not fit in the hours keeps the whole slot: it is there by a person's decision or at a cost.
    """
    hours = hours_of(problem, intervention, slot)
    if hours is None or problem.rules.level("surgeon_hours") is Level.OFF:
        return slot.start, slot.end
    begin, end = max(hours[0], slot.start), min(hours[1], slot.end)
    return (begin, end) if end - begin >= intervention.duration else (slot.start, slot.end)


def avoided(problem: WeekProblem, intervention: Intervention, slot: Slot) -> frozenset[Half]:
    """The half-days of the slot's day that the surgeon would rather not have; none where wishes are no rule."""
    avoids = problem.surgeon_by_id[intervention.surgeon].avoids
    if avoids is None or problem.rules.level("surgeon_wish") is Level.OFF:
        return frozenset()
    return avoids[slot.day]


def half_of(start: int) -> Half:
    """An intervention belongs to the half-day in which it starts."""
    return Half.MORNING if start < NOON else Half.AFTERNOON


def wanted_span(problem: WeekProblem, intervention: Intervention, slot: Slot) -> tuple[int, int] | None:
    """From when to when it should run so that it starts in a half-day its surgeon does not avoid; None: it cannot."""
    begin, end = operating_span(problem, intervention, slot)
    halves = avoided(problem, intervention, slot)
    if Half.MORNING in halves:
        begin = max(begin, NOON)
    if Half.AFTERNOON in halves:
        end = min(end, NOON - 1 + intervention.duration)
    return (begin, end) if begin + intervention.duration <= end else None


def placed_in(problem: WeekProblem, assignments: Mapping[str, str]) -> Iterator[tuple[Intervention, Slot]]:
    """In the week's order, so that blame does not depend on the mapping's; ``one_slot`` reports unknown slots."""
    for item in problem.interventions:
        slot = problem.slot_by_id.get(assignments.get(item.id, ""))
        if slot is not None:
            yield item, slot
