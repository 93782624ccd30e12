"""What the weekly grid shows: the week's frame, and the state of one plan in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from planning import wording
from planning.access import May, allowed
from planning.calendar import Week, minute_of
from planning.models import Placement, Plan, Site, User
from planning.models.slots import SlotKind
from planning.selectors.indicators import Measures, gap, measure, overtime_minutes, reference_of, regular_hours, strip
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.policies import policy_choices, policy_label
from planning.selectors.preferences import wishes_by_surgeon
from planning.selectors.recovery import recovery_load
from planning.selectors.runs import latest_run, run_state
from planning.selectors.sign_off_words import signed_by
from planning.selectors.sign_offs import SIGNED, signatures
from planning.selectors.steps import last_change, undo_and_redo
from planning.selectors.warnings import conflicts_in, remarks_in, told_of, warnings_by_intervention
from planning.selectors.week_rows import FROZEN, InterventionRow
from planning.solver.costs import breakdown
from planning.solver.problem import Intervention
from planning.solver.result import CostBreakdown, Violation
from planning.solver.rules import is_allowed, slot_violations

STEP_MINUTES = 5


# --- Which plan --------------------------------------------------------------------------------------------------


def visible_plans(week: Week, user: User) -> list[Plan]:
    """The versions ``user`` may read, the newest first; whoever may not see drafts reads the approved one only."""
    plans = Plan.objects.filter(monday=week.monday).select_related("created_by", "base__base", "run")
    plans = plans.defer("run__messages").order_by("-number")
    plans = plans.prefetch_related(SIGNED)
    if not allowed(user, May.SEE_DRAFTS):
        plans = plans.filter(status=Plan.Status.APPROVED)
    return list(plans)


def plan_to_show(plans: list[Plan]) -> Plan | None:
    """The draft, else the approved version, else the newest."""
    for status in (Plan.Status.DRAFT, Plan.Status.APPROVED):
        for plan in plans:
            if plan.status == status:
                return plan
    return plans[0] if plans else None


# --- The whole grid ----------------------------------------------------------------------------------------------


def grid(week: Week, user: User, plans: list[Plan], plan: Plan | None) -> dict[str, Any]:
    loaded = load_week_problem(week, plan)
    drafts = allowed(user, May.SEE_DRAFTS)
    if not drafts and plan is None:
        loaded.interventions.clear()
    reader = Reader(user, loaded)
    rooms = loaded.shown_rooms
    state = plan_state(loaded, reader)
    return {
        "week": str(week),
        "monday": week.monday.isoformat(),
        "number": week.number,
        "days": _days(loaded, state.pop("occupancy")),
        "axis": {
            "opens": min((room.opens for room in rooms), default=480),
            "closes": max((room.closes for room in rooms), default=1200),
            "regular_end": _regular_end(loaded),
            "step": STEP_MINUTES,
        },
        "plan": plan_summary(plan, user) if plan is not None else None,
        "versions": [_version(one) for one in plans] if drafts else [],
        "outdated": _outdated(loaded) if drafts else None,
        "approved": _approved(plans),
        "rooms": [
            {
                "id": room.id,
                "code": room.code,
                "name": room.name,
                "equipment": loaded.equipment_named(loaded.problem.room_by_id[str(room.id)].equipment),
                "opens": room.opens,
                "closes": room.closes,
            }
            for room in rooms
        ],
        "specialties": [row._asdict() for row in loaded.specialties.values()],
        "surgeons": _surgeons(loaded, drafts),
        "slots": state["slots"],
        "closures": [
            {"room": int(room), "date": week.days[day].isoformat(), "reason": reason}
            for (room, day), reason in loaded.closures.items()
            if day < len(week.days) and any(one.id == int(room) for one in rooms)
        ],
        "interventions": [reader.intervention(key, row) for key, row in loaded.interventions.items()],
        "state": state,
        "run": _run(week) if drafts else None,
        "rights": {"plan": allowed(user, May.PLAN), "approve": allowed(user, May.APPROVE), "see_drafts": drafts},
        "policies": policy_choices() if drafts else [],
        "tie_rules": [{"id": key, "label": str(label)} for key, label in Site.TieRule.choices] if drafts else [],
    }


class Reader:
    """What one user may read of the interventions.

    A surgeon reads their own in full and the others as occupied time. A viewer reads no patient code and no note.
    """

    def __init__(self, user: User, loaded: LoadedWeek) -> None:
        self.loaded = loaded
        self.drafts = allowed(user, May.SEE_DRAFTS)
        own = allowed(user, May.SEE_OWN)
        self.surgeon = (
            next((row.id for row in loaded.surgeons.values() if row.user == user.pk), 0) if own else None
        )  # fmt: skip

    def may_read(self, row: InterventionRow) -> bool:
        return self.drafts or self.surgeon is None or row.surgeon == self.surgeon

    def may_identify(self, row: InterventionRow) -> bool:
        return self.drafts or (self.surgeon is not None and row.surgeon == self.surgeon)

    def intervention(self, key: str, row: InterventionRow) -> dict[str, Any]:
        readable, identified = self.may_read(row), self.may_identify(row)
        return {
            "id": row.id,
            "code": row.code if readable else "",
            "patient_code": row.patient_code if identified else "",
            "label": row.label if readable else _("Occupé"),
            "minutes": self.loaded.problem.intervention_by_id[key].duration,
            "surgeon": row.surgeon,
            "specialty": row.specialty,
            "equipment": self.loaded.equipment_named(self.loaded.equipment[key]) if readable else [],
            "admission": row.admission.isoformat() if readable else None,
            "deadline": row.deadline.isoformat() if readable else None,
            "priority": row.priority if readable else "elective",
            "ambulatory": row.ambulatory and readable,
            "child": row.child and readable,
            "septic": row.septic and readable,
            "recovery_minutes": row.recovery_minutes if readable else 0,
            "overdue": self.loaded.is_overdue(row) and readable,
            "notes": row.notes if identified else "",
        }

    def warnings(self, key: str, violations: tuple[Violation, ...]) -> list[dict[str, Any]]:
        if not self.may_read(self.loaded.interventions[key]):
            return []
        return [
            one
            for one in (worded(self.loaded, violation) for violation in violations)
            if one["other"] is None or self.may_read(self.loaded.interventions[str(one["other"])])
        ]


def worded(loaded: LoadedWeek, violation: Violation) -> dict[str, Any]:
    other = violation.facts.get("other")
    return {
        "rule": violation.rule,
        "text": wording.sentence(loaded, violation),
        "other": int(str(other)) if other is not None else None,
        "soft": violation.soft,
    }


# --- The state of a plan -----------------------------------------------------------------------------------------


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


# --- Has something changed? --------------------------------------------------------------------------------------


def pulse(week: Week, user: User, since: int | None) -> dict[str, Any]:
    """Three queries at most. ``changed_by`` and ``changed_label`` are the last change after revision ``since``."""
    drafts = allowed(user, May.SEE_DRAFTS)
    plans = Plan.objects.filter(monday=week.monday).order_by("-number").only("pk", "status", "revision")
    if not drafts:
        plans = plans.filter(status=Plan.Status.APPROVED)
    versions = list(plans)
    plan = plan_to_show(versions)
    last = None
    if drafts and plan is not None and since is not None and plan.revision > since:
        last = last_change(plan.pk)
    proposals = [one.pk for one in versions if one.status == Plan.Status.PROPOSED]
    approved = [one.pk for one in versions if one.status == Plan.Status.APPROVED]
    return {
        "plan_id": plan.pk if plan else None,
        "revision": plan.revision if plan else 0,
        "changed_by": str(last.user) if last and last.user else None,
        "changed_label": wording.change_label(last.action, last.after) if last else None,
        "run": _run(week) if drafts else None,
        "latest_proposal_id": proposals[0] if proposals else None,
        "approved_id": approved[0] if approved else None,
    }


def _run(week: Week) -> dict[str, Any] | None:
    run = latest_run(week)
    return run_state(run) if run is not None else None


# --- The frame ---------------------------------------------------------------------------------------------------


def plan_summary(plan: Plan, user: User) -> dict[str, Any]:
    return {
        "id": plan.pk,
        "number": plan.number,
        "status": plan.status,
        "status_label": plan.get_status_display(),
        "revision": plan.revision,
        "policy": plan.policy,
        "policy_label": policy_label(plan.policy),
        "base_id": plan.base_id,
        "editable": plan.status == Plan.Status.DRAFT and allowed(user, May.PLAN),
    }


def _approved(plans: list[Plan]) -> dict[str, Any] | None:
    """The approved version; the draft still says the same as long as its revision is ``draft_revision``."""
    for plan in plans:
        if plan.status == Plan.Status.APPROVED:
            return {
                "id": plan.pk,
                "number": plan.number,
                "draft_revision": plan.parameters.get("draft_revision"),
                "signed": signed_by(signatures(plan)),
            }
    return None


def _version(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.pk,
        "number": plan.number,
        "status": plan.status,
        "status_label": plan.get_status_display(),
        "policy_label": policy_label(plan.policy),
        "created_at": plan.created_at.isoformat(),
        "created_by": str(plan.created_by) if plan.created_by else None,
        "total_cost": plan.total_cost,
        # Only a proposal has one.
        "run": plan.run.pk if hasattr(plan, "run") else None,
        "signed": signed_by(signatures(plan)) if plan.status in FROZEN else [],
    }


def _outdated(loaded: LoadedWeek) -> dict[str, int] | None:
    """The version of the parameters that an open plan is counted with, when it is no longer the one in force."""
    used, now = loaded.parameters["version"], loaded.version_in_force
    still_open = loaded.plan is not None and loaded.plan.status not in FROZEN
    return {"version": used, "in_force": now} if still_open and used and used != now else None


def _days(loaded: LoadedWeek, occupancy: tuple[float | None, ...]) -> list[dict[str, Any]]:
    return [
        {
            "date": day.isoformat(),
            "label": wording.day_label(day),
            "short": wording.day_short(day),
            "occupancy": occupancy[(day - loaded.week.monday).days],
        }
        for day in loaded.operating_days
    ]


def _regular_end(loaded: LoadedWeek) -> int:
    ends = [end for spans in regular_hours(loaded).values() for _start, end in spans]
    return max(ends, default=1080)


def _surgeons(loaded: LoadedWeek, drafts: bool) -> list[dict[str, Any]]:
    """Why a surgeon is away, and what they wish, is for those who plan."""
    wishes = wishes_by_surgeon() if drafts else {}
    wanted = {row.surgeon for row in loaded.interventions.values()}
    return [
        {
            "id": row.id,
            "trigram": row.trigram,
            "name": f"Dr {row.last_name}",
            "specialty": row.specialty,
            "wishes": wishes.get(row.id, ""),
            "days": {
                day.isoformat(): {"minutes": surgeon_day.minutes, "reason": surgeon_day.reason if drafts else None}
                for day, surgeon_day in zip(loaded.week.days, loaded.surgeon_days[key], strict=True)
            },
        }
        for key, row in loaded.surgeons.items()
        if row.active or row.id in wanted
    ]


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
