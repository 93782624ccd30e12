"""A search for the order of a day: rules of thumb, then annealing by the compiled steps of ``kernel``."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import gcd

import numpy as np

from planning.solver.day import kernel
from planning.solver.day.problem import Case, DayProblem, Schedule


class Search:
    """The best order of those tried so far. Deterministic for a seed and the calls made."""

    def __init__(self, problem: DayProblem, *, seed: str, least: int = 0) -> None:
        """``least`` have no place in any order: until so few are left, only their number counts."""
        self.problem = problem
        self._step = step_of(problem)
        self._index = {case: number for number, case in enumerate(problem.cases)}
        self._tables = _tables(problem, self._step, least)
        self._state = _state(problem, self._tables, random.Random(seed).getrandbits(63) | 1)

    def consider(self, priorities: Sequence[Case], releases: Mapping[Case, int]) -> None:
        """Each in turn at the earliest start that is left, not before its release."""
        self._state.list[:, kernel.ORDER] = [self._index[case] for case in priorities]
        self._state.at[:, kernel.RELEASE] = [-(-releases.get(case, 0) // self._step) for case in self.problem.cases]
        kernel.build(self._tables, self._state)

    def rules_of_thumb(self) -> None:
        """Ties keep the week's order, so that similar weeks look similar."""
        wanted = {case: case.wanted[0] for case in self.problem.free if case.wanted is not None}
        for rule in _rules_of_thumb(self.problem):
            self.consider(sorted(self.problem.free, key=rule), {})
            if wanted:
                self.consider(sorted(sorted(self.problem.free, key=rule), key=_wanted_by), wanted)

    def rebuild(self, known: Mapping[str, int]) -> None:
        """The order that gave these starts, by id; those without one come last."""
        free = sorted(self.problem.free, key=lambda case: known.get(case.id, math.inf))
        self.consider(free, {case: known[case.id] for case in free if case.id in known})

    def anneal(self, steps: int, bound: int) -> None:
        """A cycle of cooling; it ends when an order of everyone costs no more than ``bound``."""
        if self.problem.free:
            kernel.anneal(self._tables, self._state, steps, bound)

    @property
    def value(self) -> int:
        return int(self._state.value[kernel.BEST])

    @property
    def left_out(self) -> int:
        return len(self.problem.cases) - int(np.count_nonzero(self._state.at[:, kernel.BEST_START] >= 0))

    @property
    def best(self) -> Schedule:
        return self._schedule(kernel.BEST_START)

    @property
    def last(self) -> Schedule:
        """The order considered last."""
        return self._schedule(kernel.START)

    def _schedule(self, column: int) -> Schedule:
        found = zip(self.problem.cases, self._state.at[:, column].tolist(), strict=True)
        return Schedule(self.problem, {case: self._step * start for case, start in found if start >= 0})


def settled(schedule: Schedule) -> Schedule:
    """The same order with everyone as early as the same cost allows: each alone, each room, each surgeon's day."""
    search = Search(schedule.problem, seed="")
    improved = True
    while improved:
        improved = False
        for group in _groups(schedule):
            starts = schedule.starts
            free = sorted(schedule.problem.free, key=lambda case: starts.get(case, math.inf))
            search.consider(free, {case: starts[case] for case in free if case in starts and case not in group})
            sooner = search.last
            if sum(sooner.starts.values()) < sum(starts.values()) and sooner.rank <= schedule.rank:
                schedule, improved = sooner, True
    return schedule


def _groups(schedule: Schedule) -> list[set[Case]]:
    together: dict[tuple[str, str], set[Case]] = defaultdict(set)
    for case in sorted(schedule.starts, key=schedule.starts.__getitem__):
        if case.fixed is None:
            for kind, key in (("room", case.room), ("surgeon", case.surgeon), ("case", case.id)):
                together[kind, key].add(case)
    return list(together.values())


def step_of(problem: DayProblem) -> int:
    """What every minute of the day is a multiple of: five, mostly."""
    minutes = [value for case in problem.cases for value in (case.duration, case.turnover, case.recovery)]
    minutes += [value for case in problem.cases for value in (case.opening, case.closing, case.fixed or 0)]
    minutes += [case.leave_by or 0 for case in problem.cases]
    return max(1, gcd(*minutes, *problem.slot_start.values(), *problem.regular_until.values()))


