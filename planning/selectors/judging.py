"""What judging a place needs, whether one intervention moves there or several change places at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from planning.selectors.loaded import LoadedWeek
from planning.selectors.timeline import Busy
from planning.solver import problem as solver
from planning.solver.costs import hospital_cost, overtime_cost, rule_cost
from planning.solver.result import CostBreakdown, Violation
from planning.solver.rules import (
    Load,
    capacity_violations,
    load_of,
    paid_violations,
    said_once,
    slot_violations,
    timeline_violations,
)


class Verdict(NamedTuple):
    """What a place breaks: ``against`` takes a written reason, ``remarks`` are soft rules to be warned of."""

    against: tuple[Violation, ...]
    remarks: tuple[Violation, ...]

    def status(self, delta: float) -> Literal["free", "cost", "rule"]:
        if self.against:
            return "rule"
        return "cost" if self.remarks or delta > 0 else "free"


def verdict(found: Iterable[Violation]) -> Verdict:
    told = said_once(tuple(found))
    return Verdict(tuple(one for one in told if not one.soft), tuple(one for one in told if one.soft))


def placed_in_time(loaded: LoadedWeek, assignments: Mapping[str, str]) -> Iterator[tuple[Busy, solver.Slot]]:
    """What is placed, in order of start."""
    problem = loaded.problem
    for key in sorted(assignments, key=loaded.starts.__getitem__):
        item = problem.intervention_by_id[key]
        yield (
            Busy(key, loaded.starts[key], item.duration, item.pinned is not None, problem.turnover_of(item)),
            problem.slot_by_id[assignments[key]],
        )


def slot_and_capacity(
    problem: solver.WeekProblem, load: Load, item: solver.Intervention, slot: solver.Slot
) -> tuple[Violation, ...]:
    """What the intervention breaks in the slot on top of ``load``, soft rules included."""
    more = capacity_violations(problem, load, item, slot)
    return (*slot_violations(problem, item, slot), *paid_violations(problem, item, slot), *more)


def slot_at(loaded: LoadedWeek, room: str, day: int, start: int, end: int) -> solver.Slot | None:
    """The slot that holds the whole of it, else the one where it starts."""
    holding = [slot for slot in loaded.room_days.get((room, day), ()) if slot.start <= start < slot.end]
    return next((slot for slot in holding if end <= slot.end), holding[0] if holding else None)


def pushed_elsewhere(
    week: LoadedWeek, before: Mapping[str, str], after: Mapping[str, str], pushed: Mapping[str, int]
) -> Iterator[Violation]:
    """What breaks because a pushed intervention ends up in another slot."""
    problem = week.problem
    for key in pushed:
        if after[key] != before[key]:
            rest = {other: slot for other, slot in after.items() if other != key}
            pushed_item, slot = problem.intervention_by_id[key], problem.slot_by_id[after[key]]
            yield from slot_and_capacity(problem, load_of(problem, rest), pushed_item, slot)


def new_timeline_violations(
    week: LoadedWeek,
    others: Mapping[str, str],
    after: Mapping[str, str],
    starts: Mapping[str, int],
    days: Collection[int],
) -> tuple[Violation, ...]:
    """Those of the days that were not there with ``others`` alone, the plan without what is being placed."""
    slots = week.problem.slot_by_id
    without = {key: slot for key, slot in others.items() if slots[slot].day in days}
    along = {key: slot for key, slot in after.items() if slots[slot].day in days}
    known = identities(timeline_violations(week.problem, without, week.starts))
    return newly(timeline_violations(week.problem, along, starts), known)


def identities(violations: Iterable[Violation]) -> frozenset[tuple[str, str, object]]:
    return frozenset(_identity(one) for one in violations)


def newly(violations: Iterable[Violation], known: frozenset[tuple[str, str, object]]) -> tuple[Violation, ...]:
    return tuple(one for one in violations if _identity(one) not in known)


def _identity(violation: Violation) -> tuple[str, str, object]:
    return violation.rule, violation.intervention, violation.facts.get("other")


def cost_change(problem: solver.WeekProblem, before: Mapping[str, str], after: Mapping[str, str]) -> CostBreakdown:
    """Equation (1) of one plan less that of another; only what changed slot is counted."""
    hospital = overtime = unplanned = rules = 0.0
    for sign, plan, other in ((-1, before, after), (1, after, before)):
        for key, slot_id in plan.items():
            if other.get(key) == slot_id:
                continue
            item, slot = problem.intervention_by_id[key], problem.slot_by_id[slot_id]
            hospital += sign * hospital_cost(problem, item, slot)
            overtime += sign * overtime_cost(problem, item, slot)
            rules += sign * rule_cost(problem, item, slot)
            if key not in other:
                unplanned -= sign * problem.unplanned_cost(item)
    return CostBreakdown(hospital, overtime, unplanned, rules)
