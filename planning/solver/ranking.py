"""Policies over the same weeks: what each criterion says of them, which differences are clear, and a weighted rank.

A criterion reads one week's figures (``figures.py``); a series is its values week by week. The standard deviation is
that of a sample (n - 1), as in the article: its Table 6 is reproduced from its Table 1 with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median, quantiles, stdev

# Student's quantile alone: scipy.stats would double what every process of blocweb loads.
from scipy.special import stdtrit

from planning.solver.figures import Figures

# A difference as large as this would come by chance once in twenty comparisons of equal policies.
CONFIDENCE = 0.95
# Below, a difference is rounding.
NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole of each rate that the article leaves open. ``room`` limits occupancy and overtime to one room."""

    occupancy: str = "regular"
    fill: str = "slot"
    room: str | None = None


OCCUPANCIES, FILLS = ("regular", "opening"), ("slot", "owner")


@dataclass(frozen=True, slots=True)
class Criterion:
    """``value`` is None where nothing was offered or asked for; ``weight`` is what it counts unless a person says."""

    id: str
    unit: str
    more_is_better: bool
    value: Callable[[Figures, Reading], float | None]
    weight: int


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def occupancy(figures: Figures, reading: Reading) -> float | None:
    rooms = [figures["rooms"][reading.room]] if reading.room is not None else figures["rooms"].values()
    return _rate(sum(room["used"] for room in rooms), sum(room[reading.occupancy] for room in rooms))


def overtime(figures: Figures, reading: Reading) -> float:
    found = figures["overtime"] if reading.room is None else figures["rooms"][reading.room]["overtime"]
    return float(found)


def cost(figures: Figures, reading: Reading) -> float:
    return float(sum(figures[f"{kind}_cost"] for kind in ("hospital", "overtime", "unplanned", "rules")))


# The article's five, then what a director also asks.
CRITERIA: dict[str, Criterion] = {
    one.id: one
    for one in (
        Criterion("occupancy", "share", True, occupancy, 3),
        Criterion("overtime", "minutes", False, overtime, 3),
        Criterion("rooms_overrunning", "number", False, lambda f, r: float(f["rooms_overrunning"]), 3),
        Criterion("planned", "share", True, lambda f, r: _rate(*f["planned"]), 3),
        Criterion("slot_fill", "share", True, lambda f, r: _rate(*f[f"fill_by_{r.fill}"]), 3),
        Criterion("waiting", "days", False, lambda f, r: _rate(f["waited_days"], f["planned"][0]), 0),
        Criterion("several_rooms", "share", False, lambda f, r: _rate(*f["several_rooms"]), 0),
        Criterion("cost", "euros", False, cost, 0),
    )
}
ARTICLE = ("occupancy", "overtime", "rooms_overrunning", "planned", "slot_fill")
HEAVIEST = 5


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one series; the standard deviation is None for one week."""

    mean: float
    deviation: float | None
    least: float
    most: float
    quarters: tuple[float, float, float]


def summary(values: Sequence[float]) -> Summary | None:
    if not values:
        return None
    quarters = quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
    return Summary(
        mean=fmean(values),
        deviation=stdev(values) if len(values) > 1 else None,
        least=min(values),
        most=max(values),
        quarters=(quarters[0], median(values), quarters[2]),
    )


def clearly_differ(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two series over the same weeks differ on average: Student's test on the weekly differences.

    One week differs or does not: there is nothing to say about chance.
    """
    differences = [one - other for one, other in zip(first, second, strict=True)]
    mean = abs(fmean(differences))
    if mean <= NOTHING or len(differences) == 1:
        return mean > NOTHING
    error = stdev(differences) / sqrt(len(differences))
    limit = float(stdtrit(len(differences) - 1, (1 + CONFIDENCE) / 2))
    return mean > limit * error


@dataclass(frozen=True, slots=True)
class Standing:
    """How the policies stand on one criterion: the best mean, those not clearly behind it, and 0 to 1 each."""

    best: str
    leaders: tuple[str, ...]
    scores: Mapping[str, float]


def standing(criterion: Criterion, series: Mapping[str, Sequence[float]]) -> Standing | None:
    """1 for the leaders, 0 for the worst mean, in proportion between. None without two policies to compare."""
    means = {policy: fmean(values) for policy, values in series.items() if values}
    if len(means) < 2:
        return None
    sign = 1 if criterion.more_is_better else -1
    best = max(means, key=lambda policy: sign * means[policy])
    leaders = tuple(p for p in means if p == best or not clearly_differ(series[p], series[best]))
    worst = min(means, key=lambda policy: sign * means[policy])
    span = abs(means[best] - means[worst])
    scores = {
        policy: 1.0 if policy in leaders or span <= NOTHING else abs(mean - means[worst]) / span
        for policy, mean in means.items()
    }
    return Standing(best, leaders, scores)


def ranking(standings: Mapping[str, Standing], weights: Mapping[str, int]) -> dict[str, float]:
    """Weighted mean of the scores of each policy, 0 to 1, best first; empty without a weight on what compares."""
    policies = {policy for one in standings.values() for policy in one.scores}
    found = {}
    for policy in sorted(policies):
        parts = [(weights.get(key, 0), one.scores[policy]) for key, one in standings.items() if policy in one.scores]
        total = sum(weight for weight, _ in parts)
        if total:
            found[policy] = sum(weight * score for weight, score in parts) / total
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def dominant(standings: Mapping[str, Standing]) -> str | None:
    """The policy that leads on every criterion, alone on one at least."""
    policies = {policy for one in standings.values() for policy in one.scores}
    for policy in sorted(policies):
        leads = [one.leaders for one in standings.values()]
        if leads and all(policy in one for one in leads) and any(one == (policy,) for one in leads):
            return policy
    return None
