"""The smallest things that would have to give for a place: minutes of a slot, of a surgeon, a date, an owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planning.solver.explanation import Alternative, Basis, Figures, own_figures, week_figures
from planning.solver.problem import Intervention, Slot, SlotKind, WeekProblem
from planning.solver.result import Violation
from planning.solver.rules import Load, capacity_violations, load_of, slot_violations

MOST_CHANGES = 4
# What no one can give: somebody who is not there, a specialty that is closed.
_FIRM = frozenset({"surgeon_absent", "specialty_closed"})
# A capacity says how much lacks in all; the rule that looks at the intervention alone then adds nothing.
_COVERED = {
    "slot_length": "slot_capacity",
    "longest_duration": "slot_length",
    "surgeon_day_too_short": "surgeon_day",
}


def changes_towards(
    problem: WeekProblem, assignments: Mapping[str, str], item: Intervention, *, below: float
) -> tuple[Alternative, ...]:
    """Places that cost the intervention less than ``below`` and that something would have to give for.

    Of each set of rules the cheapest place; those that break the fewest rules first. Nobody else moves.
    """
    rest = {key: slot for key, slot in assignments.items() if key != item.id}
    load, base = load_of(problem, rest), week_figures(problem, assignments)
    best: dict[frozenset[str], Alternative] = {}
    for slot in problem.slots:
        against = _against(problem, load, item, slot)
        if not against or own_figures(problem, item, slot).cost >= below:
            continue
        found = _change(problem, rest, item, slot, against, base)
        if found is None:
            continue
        rules = frozenset(one.rule for one in against)
        if rules not in best or _size(found) < _size(best[rules]):
            best[rules] = found
    fewest = min((len(rules) for rules in best), default=0)
    kept = sorted((one for rules, one in best.items() if len(rules) == fewest), key=_size)
    return tuple(kept[:MOST_CHANGES])


def _against(problem: WeekProblem, load: Load, item: Intervention, slot: Slot) -> tuple[Violation, ...]:
    found = (*slot_violations(problem, item, slot), *capacity_violations(problem, load, item, slot))
    rules = {one.rule for one in found}
    if rules & _FIRM:
        return ()
    return tuple(one for one in found if _COVERED.get(one.rule) not in rules)


def _change(
    problem: WeekProblem,
    rest: Mapping[str, str],
    item: Intervention,
    slot: Slot,
    against: tuple[Violation, ...],
    base: Figures,
) -> Alternative | None:
    given = relaxed(problem, item, slot.id, against, load_of(problem, rest))
    if given is None:
        return None
    week, more = given
    forced = week_figures(week, {**rest, item.id: slot.id}) + more
    return Alternative(slot.id, against, forced - base, base.cost, forced.cost, (), Basis.ALONE)


def _size(one: Alternative) -> tuple[float, int]:
    return round(one.difference.cost, 2), sum(missing_minutes(violation) for violation in one.against)


def missing_minutes(violation: Violation) -> int:
    missing = violation.facts.get("missing")
    return missing if isinstance(missing, int) else 0


def relaxed(
    problem: WeekProblem, item: Intervention, slot_id: str, against: tuple[Violation, ...], load: Load
) -> tuple[WeekProblem, Figures] | None:
    """The week in which the capacities named in ``against`` give just enough, and what these minutes cost.

    Minutes beyond the end of a regular slot are overtime at the day's price. They are taken from the slot that follows
    in the room when it touches; None when ``load`` leaves it too little. Rules on the intervention alone need no
    change of the week: whoever puts it there pins it.
    """
    lacks = {one.rule: missing_minutes(one) for one in against}
    slot = problem.slot_by_id[slot_id]
    longer = lacks.get("slot_capacity", 0)
    changed = {slot_id: replace(slot, end=slot.end + longer, positions=slot.positions + ("positions" in lacks))}
    for other in problem.slots:
        taken = slot.end + longer - other.start
        if longer and (other.room, other.day) == (slot.room, slot.day) and slot.end <= other.start and taken > 0:
            if other.length - load.minutes[other.id] < taken or taken >= other.length:
                return None
            changed[other.id] = replace(other, start=other.start + taken)
    surgeons = problem.surgeons
    if "surgeon_day" in lacks:
        surgeons = tuple(
            replace(one, daily_minutes=_more(one.daily_minutes, slot.day, lacks["surgeon_day"]))
            if one.id == item.surgeon
            else one
            for one in surgeons
        )
    week = replace(problem, slots=tuple(changed.get(one.id, one) for one in problem.slots), surgeons=surgeons)
    late = longer if slot.kind is SlotKind.REGULAR else 0
    return week, Figures(0, late, 0, late / 60 * problem.costs.overtime_hour[slot.day])


def _more(minutes: tuple[int, ...], day: int, more: int) -> tuple[int, ...]:
    return tuple(value + more if index == day else value for index, value in enumerate(minutes))
