"""Whether a vacation may be where it is: yes, yes but, or no; always with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from planning.solver.master_plan.theatre import Theatre, Vacation

# Below, practically nothing of what the specialty does can be done in the room; below the second, less than half.
IMPOSSIBLE_BELOW, POOR_BELOW = 0.1, 0.5


class Status(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Verdict:
    status: Status
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


FINE = Verdict(Status.OK)


def closed(theatre: Theatre, plan: Sequence[Vacation], one: Vacation) -> Verdict | None:
    opens, closes = theatre.rooms[one.room]
    if opens <= one.start and one.end <= closes:
        return None
    return Verdict(Status.BAD, "closed", {"room": one.room, "opens": opens, "closes": closes})


def taken(theatre: Theatre, plan: Sequence[Vacation], one: Vacation) -> Verdict | None:
    """Another vacation keeps its place there: it is pinned."""
    other = next((each for each in plan if each.id != one.id and each.overlaps(one)), None)
    return None if other is None else Verdict(Status.BAD, "pinned", {"start": other.start, "end": other.end})


def equipment(theatre: Theatre, plan: Sequence[Vacation], one: Vacation) -> Verdict | None:
    share = theatre.suit(one.owner, one.room)
    if share >= POOR_BELOW:
        return None
    status = Status.BAD if share < IMPOSSIBLE_BELOW else Status.WARN
    return Verdict(status, "equipment", {"specialty": one.owner.specialty, "room": one.room, "share": share})


def specialty_closed(theatre: Theatre, plan: Sequence[Vacation], one: Vacation) -> Verdict | None:
    """The specialty has stopped: nothing of its own is planned any more."""
    if one.owner.specialty not in theatre.closed:
        return None
    return Verdict(Status.WARN, "specialty_closed", {"specialty": one.owner.specialty})


def surgeons(theatre: Theatre, plan: Sequence[Vacation], one: Vacation) -> Verdict | None:
    """Nobody to operate, or all of them already busy in the same specialty's other vacations of that hour."""
    there = theatre.surgeons_there(one.owner, one.weekday, one.start, one.end)
    if there is None or one.owner.reserve:
        return None
    facts = {"specialty": one.owner.specialty, "surgeon": one.owner.surgeon, "weekday": one.weekday}
    if there == 0:
        return Verdict(Status.WARN, "no_surgeon", facts)
    beside = sum(_competes(one, other) for other in plan)
    if beside < there:
        return None
    return Verdict(Status.WARN, "surgeons_taken", {**facts, "there": there, "beside": beside})


Rule = Callable[[Theatre, Sequence[Vacation], Vacation], Verdict | None]
RULES: tuple[Rule, ...] = (closed, taken, specialty_closed, equipment, surgeons)


def judge(theatre: Theatre, plan: Sequence[Vacation], one: Vacation) -> Verdict:
    """The worst of the rules' answers on ``one`` in ``plan``, which holds it; the first of equals."""
    found = [verdict for rule in RULES if (verdict := rule(theatre, plan, one)) is not None]
    return next((each for each in found if each.status is Status.BAD), found[0] if found else FINE)


def judge_move(theatre: Theatre, before: Sequence[Vacation], after: Sequence[Vacation], moved: Vacation) -> Verdict:
    """The answer on ``moved``, or on the one it changes places with, when that one is worse off."""
    known = {one.id: one.room_day for one in before}
    swapped = [one for one in after if one.id != moved.id and known.get(one.id, one.room_day) != one.room_day]
    return max((judge(theatre, after, one) for one in (moved, *swapped)), key=lambda verdict: _RANK[verdict.status])


_RANK = {Status.OK: 0, Status.WARN: 1, Status.BAD: 2}


def _competes(one: Vacation, other: Vacation) -> bool:
    same_hour = (
        (one.week, one.weekday) == (other.week, other.weekday) and one.start < other.end and other.start < one.end
    )
    if one.id == other.id or not same_hour or one.owner.specialty != other.owner.specialty:
        return False
    return other.owner.surgeon == one.owner.surgeon if one.owner.surgeon else True
