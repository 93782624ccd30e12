"""A lift, a price or a change of plan as the page receives it, worded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from planning import wording
from planning.calendar import Week
from planning.models import Plan, User
from planning.selectors.evaluation import MeaninglessPlace, Price, Target
from planning.selectors.indicators import measure, strip
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.plan_state import base_measures, base_of, plan_state
from planning.selectors.reader import Reader, worded
from planning.selectors.swaps import Partner, Swap
from planning.selectors.warnings import warnings_by_intervention
from planning.solver.result import Violation


def state_of(plan: Plan, user: User) -> dict[str, Any]:
    """The plan as it stands in the database now."""
    loaded = load_week_problem(Week(plan.monday), plan)
    return plan_state(loaded, Reader(user, loaded))


def changed_answer(plan: Plan, user: User, message: str) -> dict[str, Any]:
    return {"state": state_of(plan, user), "message": message}


# --- Lift --------------------------------------------------------------------------------------------------------


def lift_answer(loaded: LoadedWeek, targets: Iterable[Target], to_list: float, intervention: str) -> dict[str, Any]:
    days = [day.isoformat() for day in loaded.week.days]
    return {
        "targets": [_target(loaded, days, target, intervention) for target in targets],
        "list": {"delta": to_list, "text": wording.signed_euros(to_list)},
    }


def _target(loaded: LoadedWeek, days: list[str], target: Target, intervention: str) -> dict[str, Any]:
    return {
        "room": int(target.room),
        "date": days[target.day],
        "status": target.status,
        "slot": int(target.slot) if target.slot is not None else None,
        "start": target.start,
        "end": target.end,
        "delta": target.delta,
        "overtime_minutes": target.overtime_minutes,
        "text": wording.chip(target.reasons[0]) if target.reasons else wording.signed_euros(target.delta or 0),
        "why": wording.family(target.reasons[0]) if target.reasons else None,
        "reasons": violations_answer(loaded, target.reasons, intervention),
        "remarks": violations_answer(loaded, target.remarks, intervention),
    }


# --- Price -------------------------------------------------------------------------------------------------------


def price_answer(judged: Price, intervention: str) -> dict[str, Any]:
    """``indicators`` are what the strip would show after the drop."""
    week, delta = judged.week, judged.delta
    return {
        "status": judged.status,
        "room": int(judged.room),
        "date": week.week.days[judged.day].isoformat(),
        "start": judged.start,
        "end": judged.end,
        "slot": None if judged.opens_slot else int(judged.slot),
        "delta": {
            "total": delta.total,
            "hospital": delta.hospital,
            "overtime": delta.overtime,
            "unplanned": delta.unplanned,
            "rules": delta.rules,
        },
        "delta_text": wording.signed_euros(delta.total),
        "overtime_minutes": judged.overtime_minutes,
        "shifts": _shifts(judged),
        "violations": violations_answer(week, judged.violations, intervention),
        "remarks": violations_answer(week, judged.remarks, intervention),
        "indicators": _indicators(judged),
        "refused": None,
    }


def swap_answer(judged: Swap) -> dict[str, Any]:
    """As a price, with the landing of each intervention that changes places."""
    week = judged.week
    return {
        "status": judged.status,
        "delta_text": wording.signed_euros(judged.delta.total),
        "delta": judged.delta.total,
        "landings": [
            {
                "intervention": int(key),
                "room": int(one.slot.room),
                "date": week.week.days[one.slot.day].isoformat(),
                "start": one.start,
                "end": one.end,
                "overtime_minutes": one.overtime_minutes,
            }
            for key, one in judged.landings.items()
        ],
        "shifts": _shifts(judged),
        "violations": violations_answer(week, judged.violations),
        "remarks": violations_answer(week, judged.remarks),
        "indicators": _indicators(judged),
        "refused": None,
    }


def partners_answer(loaded: LoadedWeek, found: Iterable[Partner]) -> list[dict[str, Any]]:
    return [
        {
            "intervention": int(one.intervention),
            "status": one.status,
            "delta": one.delta,
            "delta_text": None if one.delta is None else wording.signed_euros(one.delta),
            "violations": violations_answer(loaded, one.reasons),
            "refused": None if one.refused is None else place_refused(one.refused),
        }
        for one in found
    ]


def _shifts(judged: Price | Swap) -> list[dict[str, int]]:
    return [{"intervention": int(key), "from": before, "to": after} for key, (before, after) in judged.shifts.items()]


def _indicators(judged: Price | Swap) -> list[dict[str, Any]]:
    """The strip after the drop, compared with the proposal as it always is; ``now_text`` is before the drop."""
    week = judged.week
    before = warnings_by_intervention(week, week.assignments, week.starts)
    after = warnings_by_intervention(week, judged.assignments, judged.starts)
    now = strip(measure(week, week.assignments, week.starts, conflicts=len(before)), None)
    then = measure(week, judged.assignments, judged.starts, conflicts=len(after))
    shown = strip(then, base_measures(week, base_of(week.plan)))
    return [{**one, "now_text": current["text"]} for one, current in zip(shown, now, strict=True)]


def violations_answer(
    week: LoadedWeek, violations: Iterable[Violation], intervention: str = ""
) -> list[dict[str, Any]]:
    """Those of a pushed or a met neighbour are said with its code, and point at it; all of them in a swap."""
    found = []
    for violation in violations:
        said = worded(week, violation)
        if violation.intervention != intervention:
            code = week.interventions[violation.intervention].code
            said = {**said, "text": wording.named(code, said["text"]), "other": int(violation.intervention)}
        found.append(said)
    return found


def place_refused(error: MeaninglessPlace) -> str:
    if error.why == "same":
        return _("Rien à échanger : c'est deux fois la même.")
    if error.why == "empty":
        return _("Rien à échanger : les deux salles sont vides ces jours-là.")
    if error.why == "room" or error.room is None:
        return _("Cette salle n'existe pas.")
    if error.why == "day":
        return _("Ce jour n'est pas dans la semaine affichée.")
    values = {
        "room": error.room.code,
        "opens": wording.clock(error.room.opens),
        "closes": wording.clock(error.room.closes),
    }
    if error.why == "closing":
        return _("L'échange finirait hors des heures de %(room)s, ouverte de %(opens)s à %(closes)s.") % values
    if error.why == "slot":
        return _("La salle %(room)s n'a pas de plage à toutes les heures à échanger.") % values
    if error.why == "push":
        return _("Les interventions suivantes finiraient après la fermeture de %(room)s à %(closes)s.") % values
    return _("La salle %(room)s est ouverte de %(opens)s à %(closes)s.") % values
