"""Rows to the planner's problem, and the planner's answer back to rows."""

from __future__ import annotations

from collections.abc import Mapping

from planning.calendar import at_minute
from planning.models import Placement, Plan
from planning.selectors.loaded import LoadedWeek, load_week_problem

__all__ = ["LoadedWeek", "load_week_problem", "placement_rows"]


def placement_rows(
    loaded: LoadedWeek, plan: Plan, assignments: Mapping[str, str], starts: Mapping[str, int], *, pins: bool = True
) -> list[Placement]:
    """Unsaved placements of ``plan``. A pin goes along when its slot is kept: who, when, why."""
    rows = []
    for key, slot in assignments.items():
        before = loaded.placements.get(key)
        kept = pins and before is not None and before.pinned_by is not None and str(before.slot) == slot
        row = Placement(
            plan=plan,
            intervention_id=int(key),
            slot_id=int(slot),
            starts_at=at_minute(loaded.slots[slot].date, starts[key]),
            minutes=loaded.problem.intervention_by_id[key].duration,
        )
        if kept and before is not None:
            row.pinned_by_id, row.pinned_at = before.pinned_by, before.pinned_at
            row.pin_reason, row.forced = before.pin_reason, before.forced
        rows.append(row)
    return rows
