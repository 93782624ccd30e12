"""Who has no place in the order of a day, and why: the few interventions that do not fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from planning.solver.day.conflict import Cause, Conflict, conflict_of
from planning.solver.day.problem import Schedule
from planning.solver.problem import WeekProblem
from planning.solver.result import Violation
from planning.solver.rules.day import clock
from planning.solver.sequencing import day_problem, placed_on

# Asking takes up to a second of the search for each: beyond these the plain sentence has to do.
MOST_EXPLAINED = 4


def explained(
    problem: WeekProblem, assignments: Mapping[str, str], starts: Mapping[str, int], unordered: Iterable[Violation]
) -> tuple[Violation, ...]:
    """The violations of ``sequence`` with their cause and ``together``, the interventions that do not fit together."""
    found = []
    for number, violation in enumerate(unordered):
        found.append(_explained(problem, assignments, starts, violation) if number < MOST_EXPLAINED else violation)
    return tuple(found)


def _explained(
    problem: WeekProblem, assignments: Mapping[str, str], starts: Mapping[str, int], violation: Violation
) -> Violation:
    placed = placed_on(problem, assignments, problem.slot_by_id[assignments[violation.intervention]].day)
    day = day_problem(problem, placed)
    schedule = Schedule(day, {case: starts[case.id] for case in day.cases if case.id in starts})
    [case] = [one for one in day.cases if one.id == violation.intervention]
    conflict = conflict_of(schedule, case)
    together = tuple(one.id for one in conflict.cases if one.id != case.id)
    facts: dict[str, object] = {**violation.facts, "cause": conflict.cause.value, "together": together}
    facts["rooms"] = sorted({one.room for one in conflict.cases if one.surgeon == case.surgeon} - {case.room})
    if conflict.full is not None:
        facts["from"], facts["to"] = conflict.full
    if conflict.equipment is not None:
        facts["equipment"], facts["units"] = conflict.equipment, problem.equipment_units[conflict.equipment]
    if conflict.cause is Cause.RECOVERY:
        facts["beds"] = problem.recovery_beds
    return replace(violation, message=_message(violation, conflict, together, facts), facts=facts)


def _message(violation: Violation, conflict: Conflict, together: tuple[str, ...], facts: Mapping[str, object]) -> str:
    """In English, for files and logs; the interface words the facts itself."""
    why = {
        Cause.ROOM: "the hours of the room do not hold them",
        Cause.SURGEON: "their surgeons operate in other rooms too",
        Cause.EQUIPMENT: f"{facts.get('units')} {conflict.equipment} for all of them",
        Cause.RECOVERY: f"{facts.get('beds')} recovery beds for all of them",
    }[conflict.cause]
    when = "" if conflict.full is None else f", none left from {clock(conflict.full[0])} to {clock(conflict.full[1])}"
    return f"no order of the day holds it together with {', '.join(together) or 'nothing else'}: {why}{when}"
