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
from planning.selectors.loaded import FROZEN, LoadedWeek
from planning.solver.costs import breakdown
from planning.solver.problem import SlotKind

Assignments = Mapping[str, str]
Starts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Measures:
    """Shares are between 0 and 1. ``rooms_overrunning`` counts room-days with work outside regular hours."""

    occupancy: float
    overtime_minutes: int
    rooms_overrunning: int
    planned: float
    slot_fill: float
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
    hours = regular_hours(loaded)
    overtime = overtime_minutes(loaded, assignments, starts, hours)
    offered, used = [0] * 7, [0] * 7
    for (_room, day), spans in hours.items():
        offered[day] += sum(end - start for start, end in spans)
    minutes: dict[str, int] = defaultdict(int)
    overrunning = set()
    for key, slot_id in assignments.items():
        slot, length = problem.slot_by_id[slot_id], problem.intervention_by_id[key].duration
        used[slot.day] += length - overtime[key]
        minutes[slot_id] += length + problem.turnover
        if overtime[key]:
            overrunning.add((slot.room, slot.day))
    lengths = {key: problem.slot_by_id[key].length for key in minutes}
    filled = sum(min(lengths[key], minutes[key]) for key in minutes)
    everyone = len(problem.interventions)
    return Measures(
        occupancy=_share(sum(used), sum(offered)),
        overtime_minutes=sum(overtime.values()),
        rooms_overrunning=len(overrunning),
        planned=_share(len(assignments), everyone),
        slot_fill=_share(filled, sum(lengths.values())),
        conflicts=conflicts,
        total_cost=breakdown(problem, assignments).total if total_cost is None else total_cost,
        occupancy_by_day=tuple(used[day] / offered[day] if offered[day] else None for day in range(7)),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


# --- As the page shows them --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Indicator:
    key: str
    label: Any
    value: Callable[[Measures], float]
    text: Callable[[float], str]
    more_is_better: bool
    change: Callable[[float], str] | None = None
    worth: float = 0.5


def _points(share: float) -> str:
    points = round(share * 100, 1)
    return _("%(points)s pt") % {"points": wording.number(points, 1)}


def _minutes(value: float) -> str:
    return wording.duration(round(value))


# ``worth`` is the least change that deserves to be shown.
_STRIP: tuple[_Indicator, ...] = (
    _Indicator("occupancy", gettext_lazy("Occupation"), lambda m: m.occupancy, wording.percent, True, _points, 0.0005),
    _Indicator("overtime", gettext_lazy("Heures sup."), lambda m: m.overtime_minutes, _minutes, more_is_better=False),
    _Indicator(
        "rooms_overrunning",
        gettext_lazy("Salles qui dépassent"),
        lambda m: m.rooms_overrunning,
        wording.number,
        more_is_better=False,
    ),
    _Indicator("planned", gettext_lazy("Planifiées"), lambda m: m.planned, wording.percent, True, _points, 0.0005),
    _Indicator(
        "slot_fill",
        gettext_lazy("Remplissage des plages"),
        lambda m: m.slot_fill,
        wording.percent,
        True,
        _points,
        0.0005,
    ),
    _Indicator("conflicts", gettext_lazy("Conflits"), lambda m: m.conflicts, wording.number, more_is_better=False),
    _Indicator("total_cost", gettext_lazy("Coût total"), lambda m: m.total_cost, wording.euros, more_is_better=False),
)


def strip(now: Measures, base: Measures | None) -> list[dict[str, Any]]:
    return [_worded(indicator, now, base) for indicator in _STRIP]


def _worded(indicator: _Indicator, now: Measures, base: Measures | None) -> dict[str, Any]:
    value = indicator.value(now)
    shown: dict[str, Any] = {
        "key": indicator.key,
        "label": str(indicator.label),
        "value": round(value, 4),
        "text": indicator.text(value),
        "base_text": None,
        "delta_text": None,
        "good": None,
    }
    if base is not None:
        change = value - indicator.value(base)
        shown["base_text"] = indicator.text(indicator.value(base))
        if abs(change) >= indicator.worth:
            word = indicator.change or indicator.text
            shown["delta_text"] = wording.signed(change, word(abs(change)))
            shown["good"] = (change > 0) == indicator.more_is_better
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
    unknown: dict[str, Any] = {"text": _("à calculer"), "proposal_text": None, "bound": None, "fraction": None}
    plan = loaded.plan
    if plan is None or reference is None or reference.lower_bound is None:
        return unknown
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
        "proposal_text": None
        if proposed is None
        else _("proposition à %(gap)s") % {"gap": wording.percent(proposed, 1)},
        "bound": reference.lower_bound,
        "fraction": fraction,
    }


def _fraction(total: float, bound: float) -> float:
    return max(0.0, (total - bound) / total) if total > 0 else 0.0
