"""A week and its plan in the planner's own JSON (planning/solver/week_json.py)."""

from __future__ import annotations

from typing import Any

from planning.selectors.loaded import LoadedWeek
from planning.selectors.runs import gap_between
from planning.solver.costs import breakdown
from planning.solver.week_json import write_week


def exported_plan(loaded: LoadedWeek) -> dict[str, Any]:
    """``week`` is what a planner would be given, ``plan`` what is in this version of it."""
    plan, problem = loaded.plan, loaded.problem
    cost = breakdown(problem, loaded.assignments)
    bound = plan.lower_bound if plan else None
    return {
        "week": write_week(problem),
        "plan": {
            "method": loaded.policy,
            "status": plan.status if plan else "",
            "assignments": [
                {"intervention": item, "slot": slot, "start": loaded.starts[item]}
                for item, slot in loaded.assignments.items()
            ],
            "unplanned": [one.id for one in problem.interventions if one.id not in loaded.assignments],
            "cost": {
                "hospital": cost.hospital,
                "overtime": cost.overtime,
                "unplanned": cost.unplanned,
                "rules": cost.rules,
                "total": cost.total,
            },
            "lower_bound": bound,
            "gap": gap_between(cost.total, bound),
        },
    }
