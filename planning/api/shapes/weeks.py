"""The weekly grid, its pulse and its journal."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict

from planning.api.shapes.plans import PlanState, SlotState
from planning.api.shapes.runs import RunState


class GridDay(TypedDict):
    date: date
    label: str
    short: str


class GridAxis(TypedDict):
    opens: int
    closes: int
    regular_end: int
    step: int


class GridPlan(TypedDict):
    id: int
    number: int
    status: str
    status_label: str
    revision: int
    policy: str
    policy_label: str
    base_id: int | None
    editable: bool


class Signature(TypedDict):
    name: str
    text: str


class GridVersion(TypedDict):
    id: int
    number: int
    status: str
    status_label: str
    policy_label: str
    created_at: datetime
    created_by: str | None
    total_cost: float | None
    run: int | None
    signed: list[Signature]


class Outdated(TypedDict):
    """The version of the parameters that the plan is counted with, and the one in force."""

    version: int
    in_force: int


class GridApproved(TypedDict):
    """The draft still says the same as long as its revision is ``draft_revision``."""

    id: int
    number: int
    draft_revision: int | None
    signed: list[Signature]


class GridRoom(TypedDict):
    id: int
    code: str
    name: str
    equipment: list[str]
    opens: int
    closes: int


class GridSpecialty(TypedDict):
    id: int
    code: str
    name: str
    colour: str
    closed_on: date | None


class SurgeonDayState(TypedDict):
    minutes: int
    reason: str | None


class GridSurgeon(TypedDict):
    """``days``: by date, the minutes worked, and why none."""

    id: int
    trigram: str
    name: str
    specialty: int
    wishes: str
    days: dict[str, SurgeonDayState]


class GridClosure(TypedDict):
    room: int
    date: date
    reason: str


class GridIntervention(TypedDict):
    """As much as the reader may read: another surgeon's is occupied time."""

    id: int
    code: str
    patient_code: str
    label: str
    minutes: int
    surgeon: int
    specialty: int
    equipment: list[str]
    admission: date | None
    deadline: date | None
    priority: str
    ambulatory: bool
    child: bool
    septic: bool
    recovery_minutes: int
    overdue: bool
    notes: str


class Rights(TypedDict):
    plan: bool
    approve: bool
    see_drafts: bool


class PolicyChoice(TypedDict):
    id: str
    label: str
    help: str
    searches: bool


class TieRuleChoice(TypedDict):
    id: str
    label: str


class WeekGrid(TypedDict):
    """The frame of the week, its interventions, and the state of one plan of it."""

    week: str
    monday: date
    number: int
    days: list[GridDay]
    axis: GridAxis
    plan: GridPlan | None
    versions: list[GridVersion]
    outdated: Outdated | None
    approved: GridApproved | None
    rooms: list[GridRoom]
    specialties: list[GridSpecialty]
    surgeons: list[GridSurgeon]
    slots: list[SlotState]
    closures: list[GridClosure]
    interventions: list[GridIntervention]
    state: PlanState
    run: RunState | None
    rights: Rights
    policies: list[PolicyChoice]
    tie_rules: list[TieRuleChoice]


class WeekPulse(TypedDict):
    plan_id: int | None
    revision: int
    changed_by: str | None
    changed_label: str | None
    run: RunState | None
    latest_proposal_id: int | None
    approved_id: int | None


class JournalLine(TypedDict):
    id: int
    at: datetime
    user: str | None
    action: str
    action_label: str
    intervention: int | None
    interventions: list[int]
    text: str
    run: int | None
    reason: str
    cost_delta: float | None
    cost_delta_text: str | None


class JournalPage(TypedDict):
    """``next``: the number of the following page."""

    entries: list[JournalLine]
    next: int | None
