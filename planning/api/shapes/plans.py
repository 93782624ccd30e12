"""A plan under a person's hands: its state, what a place costs, what a change answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import NotRequired, TypedDict


class Told(TypedDict):
    """A rule that is broken, worded; ``other`` is the intervention it is broken with or said of."""

    rule: str
    text: str
    other: int | None
    soft: bool


class PinnedBy(TypedDict):
    by: str
    at: datetime
    reason: str


class PlacementState(TypedDict):
    """Minutes after midnight. ``warnings`` break a hard rule, ``remarks`` a soft one."""

    intervention: int
    slot: int
    room: int
    date: date
    start: int
    minutes: int
    pinned: PinnedBy | None
    forced: bool
    overtime_minutes: int
    warnings: list[Told]
    remarks: list[Told]


class SlotState(TypedDict):
    id: int
    room: int
    date: date
    start: int
    end: int
    kind: str
    specialty: int | None
    surgeon: int | None
    origin: str


class LeftOut(TypedDict):
    """``reason_text`` null: some slot of the week could take it."""

    intervention: int
    cost: float
    reason_text: str | None


class Indicator(TypedDict):
    """``base_text`` and ``delta_text`` compare with the version the plan comes from. ``now_text``: before the drop."""

    key: str
    label: str
    help: str
    value: float | None
    text: str
    base_text: str | None
    delta_text: str | None
    good: bool | None
    now_text: NotRequired[str]


class Gap(TypedDict):
    """How far from the optimum the plan may be, as proven; ``fraction`` null when nothing is."""

    text: str
    hint: str
    proposal_text: str | None
    fraction: float | None
    bound: float | None


class Cost(TypedDict):
    total: float
    hospital: float
    overtime: float
    unplanned: float
    rules: float


class StepLabel(TypedDict):
    label: str


class RecoveryDay(TypedDict):
    """``steps``: minute, patients from then on. ``held``: those who wait in their room for a bed."""

    steps: list[list[int]]
    held: int
    held_minutes: int


class Recovery(TypedDict):
    beds: int | None
    days: dict[str, RecoveryDay]


class PlanState(TypedDict):
    """All that a change of the plan can change; ``occupancy`` by day of the week.

    Empty of costs and of what is left out for whoever sees no draft.
    """

    id: int | None
    revision: int
    status: str | None
    policy: str
    placements: list[PlacementState]
    slots: list[SlotState]
    unplanned: list[LeftOut]
    indicators: list[Indicator]
    gap: Gap | None
    cost: Cost | None
    undo: StepLabel | None
    redo: StepLabel | None
    occupancy: list[float | None]
    recovery: Recovery


class OpenedDraft(TypedDict):
    plan_id: int
    state: PlanState


class Changed(TypedDict):
    """The fresh state, and what was done, in words."""

    state: PlanState
    message: str


class RefusedLine(TypedDict):
    intervention: int
    text: str


class Taken(Changed):
    """``refused``: what no longer fits, and why."""

    taken: list[int]
    refused: list[RefusedLine]


class Target(TypedDict):
    """The best start in a room and day: its price, or the ``reasons`` against it."""

    room: int
    date: date
    status: str
    slot: int | None
    start: int | None
    end: int | None
    delta: float | None
    overtime_minutes: int
    text: str
    why: str | None
    reasons: list[Told]
    remarks: list[Told]


class BackToList(TypedDict):
    delta: float
    text: str


class LiftAnswer(TypedDict):
    targets: list[Target]
    list: BackToList


_From = TypedDict("_From", {"from": int})  # a word of Python's own


class Shift(_From):
    """An intervention that the drop pushes."""

    intervention: int
    to: int


class PlacePrice(TypedDict):
    """``refused``, in words, comes alone with its ``status`` when the place means nothing."""

    status: str
    refused: str | None
    room: NotRequired[int]
    date: NotRequired[date]
    start: NotRequired[int]
    end: NotRequired[int]
    slot: NotRequired[int | None]
    delta: NotRequired[Cost]
    delta_text: NotRequired[str]
    overtime_minutes: NotRequired[int]
    shifts: NotRequired[list[Shift]]
    violations: NotRequired[list[Told]]
    remarks: NotRequired[list[Told]]
    indicators: NotRequired[list[Indicator]]


class Landing(TypedDict):
    intervention: int
    room: int
    date: date
    start: int
    end: int
    overtime_minutes: int


class SwapPriceAnswer(TypedDict):
    """As a price, with where each intervention that changes places lands."""

    status: str
    refused: str | None
    delta: NotRequired[float]
    delta_text: NotRequired[str]
    landings: NotRequired[list[Landing]]
    shifts: NotRequired[list[Shift]]
    violations: NotRequired[list[Told]]
    remarks: NotRequired[list[Told]]
    indicators: NotRequired[list[Indicator]]


class PartnerAnswer(TypedDict):
    intervention: int
    status: str
    delta: float | None
    delta_text: str | None
    violations: list[Told]
    refused: str | None


class Partners(TypedDict):
    partners: list[PartnerAnswer]


class Cause(TypedDict):
    """An intervention, or a stretch of a room and day; ``amount`` is what it weighs, in words."""

    text: str
    detail: str
    amount: str
    intervention: int | None
    room: int | None
    date: date | None


class CausesAnswer(TypedDict):
    key: str
    title: str
    note: str
    lines: list[Cause]


class VersionPlace(TypedDict):
    room: int
    room_code: str
    date: date
    start: int


_FromPlace = TypedDict("_FromPlace", {"from": VersionPlace | None})


class DifferenceLine(_FromPlace):
    """``kind``: added, removed, moved, or retimed in the same room and day."""

    intervention: int
    code: str
    kind: str
    to: VersionPlace | None
    text: str
    delta: float
    delta_text: str


class DifferenceSummary(TypedDict):
    added: int
    removed: int
    moved: int
    retimed: int
    text: str


class DifferenceAnswer(TypedDict):
    lines: list[DifferenceLine]
    summary: DifferenceSummary


class ToRead(TypedDict):
    """``severity``: forced (a person gave a reason), rule (broken without one), deadline (missed), info (soft rule)."""

    severity: str
    text: str
    intervention: int


class ApprovedVersion(TypedDict):
    id: int
    number: int


class SignOffLine(TypedDict):
    kind: str
    state: str
    label: str
    state_label: str
    text: str
    comment: str


class SignOffCheck(TypedDict):
    asked_at: datetime | None
    missing: int
    lines: list[SignOffLine]


class ApprovalCheck(TypedDict):
    """``differences``: from the approved version, when there is one."""

    warnings: list[ToRead]
    placed: int
    unplanned: int
    differences: DifferenceSummary | None
    approved: ApprovedVersion | None
    sign_offs: SignOffCheck


class ApprovedAnswer(TypedDict):
    plan_id: int
    number: int
    message: str


class Alternative(TypedDict):
    """Another place; ``apply``: the request that puts it there, ``move`` or ``make-room``."""

    text: str
    room: int
    date: date
    slot: int
    delta: float
    delta_text: str
    detail: list[str]
    start: int | None
    apply: str | None


class Barred(TypedDict):
    text: str


class Background(TypedDict):
    """How far the honest figures are: none, queued, running, done, failed."""

    state: str
    text: str


class ExplanationAnswer(TypedDict):
    """``basis_text`` says what the differences rest on; ``changes`` are places that a rule forbids."""

    intervention: int
    placed: bool
    text: str
    alternatives: list[Alternative]
    changes: list[Alternative]
    barred: list[Barred]
    decision: str | None
    basis: str | None
    basis_text: str
    background: Background
