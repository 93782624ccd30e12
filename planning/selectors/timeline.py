"""Minutes of one room and day: where a dropped intervention snaps to, and whom it pushes. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STEP = 5
MAGNET = 10


@dataclass(frozen=True, slots=True)
class Busy:
    """An intervention already there, and the cleaning after it. A fixed one (a pin) is never pushed."""

    id: str
    start: int
    minutes: int
    fixed: bool = False
    turnover: int = 0

    @property
    def end(self) -> int:
        return self.start + self.minutes

    @property
    def ready(self) -> int:
        """When its room is clean again."""
        return self.end + self.turnover


def snap(wanted: int, others: Iterable[Busy]) -> int:
    """The start that a drop at ``wanted`` means.

    On an intervention: before it when over its first half, else after it and its cleaning. Elsewhere: the nearest
    five minutes, or the very end of the previous cleaning when that is near.
    """
    rounded = round(wanted / STEP) * STEP
    behind = [one for one in others if one.start <= wanted]
    if any(one.ready == wanted for one in behind):
        return wanted
    for one in behind:
        if wanted < one.ready:
            return one.start if wanted < one.start + one.minutes / 2 else one.ready
    ready = max((one.ready for one in behind), default=None)
    if ready is not None and rounded - ready < MAGNET:
        return ready
    return rounded


def push(start: int, minutes: int, others: Iterable[Busy], turnover: int) -> dict[str, int]:
    """New starts of those that must make room for ``minutes`` from ``start``, then ``turnover``, one after the other.

    Those that start earlier stay. A fixed one stays where it is and the pushed ones go around it.
    """
    others = sorted(others, key=lambda one: one.start)
    fixed = [one for one in others if one.fixed]
    free_from = start + minutes + turnover
    moved: dict[str, int] = {}
    for one in others:
        if one.fixed or one.start < start:
            continue
        if one.start >= free_from:
            break
        begin = after_fixed(free_from, one.minutes, fixed, one.turnover)
        moved[one.id] = begin
        free_from = begin + one.minutes + one.turnover
    return moved


def after_fixed(start: int, minutes: int, fixed: Sequence[Busy], turnover: int) -> int:
    """The earliest start from ``start`` that meets none of ``fixed`` (in order of start)."""
    for one in fixed:
        if start < one.ready and one.start < start + minutes + turnover:
            start = one.ready
    return start


def earliest(
    begin: int,
    end: int,
    minutes: int,
    room: Sequence[Busy],
    surgeon: Sequence[Busy],
    turnover: int,
    refused: int = 0,
) -> int | None:
    """The earliest start within begin-end, between what is in the room and when the surgeon is free; None: no place.

    ``room`` and ``surgeon`` are in order of start. A start is the end of a cleaning, or on the five minutes; bit m of
    ``refused`` says that m is none: no bed or no equipment then.
    """
    start = -(-begin // STEP) * STEP
    while start + minutes <= end:
        blocked = after_fixed(start, minutes, room, turnover)
        if blocked == start:
            busy = next((one for one in surgeon if start < one.end and one.start < start + minutes), None)
            if busy is None and not refused >> start & 1:
                return start
            blocked = -(-(start + 1 if busy is None else busy.end) // STEP) * STEP
        start = blocked
    return None
