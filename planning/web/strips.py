"""The drawings of a comparison: one strip a policy, a box over its weeks and a dot a week, on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planning.solver.ranking import Summary

# Of the drawing, in its own units: the page stretches it.
WIDTH, MARGIN = 400.0, 8.0
HEIGHT = 30.0
# Dots of neighbouring weeks stand apart, always in the same way.
_JITTER = (0, 6, -6, 3, -3, 7, -7)


@dataclass(frozen=True, slots=True)
class Dot:
    monday: date
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """Positions along the width: extremes, quarters, mean, mean less and plus a standard deviation."""

    policy: str
    mark: int
    least: float
    most: float
    first_quarter: float
    box: float
    median: float
    mean: float
    low: float
    spread: float
    dots: tuple[Dot, ...]


class Scale:
    """From the least to the greatest of all values to the width of a drawing."""

    def __init__(self, summaries: Sequence[Summary]) -> None:
        self.least = min((one.least for one in summaries), default=0.0)
        self.most = max((one.most for one in summaries), default=0.0)

    def __call__(self, value: float) -> float:
        span = self.most - self.least
        share = (value - self.least) / span if span > 0 else 0.5
        return round(MARGIN + min(1.0, max(0.0, share)) * (WIDTH - 2 * MARGIN), 1)


def strips(
    summaries: Mapping[str, Summary],
    marks: Mapping[str, int],
    dots: Mapping[str, Sequence[tuple[date, float, str]]] | None = None,
) -> list[Strip]:
    scale = Scale(list(summaries.values()))
    return [
        _strip(policy, marks[policy], one, scale, (dots or {}).get(policy, ())) for policy, one in summaries.items()
    ]


def _strip(policy: str, mark: int, one: Summary, scale: Scale, dots: Sequence[tuple[date, float, str]]) -> Strip:
    first, middle, third = (scale(value) for value in one.quarters)
    deviation = one.deviation or 0.0
    low, high = scale(one.mean - deviation), scale(one.mean + deviation)
    return Strip(
        policy=policy,
        mark=mark,
        least=scale(one.least),
        most=scale(one.most),
        first_quarter=first,
        box=round(third - first, 1),
        median=middle,
        mean=scale(one.mean),
        low=low,
        spread=round(high - low, 1),
        dots=tuple(
            Dot(monday, scale(value), HEIGHT / 2 + _JITTER[index % len(_JITTER)], text)
            for index, (monday, value, text) in enumerate(dots)
        ),
    )
