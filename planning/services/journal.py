"""The week's journal: appended to, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from planning.models import JournalEntry, Plan, User


def append_entry(
    *,
    plan: Plan,
    user: User,
    action: str,
    now: datetime,
    intervention_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    cost_delta: float | None = None,
) -> JournalEntry:
    """One line on ``plan``'s week. ``before`` and ``after`` name places by code, never a patient."""
    return JournalEntry.objects.create(
        at=now,
        user=user,
        action=action,
        monday=plan.monday,
        plan=plan,
        intervention_id=intervention_id,
        before=before,
        after=after,
        reason=reason,
        cost_delta=cost_delta,
    )
