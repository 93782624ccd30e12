"""The need of a specialty: an interval, because a number would pretend to know more than some weeks of activity do.

A measured use of 65 % over three months is compatible with a true one of 38 to 83 % (Anesthesiology 2003;98:1243).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LOW, HIGH = 0.5, 0.8
# A week with less than this share of the median activity is not an ordinary one: holidays, summer.
ORDINARY_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Need:
    """Minutes of vacation a week, from the median week (``low``) to four weeks of five (``high``)."""

    low: float
    high: float


def percentile(values: Sequence[float], share: float) -> float:
    """By linear interpolation between ranks; 0 of nothing."""
    ranked = sorted(values)
    if not ranked:
        return 0.0
    rank = (len(ranked) - 1) * share
    below = int(rank)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (rank - below) * (ranked[above] - ranked[below])


def ordinary_weeks(totals: Sequence[float]) -> list[int]:
    """The positions of the weeks that count: at least half of the median of those with any activity."""
    least = ORDINARY_SHARE * percentile([total for total in totals if total > 0], 0.5)
    return [position for position, total in enumerate(totals) if total > 0 and total >= least]


def need_of(weekly_minutes: Sequence[float], fill: float) -> Need:
    """``fill``: the share of a vacation meant to be used, cleaning included; the rest absorbs the unforeseen."""
    return Need(percentile(weekly_minutes, LOW) / fill, percentile(weekly_minutes, HIGH) / fill)
