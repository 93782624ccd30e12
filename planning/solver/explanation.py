"""What an explanation is made of: figures of the week's cost (1), other places, rules in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from planning.solver.costs import breakdown, cell_cost
from planning.solver.problem import Intervention, Slot, SlotKind, WeekProblem
from planning.solver.result import Violation


class Basis(StrEnum):
    """What a difference rests on: the others left where they are, the best plans found, or plans proven optimal."""

    ALONE = "alone"
    KNOWN = "known"
    PROVEN = "proven"


@dataclass(frozen=True, slots=True)
class Figures:
    """Days waited, minutes of overtime, interventions left out, and the cost of all of it, (1), in euros."""

    waited_days: int
    overtime_minutes: int
    left_out: int
    cost: float

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.waited_days + other.waited_days,
            self.overtime_minutes + other.overtime_minutes,
            self.left_out + other.left_out,
            self.cost + other.cost,
        )

    def __sub__(self, other: Figures) -> Figures:
        return Figures(
            self.waited_days - other.waited_days,
            self.overtime_minutes - other.overtime_minutes,
            self.left_out - other.left_out,
            self.cost - other.cost,
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """Another intervention, and the slots it goes from and to; None is the list of those left out."""

    intervention: str
    origin: str | None
    target: str | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """The week with the intervention in ``slot``: ``difference`` = ``forced`` - ``base``, totals in euros.

    ``base`` is the week with the intervention where it is. ``against`` are the rules that would have to give, none for
    a place that the rules leave open. ``moved`` is who else changes slot.
    """

    slot: str
    against: tuple[Violation, ...]
    difference: Figures
    base: float
    forced: float
    moved: tuple[Moved, ...]
    basis: Basis


@dataclass(frozen=True, slots=True)
class Barred:
    """The slots that one rule closes, and of these the violation nearest to being none."""

    nearest: Violation
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """``slot`` None: left out. ``own`` is what the intervention itself waits, takes in overtime and costs.

    ``alternatives`` are places that the rules leave open, ``changes`` those that something would have to give for; both
    come cheapest first. ``least`` is its own cost in the cheapest of its places, euros; None without any.
    """

    intervention: str
    slot: str | None
    own: Figures
    total: Figures
    least: float | None
    alternatives: tuple[Alternative, ...]
    changes: tuple[Alternative, ...]
    barred: tuple[Barred, ...]


def week_figures(problem: WeekProblem, assignments: Mapping[str, str]) -> Figures:
    """Of a whole plan, intervention id to slot id."""
    days = minutes = left_out = 0
    for item in problem.interventions:
        slot = assignments.get(item.id)
        own = own_figures(problem, item, None if slot is None else problem.slot_by_id[slot])
        days, minutes, left_out = (
            days + own.waited_days,
            minutes + own.overtime_minutes,
            left_out + own.left_out,
        )
    return Figures(days, minutes, left_out, breakdown(problem, assignments).total)


def own_figures(problem: WeekProblem, item: Intervention, slot: Slot | None) -> Figures:
    """Of one intervention in one slot: days after the day that follows its admission, operated minutes of overtime."""
    if slot is None:
        return Figures(0, 0, 1, problem.unplanned_cost(item))
    late = item.duration if slot.kind is SlotKind.OVERTIME else 0
    return Figures(max(0, slot.day - item.admission_day - 1), late, 0, cell_cost(problem, item, slot))


def moves_between(before: Mapping[str, str], after: Mapping[str, str], *, but: str) -> tuple[Moved, ...]:
    """Who is in another slot, ``but`` apart."""
    keys = [*before, *(key for key in after if key not in before)]
    return tuple(
        Moved(key, before.get(key), after.get(key)) for key in keys if key != but and before.get(key) != after.get(key)
    )


def plan_with(assignments: Mapping[str, str], intervention: str, one: Alternative) -> dict[str, str]:
    """The plan that the alternative describes: the intervention in its slot, and the others moved."""
    after = {**assignments, intervention: one.slot}
    for moved in one.moved:
        after.pop(moved.intervention, None)
        if moved.target is not None:
            after[moved.intervention] = moved.target
    return after


# --- As stored --------------------------------------------------------------------------------------------------


def to_json(one: Alternative) -> dict[str, Any]:
    """Plain values only, for a column of a database."""
    return asdict(one)


def from_json(stored: Mapping[str, Any]) -> Alternative:
    return Alternative(
        slot=stored["slot"],
        against=tuple(Violation(**violation) for violation in stored["against"]),
        difference=Figures(**stored["difference"]),
        base=stored["base"],
        forced=stored["forced"],
        moved=tuple(Moved(**moved) for moved in stored["moved"]),
        basis=Basis(stored["basis"]),
    )
