"""Tiny theatres that a person can check by hand: half-days of 300 minutes, from 8:00 to 18:00."""

from __future__ import annotations

from collections.abc import Iterable

from planning.solver.master_plan.theatre import Owner, Surgeon, Theatre, Vacation

MORNING, AFTERNOON, DAY = (480, 780), (780, 1080), (480, 1080)
ORT, DIG, OPH = Owner("ORT"), Owner("DIG"), Owner("OPH")


def vacation(number: int, weekday: int, room: str, span: tuple[int, int], owner: Owner, **more: object) -> Vacation:
    values: dict[str, object] = {"week": 1, "pinned": False} | more
    return Vacation(number, values["week"], weekday, room, *span, owner, values["pinned"])  # type: ignore[arg-type]  # as given


def surgeon(name: str, specialty: str, weekdays: Iterable[int], daily_minutes: int = 600) -> Surgeon:
    return Surgeon(name, specialty, daily_minutes, dict.fromkeys(weekdays, (480, 1080)))


def theatre(rooms: Iterable[str] = ("A", "B"), weekdays: Iterable[int] = (0, 1), **more: object) -> Theatre:
    values: dict[str, object] = {"rooms": dict.fromkeys(rooms, (480, 1200)), "weekdays": tuple(weekdays)} | more
    return Theatre(**values)  # type: ignore[arg-type]  # as given
