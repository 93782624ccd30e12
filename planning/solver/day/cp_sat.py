"""The same day as a constraint program, for OR-Tools CP-SAT: a proof, a better order, or a place for those without.

The rooms, the surgeons and the beds are intervals of whole time steps, a step being what all the minutes of the day
are multiples of. The library is imported where it is used: it takes half a second, and ``highspy`` must never be in
the same process.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import gcd
from typing import Any

from planning.solver.day.problem import (
    DEPARTURE,
    IDLE,
    LATENESS,
    OVERTIME,
    UNWANTED,
    WAITING,
    Case,
    DayProblem,
    Schedule,
)

# One more case with a place outweighs any order of the others, a pinned one all of them.
LEFT_OUT = 10**9
PINNED_LEFT_OUT = 10**11


@dataclass(frozen=True, slots=True)
class Answer:
    """``schedule`` None: no order better than the one given. ``bound`` holds for ``Minutes.cost`` if all are placed."""

    schedule: Schedule | None
    bound: int | None
    proven: bool


def solve_day(
    problem: DayProblem, known: Schedule, *, effort: float, seed: int = 0, among: Collection[Case] | None = None
) -> Answer:
    """From a known order to a better one, within ``effort`` units of deterministic time (about a second each).

    The same day, effort and seed give the same answer on any machine: one worker, a fixed seed and no clock. When the
    known order leaves someone out, the program may leave out too, at a price; otherwise everyone has a place. With
    ``among`` only these cases may move, and there is neither bound nor proof.
    """
    from ortools.sat.python import cp_model

    program = _Program(problem, optional=bool(known.unplaced), model=cp_model.CpModel())
    program.hint(known)
    if among is not None:
        program.keep(known, among)
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = effort
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.num_workers = 1
    status = solver.solve(program.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, None, proven=status == cp_model.INFEASIBLE)
    found = Schedule(problem, program.starts(solver))
    better = found if found.rank < known.rank else None
    if among is not None or found.unplaced:
        return Answer(better, None, proven=False)
    return Answer(better, int(solver.best_objective_bound), proven=status == cp_model.OPTIMAL)


def solve_from_scratch(problem: DayProblem, *, seconds: float) -> Answer:
    """The same program alone, without an order to start from and by the clock: what benchmarks compare with."""
    from ortools.sat.python import cp_model

    program = _Program(problem, optional=False, model=cp_model.CpModel())
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    status = solver.solve(program.model)
    bound = None if status == cp_model.UNKNOWN else int(solver.best_objective_bound)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, bound, proven=status == cp_model.INFEASIBLE)
    return Answer(Schedule(problem, program.starts(solver)), bound, proven=status == cp_model.OPTIMAL)


class _Program:
    def __init__(self, problem: DayProblem, *, optional: bool, model: Any) -> None:
        self.problem, self.model = problem, model
        self.step = _step(problem)
        self.start: dict[Case, Any] = {}
        self.placed: dict[Case, Any] = {}
        for case in problem.free:
            least, most = -(-case.opening // self.step), (case.closing - case.duration) // self.step
            self.placed[case] = model.new_bool_var("") if optional or least > most else True
            self.start[case] = model.new_int_var(least, max(least, most), case.id)
            if least > most:
                model.add(self.placed[case] == 0)
        self._rooms()
        self._surgeons()
        self._equipment()
        self._beds()
        self._septic_last()
        self._objective()

    def hint(self, known: Schedule) -> None:
        for case, start in self.start.items():
            at = known.starts.get(case)
            if self.placed[case] is not True:
                self.model.add_hint(self.placed[case], at is not None)
            if at is not None:
                self.model.add_hint(start, at // self.step)

    def keep(self, known: Schedule, among: Collection[Case]) -> None:
        for case, start in self.start.items():
            at = known.starts.get(case)
            if case not in among and at is not None:
                self.model.add(start == at // self.step)

    def starts(self, solver: Any) -> Mapping[Case, int]:
        found = dict(self.problem.fixed)
        for case, start in self.start.items():
            if self.placed[case] is True or solver.value(self.placed[case]):
                found[case] = self.step * solver.value(start)
        return found

    def _rooms(self) -> None:
        """One after the other, the room cleaned in between; around what is fixed, which may overlap itself."""
        for cases in _grouped(self.problem.cases, lambda case: case.room):
            fixed = [(at, self._out(case, at) + case.turnover) for case, at in self.problem.fixed if case in cases]
            free = [self._interval(case, 0, case.duration + case.turnover) for case in cases if case.fixed is None]
            self.model.add_no_overlap([*free, *self._blocks(fixed)])

    def _surgeons(self) -> None:
        for cases in _grouped(self.problem.cases, lambda case: case.surgeon):
            if len({case.room for case in cases}) > 1:
                fixed = [(at, at + case.duration) for case, at in self.problem.fixed if case in cases]
                free = [self._interval(case, 0, case.duration) for case in cases if case.fixed is None]
                self.model.add_no_overlap([*free, *self._blocks(fixed)])

    def _equipment(self) -> None:
        for name, units in self.problem.units.items():
            cases = [case for case in self.problem.cases if name in case.equipment]
            spans = [(at, at + case.duration) for case, at in self.problem.fixed if case in cases]
            free = [self._interval(case, 0, case.duration) for case in cases if case.fixed is None]
            self._shared(free, spans, units)

    def _beds(self) -> None:
        if self.problem.beds is None:
            return
        outs = [(self._out(case, at), case.recovery) for case, at in self.problem.fixed]
        free = [self._interval(case, case.duration, case.recovery) for case in self.problem.free if case.recovery]
        self._shared(free, [(out, out + minutes) for out, minutes in outs], self.problem.beds)

    def _septic_last(self) -> None:
        for cases in _grouped(self.problem.cases, lambda case: case.room):
            for septic in (case for case in cases if case.septic and case.fixed is None):
                for other in (case for case in cases if not case.septic):
                    ready = self._end(other) + other.turnover
                    self._when(self.model.add(self._at(septic) >= ready), septic, other)

    def _objective(self) -> None:
        late = [*self._overtime(), *self._overstay(), *self._unwanted()]
        terms: list[Any] = [*late, *self._waiting(), *self._idle(), *self._lateness()]
        for case, placed in self.placed.items():
            if placed is not True:
                terms.append((PINNED_LEFT_OUT if case.pinned else LEFT_OUT) * (1 - placed))
        self.model.minimize(sum(terms))

    def _overtime(self) -> Iterable[Any]:
        for cases in _grouped(self.problem.cases, lambda case: case.room):
            until = self.problem.regular_until.get(cases[0].room)
            late = [case for case in cases if until is not None and (case.fixed is not None or case.closing > until)]
            if until is not None and late:
                over = self._amount()
                for case in late:
                    self._when(self.model.add(over >= self._end(case) - until), case)
                yield OVERTIME * over

    def _overstay(self) -> Iterable[Any]:
        for case in self.problem.cases:
            if case.fixed is not None:
                yield DEPARTURE * case.overstay(case.fixed)
            elif case.overstay(case.closing - case.duration):
                late = self._amount()
                self._when(self.model.add(late >= self._end(case) + case.recovery - case.leave_by), case)
                yield DEPARTURE * late

    def _unwanted(self) -> Iterable[Any]:
        for case in self.problem.cases:
            if case.wanted is None:
                continue
            if case.fixed is not None:
                yield UNWANTED * case.unwanted(case.fixed)
            else:
                kept, placed = self.model.new_bool_var(""), self._is_placed(case)
                self.model.add(self._at(case) >= case.wanted[0]).only_enforce_if(kept)
                self.model.add(self._at(case) < case.wanted[1]).only_enforce_if(kept)
                self.model.add(kept <= placed)
                yield UNWANTED * (placed - kept)

    def _waiting(self) -> Iterable[Any]:
        for cases in _grouped(self.problem.cases, lambda case: case.surgeon):
            if len(cases) > 1:
                first, last, wait = self._amount(), self._amount(), self._amount()
                for case in cases:
                    self._when(self.model.add(first <= self._at(case)), case)
                    self._when(self.model.add(last >= self._end(case)), case)
                self.model.add(wait >= last - first - sum(case.duration * self._is_placed(case) for case in cases))
                yield WAITING * wait

    def _idle(self) -> Iterable[Any]:
        for cases in _grouped(self.problem.cases, lambda case: case.slot):
            start = self.problem.slot_start[cases[0].slot]
            used = sum((case.duration + case.turnover) * self._is_placed(case) for case in cases)
            ready, idle = self._amount(), self._amount()
            for case in cases:
                self._when(self.model.add(ready >= self._end(case) + case.turnover), case)
            self.model.add(idle >= ready - start - used)
            yield IDLE * idle

    def _lateness(self) -> Iterable[Any]:
        for case in self.problem.cases:
            if not case.early:
                continue
            start = self.problem.slot_start[case.slot]
            if case.fixed is not None:
                yield LATENESS * case.early * max(0, case.fixed - start)
            elif self.placed[case] is True:
                yield LATENESS * case.early * (self.step * self.start[case] - start)
            else:
                late = self._amount()
                self._when(self.model.add(late >= self.step * self.start[case] - start), case)
                yield LATENESS * case.early * late

    # --- Shared parts ------------------------------------------------------------------------------------------------

    def _amount(self) -> Any:
        return self.model.new_int_var(0, 2 * 1440, "")

    def _at(self, case: Case) -> Any:
        return case.fixed if case.fixed is not None else self.step * self.start[case]

    def _out(self, case: Case, start: int) -> int:
        return start + case.duration + self.problem.held.get(case.id, 0)

    def _end(self, case: Case) -> Any:
        return self._at(case) + case.duration

    def _is_placed(self, case: Case) -> Any:
        placed = self.placed.get(case, True)
        return 1 if placed is True else placed

    def _when(self, constraint: Any, *cases: Case) -> None:
        """Holds only when these cases have a place."""
        literals = [placed for case in cases if (placed := self.placed.get(case, True)) is not True]
        if literals:
            constraint.only_enforce_if(literals)

    def _interval(self, case: Case, after: int, minutes: int) -> Any:
        """``minutes`` from ``after`` minutes after the start."""
        start, size = self.start[case] + after // self.step, minutes // self.step
        if self.placed[case] is True:
            return self.model.new_fixed_size_interval_var(start, size, "")
        return self.model.new_optional_fixed_size_interval_var(start, size, self.placed[case], "")

    def _blocks(self, spans: Iterable[tuple[int, int]]) -> list[Any]:
        """What is fixed, as intervals that do not overlap."""
        return [self._fixed(start, end) for start, end, _ in _levels(spans)]

    def _fixed(self, start: int, end: int) -> Any:
        return self.model.new_fixed_size_interval_var(start // self.step, (end - start) // self.step, "")

    def _shared(self, free: list[Any], spans: Iterable[tuple[int, int]], units: int) -> None:
        """``units`` equal units; what is fixed takes as many as there are, whatever it wants."""
        if not free:
            return
        fixed = list(_levels(spans))
        if len(free) + max((taken for _, _, taken in fixed), default=0) <= units:
            return
        intervals = [*free, *(self._fixed(start, end) for start, end, _ in fixed)]
        demands = [1] * len(free) + [min(taken, units) for _, _, taken in fixed]
        self.model.add_cumulative(intervals, demands, units)


def _grouped(cases: Iterable[Case], key: Any) -> list[list[Case]]:
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[key(case)].append(case)
    return list(groups.values())


def _levels(spans: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int, int]]:
    """How many of these run at once: (start, end, number), one after the other."""
    spans = [(start, end) for start, end in spans if start < end]
    moments = sorted({moment for one in spans for moment in one})
    for start, end in itertools.pairwise(moments):
        taken = sum(begin <= start and end <= stop for begin, stop in spans)
        if taken:
            yield start, end, taken


def _step(problem: DayProblem) -> int:
    """What every minute of the day is a multiple of: five, mostly."""
    minutes = [value for case in problem.cases for value in (case.duration, case.turnover, case.recovery)]
    minutes += [value for case in problem.cases for value in (case.opening, case.closing, case.fixed or 0)]
    return max(1, gcd(*minutes))
