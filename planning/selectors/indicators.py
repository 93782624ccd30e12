"""The strip above the grid: what a plan uses, what it costs, and how it stands against the proposal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning import wording
from planning.models import Plan
from planning.selectors.loaded import LoadedWeek
from planning.selectors.week_rows import FROZEN
from planning.solver.criteria import Rate, evaluate
from planning.solver.problem import SlotKind

Assignments = Mapping[str, str]
Starts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Measures:
    """The planner's own criteria (planning/solver/criteria.py); None where nothing is offered.

    Overtime is what runs outside the regular hours of a room, so that an intervention forced across their end counts
    for what exceeds; ``rooms_overrunning`` are the rooms with some, on one day at least.
    """

    occupancy: float | None
    overtime_minutes: int
    rooms_overrunning: int
    planned: float | None
    slot_fill: float | None
    conflicts: int
    total_cost: float
    occupancy_by_day: tuple[float | None, ...]


def regular_hours(loaded: LoadedWeek) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """From-to of the regular slots of each room and day."""
    found: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for slot in loaded.problem.slots:
        if slot.kind is SlotKind.REGULAR:
            found[slot.room, slot.day].append((slot.start, slot.end))
    return found


def overtime_minutes(
    loaded: LoadedWeek, assignments: Assignments, starts: Starts, hours: Mapping[tuple[str, int], list[tuple[int, int]]]
) -> dict[str, int]:
    """Operated minutes of each placement outside the regular hours of its room."""
    found = {}
    problem = loaded.problem
    for key, slot_id in assignments.items():
        slot, length = problem.slot_by_id[slot_id], problem.intervention_by_id[key].duration
        start, end = starts[key], starts[key] + length
        inside = sum(max(0, min(end, to) - max(start, begin)) for begin, to in hours.get((slot.room, slot.day), ()))
        found[key] = max(0, length - inside)
    return found


def measure(
    loaded: LoadedWeek, assignments: Assignments, starts: Starts, *, conflicts: int, total_cost: float | None = None
) -> Measures:
    problem = loaded.problem
    criteria = evaluate(problem, assignments)
    overtime = overtime_minutes(loaded, assignments, starts, regular_hours(loaded))
    by_day = [Rate()] * problem.days
    for one in criteria.room_days:
        by_day[one.day] += one.occupancy
    return Measures(
        occupancy=criteria.occupancy.value,
        overtime_minutes=sum(overtime.values()),
        rooms_overrunning=len({problem.slot_by_id[assignments[key]].room for key, late in overtime.items() if late}),
        planned=criteria.planned_share.value,
        slot_fill=criteria.slot_fill.value,
        conflicts=conflicts,
        total_cost=criteria.cost.total if total_cost is None else total_cost,
        occupancy_by_day=tuple(rate.value for rate in by_day),
    )


# --- As the page shows them --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Indicator:
    key: str
    label: Any
    value: Callable[[Measures], float | None]
    text: Callable[[float], str]
    more_is_better: bool
    change: Callable[[float], str] | None = None
    worth: float = 0.5
    help: Any = ""


def _points(share: float) -> str:
    points = round(share * 100, 1)
    return _("%(points)s pt") % {"points": wording.number(points, 1)}


def _minutes(value: float) -> str:
    return wording.duration(round(value))


# ``worth`` is the least change that deserves to be shown.
_STRIP: tuple[_Indicator, ...] = (
    _Indicator(
        "occupancy",
        gettext_lazy("Occupation"),
        lambda m: m.occupancy,
        wording.percent,
        True,
        _points,
        0.0005,
        gettext_lazy("Temps opératoire et remises en état, sur les heures normales offertes"),
    ),
    _Indicator(
        "overtime",
        gettext_lazy("Heures sup."),
        lambda m: m.overtime_minutes,
        _minutes,
        more_is_better=False,
        help=gettext_lazy("Temps opératoire en dehors des heures normales"),
    ),
    _Indicator(
        "rooms_overrunning",
        gettext_lazy("Salles qui dépassent"),
        lambda m: m.rooms_overrunning,
        wording.number,
        more_is_better=False,
        help=gettext_lazy("Salles qui travaillent hors des heures normales un jour au moins"),
    ),
    _Indicator(
        "planned",
        gettext_lazy("Planifiées"),
        lambda m: m.planned,
        wording.percent,
        True,
        _points,
        0.0005,
        gettext_lazy("Interventions placées, sur celles qui pourraient l'être cette semaine"),
    ),
    _Indicator(
        "slot_fill",
        gettext_lazy("Remplissage des plages"),
        lambda m: m.slot_fill,
        wording.percent,
        True,
        _points,
        0.0005,
        gettext_lazy("Temps utilisé des plages réservées à une spécialité ou à un chirurgien"),
    ),
    _Indicator(
        "conflicts",
        gettext_lazy("Conflits"),
        lambda m: m.conflicts,
        wording.number,
        more_is_better=False,
        help=gettext_lazy("Interventions placées contre une règle"),
    ),
    _Indicator(
        "total_cost",
        gettext_lazy("Coût total"),
        lambda m: m.total_cost,
        wording.euros,
        more_is_better=False,
        help=gettext_lazy("Attente, heures supplémentaires et interventions non planifiées"),
    ),
)


def strip(now: Measures, base: Measures | None) -> list[dict[str, Any]]:
    return [_worded(indicator, now, base) for indicator in _STRIP]


def _worded(indicator: _Indicator, now: Measures, base: Measures | None) -> dict[str, Any]:
    value = indicator.value(now)
    before = indicator.value(base) if base is not None else None
    shown: dict[str, Any] = {
        "key": indicator.key,
        "label": str(indicator.label),
        "help": str(indicator.help),
        "value": None if value is None else round(value, 4),
        "text": "–" if value is None else indicator.text(value),
        "base_text": None if before is None else indicator.text(before),
        "delta_text": None,
        "good": None,
    }
    if value is not None and before is not None and abs(value - before) >= indicator.worth:
        word = indicator.change or indicator.text
        shown["delta_text"] = wording.signed(value - before, word(abs(value - before)))
        shown["good"] = (value > before) == indicator.more_is_better
    return shown


# --- Gap ---------------------------------------------------------------------------------------------------------


def reference_of(plan: Plan | None) -> Plan | None:
    """The proposal whose proven bound may speak for ``plan``: itself, the one it took, or its approved version's."""
    for one in (plan, plan and plan.base, plan and plan.base and plan.base.base):
        if one is not None and one.status == Plan.Status.PROPOSED:
            return one
    return None


