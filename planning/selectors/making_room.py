"""A place that others hold, made free: who goes where, and when everyone of these room-days then starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planning.selectors.judging import cost_change, new_timeline_violations
from planning.selectors.loaded import LoadedWeek
from planning.selectors.sharing import refused_starts
from planning.selectors.timeline import Busy, earliest
from planning.solver.displacing import held, plans_with
from planning.solver.problem import Slot


@dataclass(frozen=True, slots=True)
class RoomMade:
    """The week after it: ``starts`` are those of every intervention that changed place or hour.

    ``moved`` are the others that changed slot, or went back to the list; ``delta`` is the change of the total, euros.
    """

    assignments: dict[str, str]
    starts: dict[str, int]
    moved: tuple[str, ...]
    delta: float


def room_for(loaded: LoadedWeek, key: str, slot_id: str) -> RoomMade | None:
    """Moving only who must; None when the rules, the pins or the hours of the day leave no way."""
    plans = plans_with(held(loaded.problem, loaded.assignments, key), loaded.assignments, key)
    return in_order(loaded, key, plans[slot_id]) if slot_id in plans else None


def in_order(loaded: LoadedWeek, key: str, after: dict[str, str]) -> RoomMade | None:
    """When everyone starts once ``after`` is the plan; None when no order of the day was found."""
    before = loaded.assignments
    moved = tuple(one for one in before if one != key and after.get(one) != before[one])
    rest = {one: slot for one, slot in before.items() if one != key and one not in moved}
    order = _Order(loaded, rest, {one: loaded.starts[one] for one in rest})
    minutes = {one: loaded.problem.intervention_by_id[one].duration for one in moved}
    for one in (key, *sorted((other for other in moved if other in after), key=minutes.__getitem__, reverse=True)):
        if not order.insert(one, after[one]):
            return None
    days = {loaded.problem.slot_by_id[after[one]].day for one in (key, *moved) if one in after}
    # A soft rule is a warning: the sheet shows it afterwards, and a person needs no reason to go on.
    if any(not one.soft for one in new_timeline_violations(loaded, rest, after, order.starts, days)):
        return None
    changed = {
        one: start
        for one, start in order.starts.items()
        if start != loaded.starts.get(one) or after[one] != before.get(one)
    }
    return RoomMade(after, changed, moved, cost_change(loaded.problem, before, after).total)


def first_start(loaded: LoadedWeek, key: str, slot_id: str) -> int | None:
    """The earliest start in the slot, or after its end while the room is open; None when nothing is free there."""
    order = _Order(loaded, {one: slot for one, slot in loaded.assignments.items() if one != key}, dict(loaded.starts))
    slot = loaded.problem.slot_by_id[slot_id]
    return order.earliest(key, slot, order.in_room(slot), slot.start, loaded.rooms[slot.room].closes)


@dataclass(slots=True)
class _Order:
    """Placements with their starts, growing one by one."""

    loaded: LoadedWeek
    assignments: dict[str, str]
    starts: dict[str, int]

    def insert(self, key: str, slot_id: str) -> bool:
        """At the earliest start that is free; else with those of the slot drawn together around it."""
        slot = self.loaded.problem.slot_by_id[slot_id]
        there = self.in_room(slot)
        found = self._draw_together([key], there, slot_id)
        if found is None:
            free = [one.id for one in there if not one.fixed and self.assignments[one.id] == slot_id]
            fixed = [one for one in there if one.id not in free]
            orders = ([*free[:place], key, *free[place:]] for place in range(len(free) + 1))
            found = next((made for order in orders if (made := self._draw_together(order, fixed, slot_id))), None)
        if found is None:
            return False
        self.starts |= found
        self.assignments[key] = slot_id
        return True

    def _draw_together(self, order: Sequence[str], others: Sequence[Busy], slot_id: str) -> dict[str, int] | None:
        """Each as early as it can after the one before it, around ``others`` in the room and the surgeons' hours."""
        problem = self.loaded.problem
        slot, ready = problem.slot_by_id[slot_id], problem.slot_by_id[slot_id].start
        placed: list[Busy] = []
        for key in order:
            room = sorted([*others, *placed], key=lambda one: one.start)
            start = self.earliest(key, slot, room, ready, slot.end, without=order)
            if start is None:
                return None
            item = problem.intervention_by_id[key]
            placed.append(Busy(key, start, item.duration, turnover=problem.turnover_of(item)))
            ready = placed[-1].end
        return {one.id: one.start for one in placed}

    def in_room(self, slot: Slot) -> list[Busy]:
        return [busy for busy, at in self._placed() if (at.room, at.day) == (slot.room, slot.day)]

    def earliest(
        self, key: str, slot: Slot, room: Sequence[Busy], ready: int, end: int, without: Sequence[str] = ()
    ) -> int | None:
        """Between what is in the room and what the surgeon does in other rooms, with the equipment and a bed free.

        ``without`` are those whose starts are still to be found.
        """
        problem = self.loaded.problem
        item = problem.intervention_by_id[key]
        surgeon = [
            busy
            for busy, at in self._placed()
            if (at.day, problem.intervention_by_id[busy.id].surgeon) == (slot.day, item.surgeon)
            and at.room != slot.room
        ]
        others = {one: place for one, place in self.assignments.items() if one not in without}
        refused = refused_starts(problem, item, slot, others, self.starts)
        return earliest(ready, end, item.duration, room, surgeon, problem.turnover_of(item), refused)

    def _placed(self) -> list[tuple[Busy, Slot]]:
        """In order of start."""
        problem, found = self.loaded.problem, []
        for key in sorted(self.assignments, key=self.starts.__getitem__):
            item = problem.intervention_by_id[key]
            pinned, turnover = item.pinned is not None, problem.turnover_of(item)
            busy = Busy(key, self.starts[key], item.duration, pinned, turnover)
            found.append((busy, problem.slot_by_id[self.assignments[key]]))
        return found
