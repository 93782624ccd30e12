"""The recovery room's load, day by day, as the grid draws it under the rooms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from planning.selectors.loaded import LoadedWeek
from planning.solver.day.problem import Stay, stays


def recovery_load(loaded: LoadedWeek, assignments: Mapping[str, str], starts: Mapping[str, int]) -> dict[str, Any]:
    """By ISO date: [minute, patients from then on], those who wait in their operating room for a bed included."""
    problem = loaded.problem
    ends: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for key, slot in assignments.items():
        item = problem.intervention_by_id[key]
        ends[problem.slot_by_id[slot].day].append((starts[key] + item.duration, key, item.recovery))
    beds = problem.recovery_beds
    days = {loaded.week.days[day].isoformat(): _day(stays(ended, beds)) for day, ended in sorted(ends.items())}
    return {"beds": beds, "days": days}


def _day(found: list[Stay]) -> dict[str, Any]:
    """``held``: how many patients wait in their room, and the minutes they wait in all."""
    changes: dict[int, int] = defaultdict(int)
    for stay in found:
        changes[stay.ends] += 1
        changes[stay.leaves] -= 1
    steps, count = [], 0
    for minute in sorted(changes):
        count += changes[minute]
        steps.append([minute, count])
    held = [stay.held for stay in found if stay.held]
    return {"steps": steps, "held": len(held), "held_minutes": sum(held)}
