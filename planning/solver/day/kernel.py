"""Orders of a day, compiled: built from a priority list, and searched over the lists, some hundred thousand a second.

Each case in turn takes the earliest start that everything placed before it allows, not before its release. Every
feasible order comes from some list and some releases, so looking for those is enough; without releases no case could
wait for its surgeon's next one. Times count whole steps, a step being what all the times of the day are multiples of.
The only randomness is ``State.seed``, so that runs repeat.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planning.solver.compiled import compiled, inner
from planning.solver.day.problem import DEPARTURE, IDLE, LATENESS, OVERTIME, UNWANTED, WAITING

Ints = NDArray[np.int64]

NEVER = 1 << 40
# One more case with a place outweighs any order of the others, a pinned one all of them.
LEFT_OUT, PINNED_LEFT_OUT = 10**12, 10**15
# Columns of ``Tables.case``.
ROOM, SLOT, SURGEON, DURATION, TURNOVER, RECOVERY, OPENING, CLOSING = range(8)
EARLY, LEAVE_BY, SEPTIC, FIXED, HELD, PINNED, WANTED_FROM, WANTED_UNTIL = range(8, 16)
# Columns of ``State.at`` and places in ``State.value``.
START, RELEASE, KEPT_START, KEPT_RELEASE, BEST_START, BEST_RELEASE = range(6)
ORDER, KEPT_ORDER, BEST_ORDER = range(3)
NOW, KEPT, BEST = range(3)
# The temperature of the annealing, in units of cost, at the start and the end of a cycle: from three hours of a
# surgeon's waiting down to a third of a minute.
HOT, COLD = 180 * WAITING, 0.3 * WAITING
# Shares of the kinds of move, added up: hold back, let go, exchange; the rest moves one case in the list.
HOLDS, LETS_GO, EXCHANGES = 0.25, 0.4, 0.7


class Tables(NamedTuple):
    """What does not change. ``case`` (N, 16) is rows of numbers, see above; ``needs`` (N, E) the equipment of each.

    ``units`` (E,) counts it; ``slot_start`` and ``until`` are by slot and by room; ``limits`` holds the beds, the
    horizon, the minutes of a step and how many have no place in any order.
    """

    case: Ints
    needs: Ints
    units: Ints
    slot_start: Ints
    until: Ints
    limits: Ints


class State(NamedTuple):
    """``at`` (N, 6) and ``list`` (M, 3) are starts, releases and priorities: of this order, of the one the search is
    at, of the best; ``value`` (3,) what they are worth. The rest is what is placed so far: ``in_room`` and ``of``
    list the cases of each room and surgeon, their number last; ``in_use`` and ``in_bed`` count a step's takers.
    """

    at: Ints
    list: Ints
    value: Ints
    in_room: Ints
    of: Ints
    in_use: Ints
    in_bed: Ints
    edges: Ints
    tally: Ints
    seed: NDArray[np.uint64]


@inner
def _draw(s: State) -> float:
    """Uniform in [0, 1): xorshift64."""
    x = s.seed[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    s.seed[0] = x
    return np.float64(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner
def _below(s: State, end: int) -> int:
    return int(_draw(s) * end)


@inner
def _after_room(t: Tables, s: State, case: int, start: int) -> int:
    """The start, or the end of the last cleaning in its way."""
    row = t.case[case]
    held = s.in_room[row[ROOM]]
    for index in range(held[-1]):
        other = held[index]
        begin, there = s.at[other, START], t.case[other]
        ready = begin + there[DURATION] + there[HELD] + there[TURNOVER]
        if start < ready and begin < start + row[DURATION] + row[TURNOVER]:
            start = ready
    return start


@inner
def _after_surgeon(t: Tables, s: State, case: int, start: int) -> int:
    row = t.case[case]
    held = s.of[row[SURGEON]]
    for index in range(held[-1]):
        other = held[index]
        begin = s.at[other, START]
        if start < begin + t.case[other, DURATION] and begin < start + row[DURATION]:
            start = begin + t.case[other, DURATION]
    return start


@inner
def _after_full(taken: Ints, units: int, begin: int, end: int) -> int:
    """``begin``, or the moment after the last one before ``end`` in which all units are taken."""
    moment = min(end, len(taken)) - 1
    while moment >= begin and taken[moment] < units:
        moment -= 1
    return max(begin, moment + 1)


@inner
def _after_shared(t: Tables, s: State, case: int, start: int) -> int:
    """The start, or the first one at which the equipment in its way is free, then a bed at its end."""
    duration, recovery = t.case[case, DURATION], t.case[case, RECOVERY]
    for which in range(len(t.units)):
        if t.needs[case, which]:
            start = _after_full(s.in_use[which], t.units[which], start, start + duration)
    if recovery:
        out = start + duration
        start = _after_full(s.in_bed, t.limits[0], out, out + recovery) - duration
    return start


@inner
def _earliest(t: Tables, s: State, case: int, opening: int) -> int:
    """The first start that breaks nothing, from ``opening`` on; -1 when there is none."""
    row = t.case[case]
    latest = row[CLOSING] - row[DURATION]
    if row[SEPTIC]:
        opening = max(opening, s.edges[row[ROOM], 0])
    else:
        latest = min(latest, s.edges[row[ROOM], 1] - row[TURNOVER] - row[DURATION])
    start = opening
    while start <= latest:
        found = _after_surgeon(t, s, case, _after_room(t, s, case, start))
        if found == start:
            found = _after_shared(t, s, case, start)
            if found == start:
                return start
        start = found
    return -1


@inner
def _place(t: Tables, s: State, case: int, start: int) -> None:
    row, horizon = t.case[case], t.limits[1]
    s.at[case, START] = start
    end = start + row[DURATION]
    out = end + row[HELD]
    for table, key in ((s.in_room, row[ROOM]), (s.of, row[SURGEON])):
        table[key, table[key, -1]] = case
        table[key, -1] += 1
    for which in range(len(t.units)):
        if t.needs[case, which]:
            for moment in range(start, min(end, horizon)):
                s.in_use[which, moment] += 1
    for moment in range(out, min(out + row[RECOVERY], horizon)):
        s.in_bed[moment] += 1
    edges = s.edges[row[ROOM]]
    if not row[SEPTIC]:
        edges[0] = max(edges[0], out + row[TURNOVER])
    elif row[FIXED] < 0:
        edges[1] = min(edges[1], start)


@inner
def _cost(t: Tables, s: State) -> int:
    """Of the starts, as ``minutes_of`` counts it; ``tally`` is by slot, by surgeon and by room."""
    slots, surgeons, tally = len(t.slot_start), len(s.of), s.tally
    tally[:slots] = 0  # when it is clean, then what is used
    tally[slots : slots + surgeons, 0] = NEVER
    tally[slots : slots + surgeons, 1:] = 0
    tally[slots + surgeons :] = 0
    late = lateness = waiting = idle = unwanted = 0
    for case in range(len(t.case)):
        row, start = t.case[case], s.at[case, START]
        if start < 0:
            continue
        end = start + row[DURATION]
        one = tally[row[SLOT]]
        one[0] = max(one[0], end + row[TURNOVER])
        one[1] += row[DURATION] + row[TURNOVER]
        one = tally[slots + row[SURGEON]]
        one[0], one[1] = min(one[0], start), max(one[1], end)
        one[2] += row[DURATION]
        one = tally[slots + surgeons + row[ROOM]]
        one[0] = max(one[0], end)
        lateness += row[EARLY] * max(0, start - t.slot_start[row[SLOT]])
        late += DEPARTURE * max(0, end + row[RECOVERY] - row[LEAVE_BY])
        unwanted += start < row[WANTED_FROM] or start >= row[WANTED_UNTIL]
    for slot in range(slots):
        idle += max(0, tally[slot, 0] - t.slot_start[slot] - tally[slot, 1])
    for surgeon in range(slots, slots + surgeons):
        waiting += max(0, tally[surgeon, 1] - tally[surgeon, 0] - tally[surgeon, 2])
    for room in range(len(t.until)):
        late += OVERTIME * max(0, tally[slots + surgeons + room, 0] - t.until[room])
    minutes = t.limits[2] * (late + WAITING * waiting + IDLE * idle + LATENESS * lateness)
    return minutes + UNWANTED * unwanted  # type: ignore[no-any-return]


@inner
def _build(t: Tables, s: State) -> None:
    s.in_room[:, -1] = 0
    s.of[:, -1] = 0
    s.in_use[:] = 0
    s.in_bed[:] = 0
    s.edges[:, 0] = 0
    s.edges[:, 1] = NEVER
    for case in range(len(t.case)):
        s.at[case, START] = t.case[case, FIXED]
        if t.case[case, FIXED] >= 0:
            _place(t, s, case, t.case[case, FIXED])
    left_out = 0
    for index in range(len(s.list)):
        case = s.list[index, ORDER]
        start = _earliest(t, s, case, max(t.case[case, OPENING], s.at[case, RELEASE]))
        if start >= 0:
            _place(t, s, case, start)
        else:
            left_out += PINNED_LEFT_OUT if t.case[case, PINNED] else LEFT_OUT
    s.value[NOW] = left_out + _cost(t, s)


@inner
def _copy(s: State, to: int, origin: int) -> None:
    s.at[:, 2 * to] = s.at[:, 2 * origin]
    s.at[:, 2 * to + 1] = s.at[:, 2 * origin + 1]
    s.list[:, to] = s.list[:, origin]
    s.value[to] = s.value[origin]


@compiled
def build(t: Tables, s: State) -> None:
    """The order that the list and the releases give, which becomes the best one if it is."""
    _build(t, s)
    if s.value[NOW] < s.value[BEST]:
        _copy(s, BEST, NOW)


# --- Moves: what they change is the list and the releases, before the order is built again --------------------------


@inner
def _insert(s: State, here: int, there: int) -> None:
    """One case elsewhere in the list."""
    case = s.list[here, ORDER]
    while here < there:
        s.list[here, ORDER] = s.list[here + 1, ORDER]
        here += 1
    while here > there:
        s.list[here, ORDER] = s.list[here - 1, ORDER]
        here -= 1
    s.list[there, ORDER] = case


@inner
def _exchange(t: Tables, s: State) -> None:
    """Two cases of one room or of one surgeon change places: others hardly see each other."""
    many = len(s.list)
    here = _below(s, many)
    case, begin = s.list[here, ORDER], _below(s, many)
    for step in range(many):
        there = (begin + step) % many
        other = s.list[there, ORDER]
        near = t.case[other, ROOM] == t.case[case, ROOM] or t.case[other, SURGEON] == t.case[case, SURGEON]
        if near and other != case:
            s.list[here, ORDER], s.list[there, ORDER] = other, case
            return


@inner
def _hold_back(t: Tables, s: State) -> bool:
    """A surgeon's cases before a wait start later, the last just in time for the next: the wait is gone."""
    for _ in range(6):
        last = s.list[_below(s, len(s.list)), ORDER]
        start = s.at[last, KEPT_START]
        if start < 0:
            continue
        end, surgeon, until = start + t.case[last, DURATION], t.case[last, SURGEON], NEVER
        for other in range(len(t.case)):
            begin = s.at[other, KEPT_START]
            if t.case[other, SURGEON] == surgeon and end <= begin < until:
                until = begin
        if until in (NEVER, end):
            continue
        while last >= 0:
            until -= t.case[last, DURATION]
            s.at[last, RELEASE] = max(until, 0)
            before, start = s.at[last, KEPT_START], -1
            last = -1
            for other in range(len(t.case)):
                begin = s.at[other, KEPT_START]
                if t.case[other, SURGEON] == surgeon and start < begin < before:
                    last, start = other, begin
        return True
    return False


