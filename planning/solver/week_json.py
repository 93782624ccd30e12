"""The JSON contract of the planner: a week in, a plan out. No database; every fault names its key and its value."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from planning.solver.levels import Level, RuleSettings
from planning.solver.problem import (
    AMBULATORY_CLOSING,
    Costs,
    Half,
    Intervention,
    ProblemError,
    Room,
    Slot,
    SlotKind,
    Surgeon,
    WeekProblem,
)
from planning.solver.result import SolveResult

# Beyond these a figure is a mistake, and sums of such figures would no longer be exact.
LARGEST_INTEGER = 10**7
LARGEST_MONEY = 1e9
LONGEST_EXCERPT = 60

MISSING = "(missing)"

T = TypeVar("T")


def read_week(text: str) -> WeekProblem:
    """Parse WEEK.json. Raises ``ProblemError`` for anything that does not describe a week."""
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_unique_keys)
    except RecursionError:
        raise ProblemError("file", text[:LONGEST_EXCERPT], "fewer nested levels") from None
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1].strip() if text.strip() else ""
        remedy = f"valid JSON ({error.msg}, column {error.colno})"
        raise ProblemError(f"line {error.lineno}", line[:LONGEST_EXCERPT], remedy) from None
    except ProblemError:
        raise
    except ValueError as error:  # an integer of thousands of digits
        raise ProblemError("file", text[:LONGEST_EXCERPT], str(error)) from None
    return week_of(data)


def week_of(data: object) -> WeekProblem:
    """The same from what ``json.loads`` made of it."""
    week = _Entry("", data)
    costs = week.entry("costs")
    return WeekProblem(
        days=week.integer("days"),
        rooms=week.each("rooms", _room),
        surgeons=week.each("surgeons", _surgeon),
        slots=week.each("slots", _slot),
        interventions=week.each("interventions", _intervention),
        costs=Costs(
            hospital_day=costs.money("hospital_day"),
            overtime_hour=costs.list_of("overtime_hour", _money),
            unplanned=costs.money("unplanned"),
        ),
        turnover=week.integer("turnover", default=0),
        recovery_beds=week.integer_or_none("recovery_beds"),
        equipment_units=week.map_of("equipment_units", _integer),
        ambulatory_closing=week.integer("ambulatory_closing", default=AMBULATORY_CLOSING),
        rules=_rules(week.entry("rules")) if week.given("rules") else RuleSettings(),
    )


def write_week(problem: WeekProblem) -> dict[str, object]:
    """WEEK.json as a dictionary that ``json.dumps`` accepts; ``week_of`` reads the same week back."""
    costs, rules = problem.costs, problem.rules
    return {
        "days": problem.days,
        "turnover": problem.turnover,
        "costs": {
            "hospital_day": costs.hospital_day,
            "overtime_hour": list(costs.overtime_hour),
            "unplanned": costs.unplanned,
        },
        "rules": {"levels": {key: level.value for key, level in rules.levels.items()}, "costs": dict(rules.costs)},
        "recovery_beds": problem.recovery_beds,
        "equipment_units": dict(problem.equipment_units),
        "ambulatory_closing": problem.ambulatory_closing,
        "rooms": [{"id": room.id, "equipment": sorted(room.equipment)} for room in problem.rooms],
        "surgeons": [_written_surgeon(one) for one in problem.surgeons],
        "slots": [_values(slot) | {"kind": slot.kind.value} for slot in problem.slots],
        "interventions": [write_intervention(item) for item in problem.interventions],
    }


def _written_surgeon(surgeon: Surgeon) -> dict[str, object]:
    hours = None if surgeon.hours is None else [None if span is None else list(span) for span in surgeon.hours]
    written = _values(surgeon) | {"daily_minutes": list(surgeon.daily_minutes), "hours": hours}
    avoids = written.pop("avoids")
    return written if avoids is None else written | {"avoids": [sorted(halves) for halves in surgeon.avoids or ()]}


def write_intervention(item: Intervention) -> dict[str, object]:
    return _values(item) | {"equipment": sorted(item.equipment)}


def _values(entry: Surgeon | Slot | Intervention) -> dict[str, object]:
    """By field; ``asdict`` would copy each value, for half of the time that two years of weeks take."""
    return {field.name: getattr(entry, field.name) for field in fields(entry)}


def read_intervention(data: object) -> Intervention:
    return _intervention(_Entry("intervention", data))


def write_plan(result: SolveResult) -> dict[str, object]:
    """PLAN.json as a dictionary that ``json.dumps`` accepts."""
    cost = result.cost
    warnings = [{"intervention": one.intervention, "rule": one.rule, "message": one.message} for one in result.warnings]
    return {
        "method": result.method,
        "status": result.status.value,
        "assignments": [{"intervention": item, "slot": slot} for item, slot in result.assignments.items()],
        "unplanned": list(result.unplanned),
        "cost": {
            "hospital": cost.hospital,
            "overtime": cost.overtime,
            "unplanned": cost.unplanned,
            **({"rules": cost.rules} if cost.rules else {}),
            "total": cost.total,
        },
        "lower_bound": result.lower_bound,
        "gap": result.gap,
        "seconds": round(result.seconds, 3),
        "warnings": warnings,
    }


class _Entry:
    """One JSON object and its path, for instance ``slots[3]``, so that a fault can say where it is."""

    def __init__(self, path: str, data: object) -> None:
        if not isinstance(data, dict):
            raise ProblemError(path or "file", _excerpt(data), "an object with named entries")
        self._path, self._data = path, data

    def key(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def given(self, name: str) -> bool:
        return self._data.get(name) is not None

    def map_of(self, name: str, read: Callable[[str, object], T]) -> dict[str, T]:
        values, key = self._data.get(name, {}), self.key(name)
        if not isinstance(values, dict):
            raise ProblemError(key, _excerpt(values), "an object with named entries")
        return {one: read(f"{key}.{one}", value) for one, value in values.items()}

    def get(self, name: str) -> object:
        if name not in self._data:
            raise ProblemError(self.key(name), MISSING, "this entry is required")
        return self._data[name]

    def entry(self, name: str) -> _Entry:
        return _Entry(self.key(name), self.get(name))

    def text(self, name: str) -> str:
        return _text(self.key(name), self.get(name))

    def text_or_none(self, name: str, *, required: bool = True) -> str | None:
        value = self.get(name) if required else self._data.get(name)
        return None if value is None else _text(self.key(name), value)

    def integer(self, name: str, *, default: int | None = None) -> int:
        if default is not None and name not in self._data:
            return default
        return _integer(self.key(name), self.get(name))

    def flag(self, name: str) -> bool:
        value = self._data.get(name, False)
        if not isinstance(value, bool):
            raise ProblemError(self.key(name), _excerpt(value), "true or false")
        return value

    def integer_or_none(self, name: str) -> int | None:
        value = self._data.get(name)
        return None if value is None else _integer(self.key(name), value)

    def money(self, name: str) -> float:
        return _money(self.key(name), self.get(name))

    def money_or_none(self, name: str) -> float | None:
        value = self._data.get(name)
        return None if value is None else _money(self.key(name), value)

    def list_of(self, name: str, read: Callable[[str, object], T]) -> tuple[T, ...]:
        values, key = self.get(name), self.key(name)
        if not isinstance(values, list):
            raise ProblemError(key, _excerpt(values), "a list")
        return tuple(read(f"{key}[{index}]", value) for index, value in enumerate(values))

    def each(self, name: str, read: Callable[[_Entry], T]) -> tuple[T, ...]:
        return self.list_of(name, lambda key, value: read(_Entry(key, value)))


def _room(entry: _Entry) -> Room:
    return Room(id=entry.text("id"), equipment=frozenset(entry.list_of("equipment", _text)))


def _surgeon(entry: _Entry) -> Surgeon:
    return Surgeon(
        id=entry.text("id"),
        specialty=entry.text("specialty"),
        daily_minutes=entry.list_of("daily_minutes", _integer),
        hours=entry.list_of("hours", _span) if entry.given("hours") else None,
        avoids=entry.list_of("avoids", _halves) if entry.given("avoids") else None,
    )


def _slot(entry: _Entry) -> Slot:
    return Slot(
        id=entry.text("id"),
        day=entry.integer("day"),
        room=entry.text("room"),
        start=entry.integer("start"),
        end=entry.integer("end"),
        kind=_kind(entry.key("kind"), entry.get("kind")),
        specialty=entry.text_or_none("specialty"),
        surgeon=entry.text_or_none("surgeon"),
        positions=entry.integer("positions"),
        max_duration=entry.integer("max_duration"),
        overtime_hour=entry.money_or_none("overtime_hour"),
    )


def _intervention(entry: _Entry) -> Intervention:
    return Intervention(
        id=entry.text("id"),
        duration=entry.integer("duration"),
        surgeon=entry.text("surgeon"),
        specialty=entry.text("specialty"),
        equipment=frozenset(entry.list_of("equipment", _text)),
        admission_day=entry.integer("admission_day"),
        deadline_day=entry.integer("deadline_day"),
        unplanned_cost=entry.money_or_none("unplanned_cost"),
        pinned=entry.text_or_none("pinned", required=False),
        pinned_start=entry.integer_or_none("pinned_start"),
        closed_from=entry.integer_or_none("closed_from"),
        turnover=entry.integer_or_none("turnover"),
        recovery=entry.integer("recovery", default=0),
        septic=entry.flag("septic"),
        child=entry.flag("child"),
        ambulatory=entry.flag("ambulatory"),
    )


def _rules(entry: _Entry) -> RuleSettings:
    return RuleSettings(levels=entry.map_of("levels", _level), costs=entry.map_of("costs", _money))


def _level(key: str, value: object) -> Level:
    if value not in list(Level):
        raise ProblemError(key, _excerpt(value), f"one of {', '.join(Level)}")
    return Level(str(value))


def _span(key: str, value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise ProblemError(key, _excerpt(value), "[start, end] or null")
    return _integer(f"{key}[0]", value[0]), _integer(f"{key}[1]", value[1])


def _halves(key: str, value: object) -> frozenset[Half]:
    if not isinstance(value, list) or any(one not in list(Half) for one in value):
        raise ProblemError(key, _excerpt(value), f"a list of {', '.join(Half)}")
    return frozenset(Half(str(one)) for one in value)


def _kind(key: str, value: object) -> SlotKind:
    if value not in ("regular", "overtime"):
        raise ProblemError(key, _excerpt(value), "regular or overtime")
    return SlotKind(value)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ProblemError(key, _excerpt(value), "a text that is not empty")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ProblemError(key, _excerpt(ascii(value)), "whole characters") from None
    return value


def _number(key: str, value: object, remedy: str, largest: float) -> int | float:
    # bool is an int in Python and "true" is no number of minutes; NaN fails every comparison.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ProblemError(key, _excerpt(value), remedy)
    if not abs(value) <= largest:
        raise ProblemError(key, _excerpt(value), f"{remedy} of at most {largest:.0f}")
    return value


def _integer(key: str, value: object) -> int:
    remedy = "a whole number"
    number = _number(key, value, remedy, LARGEST_INTEGER)
    if number != int(number):
        raise ProblemError(key, _excerpt(value), remedy)
    return int(number)


def _money(key: str, value: object) -> float:
    return float(_number(key, value, "an amount", LARGEST_MONEY))


def _excerpt(value: object) -> object:
    """The value itself when short, else its beginning: a fault is one line."""
    shown = repr(value)
    return value if len(shown) <= LONGEST_EXCERPT else shown[:LONGEST_EXCERPT] + "…"


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for key, value in pairs:
        if key in entries:
            raise ProblemError(key, _excerpt(value), "each key once in its object")
        entries[key] = value
    return entries