def _rules_of_thumb(problem: DayProblem) -> list[Callable[[Case], tuple[object, ...]]]:
    slot_start = problem.slot_start
    rooms: dict[str, set[str]] = defaultdict(set)
    spare: dict[str, int] = {}
    for case in problem.cases:
        rooms[case.surgeon].add(case.room)
        whole = case.closing - slot_start[case.slot]
        spare[case.slot] = spare.get(case.slot, whole) - case.duration - case.turnover
    return [
        lambda case: (slot_start[case.slot], case.septic, -case.early, case.early and case.duration, case.surgeon),
        lambda case: (slot_start[case.slot], case.septic, case.surgeon, -case.early, case.early and case.duration),
        lambda case: (not case.pinned, case.septic, slot_start[case.slot], spare[case.slot]),
        lambda case: (slot_start[case.slot], case.septic, -len(rooms[case.surgeon]), case.surgeon),
        lambda case: (slot_start[case.slot], case.septic, spare[case.slot], -case.duration),
        lambda case: (case.septic, case.closing - case.opening - case.duration, -len(rooms[case.surgeon])),
    ]


# --- Arrays --------------------------------------------------------------------------------------------------------


def _tables(problem: DayProblem, step: int, least: int) -> kernel.Tables:
    rooms, slots = _numbered(case.room for case in problem.cases), _numbered(case.slot for case in problem.cases)
    surgeons = _numbered(case.surgeon for case in problem.cases)
    names = list(problem.units)
    rows = [
        [
            rooms[case.room],
            slots[case.slot],
            surgeons[case.surgeon],
            *(minutes // step for minutes in (case.duration, case.turnover, case.recovery, case.opening, case.closing)),
            case.early,
            kernel.NEVER if case.leave_by is None else case.leave_by // step,
            case.septic,
            -1 if case.fixed is None else case.fixed // step,
            problem.held.get(case.id, 0) // step,
            case.pinned,
            *_wanted(case, step),
        ]
        for case in problem.cases
    ]
    until = problem.regular_until
    beds = len(problem.cases) if problem.beds is None else problem.beds
    return kernel.Tables(
        case=np.array(rows, np.int64).reshape(-1, 16),
        needs=np.array([[name in case.equipment for name in names] for case in problem.cases], np.int64),
        units=np.array([problem.units[name] for name in names], np.int64),
        slot_start=np.array([problem.slot_start[slot] // step for slot in slots], np.int64),
        until=np.array([until[room] // step if room in until else kernel.NEVER for room in rooms], np.int64),
        limits=np.array([beds, _horizon(problem) // step, step, least], np.int64),
    )


def _wanted(case: Case, step: int) -> tuple[int, int]:
    """In steps, the first start that is wanted and the first one after that is not."""
    return (0, kernel.NEVER) if case.wanted is None else (-(-case.wanted[0] // step), -(-case.wanted[1] // step))


def _wanted_by(case: Case) -> int:
    return kernel.NEVER if case.wanted is None else case.wanted[1]


def _horizon(problem: DayProblem) -> int:
    """When the last bed can be free again; for what a pin pushes past midnight, the day after."""
    ends = (
        max(case.closing, 0 if case.fixed is None else case.fixed + case.duration + problem.held.get(case.id, 0))
        + case.recovery
        for case in problem.cases
    )
    return max(ends, default=0)


def _state(problem: DayProblem, tables: kernel.Tables, seed: int) -> kernel.State:
    rooms, slots, horizon = len(tables.until), len(tables.slot_start), int(tables.limits[1])
    surgeons = int(tables.case[:, kernel.SURGEON].max(initial=-1)) + 1
    many = len(problem.cases)
    return kernel.State(
        at=np.full((many, 6), -1, np.int64),
        list=np.zeros((len(problem.free), 3), np.int64),
        value=np.full(3, np.iinfo(np.int64).max, np.int64),
        in_room=np.zeros((rooms, many + 1), np.int64),
        of=np.zeros((surgeons, many + 1), np.int64),
        in_use=np.zeros((len(tables.units), horizon), np.int64),
        in_bed=np.zeros(horizon, np.int64),
        edges=np.zeros((rooms, 2), np.int64),
        tally=np.zeros((slots + surgeons + rooms, 3), np.int64),
        seed=np.array([seed], np.uint64),
    )


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}