@inner
def _let_go(t: Tables, s: State) -> None:
    """One case is held back no more, or all of its surgeon's; or one is held back to the half-day that is wanted."""
    many = len(s.list)
    begin, whole = _below(s, many), _draw(s) < 0.5
    for step in range(many):
        case = s.list[(begin + step) % many, ORDER]
        if s.at[case, RELEASE] > 0:
            for other in range(len(t.case)):
                if other == case or (whole and t.case[other, SURGEON] == t.case[case, SURGEON]):
                    s.at[other, RELEASE] = 0
            return
        if t.case[case, WANTED_FROM] > 0:
            s.at[case, RELEASE] = t.case[case, WANTED_FROM]
            return


@inner
def _move(t: Tables, s: State) -> None:
    many = len(s.list)
    if s.value[KEPT] >= LEFT_OUT:
        begin = _below(s, many)
        for step in range(many):
            here = (begin + step) % many
            if s.at[s.list[here, ORDER], KEPT_START] < 0:
                _insert(s, here, _below(s, here + 1))
                break
        if _draw(s) < 0.5:
            return
    draw = _draw(s)
    if draw < HOLDS:
        if _hold_back(t, s):
            return
    elif draw < LETS_GO:
        _let_go(t, s)
        return
    elif draw < EXCHANGES:
        _exchange(t, s)
        return
    _insert(s, _below(s, many), _below(s, many))


