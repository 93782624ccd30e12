"""One vacation moved, drawn or given by a person: what becomes of the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from planning.solver.master_plan.theatre import Theatre, Vacation

# What a cut leaves is a vacation from this length on; less is nobody's.
SHORTEST = 60


def starts(theatre: Theatre, length: int, step: int) -> list[int]:
    """Where a vacation of ``length`` may begin when it moves by ``step`` minutes; 0: by half-days."""
    last = theatre.closes - length
    if step:
        return list(range(theatre.opens, last + 1, step))
    return [minute for minute in (theatre.opens, theatre.midday) if minute <= last]


def place(plan: Sequence[Vacation], moved: Vacation) -> tuple[Vacation, ...]:
    """``plan`` with ``moved`` where it says, taken from where it was (same id) or new.

    One vacation of the same length in the way: the two are swapped. Otherwise what is in the way is cut. Pinned ones
    stay whole: the overlap that results is ``judging.taken``'s to refuse. New ids are negative.
    """
    old = next((one for one in plan if one.id == moved.id), None)
    others = [one for one in plan if one.id != moved.id]
    hit = [one for one in others if one.overlaps(moved) and not one.pinned]
    if old and len(hit) == 1 and hit[0].length == moved.length and not _pinned_in(others, moved):
        week, weekday, room, start, end = old.place
        swapped = replace(hit[0], week=week, weekday=weekday, room=room, start=start, end=end)
        if not any(swapped.overlaps(one) for one in [*others, moved] if one.id != swapped.id):
            return _ordered([*(one for one in others if one.id != swapped.id), swapped, moved])
    numbers = iter(range(min([0, moved.id, *(one.id for one in plan)]) - 1, -(10**6), -1))
    left = [piece for one in others for piece in (_cut(one, moved, next(numbers)) if one in hit else (one,))]
    return _ordered([*left, moved])


def remove(plan: Sequence[Vacation], number: int) -> tuple[Vacation, ...]:
    return tuple(one for one in plan if one.id != number)


def _pinned_in(others: Iterable[Vacation], moved: Vacation) -> bool:
    return any(one.pinned and one.overlaps(moved) for one in others)


def _cut(one: Vacation, by: Vacation, number: int) -> list[Vacation]:
    """What is left of ``one`` before and after ``by``."""
    before = replace(one, end=min(one.end, by.start))
    after = replace(one, start=max(one.start, by.end))
    pieces = [piece for piece in (before, after) if piece.length >= SHORTEST]
    return [pieces[0], replace(pieces[1], id=number)] if len(pieces) == 2 else pieces


def _ordered(plan: Iterable[Vacation]) -> tuple[Vacation, ...]:
    return tuple(sorted(plan, key=lambda one: one.place))


def overtime_after(plan: Iterable[Vacation], windows: Iterable[tuple[int, int]]) -> list[Vacation]:
    """The overtime of the same owner that follows each vacation ending when one of the site's overtimes begins.

    The reserve has none: an urgent case that overruns does so wherever it is.
    """
    ends = dict(windows)
    return [replace(one, start=one.end, end=ends[one.end]) for one in plan if one.end in ends and not one.owner.reserve]
