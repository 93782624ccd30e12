"""The board of a master plan's draft, where a lifted vacation may go, and what validating would do."""

from __future__ import annotations

from datetime import date
from typing import NotRequired, TypedDict


class BoardToday(TypedDict):
    id: int
    name: str


class BoardAxis(TypedDict):
    opens: int
    midday: int
    closes: int


class BoardDay(TypedDict):
    weekday: int
    label: str


class BoardRoom(TypedDict):
    id: int
    code: str
    opens: int
    closes: int
    equipment: list[str]


class BoardOwner(TypedDict):
    """``key``: « surgeon:3 », « specialty:2 », « reserve », or nothing: open to all."""

    key: str
    name: str
    kind: str
    code: str
    colour: str
    specialty: NotRequired[int]


class BoardPlace(TypedDict):
    week: int
    weekday: int
    room: int
    start: int
    end: int
    owner: str


class BoardNow(BoardPlace):
    """A vacation of today's plan; ``gone``: the draft has it no more."""

    gone: bool


class BoardVerdict(TypedDict):
    status: str
    chip: str
    text: str


class BoardSlot(BoardPlace):
    """``use``: the share used in the past; ``expected``: the share that its specialty would use."""

    id: int
    pinned: bool
    changed: bool
    verdict: BoardVerdict
    weeks: list[float]
    use: float | None
    expected: float | None


class BoardNeed(TypedDict):
    """Minutes a week: what is needed from ``low`` to ``high``, what the draft gives, what today's plan does."""

    owner: str
    low: int
    high: int
    given: int
    now: int


class BoardFigures(TypedDict):
    offered: int
    offered_now: int
    covered: float
    covered_now: float
    below: int
    below_now: int
    specialties: int
    beyond: int
    beyond_now: int
    changed: int
    count: int
    bad: int
    warn: int


_From = TypedDict("_From", {"from": date | None})  # a word of Python's own


class BoardStudy(_From):
    """The activity that the draft was proposed from; null of one made by hand."""

    until: date | None
    cases: int | None
    left_out: int | None
    fill_percent: int | None
    reserve_hours: float | None
    weeks: int


class BoardStep(TypedDict):
    label: str


class MasterPlanBoard(TypedDict):
    """Today's plan, the draft, the needs, and what the draft would change."""

    id: int
    name: str
    revision: int
    editable: bool
    may_validate: bool
    valid_from: date
    cycle_weeks: int
    today: BoardToday | None
    axis: BoardAxis
    days: list[BoardDay]
    rooms: list[BoardRoom]
    owners: list[BoardOwner]
    now: list[BoardNow]
    slots: list[BoardSlot]
    needs: list[BoardNeed]
    figures: BoardFigures
    study: BoardStudy
    undo: BoardStep | None
    redo: BoardStep | None
    proven: bool


class BoardStart(BoardVerdict):
    start: int


class MasterPlanLift(TypedDict):
    """By « weekday-room »: every start there, with yes or the reason against it."""

    cells: dict[str, list[BoardStart]]


class EffectLine(TypedDict):
    """``status``: ok, warn, or bad, which forbids the validation."""

    status: str
    text: str


class MasterPlanEffects(TypedDict):
    """``losing``: planned interventions whose slot the draft gives to someone else; ``more`` of them untold."""

    start: date
    previous: int | None
    lines: list[EffectLine]
    losing: list[str]
    more: int
    possible: bool
