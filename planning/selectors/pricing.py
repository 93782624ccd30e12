"""The parameters as the planner counts with them: prices of overtime and of leaving out, cleaning, ceilings, rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planning.models import Intervention, Site
from planning.solver.levels import Level, RuleSettings
from planning.solver.problem import Costs, SlotKind

Parameters = Mapping[str, Any]

# Those that a plan is counted with, by their names on the site.
PARAMETERS = (
    "hospital_day_euros",
    "overtime_hour_euros",
    "weekday_overtime_euros",
    "late_overtime_euros",
    "late_from_minute",
    "unplanned_euros",
    "expedited_unplanned_euros",
    "urgent_unplanned_euros",
    "deferred_euros",
    "expedited_deferred_euros",
    "urgent_deferred_euros",
    "turnover_minutes",
    "recovery_beds",
    "ambulatory_closes_minute",
    "specialty_turnover_minutes",
    "most_positions",
    "longest_overtime_minutes",
    "most_surgeon_minutes",
    "rule_levels",
    "rule_costs",
    "tie_rule",
    "version",
)

_UNPLANNED = {
    Intervention.Priority.ELECTIVE: ("unplanned_euros", "deferred_euros"),
    Intervention.Priority.EXPEDITED: ("expedited_unplanned_euros", "expedited_deferred_euros"),
    Intervention.Priority.URGENT: ("urgent_unplanned_euros", "urgent_deferred_euros"),
}


def parameters_of(site: Site, own: Parameters) -> dict[str, Any]:
    """``own`` values, and the site's where it has none."""
    return {name: own[name] if name in own else getattr(site, name) for name in PARAMETERS}


def costs_of(parameters: Parameters) -> Costs:
    return Costs(
        hospital_day=parameters["hospital_day_euros"],
        overtime_hour=tuple(_hour(parameters, day) for day in range(7)),
        unplanned=parameters["unplanned_euros"],
    )


def overtime_hour(parameters: Parameters, kind: str, day: int, start: int, end: int) -> float | None:
    """What an hour costs in a slot that runs into the evening: the mean of its minutes; None: the day's price."""
    late = parameters["late_overtime_euros"][day]
    evening = min(end - start, max(0, end - parameters["late_from_minute"]))
    if kind != SlotKind.OVERTIME or late is None or not evening:
        return None
    price = _hour(parameters, day)
    share: float = evening / (end - start)
    return price + (float(late) - price) * share


def unplanned_cost(parameters: Parameters, priority: str, *, within: bool) -> float:
    """Of leaving an intervention out of the week; ``within``: its deadline does not come after."""
    must, may = _UNPLANNED[Intervention.Priority(priority)]
    return float(parameters[must if within else may])


def turnover(parameters: Parameters, specialty: int) -> int | None:
    minutes = parameters["specialty_turnover_minutes"].get(str(specialty))
    return None if minutes is None else int(minutes)


def ceiling(parameters: Parameters, name: str, value: int) -> int:
    most = parameters[name]
    return value if most is None else min(value, most)


def rule_settings(parameters: Parameters) -> RuleSettings:
    levels = {rule: Level(level) for rule, level in parameters["rule_levels"].items()}
    return RuleSettings(levels=levels, costs=parameters["rule_costs"])


def _hour(parameters: Parameters, day: int) -> float:
    own = parameters["weekday_overtime_euros"][day]
    return float(parameters["overtime_hour_euros"] if own is None else own)
