"""A comparison of policies: how far it is, then what each criterion says of each policy."""

from __future__ import annotations

from datetime import date
from typing import NotRequired, TypedDict


class ComparisonParameters(TypedDict):
    """What was asked with it."""

    seed: int
    rounds: int
    tie_rule: str
    carry_over: bool
    urgent: bool
    growth_percent: int
    master_plan: int | None
    version: NotRequired[int]


class ComparisonState(TypedDict):
    id: int
    title: str
    first: date
    last: date
    policies: list[str]
    parameters: ComparisonParameters
    state: str
    state_label: str
    active: bool
    done: int
    failed: int
    total: int
    text: str


class PolicySummary(TypedDict):
    """Over the weeks; ``deviation`` null for one week; ``quarters``: the quartiles."""

    mean: float
    deviation: float | None
    least: float
    most: float
    quarters: list[float]


class CriterionAnswer(TypedDict):
    label: str
    unit: str
    leaders: list[str]
    policies: dict[str, PolicySummary | None]


class RankedPolicy(TypedDict):
    """``score`` out of 100; policies of one score share a ``rank``."""

    policy: str
    label: str
    mark: int
    score: int
    rank: int


class ComparisonReport(ComparisonState):
    """``weeks``: how many every policy has done; ``ranking`` by the reader's weights."""

    weeks: int
    criteria: dict[str, CriterionAnswer]
    verdict: str
    ranking: list[RankedPolicy]


class WeightedRanking(TypedDict):
    weights: dict[str, int]
    ranking: list[RankedPolicy]
