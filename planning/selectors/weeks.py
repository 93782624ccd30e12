"""What the weekly grid shows: which plan of the week, the frame around it, and whether it has changed since."""

from __future__ import annotations

from typing import Any

from planning import wording
from planning.access import May, allowed
from planning.calendar import Week
from planning.models import Plan, Site, User
from planning.selectors.indicators import regular_hours
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.plan_state import plan_state
from planning.selectors.policies import policy_choices, policy_label
from planning.selectors.preferences import wishes_by_surgeon
from planning.selectors.reader import Reader
from planning.selectors.runs import latest_run, run_state
from planning.selectors.sign_off_words import signed_by
from planning.selectors.sign_offs import SIGNED, signatures
from planning.selectors.steps import last_change
from planning.selectors.week_rows import FROZEN

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
        "days": _days(loaded),
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


def _days(loaded: LoadedWeek) -> list[dict[str, Any]]:
    return [
        {
            "date": day.isoformat(),
            "label": wording.day_label(day),
            "short": wording.day_short(day),
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
