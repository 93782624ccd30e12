"""All that a change of a plan can change on the weekly grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from planning import wording
from planning.calendar import minute_of
from planning.models import Placement, Plan
from planning.models.slots import SlotKind
from planning.selectors.indicators import Measures, gap, measure, overtime_minutes, reference_of, regular_hours, strip
from planning.selectors.loaded import LoadedWeek
from planning.selectors.reader import Reader
from planning.selectors.recovery import recovery_load
from planning.selectors.steps import undo_and_redo
from planning.selectors.warnings import conflicts_in, remarks_in, told_of, warnings_by_intervention
from planning.selectors.week_rows import FROZEN
from planning.solver.costs import breakdown
from planning.solver.problem import Intervention
from planning.solver.result import CostBreakdown, Violation
from planning.solver.rules import is_allowed, slot_violations


def plan_state(loaded: LoadedWeek, reader: Reader) -> dict[str, Any]:
    """Placements, what is left out, indicators, undo: all that a change of the plan can change."""
    plan, assignments, starts = loaded.plan, loaded.assignments, loaded.starts
    told = told_of(loaded, assignments, starts)
    warnings, remarks = conflicts_in(told), remarks_in(told)
    overtime = overtime_minutes(loaded, assignments, starts, regular_hours(loaded))
    cost = breakdown(loaded.problem, assignments)
    total = cost.total
    if plan is not None and plan.status in FROZEN and plan.total_cost is not None:
        total = plan.total_cost
    now = measure(loaded, assignments, starts, conflicts=len(warnings), total_cost=total)
    state: dict[str, Any] = {
        "id": plan.pk if plan else None,
        "revision": plan.revision if plan else 0,
        "status": plan.status if plan else None,
        "policy": loaded.policy,  # taking a proposal, or undoing it, changes the draft's
        "placements": [
            _placement(loaded, reader, key, warnings.get(key, ()), remarks.get(key, ()), overtime[key])
            for key in loaded.placements
        ],
        "slots": _slots(loaded),  # a forced drop may open one
        "unplanned": [],
        "indicators": [],
        "gap": None,
        "cost": None,
        "undo": None,
        "redo": None,
        "occupancy": now.occupancy_by_day,
        "recovery": recovery_load(loaded, assignments, starts),
    }
    if reader.drafts:
        base = base_of(plan)
        state["unplanned"] = _unplanned(loaded)
        state["indicators"] = strip(now, base_measures(loaded, base))
        state["gap"] = gap(loaded, reference_of(plan), base.pins, total) if plan is not None else None
        state["cost"] = _cost(cost, total)
        state["undo"], state["redo"] = undo_and_redo(plan)
    return state


def _placement(
    loaded: LoadedWeek,
    reader: Reader,
    key: str,
    violations: tuple[Violation, ...],
    remarks: tuple[Violation, ...],
    overtime: int,
) -> dict[str, Any]:
    row = loaded.placements[key]
    slot = loaded.slots[str(row.slot)]
    pinned = None
    if row.pinned_by is not None and row.pinned_at is not None and reader.drafts:
        pinned = {"by": row.pinned_name, "at": row.pinned_at.isoformat(), "reason": row.pin_reason}
    return {
        "intervention": row.intervention,
        "slot": row.slot,
        "room": slot.room,
        "date": slot.date.isoformat(),
        "start": loaded.starts[key],
        "minutes": loaded.problem.intervention_by_id[key].duration,
        "pinned": pinned,
        "forced": row.forced and reader.may_read(loaded.interventions[key]),
        "overtime_minutes": overtime,
        "warnings": reader.warnings(key, violations),
        "remarks": reader.warnings(key, remarks),
    }


def _cost(cost: CostBreakdown, total: float) -> dict[str, float]:
    parts = {"hospital": cost.hospital, "overtime": cost.overtime, "unplanned": cost.unplanned, "rules": cost.rules}
    return {"total": total, **parts}


def _unplanned(loaded: LoadedWeek) -> list[dict[str, Any]]:
    return [
        {
            "intervention": int(item.id),
            "cost": loaded.problem.unplanned_cost(item),
            "reason_text": why_left_out(loaded, item) or None,
        }
        for item in map(loaded.problem.intervention_by_id.__getitem__, loaded.interventions)
        if item.id not in loaded.assignments
    ]


def why_left_out(loaded: LoadedWeek, item: Intervention) -> str:
    """Why no slot of the week may take it; nothing when one could."""
    possible = any(is_allowed(loaded.problem, item, slot) for slot in loaded.problem.slots)
    return "" if possible else _why_nowhere(loaded, item.id)


def _why_nowhere(loaded: LoadedWeek, key: str) -> str:
    """A surgeon away all week, else the rules of the slot that comes nearest to taking it."""
    problem = loaded.problem
    item = problem.intervention_by_id[key]
    if not problem.slots:
        return _("Aucune plage cette semaine")
    if not any(day.minutes for day in loaded.surgeon_days[item.surgeon]):
        name = loaded.surgeons[item.surgeon].last_name
        reasons = sorted({day.reason for day in loaded.surgeon_days[item.surgeon] if day.reason})
        text = _("Dr %(name)s n'opère pas cette semaine") % {"name": name}
        return f"{text} ({', '.join(reasons)})" if reasons else text
    nearest = min((slot_violations(problem, item, slot) for slot in problem.slots), key=len)
    return _("Aucune plage possible. %(reason)s") % {
        "reason": " ; ".join(wording.sentence(loaded, violation) for violation in nearest)
    }


class Base:
    """The version a plan is compared with, and the pins of the proposal whose bound may speak for it."""

    def __init__(self, base_id: int | None, reference_id: int | None, rows: list[tuple[Any, ...]]) -> None:
        own = [row for row in rows if row[0] == base_id]
        self.is_known = base_id is not None
        self.assignments = {str(row[1]): str(row[2]) for row in own}
        self.starts = {str(row[1]): minute_of(row[3], row[4]) for row in own}
        pinned = [row for row in rows if row[0] == reference_id and row[5] is not None]
        self.pins = {str(row[1]): str(row[2]) for row in pinned}


def base_of(plan: Plan | None) -> Base:
    """One query for the two versions."""
    reference = reference_of(plan)
    base_id, reference_id = plan.base_id if plan else None, reference.pk if reference else None
    rows = Placement.objects.filter(plan__in={one for one in (base_id, reference_id) if one is not None})
    columns = ("plan_id", "intervention_id", "slot_id", "starts_at", "slot__date", "pinned_by_id")
    return Base(base_id, reference_id, list(rows.values_list(*columns)))


def base_measures(loaded: LoadedWeek, base: Base) -> Measures | None:
    """Only what is still of this week can be compared: an intervention or a slot gone since counts as left out."""
    if not base.is_known:
        return None
    known = loaded.problem
    assignments = {
        key: slot
        for key, slot in base.assignments.items()
        if key in known.intervention_by_id and slot in known.slot_by_id
    }
    starts: Mapping[str, int] = base.starts
    conflicts = warnings_by_intervention(loaded, assignments, starts)
    return measure(loaded, assignments, starts, conflicts=len(conflicts))


def _slots(loaded: LoadedWeek) -> list[dict[str, Any]]:
    """Those that the planner fills, and those kept for the urgent cases to come."""
    kept = [row for row in loaded.hidden.values() if row.kind == SlotKind.RESERVE and str(row.room) in loaded.rooms]
    return [
        {
            "id": row.id,
            "room": row.room,
            "date": row.date.isoformat(),
            "start": minute_of(row.starts_at, row.date),
            "end": minute_of(row.ends_at, row.date),
            "kind": row.kind,
            "specialty": row.specialty,
            "surgeon": row.surgeon,
            "origin": row.origin,
        }
        for row in (*loaded.slots.values(), *kept)
    ]
