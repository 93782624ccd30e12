"""What a surgeon is answered before submitting: how long it lasted before, where it would fit."""

from __future__ import annotations

from datetime import date
from typing import TypedDict


class DurationChoice(TypedDict):
    key: str
    minutes: int
    text: str
    on: bool


class DurationHistoryAnswer(TypedDict):
    """``over``: how many of ``count`` lasted longer than ``minutes``; ``tenths``: the same, out of ten."""

    group: str
    count: int
    own: int
    minutes: int
    median: int
    p80: int
    choices: list[DurationChoice]
    precedents: bool
    over: int
    based_on: str
    few: str
    over_text: str
    tenths: list[bool]


class UsualNeeds(TypedDict):
    """What more than half of the latest cases needed, whether most were ambulatory, their median recovery stay."""

    equipment: list[int]
    ambulatory: bool
    recovery_minutes: int


class DurationAnswer(TypedDict):
    history: DurationHistoryAnswer | None
    usual: UsualNeeds | None


class FirstPlace(TypedDict):
    date: date
    day: str
    hours: str
    room: str
    tone: str
    where: str
    cost: float
    cost_text: str


class JudgedDay(TypedDict):
    date: date
    weekday: int
    label: str
    short: str
    status: str
    tone: str
    text: str
    title: str
    room: str | None
    start: int | None
    end: int | None
    overtime_minutes: int
    waited_days: int
    cost: float | None
    cost_text: str


class JudgedWeek(TypedDict):
    """``plan``: approved, draft, or null when nobody has planned it yet."""

    week: str
    number: int
    plan: str | None
    plan_label: str
    days: list[JudgedDay]


class PlacesAnswer(TypedDict):
    """``possible`` of ``judged`` days; ``waiting``: how many other requests want the weeks not planned yet."""

    minutes: int
    duration: str
    deadline: str
    first: list[FirstPlace]
    weeks: list[JudgedWeek]
    possible: int
    judged: int
    text: str
    waiting: int
    waiting_text: str
