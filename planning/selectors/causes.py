"""What lies behind each indicator of the strip: the interventions, room-days or slots that make it what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.selectors.indicators import gap, overtime_minutes, reference_of, regular_hours
from planning.selectors.loaded import LoadedWeek
from planning.selectors.plan_state import base_of, why_left_out
from planning.selectors.warnings import warnings_by_intervention
from planning.solver.costs import breakdown, hospital_cost, overtime_cost
from planning.solver.criteria import RoomDay, evaluate, slot_work
from planning.solver.problem import Slot


@dataclass(frozen=True, slots=True)
class Line:
    """One cause: an intervention, or a stretch of a room and day. ``amount`` is what it weighs, worded."""

    text: str
    detail: str
    amount: str
    intervention: str | None = None
    room: str | None = None
    day: int | None = None


def causes(loaded: LoadedWeek, indicator: str) -> dict[str, Any]:
    """``lines`` come with the heaviest first; ``note`` says what the indicator means where that is not plain."""
    title, lines, note = CAUSES[indicator](loaded)
    days = loaded.week.days
    return {
        "key": indicator,
        "title": title,
        "note": note,
        "lines": [
            {
                "text": one.text,
                "detail": one.detail,
                "amount": one.amount,
                "intervention": None if one.intervention is None else int(one.intervention),
                "room": None if one.room is None else int(one.room),
                "date": None if one.day is None else days[one.day].isoformat(),
            }
            for one in lines
        ],
    }


Answer = tuple[str, list[Line], str]


# --- Hours -------------------------------------------------------------------------------------------------------


def _occupancy(loaded: LoadedWeek) -> Answer:
    offered = [one for one in _room_days(loaded) if one.regular_minutes]
    idle = sorted(offered, key=lambda one: one.used_minutes - one.regular_minutes)
    lines = [
        Line(
            _room_day(loaded, one.room, one.day),
            _("%(used)s utilisées sur %(offered)s")
            % {"used": wording.duration(one.used_minutes), "offered": wording.duration(one.regular_minutes)},
            wording.percent(one.occupancy.value or 0),
            room=one.room,
            day=one.day,
        )
        for one in idle
        if one.used_minutes < one.regular_minutes
    ]
    title = ngettext("%(n)d salle-jour a du temps libre", "%(n)d salles-jours ont du temps libre", len(lines))
    return title % {"n": len(lines)}, lines, ""


def _overtime(loaded: LoadedWeek) -> Answer:
    late = _late(loaded)
    lines = [
        Line(_named(loaded, key), _where(loaded, key), wording.duration(minutes), key)
        for key, minutes in sorted(late.items(), key=lambda one: -one[1])
    ]
    title = ngettext(
        "%(n)d intervention en heures supplémentaires", "%(n)d interventions en heures supplémentaires", len(lines)
    )
    return title % {"n": len(lines)}, lines, ""


def _overrunning(loaded: LoadedWeek) -> Answer:
    problem = loaded.problem
    by_room_day: dict[tuple[str, int], list[str]] = {}
    late = _late(loaded)
    for key in late:
        slot = problem.slot_by_id[loaded.assignments[key]]
        by_room_day.setdefault((slot.room, slot.day), []).append(key)
    lines = []
    for (room, day), keys in by_room_day.items():
        last = max(keys, key=lambda one: loaded.starts[one])
        end = loaded.starts[last] + problem.intervention_by_id[last].duration
        detail = _("jusqu'à %(end)s, avec %(codes)s") % {
            "end": wording.clock(end),
            "codes": ", ".join(loaded.interventions[key].code for key in keys),
        }
        amount = wording.duration(sum(late[key] for key in keys))
        lines.append(Line(_room_day(loaded, room, day), detail, amount, last, room, day))
    lines.sort(key=lambda one: -sum(late[key] for key in by_room_day[one.room or "", one.day or 0]))
    title = ngettext("%(n)d salle-jour dépasse", "%(n)d salles-jours dépassent", len(lines))
    return (
        title % {"n": len(lines)},
        lines,
        _("Une salle qui dépasse plusieurs jours compte une fois.") if lines else "",
    )


def _slot_fill(loaded: LoadedWeek) -> Answer:
    problem = loaded.problem
    owned = [slot for slot in problem.slots if slot.specialty or slot.surgeon]
    work = slot_work(problem, loaded.assignments)
    emptiest = sorted(owned, key=lambda slot: work[slot.id] - slot.length)
    lines = [
        Line(
            f"{_room_day(loaded, slot.room, slot.day)}, {wording.clock(slot.start)}–{wording.clock(slot.end)}",
            _("%(owner)s : %(left)s sans intervention")
            % {"owner": _owner(loaded, slot), "left": wording.duration(slot.length - work[slot.id])},
            wording.percent(work[slot.id] / slot.length),
            room=slot.room,
            day=slot.day,
        )
        for slot in emptiest
        if work[slot.id] < slot.length
    ]
    title = ngettext("%(n)d plage réservée n'est pas pleine", "%(n)d plages réservées ne sont pas pleines", len(lines))
    return title % {"n": len(lines)}, lines, ""


# --- Interventions -----------------------------------------------------------------------------------------------


def _planned(loaded: LoadedWeek) -> Answer:
    problem = loaded.problem
    left = [item for item in problem.interventions if item.id not in loaded.assignments]
    lines = [
        Line(
            _named(loaded, item.id),
            why_left_out(loaded, item) or _("possible cette semaine, laissée en attente"),
            wording.euros(problem.unplanned_cost(item)),
            item.id,
        )
        for item in sorted(left, key=lambda one: (-problem.unplanned_cost(one), one.deadline_day))
    ]
    title = ngettext("%(n)d intervention en attente", "%(n)d interventions en attente", len(lines))
    return title % {"n": len(lines)}, lines, ""


def _conflicts(loaded: LoadedWeek) -> Answer:
    found = warnings_by_intervention(loaded, loaded.assignments, loaded.starts)
    lines = [
        Line(_named(loaded, key), wording.listed(wording.sentence(loaded, one) for one in violations), "", key)
        for key, violations in found.items()
    ]
    title = ngettext("%(n)d intervention en conflit", "%(n)d interventions en conflit", len(lines))
    return title % {"n": len(lines)}, lines, ""


def _total_cost(loaded: LoadedWeek) -> Answer:
    problem = loaded.problem
    costs: list[tuple[float, Line]] = []
    for item in problem.interventions:
        slot = problem.slot_by_id.get(loaded.assignments.get(item.id, ""))
        if slot is None:
            cost, why = problem.unplanned_cost(item), _("laissée en attente")
        else:
            waiting, late = hospital_cost(problem, item, slot), overtime_cost(problem, item, slot)
            cost, why = waiting + late, _why_dear(waiting, late)
        if cost:
            where = _where(loaded, item.id) if slot is not None else ""
            costs.append((cost, Line(_named(loaded, item.id), _joined((why, where)), wording.euros(cost), item.id)))
    costs.sort(key=lambda one: -one[0])
    title = ngettext("L'intervention qui coûte", "Les %(n)d interventions qui coûtent", len(costs)) % {"n": len(costs)}
    return title, [line for _cost, line in costs], _cost_note(loaded)


def _cost_note(loaded: LoadedWeek) -> str:
    cost = breakdown(loaded.problem, loaded.assignments)
    return _("Attente à l'hôpital %(hospital)s, heures supplémentaires %(overtime)s, reports %(unplanned)s.") % {
        "hospital": wording.euros(cost.hospital),
        "overtime": wording.euros(cost.overtime),
        "unplanned": wording.euros(cost.unplanned),
    }


def _why_dear(waiting: float, late: float) -> str:
    parts = (
        _("attente %(cost)s") % {"cost": wording.euros(waiting)} if waiting else "",
        _("heures sup. %(cost)s") % {"cost": wording.euros(late)} if late else "",
    )
    return _joined(parts)


# --- Gap ---------------------------------------------------------------------------------------------------------


def _gap(loaded: LoadedWeek) -> Answer:
    plan = loaded.plan
    total = breakdown(loaded.problem, loaded.assignments).total
    reference = reference_of(plan)
    found = gap(loaded, reference, base_of(plan).pins, total)
    if reference is not None and reference.lower_bound is None and reference.parameters.get("move_euros"):
        said = _(
            "Ce planning vient d'un calcul où chaque intervention déplacée comptait %(price)s : sa borne vaut pour le "
            "coût et les déplacements ensemble, et se lit sur la page du calcul. Pour un écart au seul coût, lancez un "
            "calcul à 0 € par déplacement."
        )
        return _("Pas de borne du seul coût"), [], said % {"price": wording.euros(reference.parameters["move_euros"])}
    if found["fraction"] is None:
        said = _(
            "L'écart n'est plus certifié : une donnée, un paramètre ou un verrou a changé depuis la proposition, ou un "
            "placement est forcé. Une nouvelle proposition le recalcule."
        )
        return _("Écart à calculer"), [], said
    bound, spare = found["bound"], max(0.0, total - found["bound"])
    said = _(
        "Le calcul a prouvé qu'aucun planning de cette semaine ne peut coûter moins de %(bound)s. Celui-ci coûte "
        "%(total)s : il y a au plus %(spare)s à gagner."
    ) % {"bound": wording.euros(bound), "total": wording.euros(total), "spare": wording.euros(spare)}
    return _("Ce que veut dire l'écart certifié"), [], said


# --- Shared parts ------------------------------------------------------------------------------------------------


def _room_days(loaded: LoadedWeek) -> Iterable[RoomDay]:
    return evaluate(loaded.problem, loaded.assignments).room_days


def _late(loaded: LoadedWeek) -> dict[str, int]:
    found = overtime_minutes(loaded, loaded.assignments, loaded.starts, regular_hours(loaded))
    return {key: minutes for key, minutes in found.items() if minutes}


def _named(loaded: LoadedWeek, key: str) -> str:
    row = loaded.interventions[key]
    return f"{row.code}, {row.label}"


def _where(loaded: LoadedWeek, key: str) -> str:
    slot = loaded.problem.slot_by_id[loaded.assignments[key]]
    return wording.place(loaded.rooms[slot.room].code, loaded.week.days[slot.day], loaded.starts[key])


def _room_day(loaded: LoadedWeek, room: str, day: int) -> str:
    return f"{loaded.rooms[room].code} {wording.day_short(loaded.week.days[day])}"


def _owner(loaded: LoadedWeek, slot: Slot) -> str:
    if slot.surgeon is not None:
        return f"Dr{wording.NO_BREAK}{loaded.surgeons[slot.surgeon].last_name}"
    return loaded.specialties[slot.specialty or ""].name


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


CAUSES: Mapping[str, Callable[[LoadedWeek], Answer]] = {
    "occupancy": _occupancy,
    "overtime": _overtime,
    "rooms_overrunning": _overrunning,
    "planned": _planned,
    "slot_fill": _slot_fill,
    "conflicts": _conflicts,
    "total_cost": _total_cost,
    "gap": _gap,
}
