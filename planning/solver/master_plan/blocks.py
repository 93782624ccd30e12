"""The regular hours of the week cut into the blocks that a proposal gives: today's vacations, halved at midday."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from planning.solver.master_plan.theatre import Owner, Theatre, Vacation

# A hole shorter than this in a room-day is no vacation.
SHORTEST_HOLE = 120


@dataclass(frozen=True, slots=True)
class Block:
    """``now`` is today's owner, None where the room is not given; ``vacation`` the number of today's vacation."""

    week: int
    weekday: int
    room: str
    start: int
    end: int
    now: Owner | None
    vacation: int | None = None
    pinned: Owner | None = None

    @property
    def length(self) -> int:
        return self.end - self.start


def cut(theatre: Theatre, today: Iterable[Vacation], pinned: Iterable[Vacation]) -> tuple[Block, ...]:
    """Every block of every room-day. Boundaries: midday, today's vacations and the pinned ones."""
    by_day: dict[tuple[int, int, str], tuple[list[Vacation], list[Vacation]]] = {}
    for position, group in enumerate((today, pinned)):
        for one in group:
            by_day.setdefault(one.room_day, ([], []))[position].append(one)
    found: list[Block] = []
    for week in range(1, theatre.cycle_weeks + 1):
        for weekday in theatre.weekdays:
            for room in theatre.rooms:
                found += _room_day(theatre, (week, weekday, room), *by_day.get((week, weekday, room), ([], [])))
    return tuple(found)


def _room_day(
    theatre: Theatre, key: tuple[int, int, str], today: Sequence[Vacation], pinned: Sequence[Vacation]
) -> Iterable[Block]:
    opens, closes = theatre.rooms[key[2]]
    marks = {max(opens, theatre.opens), theatre.midday, min(closes, theatre.closes)}
    marks |= {minute for one in (*today, *pinned) for minute in (one.start, one.end)}
    ordered = sorted(minute for minute in marks if opens <= minute <= closes)
    for start, end in pairwise(ordered):
        here = next((one for one in today if one.start < end and start < one.end), None)
        kept = next((one for one in pinned if one.start < end and start < one.end), None)
        if here or kept or end - start >= SHORTEST_HOLE:
            yield Block(
                *key, start, end, here.owner if here else None, here.id if here else None, kept.owner if kept else None
            )


def joined(blocks: Sequence[Block], owners: Sequence[Owner | None], kept: Iterable[Vacation]) -> tuple[Vacation, ...]:
    """The vacations that the blocks make once given. Neighbours of one owner are one, unless they are two today.

    ``kept`` are the draft's vacations: one that comes out at the same place keeps its number and its pin.
    """
    made: list[tuple[Block, Owner, int]] = []
    for block, owner in zip(blocks, owners, strict=True):
        if owner is None:
            continue
        if made and _continue(made[-1], block, owner):
            first, _owner, _end = made[-1]
            made[-1] = (first, owner, block.end)
        else:
            made.append((block, owner, block.end))
    known = {one.place: one for one in kept}
    plan: list[Vacation] = []
    for number, (first, owner, end) in enumerate(made, start=1):
        place = (first.week, first.weekday, first.room, first.start, end)
        same = known.get(place)
        plan.append(Vacation(same.id if same else -number, *place, owner, same.pinned if same else False))
    return tuple(plan)


def _continue(last: tuple[Block, Owner, int], block: Block, owner: Owner) -> bool:
    first, before, end = last
    neighbours = (first.week, first.weekday, first.room, end) == (block.week, block.weekday, block.room, block.start)
    two_today = first.now == before and block.now == owner and first.vacation != block.vacation
    return neighbours and before == owner and not two_today and (first.pinned is None) == (block.pinned is None)
