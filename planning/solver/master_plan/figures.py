"""What a plan amounts to: hours offered, needs covered, and how much of the past activity would not have fitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planning.solver.master_plan.need import Need
from planning.solver.master_plan.theatre import Owner, Theatre, Vacation, minutes_by_specialty


@dataclass(frozen=True, slots=True)
class Figures:
    """Minutes a week, and shares. ``beyond``: mean minutes a week of past activity above what its owner is given."""

    offered: float
    covered: float
    below: int
    beyond: float


def figures(
    theatre: Theatre,
    plan: Sequence[Vacation],
    needs: Mapping[Owner, Need],
    weekly: Mapping[Owner, Sequence[float]],
) -> Figures:
    given = minutes_by_specialty(plan, theatre.cycle_weeks)
    wanted = sum(need.low for need in needs.values())
    met = sum(min(need.low, given.get(owner, 0.0)) for owner, need in needs.items())
    return Figures(
        offered=sum(given.values()),
        covered=met / wanted if wanted else 1.0,
        # Half a minute: minutes a week of a cycle are fractions.
        below=sum(given.get(owner, 0.0) < need.low - 0.5 for owner, need in needs.items()),
        beyond=sum(_beyond(minutes, given.get(owner, 0.0)) for owner, minutes in weekly.items()),
    )


def _beyond(weekly: Sequence[float], given: float) -> float:
    return sum(max(0.0, minutes - given) for minutes in weekly) / len(weekly) if weekly else 0.0


def changed(plan: Iterable[Vacation], today: Iterable[Vacation]) -> frozenset[int]:
    """The numbers of the vacations of ``plan`` that today's does not have: another place, hour or owner."""
    known = {(one.place, one.owner) for one in today}
    return frozenset(one.id for one in plan if (one.place, one.owner) not in known)
