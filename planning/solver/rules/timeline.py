"""Timeline rules: start times, alone in the slot, then against the others of the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from planning.solver.problem import Intervention, Slot, WeekProblem
from planning.solver.result import Violation
from planning.solver.rules.day import Run, clock, day_violations
from planning.solver.rules.shared import avoided, broken, half_of, hours_of, judged, placed_in


def outside_slot(problem: WeekProblem, intervention: Intervention, slot: Slot, start: int) -> Violation | None:
    """Starts and ends within its slot; the cleaning afterwards may run past the end."""
    end = start + intervention.duration
    if slot.start <= start and end <= slot.end:
        return None
    message = f"runs from {clock(start)} to {clock(end)}, the slot from {clock(slot.start)} to {clock(slot.end)}"
    facts: dict[str, object] = {"slot_start": slot.start, "slot_end": slot.end}
    return broken("outside_slot", intervention, slot, message, start=start, end=end, **facts)


def outside_hours(problem: WeekProblem, intervention: Intervention, slot: Slot, start: int) -> Violation | None:
    """Starts and ends within the surgeon's hours of the day."""
    hours, end = hours_of(problem, intervention, slot), start + intervention.duration
    if hours is None or (hours[0] <= start and end <= hours[1]):
        return None
    message = (
        f"runs from {clock(start)} to {clock(end)}, surgeon {intervention.surgeon} operates "
        f"from {clock(hours[0])} to {clock(hours[1])}"
    )
    facts: dict[str, object] = {"surgeon": intervention.surgeon, "from": hours[0], "to": hours[1], "day": slot.day}
    return broken("outside_hours", intervention, slot, message, start=start, end=end, **facts)


def unwanted_start(problem: WeekProblem, intervention: Intervention, slot: Slot, start: int) -> Violation | None:
    """Starts in a half-day that the surgeon does not avoid."""
    half = half_of(start)
    if half not in avoided(problem, intervention, slot):
        return None
    message = f"starts at {clock(start)}, surgeon {intervention.surgeon} would rather not operate that {half}"
    facts: dict[str, object] = {"surgeon": intervention.surgeon, "day": slot.day, "start": start, "half": half}
    return broken("unwanted_start", intervention, slot, message, **facts)


StartRule = Callable[[WeekProblem, Intervention, Slot, int], Violation | None]
START_RULES: tuple[StartRule, ...] = (outside_slot, outside_hours, unwanted_start)


def start_violations(problem: WeekProblem, intervention: Intervention, slot: Slot, start: int) -> tuple[Violation, ...]:
    """What a start breaks by itself, whatever else is in the room."""
    return judged(problem, (rule(problem, intervention, slot, start) for rule in START_RULES))


def room_overlap(
    problem: WeekProblem, assignments: Mapping[str, str], starts: Mapping[str, int]
) -> tuple[Violation, ...]:
    """Two interventions in one room, or one before the other's cleaning is over. Blames the later one."""
    return _room_overlaps(problem, _pairs(problem, _runs(placed_in(problem, assignments), starts)))


def _room_overlaps(problem: WeekProblem, pairs: Iterable[tuple[Run, Run]]) -> tuple[Violation, ...]:
    found = []
    for first, second in pairs:
        ready = first.end + problem.turnover_of(first.item)
        if first.slot.room == second.slot.room and second.start < ready:
            message = (
                f"starts at {clock(second.start)} in room {second.slot.room}, "
                f"ready at {clock(ready)} after {first.item.id}"
            )
            found.append(_overlap("room_overlap", first, second, message, room=second.slot.room, ready=ready))
    return tuple(found)


def surgeon_overlap(
    problem: WeekProblem, assignments: Mapping[str, str], starts: Mapping[str, int]
) -> tuple[Violation, ...]:
    """A surgeon in two rooms at once. Blames the later intervention."""
    return _surgeon_overlaps(_pairs(problem, _runs(placed_in(problem, assignments), starts)))


def _surgeon_overlaps(pairs: Iterable[tuple[Run, Run]]) -> tuple[Violation, ...]:
    found = []
    for first, second in pairs:
        same = first.item.surgeon == second.item.surgeon and first.slot.room != second.slot.room
        if same and second.start < first.end:
            message = (
                f"starts at {clock(second.start)}, surgeon {second.item.surgeon} operates {first.item.id} "
                f"in room {first.slot.room} until {clock(first.end)}"
            )
            facts: dict[str, object] = {"surgeon": second.item.surgeon, "other_room": first.slot.room}
            found.append(_overlap("surgeon_overlap", first, second, message, room=second.slot.room, **facts))
    return tuple(found)


def timeline_violations(
    problem: WeekProblem, assignments: Mapping[str, str], starts: Mapping[str, int]
) -> tuple[Violation, ...]:
    """All the timeline rules, for the placed interventions that have a start; pins are judged like the others."""
    placed = [(item, slot) for item, slot in placed_in(problem, assignments) if item.id in starts]
    days = _runs(placed, starts)
    pairs = list(_pairs(problem, days))
    alone = (violation for item, slot in placed for violation in start_violations(problem, item, slot, starts[item.id]))
    together = (violation for runs in days for violation in day_violations(problem, runs))
    return (*alone, *_room_overlaps(problem, pairs), *_surgeon_overlaps(pairs), *judged(problem, together))


def _overlap(rule: str, first: Run, second: Run, message: str, **facts: object) -> Violation:
    times: dict[str, object] = {
        "start": second.start,
        "end": second.end,
        "other_start": first.start,
        "other_end": first.end,
    }
    return broken(rule, second.item, second.slot, message, other=first.item.id, day=second.slot.day, **times, **facts)


def _runs(placed: Iterable[tuple[Intervention, Slot]], starts: Mapping[str, int]) -> list[list[Run]]:
    """The interventions that have a start, by day and in order."""
    days: dict[int, list[Run]] = defaultdict(list)
    for item, slot in placed:
        if item.id in starts:
            days[slot.day].append(Run(item, slot, starts[item.id]))
    return [sorted(runs, key=lambda run: run.start) for runs in days.values()]


def _pairs(problem: WeekProblem, days: Iterable[list[Run]]) -> Iterator[tuple[Run, Run]]:
    """Each pair of interventions of one day that could meet, the earlier start first."""
    for runs in days:
        for index, first in enumerate(runs):
            for second in runs[index + 1 :]:
                if second.start >= first.end + problem.turnover_of(first.item):
                    break
                yield first, second
