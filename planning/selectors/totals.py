"""What a version costs as it stands: equation (1), with the week's interventions and parameters of now."""

from __future__ import annotations

from collections.abc import Mapping

from planning.calendar import Week
from planning.models import Plan
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.solver.costs import breakdown


def total_of(plan: Plan) -> float:
    return total_in(load_week_problem(Week(plan.monday), plan))


def total_in(loaded: LoadedWeek, assignments: Mapping[str, str] | None = None) -> float:
    """Of the version that was loaded; ``assignments`` stand for its own."""
    return breakdown(loaded.problem, loaded.assignments if assignments is None else assignments).total