def gap(loaded: LoadedWeek, reference: Plan | None, pins: Assignments, total: float) -> dict[str, Any]:
    """How far the plan can be from the optimum, as proven by the proposal it comes from.

    The bound stays true after a person's move while the problem is the same and the pins it was computed with
    (``pins``, the reference's) are kept. A placement against a rule leaves the problem: nothing is proven any more.
    """
    unknown = _no_gap(_("à calculer"), _("lancer une proposition"))
    plan = loaded.plan
    if plan is None or reference is None:
        return unknown
    if reference.lower_bound is None:
        priced = reference.parameters.get("move_euros")
        return _no_gap(_("sans borne"), _("prix par déplacement")) if priced else unknown
    digest = plan.parameters.get("digest") if plan.status in FROZEN else loaded.digest
    same = digest is not None and reference.parameters.get("digest") == digest
    kept = all(loaded.assignments.get(key) == slot for key, slot in pins.items())
    outside = any(row.forced and pins.get(key) != str(row.slot) for key, row in loaded.placements.items())
    if not same or not kept or outside:
        return unknown
    fraction = _fraction(total, reference.lower_bound)
    proposed = _fraction(reference.total_cost, reference.lower_bound) if reference.total_cost is not None else None
    return {
        "text": _("à %(gap)s") % {"gap": wording.percent(fraction, 1)},
        "hint": "",
        "proposal_text": None
        if proposed is None
        else _("proposition à %(gap)s") % {"gap": wording.percent(proposed, 1)},
        "bound": reference.lower_bound,
        "fraction": fraction,
    }


def _no_gap(text: str, hint: str) -> dict[str, Any]:
    """``hint``: why there is none, or what would give one."""
    return {"text": text, "hint": hint, "proposal_text": None, "bound": None, "fraction": None}


def _fraction(total: float, bound: float) -> float:
    return max(0.0, (total - bound) / total) if total > 0 else 0.0
