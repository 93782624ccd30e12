"""Runs of the planner, as the pages follow them."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict


class RunState(TypedDict):
    """``gap``: 0.01 for one per cent, of the cost and what its moves are charged. ``messages`` come with its end."""

    id: int
    state: str
    state_label: str
    active: bool
    policy: str
    phase: str
    phase_label: str
    best_cost: float | None
    moves_cost: float
    lower_bound: float | None
    gap: float | None
    elapsed: float
    time_limit: float
    move_euros: float
    attempts: int
    requested_by: str
    requested_at: datetime
    plan_id: int | None
    failure: str
    messages: list[str]
    cancel_requested: bool
