"""Rules of a day that see all its rooms: recovery beds, shared equipment, septic interventions, children, day patients.

Each is one function over the timed interventions of one day, and answers explained violations as those of ``rules``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from planning.solver.day.problem import stays
from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.result import Violation


@dataclass(frozen=True, slots=True)
class Run:
    """An intervention in its slot from a start, in minutes after midnight."""

    item: Intervention
    slot: Slot
    start: int

    @property
    def end(self) -> int:
        return self.start + self.item.duration


def recovery_full(problem: WeekProblem, runs: Sequence[Run]) -> Iterator[Violation]:
    """No bed at the end of the operation: the patient stays in the operating room until one is free.

    Beds are given in the order in which the operations end.
    """
    by_id = {run.item.id: run for run in runs}
    for stay in stays(((run.end, run.item.id, run.item.recovery) for run in runs), problem.recovery_beds):
        if stay.held:
            run = by_id[stay.id]
            message = (
                f"ends at {clock(run.end)} with all {problem.recovery_beds} recovery beds taken: stays in room "
                f"{run.slot.room} for {stay.held} min"
            )
            facts = {"beds": problem.recovery_beds, "held": stay.held, "ends": run.end, "until": stay.enters}
            yield _broken("recovery_full", run, message, **facts)


def equipment_in_use(problem: WeekProblem, runs: Sequence[Run]) -> Iterator[Violation]:
    """Equipment that the rooms share is in use in as many rooms as there are units. Blames the later one."""
    for name, units in problem.equipment_units.items():
        users: list[Run] = []
        for run in (run for run in runs if name in run.item.equipment):
            users = [one for one in users if one.end > run.start]
            if len(users) >= units:
                first = min(users, key=lambda one: one.end)
                message = f"needs {name} from {clock(run.start)}, in use for {first.item.id} until {clock(first.end)}"
                facts = {"equipment": name, "units": units, "other": first.item.id, "until": first.end}
                yield _broken("equipment_in_use", run, message, **facts)
            users.append(run)


def septic_before_clean(problem: WeekProblem, runs: Sequence[Run]) -> Iterator[Violation]:
    """A septic intervention is followed by another one in its room. Blames the septic one."""
    for index, run in enumerate(runs):
        if not run.item.septic:
            continue
        after = [one for one in runs[index + 1 :] if one.slot.room == run.slot.room and not one.item.septic]
        if after:
            message = f"is septic and comes before {after[0].item.id} in room {run.slot.room}"
            yield _broken("septic_before_clean", run, message, room=run.slot.room, other=after[0].item.id)


def child_late(problem: WeekProblem, runs: Sequence[Run]) -> Iterator[Violation]:
    """A child waits, fasting, behind an adult of the same slot."""
    for index, run in enumerate(runs):
        before = [one for one in runs[:index] if one.slot.id == run.slot.id and not one.item.child]
        if run.item.child and before:
            message = f"is a child and comes after {before[0].item.id} in room {run.slot.room}"
            yield _broken("child_late", run, message, room=run.slot.room, other=before[0].item.id)


def ambulatory_late(problem: WeekProblem, runs: Sequence[Run]) -> Iterator[Violation]:
    """A day patient leaves the recovery room too late to go home the same evening."""
    closing = problem.ambulatory_closing
    for run in runs:
        leaves = run.end + run.item.recovery
        if run.item.ambulatory and leaves > closing:
            message = f"is a day patient and leaves the recovery room at {clock(leaves)}, after {clock(closing)}"
            yield _broken("ambulatory_late", run, message, leaves=leaves, latest=closing)


DayRule = Callable[[WeekProblem, Sequence[Run]], Iterator[Violation]]
DAY_RULES: tuple[DayRule, ...] = (recovery_full, equipment_in_use, septic_before_clean, child_late, ambulatory_late)


def day_violations(problem: WeekProblem, runs: Sequence[Run]) -> Iterator[Violation]:
    """All of one day, whose ``runs`` are in order of start."""
    for rule in DAY_RULES:
        yield from rule(problem, runs)


def clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def _broken(rule: str, run: Run, message: str, **facts: object) -> Violation:
    times: dict[str, object] = {"day": run.slot.day, "start": run.start, "end": run.end}
    return Violation(rule, run.item.id, message, run.slot.id, times | facts)
