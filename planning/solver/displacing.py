"""One intervention put elsewhere at once, the others left where they are but for those that must make room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from planning.solver.board import LEFT_OUT, Board
from planning.solver.grid import grid_of
from planning.solver.problem import WeekProblem

# More than any week costs: the intervention that is asked about is never the one left out.
DEAR = 1e7
MOST_DISPLACED = 3


def released(problem: WeekProblem, intervention: str) -> WeekProblem:
    """The same week with the intervention free to go anywhere, whoever pinned it."""
    items = tuple(replace(item, pinned=None) if item.id == intervention else item for item in problem.interventions)
    return replace(problem, interventions=items)


def held(problem: WeekProblem, assignments: Mapping[str, str], intervention: str) -> WeekProblem:
    """The week with ``intervention`` released, and with every other that only a person could leave where it is pinned.

    What is placed against a rule, beyond a capacity or at more than leaving it out costs stays out of the search.
    """
    problem = released(problem, intervention)
    others = {key: slot for key, slot in assignments.items() if key != intervention and slot in problem.slot_by_id}
    while stuck := _stuck(problem, others):
        items = (replace(item, pinned=others[item.id]) if item.id in stuck else item for item in problem.interventions)
        problem = replace(problem, interventions=tuple(items))
    return problem


def _stuck(problem: WeekProblem, others: Mapping[str, str]) -> set[str]:
    """Those that the search would not put back where they are: each pin may take the room of one more."""
    board = Board(grid_of(problem, timed=True))
    board.load(board.grid.rows(others))
    kept = board.grid.assignments(board.slot_of)
    return {key for key, slot in others.items() if kept.get(key) != slot}


def plans_with(problem: WeekProblem, assignments: Mapping[str, str], intervention: str) -> dict[str, dict[str, str]]:
    """By slot that the rules leave to the intervention, the plan with it there: the cheapest way in.

    At most ``MOST_DISPLACED`` others move, as few as can be; each goes to its cheapest slot that has room, or is left
    out. ``problem`` comes from ``held``. A slot that pins fill is not in the answer.
    """
    items = tuple(
        replace(item, unplanned_cost=DEAR) if item.id == intervention else item for item in problem.interventions
    )
    board = Board(grid_of(replace(problem, interventions=items), timed=True))
    row = board.grid.item_index[intervention]
    board.load(board.grid.rows({key: slot for key, slot in assignments.items() if key != intervention}))
    found = {}
    for slot in board.price[row]:
        group = _way_in(board, row, slot)
        if group is not None:
            tried = _Tried(board, row, slot, group)
            found[board.grid.slots[slot].id] = board.grid.assignments(board.slot_of)
            tried.undo()
    return found


def _way_in(board: Board, row: int, slot: int) -> tuple[int, ...] | None:
    """Who moves, the cheapest choice among the smallest ones; None when pins leave no room whatever moves."""
    if board.fits(row, slot):
        return ()
    blockers = _blockers(board, row, slot)
    for count in range(1, MOST_DISPLACED + 1):
        tried = [
            (value, group)
            for group in combinations(blockers, count)
            if (value := _value(board, row, slot, group)) is not None
        ]
        if tried:
            return min(tried)[1]
    return None


def _blockers(board: Board, row: int, slot: int) -> list[int]:
    """Those of the slot, and those of the same surgeon on the same day when it is the surgeon's hours that lack."""
    day, found = board.day[slot], list(board.held[slot])
    found += [
        other
        for other, there in enumerate(board.slot_of)
        if there not in (LEFT_OUT, slot) and board.first_day[other] == board.first_day[row] and board.day[there] == day
    ]
    return found


def _value(board: Board, row: int, slot: int, group: tuple[int, ...]) -> int | None:
    """The board's value with ``group`` moved out of the way; None when the intervention still does not fit."""
    tried = _Tried(board, row, slot, group)
    value = board.value if tried.placed else None
    tried.undo()
    return value


class _Tried:
    """The intervention in the slot and ``group`` elsewhere, until ``undo``."""

    def __init__(self, board: Board, row: int, slot: int, group: tuple[int, ...]) -> None:
        self.board = board
        self.before = [(other, board.slot_of[other]) for other in (row, *group)]
        for other, _ in self.before:
            board.lift(other)
        self.placed = board.fits(row, slot)
        if self.placed:
            board.place(row, slot)
            board.insert(sorted(group, key=board.demand.__getitem__, reverse=True), board.choices)

    def undo(self) -> None:
        for other, _ in self.before:
            self.board.lift(other)
        for other, slot in self.before:
            if slot != LEFT_OUT:
                self.board.place(other, slot)
