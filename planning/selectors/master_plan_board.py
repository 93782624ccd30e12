"""The board of a draft as the page draws it: today, the proposal, the needs, and where a lifted vacation may go."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.access import May, allowed
from planning.models import MasterPlan, MasterPlanStep, User
from planning.models.people import Weekday
from planning.selectors.activity import place_key
from planning.selectors.master_plans import LoadedDraft
from planning.selectors.verdicts import answer
from planning.solver.master_plan import editing
from planning.solver.master_plan.figures import changed, figures
from planning.solver.master_plan.judging import Status
from planning.solver.master_plan.theatre import OPEN, RESERVE, Owner, Vacation, minutes_by_specialty


def owner_key(owner: Owner) -> str:
    if owner.reserve:
        return "reserve"
    return f"surgeon:{owner.surgeon}" if owner.surgeon else f"specialty:{owner.specialty}" if owner.specialty else ""


def owner_named(loaded: LoadedDraft, key: str) -> Owner | None:
    """None for a name that is nobody's here."""
    kind, _colon, number = key.partition(":")
    if key == "reserve":
        return RESERVE
    if kind == "specialty" and number in loaded.specialties:
        return Owner(number)
    if kind == "surgeon" and number in loaded.surgeons:
        return Owner(str(loaded.surgeons[number].specialty_id), number)
    return OPEN if key == "" else None


def board(loaded: LoadedDraft, user: User) -> dict[str, Any]:
    plan = loaded.plan
    draft = plan.status == MasterPlan.Status.DRAFT
    moved = changed(loaded.vacations, loaded.now)
    return {
        "id": plan.pk,
        "name": plan.name,
        "revision": plan.revision,
        "editable": draft and allowed(user, May.EDIT_REFERENCE),
        "may_validate": draft and allowed(user, May.APPROVE),
        "valid_from": plan.valid_from.isoformat(),
        "cycle_weeks": plan.cycle_weeks,
        "today": {"id": loaded.today.pk, "name": loaded.today.name} if loaded.today else None,
        "axis": {"opens": loaded.theatre.opens, "midday": loaded.theatre.midday, "closes": loaded.theatre.closes},
        "days": [{"weekday": day, "label": str(Weekday(day).label)} for day in loaded.theatre.weekdays],
        "rooms": [
            {
                "id": room.pk,
                "code": room.code,
                "opens": room.opens_minute,
                "closes": room.closes_minute,
                "equipment": [one.name for one in room.equipment.all()],
            }
            for room in loaded.rooms.values()
        ],
        "owners": _owners(loaded),
        "now": _now(loaded),
        "slots": [_slot(loaded, one, one.id in moved) for one in loaded.vacations],
        "needs": _needs(loaded),
        "figures": _figures(loaded, len(moved)),
        "study": {name: plan.study.get(name) for name in _STUDY} | {"weeks": len(plan.study.get("weeks", ()))},
        **_steps(loaded),
    }


_STUDY = ("from", "until", "cases", "left_out", "fill_percent", "reserve_hours")
_LOCKS = ("pin", "unpin")
_STEPS = {
    "add": gettext_lazy("vacation ouverte (%(owner)s)"),
    "move": gettext_lazy("vacation changée (%(owner)s)"),
    "remove": gettext_lazy("vacation retirée (%(owner)s)"),
    "pin": gettext_lazy("vacation verrouillée (%(owner)s)"),
    "unpin": gettext_lazy("vacation déverrouillée (%(owner)s)"),
    "propose": gettext_lazy("nouvelle proposition"),
}


def _steps(loaded: LoadedDraft) -> dict[str, Any]:
    """What undo would take back and redo do again; ``proven``: a proposal proven the best, no slot of it touched."""
    steps = list(MasterPlanStep.objects.filter(master_plan=loaded.plan).defer("slots"))
    done, undone = [one for one in steps if not one.undone], [one for one in steps if one.undone]
    last = next((one for one in reversed(done) if one.action not in _LOCKS), None)
    return {
        "undo": _step(loaded, done[-1]) if done else None,
        "redo": _step(loaded, undone[0]) if undone else None,
        "proven": bool(last and last.facts.get("proven")),
    }


def _step(loaded: LoadedDraft, step: MasterPlanStep) -> dict[str, str]:
    specialty = loaded.specialties.get(step.facts.get("specialty") or "")
    owner = specialty.code if specialty else _("RES") if step.facts.get("reserve") else _("Tous")
    return {"label": str(_STEPS[step.action]) % {"owner": owner}}


