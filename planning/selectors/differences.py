"""What changed from one version of a week to another: moved, retimed, added, removed, each with its cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.calendar import Week
from planning.models import Plan
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.week_rows import InterventionRow
from planning.solver.costs import cell_cost

KINDS = ("moved", "retimed", "added", "removed")


@dataclass(frozen=True, slots=True)
class Line:
    """One intervention, from its place in the older version to its place in the newer; None: it was in the list."""

    intervention: InterventionRow
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    delta: float


def difference(plan: Plan, other: Plan) -> list[Line]:
    """From ``other`` to ``plan``, in the order of the week. The number of queries does not depend on their size."""
    week = Week(plan.monday)
    new, old = load_week_problem(week, plan), load_week_problem(week, other)
    lines = [
        line for key in new.placements.keys() | old.placements.keys() if (line := _line(new, old, key)) is not None
    ]
    return sorted(lines, key=_in_order)


def as_json(lines: list[Line]) -> dict[str, Any]:
    return {
        "lines": [
            {
                "intervention": line.intervention.id,
                "code": line.intervention.code,
                "kind": line.kind,
                "from": line.before,
                "to": line.after,
                "text": _worded(line),
                "delta": line.delta,
                "delta_text": wording.signed_euros(line.delta),
            }
            for line in lines
        ],
        "summary": summary(lines),
    }


def summary(lines: list[Line]) -> dict[str, Any]:
    counts = Counter(line.kind for line in lines)
    return {**{kind: counts[kind] for kind in KINDS}, "text": _summed_up(counts)}


def _line(new: LoadedWeek, old: LoadedWeek, key: str) -> Line | None:
    before, after = _place(old, key), _place(new, key)
    if before == after:
        return None
    row = new.interventions.get(key) or old.interventions[key]
    return Line(row, _kind(before, after), before, after, _cost(new, key) - _cost(old, key))


def _kind(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    same = before["room"] == after["room"] and before["date"] == after["date"]
    return "retimed" if same else "moved"


def _place(loaded: LoadedWeek, key: str) -> dict[str, Any] | None:
    row = loaded.placements.get(key)
    if row is None:
        return None
    slot = loaded.slots[str(row.slot)]
    return {
        "room": slot.room,
        "room_code": loaded.rooms[str(slot.room)].code,
        "date": slot.date.isoformat(),
        "start": loaded.starts[key],
    }


def _cost(loaded: LoadedWeek, key: str) -> float:
    problem = loaded.problem
    item = problem.intervention_by_id.get(key)
    if item is None:
        return 0.0
    slot = loaded.assignments.get(key)
    return problem.unplanned_cost(item) if slot is None else cell_cost(problem, item, problem.slot_by_id[slot])


def _in_order(line: Line) -> tuple[str, int, str]:
    place = line.after or line.before
    return (place["date"], place["start"], line.intervention.code) if place else ("", 0, line.intervention.code)


def _said(place: dict[str, Any]) -> str:
    return wording.place(place["room_code"], place["date"], place["start"])


def _worded(line: Line) -> str:
    if line.before and line.after:
        return f"{_said(line.before)} → {_said(line.after)}"
    if line.after:
        return _("ajoutée en %(place)s") % {"place": _said(line.after)}
    return _("retirée de %(place)s") % {"place": _said(line.before or {})}


def _summed_up(counts: Counter[str]) -> str:
    words = {
        "moved": ngettext("%(n)d déplacée", "%(n)d déplacées", counts["moved"]),
        "retimed": ngettext("%(n)d changée d'heure", "%(n)d changées d'heure", counts["retimed"]),
        "added": ngettext("%(n)d ajoutée", "%(n)d ajoutées", counts["added"]),
        "removed": ngettext("%(n)d retirée", "%(n)d retirées", counts["removed"]),
    }
    said = [words[kind] % {"n": counts[kind]} for kind in KINDS if counts[kind]]
    return ", ".join(said) if said else _("Aucune différence")
