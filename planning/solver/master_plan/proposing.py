"""The proposal: the fewest changes of today's plan that cover the need, as a mixed-integer program (HiGHS).

Blocks b of m_b minutes, in a cycle of W weeks; owners o. x[b,o] = 1 when block b goes to owner o, at most one each.

    given_s   = sum of m_b x[b,o] / W over the owners o of specialty s             (the reserve is a specialty too)
    short_s  >= low_s - given_s            over_s >= given_s - high_s              (the interval of need.py)
    worst    >= short_s / low_s                                                    (nobody is sacrificed)
    z[i,w,d] <= the daily minutes of surgeon i in week w, on weekday d, 0 when away
    z summed over a specialty's surgeons <= what the specialty holds that day
    short_i  >= low_i - sum z[i,w,d] / W                                           (on days when they operate)
    short_se >= low_se - sum of m_b x[b,o] / W over the rooms that have equipment e
    at each hour, the vacations of a specialty <= its surgeons there (or as many as today, when that is more)

Cost, in the weights below: shortages, surpluses, hours that change hands, and the fullest day of the week, so that
what moves goes where there is room. Pinned blocks keep their owner. Nothing is opened beyond ``most_minutes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from planning.solver.grid import Floats
from planning.solver.master_plan.blocks import Block, cut, joined
from planning.solver.master_plan.judging import IMPOSSIBLE_BELOW
from planning.solver.master_plan.need import Need
from planning.solver.master_plan.theatre import Owner, Theatre, Vacation


@dataclass(frozen=True, slots=True)
class Weights:
    """What one hour a week costs. A surplus alone never takes a vacation from anyone: it is less than a change."""

    shortage: float = 10.0
    surgeon_shortage: float = 3.0
    equipment_shortage: float = 3.0
    surplus: float = 0.4
    change: float = 1.0
    fullest_day: float = 0.2
    worst_share: float = 20.0


@dataclass(frozen=True)
class Wish:
    """What the plan is asked to cover. ``needs`` by specialty (or the reserve), the others are lower bounds.

    ``most_minutes`` a week in all, None: as many as today. ``most_changes``: blocks that change hands, None: any.
    """

    needs: Mapping[Owner, Need]
    surgeons: Mapping[str, float] = field(default_factory=dict)
    equipment: Mapping[tuple[str, str], float] = field(default_factory=dict)
    rooms_with: Mapping[str, frozenset[str]] = field(default_factory=dict)
    most_minutes: float | None = None
    most_changes: int | None = None
    weights: Weights = Weights()


@dataclass(frozen=True, slots=True)
class Proposal:
    """``proven``: no plan costs less under these weights; else the best found in the time given."""

    plan: tuple[Vacation, ...]
    proven: bool
    cost: float


def propose(
    theatre: Theatre, today: Sequence[Vacation], draft: Sequence[Vacation], wish: Wish, *, seconds: float = 10.0
) -> Proposal:
    """``today`` is what changes are counted from; of ``draft``, only the pinned vacations bind.

    Today's plan itself, with the pins, is a solution: so there always is one, if not in time then this one.
    """
    blocks = cut(theatre, today, [one for one in draft if one.pinned])
    program = _Program(theatre, blocks, wish)
    answer = milp(
        program.cost, integrality=np.array(program.integrality), bounds=Bounds(np.zeros(program.size), program.upper),
        constraints=program.constraints(), options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )  # fmt: skip
    if answer.x is None:
        return Proposal(joined(blocks, [b.pinned or b.now for b in blocks], draft), proven=False, cost=float("inf"))
    owners = [program.owner_of(number, answer.x) for number in range(len(blocks))]
    return Proposal(joined(blocks, owners, draft), proven=answer.status == 0, cost=float(answer.fun) + program.constant)


class _Cell(NamedTuple):
    block: Block
    owner: Owner
    column: int


class _Program:
    """The columns and rows of the program, written one named family after the other."""

    def __init__(self, theatre: Theatre, blocks: Sequence[Block], wish: Wish) -> None:
        self.theatre, self.blocks, self.wish = theatre, blocks, wish
        self.cost: list[float] = []
        self.constant = 0.0  # each hour kept gives back what the constant counts: what is left is the hours that change
        self.upper: list[float] = []
        self.integrality: list[int] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.gives: list[dict[Owner, int]] = [self._columns(block) for block in blocks]
        pairs = zip(blocks, self.gives, strict=True)
        self.cells = [_Cell(block, owner, column) for block, gives in pairs for owner, column in gives.items()]
        self._pins_and_changes()
        self._needs()
        self._surgeons()
        self._equipment()
        self._hours()
        self._fullest_day()

    @property
    def size(self) -> int:
        return len(self.cost)

    def constraints(self) -> list[LinearConstraint]:
        if not self.rows:
            return []
        entries = [
            (number, column, value) for number, (row, _, _) in enumerate(self.rows) for column, value in row.items()
        ]
        lines, columns, values = zip(*entries, strict=True)
        matrix = csr_array((values, (lines, columns)), shape=(len(self.rows), self.size))
        return [LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for _, _, high in self.rows])]

    def owner_of(self, block: int, x: Floats) -> Owner | None:
        return next((owner for owner, column in self.gives[block].items() if x[column] > 0.5), None)

    # --- Columns -----------------------------------------------------------------------------------------------------

    def _column(self, cost: float, upper: float = np.inf, *, whole: bool = False) -> int:
        self.cost.append(cost)
        self.upper.append(upper)
        self.integrality.append(int(whole))
        return self.size - 1

    def _row(self, entries: Mapping[int, float], low: float = -np.inf, high: float = np.inf) -> None:
        self.rows.append((dict(entries), low, high))

    def _columns(self, block: Block) -> dict[Owner, int]:
        if block.pinned is not None:
            return {block.pinned: self._column(0.0, 1, whole=True)}
        change = self.wish.weights.change * block.length / 60 / self.theatre.cycle_weeks
        able = [owner for owner in self._candidates(block) if owner == block.now or self._may(owner, block)]
        if block.now is not None:
            self.constant += change
        return {
            owner: self._column(-change if owner == block.now else (0.0 if block.now else change), 1, whole=True)
            for owner in able
        }

    def _candidates(self, block: Block) -> list[Owner]:
        """The specialties, the reserve, and the surgeon or the everyone who has it today."""
        return sorted({*self.wish.needs, *([block.now] if block.now is not None else [])})

    def _may(self, owner: Owner, block: Block) -> bool:
        if owner.reserve:
            return True
        there = self.theatre.surgeons_there(owner, block.weekday, block.start, block.end)
        if owner.specialty in self.theatre.closed:
            return False
        return there != 0 and self.theatre.suit(owner, block.room) >= IMPOSSIBLE_BELOW

    # --- Rows --------------------------------------------------------------------------------------------------------

    def _pins_and_changes(self) -> None:
        """One owner each; the pinned ones exactly; no more hours than allowed; no more changes than allowed."""
        for block, gives in zip(self.blocks, self.gives, strict=True):
            if gives:
                self._row(dict.fromkeys(gives.values(), 1.0), 1.0 if block.pinned is not None else 0.0, 1.0)
        today = sum(block.length for block in self.blocks if block.now is not None or block.pinned is not None)
        cycle = self.theatre.cycle_weeks
        most = max(self.wish.most_minutes or 0.0, today / cycle)
        self._row(self._minutes(self.cells, cycle), high=most)
        if self.wish.most_changes is None:
            return
        stays: dict[int, float] = {}
        had = 0
        for block, gives in zip(self.blocks, self.gives, strict=True):
            if block.pinned is None and block.now is not None:
                had += 1
                stays[gives[block.now]] = -1.0
            elif block.pinned is None:
                stays |= dict.fromkeys(gives.values(), 1.0)
        if stays:
            self._row(stays, high=self.wish.most_changes - had)

    def _needs(self) -> None:
        weights = self.wish.weights
        worst = self._column(weights.worst_share)
        for wanted, need in self.wish.needs.items():
            given = self._minutes(
                (cell for cell in self.cells if _serves(cell.owner, wanted)), self.theatre.cycle_weeks
            )
            short, over = self._column(weights.shortage / 60), self._column(weights.surplus / 60)
            self._row({**given, short: 1.0}, low=need.low)
            self._row({**given, over: -1.0}, high=need.high)
            if need.low > 0:
                self._row({worst: need.low, short: -1.0}, low=0.0)

    def _surgeons(self) -> None:
        """A transport from what a specialty holds on a day to those of its surgeons who operate that day."""
        holds: dict[tuple[str, int, int], dict[int, float]] = {}
        for surgeon in self.theatre.surgeons:
            low = self.wish.surgeons.get(surgeon.id, 0.0)
            if low <= 0 or not surgeon.hours:
                continue
            short = self._column(self.wish.weights.surgeon_shortage / 60)
            served = {short: float(self.theatre.cycle_weeks)}
            for week in range(1, self.theatre.cycle_weeks + 1):
                for weekday in surgeon.hours:
                    column = self._column(0.0, surgeon.daily_minutes)
                    served[column] = 1.0
                    holds.setdefault((surgeon.specialty, week, weekday), {})[column] = 1.0
            self._row(served, low=low * self.theatre.cycle_weeks)
        for (specialty, week, weekday), used in holds.items():
            held = self._minutes(cell for cell in self._on(week, weekday) if cell.owner.specialty == specialty)
            self._row({**{column: -minutes for column, minutes in held.items()}, **used}, high=0.0)

    def _equipment(self) -> None:
        for (specialty, code), low in self.wish.equipment.items():
            rooms = self.wish.rooms_with.get(code, frozenset())
            equipped = (c for c in self.cells if c.owner.specialty == specialty and c.block.room in rooms)
            given = self._minutes(equipped, self.theatre.cycle_weeks)
            short = self._column(self.wish.weights.equipment_shortage / 60)
            self._row({**given, short: 1.0}, low=low)

    def _hours(self) -> None:
        """At each hour at which a block begins: no more vacations of a specialty than surgeons there."""
        times: dict[tuple[int, int], list[int]] = {}
        for number, block in enumerate(self.blocks):
            times.setdefault((block.week, block.weekday), []).append(number)
        for (_week, weekday), numbers in times.items():
            for start in {self.blocks[number].start for number in numbers}:
                at = [n for n in numbers if self.blocks[n].start <= start < self.blocks[n].end]
                self._one_hour(weekday, at)

    def _one_hour(self, weekday: int, at: Sequence[int]) -> None:
        owners = {owner for number in at for owner in self.gives[number] if owner.specialty}
        for wanted in {Owner(owner.specialty) for owner in owners} | {owner for owner in owners if owner.surgeon}:
            start, end = max(self.blocks[n].start for n in at), min(self.blocks[n].end for n in at)
            there = self.theatre.surgeons_there(wanted, weekday, start, end)
            if there is None:
                continue
            same = [
                (n, o) for n in at for o in self.gives[n] if (o == wanted if wanted.surgeon else _serves(o, wanted))
            ]
            as_today = sum((self.blocks[n].pinned or self.blocks[n].now) == o for n, o in same)
            self._row({self.gives[n][o]: 1.0 for n, o in same}, high=max(there, as_today))

    def _fullest_day(self) -> None:
        fullest = self._column(self.wish.weights.fullest_day / 60)
        for week in range(1, self.theatre.cycle_weeks + 1):
            for weekday in self.theatre.weekdays:
                held = self._minutes(self._on(week, weekday))
                if held:
                    self._row({fullest: 1.0, **{column: -minutes for column, minutes in held.items()}}, low=0.0)

    def _on(self, week: int, weekday: int) -> Iterable[_Cell]:
        return (cell for cell in self.cells if (cell.block.week, cell.block.weekday) == (week, weekday))

    def _minutes(self, cells: Iterable[_Cell], weeks: int = 1) -> dict[int, float]:
        return {cell.column: cell.block.length / weeks for cell in cells}


def _serves(owner: Owner, wanted: Owner) -> bool:
    """A surgeon's own vacation serves their specialty."""
    return owner.reserve == wanted.reserve and owner.specialty == wanted.specialty and owner != Owner()
