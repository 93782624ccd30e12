"""What the rules have in common: how a violation is written, how strictly it is judged, what is placed where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from planning.solver.levels import Level
from planning.solver.problem import Intervention, Slot, WeekProblem
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


def placed_in(problem: WeekProblem, assignments: Mapping[str, str]) -> Iterator[tuple[Intervention, Slot]]:
    """In the week's order, so that blame does not depend on the mapping's; ``one_slot`` reports unknown slots."""
    for item in problem.interventions:
        slot = problem.slot_by_id.get(assignments.get(item.id, ""))
        if slot is not None:
            yield item, slot
