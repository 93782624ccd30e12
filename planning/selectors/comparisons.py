"""A comparison read for pages, files and API: progress from its cells, then its criteria over the weeks done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from statistics import fmean, stdev
from typing import Any

from django.db.models import Count, Q, QuerySet

from planning.models import Comparison, ComparisonCell, CriterionWeights, User
from planning.solver.figures import Figures
from planning.solver.ranking import (
    CRITERIA,
    HEAVIEST,
    Reading,
    Standing,
    Summary,
    dominant,
    ranking,
    standing,
    summary,
)

State = ComparisonCell.State


@dataclass(frozen=True, slots=True)
class Progress:
    """How many cells are in each state, and what that makes of the comparison."""

    queued: int
    running: int
    done: int
    failed: int
    stopped: bool

    @property
    def total(self) -> int:
        return self.queued + self.running + self.done + self.failed

    @property
    def ended(self) -> int:
        return self.done + self.failed

    @property
    def active(self) -> bool:
        return not self.stopped and self.ended < self.total

    @property
    def state(self) -> str:
        """``running``, ``stopped`` before its end, ``failed`` in part, or ``done``."""
        if self.ended < self.total:
            return "stopped" if self.stopped else "running"
        return "failed" if self.failed else "done"


def comparisons() -> QuerySet[Comparison]:
    """With the counts that ``progress_of`` reads."""
    counts = {state.value: Count("cells", filter=Q(cells__state=state)) for state in State}
    return Comparison.objects.select_related("requested_by").annotate(**counts)


def progress_of(comparison: Any) -> Progress:
    """``comparison`` comes from ``comparisons``."""
    counts = {state.value: getattr(comparison, state.value) for state in State}
    return Progress(**counts, stopped=comparison.stopped_at is not None)


def weights_of(user: User) -> dict[str, int]:
    """Of every criterion: the person's own, else the defaults."""
    row = CriterionWeights.objects.filter(user=user).first()
    own = row.weights if row else {}
    return {key: min(HEAVIEST, max(0, int(own.get(key, one.weight)))) for key, one in CRITERIA.items()}


@dataclass(frozen=True)
class Report:
    """The weeks that every policy has done and that had a demand, and their figures under each policy."""

    comparison: Comparison
    mondays: tuple[date, ...]
    figures: Mapping[str, Mapping[date, Figures]]
    reading: Reading
    cells: Sequence[ComparisonCell]
    slots_from: Mapping[date, str] = field(default_factory=dict)

    @property
    def policies(self) -> list[str]:
        return list(self.comparison.policies)

    @cached_property
    def rooms(self) -> list[str]:
        """In the order of the hospital, as each week froze it."""
        found: dict[str, None] = {}
        for by_week in self.figures.values():
            for one in by_week.values():
                found.update(dict.fromkeys(one["room_order"]))
        return list(found)

    @property
    def asked(self) -> int:
        """How many interventions these weeks ask for; when weeks carry over, under the first policy."""
        by_week = self.figures[self.policies[0]]
        return sum(by_week[monday]["planned"][1] for monday in self.mondays)

    def value(self, criterion: str, policy: str, monday: date, room: str | None = None) -> float | None:
        figures = self.figures[policy].get(monday)
        if figures is None or (room is not None and room not in figures["rooms"]):
            return None
        reading = Reading(self.reading.occupancy, self.reading.fill, room)
        return CRITERIA[criterion].value(figures, reading)

    def weeks_with(self, criterion: str, room: str | None = None) -> list[date]:
        """Those in which the criterion has a value under every policy."""
        return [
            monday
            for monday in self.mondays
            if all(self.value(criterion, policy, monday, room) is not None for policy in self.policies)
        ]

    def series(self, criterion: str, policy: str, room: str | None = None) -> list[float]:
        values = (self.value(criterion, policy, monday, room) for monday in self.weeks_with(criterion, room))
        return [value for value in values if value is not None]

    def summary(self, criterion: str, policy: str, room: str | None = None) -> Summary | None:
        return summary(self.series(criterion, policy, room))

    @cached_property
    def standings(self) -> dict[str, Standing]:
        found = {}
        for key, criterion in CRITERIA.items():
            one = standing(criterion, {policy: self.series(key, policy) for policy in self.policies})
            if one is not None:
                found[key] = one
        return found

    @property
    def dominant(self) -> str | None:
        return dominant(self.standings)

    def ranking(self, weights: Mapping[str, int]) -> dict[str, float]:
        return ranking(self.standings, weights)

    def between_rooms(self, policy: str) -> tuple[float, float | None] | None:
        """Mean of the rooms' mean occupancies and their standard deviation: the article's Table 6."""
        means = [one.mean for room in self.rooms if (one := self.summary("occupancy", policy, room)) is not None]
        if not means:
            return None
        return fmean(means), stdev(means) if len(means) > 1 else None

    def proven(self, policy: str) -> tuple[int, int]:
        """Weeks whose plan is proven optimal, and weeks done."""
        done = [cell for cell in self.cells if cell.policy == policy and cell.state == State.DONE]
        return sum(cell.proven for cell in done), len(done)

    def seconds(self, policy: str) -> float:
        return sum(cell.seconds for cell in self.cells if cell.policy == policy)

    @property
    def failures(self) -> list[ComparisonCell]:
        return [cell for cell in self.cells if cell.state == State.FAILED]


def report(comparison: Comparison, reading: Reading | None = None) -> Report:
    """Two queries, however many weeks."""
    cells = list(comparison.cells.defer("assignments", "left_over").order_by("monday", "pk"))
    figures: dict[str, dict[date, Figures]] = {policy: {} for policy in comparison.policies}
    for cell in cells:
        if cell.figures is not None and cell.figures["planned"][1]:
            figures[cell.policy][cell.monday] = cell.figures
    common = set.intersection(*(set(by_week) for by_week in figures.values()))
    slots_from = dict(comparison.weeks.values_list("monday", "slots_from"))
    return Report(comparison, tuple(sorted(common)), figures, reading or Reading(), cells, slots_from)
