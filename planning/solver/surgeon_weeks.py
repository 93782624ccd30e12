"""The cheapest week of each family of one surgeon's interventions, compiled: dynamic programming over subsets."""

from __future__ import annotations

import numpy as np

from planning.solver.compiled import compiled, inner
from planning.solver.grid import Floats, Ints


@compiled
def cheapest_weeks(first: Ints, rows: Ints, price: Floats, duration: Ints, left: Ints, day_of: Ints) -> float:
    """The sum over families of the least price of (2) and (6); ``day_of`` (N,) gets the day of each, -1 for none.

    Family f is ``rows[first[f]:first[f + 1]]`` and has ``left[f]`` (days,) minutes; ``price`` (N, days) is relative to
    leaving out, so that only negative ones are of use.
    """
    total = 0.0
    for family in range(len(first) - 1):
        members = rows[first[family] : first[family + 1]]
        total += _cheapest_week(members, price, duration, left[family], day_of)
    return total


@inner
def _cheapest_week(members: Ints, price: Floats, duration: Ints, left: Ints, day_of: Ints) -> float:
    """``best[S]`` is the least price of operating the set S by the day, ``part[day, S]`` what the day takes."""
    days, sets = len(left), 1 << len(members)
    best = np.full(sets, np.inf)
    best[0] = 0.0
    part = np.zeros((days, sets), np.int64)
    today = np.zeros(sets)
    minutes = np.zeros(sets, np.int64)
    for day in range(days):
        before = best.copy()
        for chosen in range(1, sets):
            last = _lowest(chosen)
            row = members[last]
            rest = chosen & (chosen - 1)
            minutes[chosen] = minutes[rest] + duration[row]
            today[chosen] = today[rest] + price[row, day] if price[row, day] < 0 else np.inf
            if minutes[chosen] <= left[day] and today[chosen] < 0:
                _extend(before, best, part[day], chosen, today[chosen])
    whole = np.argmin(best)
    value = best[whole]
    day_of[members] = -1
    for day in range(days - 1, -1, -1):
        chosen = part[day, whole]
        for index in range(len(members)):
            if chosen >> index & 1:
                day_of[members[index]] = day
        whole ^= chosen
    return value  # type: ignore[no-any-return]


@inner
def _lowest(chosen: int) -> int:
    index = 0
    while not chosen >> index & 1:
        index += 1
    return index


@inner
def _extend(before: Floats, best: Floats, part: Ints, chosen: int, price: float) -> None:
    """The day takes ``chosen`` after the days before took any set without it."""
    others = len(best) - 1 ^ chosen
    rest = others
    while True:
        value = before[rest] + price
        if value < best[rest | chosen]:
            best[rest | chosen] = value
            part[rest | chosen] = chosen
        if rest == 0:
            return
        rest = (rest - 1) & others