@inner
def _accepts(t: Tables, s: State, temperature: float) -> bool:
    """While more than need be have no place only their number counts: how the others stand would hold it back."""
    now, kept = s.value[NOW], s.value[KEPT]
    if now // LEFT_OUT != kept // LEFT_OUT:
        return now < kept  # type: ignore[no-any-return]
    if now <= kept or kept // LEFT_OUT > t.limits[3]:
        return True
    return _draw(s) < np.exp((kept - now) / temperature)  # type: ignore[no-any-return]


@compiled
def anneal(t: Tables, s: State, steps: int, least: int) -> None:
    """One cycle of cooling from the best order; it ends when the best is worth ``least``."""
    _copy(s, KEPT, BEST)
    _copy(s, NOW, BEST)
    temperature, cooling = HOT, (COLD / HOT) ** (1 / steps)
    for _ in range(steps):
        if s.value[BEST] <= least:
            return
        _move(t, s)
        _build(t, s)
        if _accepts(t, s, temperature):
            _copy(s, KEPT, NOW)
            if s.value[NOW] < s.value[BEST]:
                _copy(s, BEST, NOW)
        else:
            s.at[:, RELEASE] = s.at[:, KEPT_RELEASE]
            s.list[:, ORDER] = s.list[:, KEPT_ORDER]
        temperature *= cooling