def lifted(loaded: LoadedDraft, moved: Vacation, step: int) -> dict[str, list[dict[str, Any]]]:
    """Every room-day of the vacation's week of the cycle: each start there, with yes or the reason against it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for weekday in loaded.theatre.weekdays:
        for room in loaded.rooms:
            cell = found.setdefault(f"{weekday}-{room}", [])
            for start in editing.starts(loaded.theatre, moved.length, step):
                there = Vacation(
                    moved.id, moved.week, weekday, room, start, start + moved.length, moved.owner, moved.pinned
                )
                verdict = loaded.verdict_of_move(editing.place(loaded.vacations, there), there)
                cell.append({"start": start, **answer(loaded, verdict)})
    return found


def _owners(loaded: LoadedDraft) -> list[dict[str, Any]]:
    """Whoever a vacation can be given to, specialties first, each followed by its surgeons."""
    found: list[dict[str, Any]] = []
    for key, one in loaded.specialties.items():
        base = {"specialty": one.pk, "colour": one.colour, "code": one.code}
        found.append({**base, "key": f"specialty:{key}", "name": one.name, "kind": "specialty"})
        found += [
            {**base, "key": f"surgeon:{number}", "name": str(surgeon), "kind": "surgeon"}
            for number, surgeon in loaded.surgeons.items()
            if surgeon.specialty_id == one.pk and surgeon.active
        ]
    found.append(
        {"key": "reserve", "kind": "reserve", "code": _("RES"), "name": _("Urgences différées"), "colour": "res"}
    )
    found.append({"key": "", "kind": "open", "code": _("Tous"), "name": _("Ouverte à tous"), "colour": "all"})
    return found


def _now(loaded: LoadedDraft) -> list[dict[str, Any]]:
    gone = changed(loaded.now, loaded.vacations)
    return [{**_place(one), "gone": one.id in gone} for one in loaded.now]


def _place(one: Vacation) -> dict[str, Any]:
    return {
        "week": one.week,
        "weekday": one.weekday,
        "room": int(one.room),
        "start": one.start,
        "end": one.end,
        "owner": owner_key(one.owner),
    }


def _slot(loaded: LoadedDraft, one: Vacation, moved: bool) -> dict[str, Any]:
    """``use``: the share used in the past, observed where nothing changes; else what the specialty would use."""
    series = None if moved else loaded.plan.study.get("use", {}).get(place_key(one))
    return {
        "id": one.id,
        **_place(one),
        "pinned": one.pinned,
        "changed": moved,
        "verdict": answer(loaded, loaded.verdict(one)),
        "weeks": [round(minutes / one.length, 3) for minutes in series] if series else [],
        "use": round(min(1.0, sum(series) / len(series) / one.length), 3) if series else None,
        "expected": None if series else _expected(loaded, one),
    }


def _expected(loaded: LoadedDraft, one: Vacation) -> float | None:
    account = Owner(one.owner.specialty, reserve=one.owner.reserve)
    given = minutes_by_specialty(loaded.vacations, loaded.plan.cycle_weeks).get(account, 0.0)
    need = loaded.needs.get(account)
    if need is None or not given:
        return None
    return round(min(1.0, need.low * loaded.fill / given), 3)


def _needs(loaded: LoadedDraft) -> list[dict[str, Any]]:
    cycle = loaded.plan.cycle_weeks
    given, now = minutes_by_specialty(loaded.vacations, cycle), minutes_by_specialty(loaded.now, cycle)
    return [
        {
            "owner": owner_key(owner),
            "low": round(need.low),
            "high": round(need.high),
            "given": round(given.get(owner, 0)),
            "now": round(now.get(owner, 0)),
        }
        for owner, need in sorted(loaded.needs.items(), key=lambda pair: (pair[0].reserve, -pair[1].low, pair[0]))
    ]


def _figures(loaded: LoadedDraft, moved: int) -> dict[str, Any]:
    plan = figures(loaded.theatre, loaded.vacations, loaded.needs, loaded.weekly)
    now = figures(loaded.theatre, loaded.now, loaded.needs, loaded.weekly)
    verdicts = [loaded.verdict(one).status for one in loaded.vacations]
    return {
        "offered": round(plan.offered),
        "offered_now": round(now.offered),
        "covered": plan.covered,
        "covered_now": now.covered,
        "below": plan.below,
        "below_now": now.below,
        "specialties": len(loaded.needs),
        "beyond": round(plan.beyond),
        "beyond_now": round(now.beyond),
        "changed": moved,
        "count": len(loaded.vacations),
        "bad": verdicts.count(Status.BAD),
        "warn": verdicts.count(Status.WARN),
    }
