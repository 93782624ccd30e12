"""The search's steps, compiled: a few hundred thousand a second, where plain Python makes a few thousand.

A step lifts a few interventions and puts them back, each in its cheapest slot that has room; ``anneal`` keeps a dearer
plan with the probability of simulated annealing. Everything is whole numbers in few arrays, which keeps compilation
short; it is done once a machine and kept on disk. The only randomness is ``State.seed``, so that runs repeat.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planning.solver.compiled import compiled, inner
from planning.solver.grid import Ints

NEVER = 1 << 61
# Shares of the four kinds of step, added up.
SWAPS, EJECTIONS, SLOT_RUINS = 0.4, 0.7, 0.9
MOST_LIFTED, MOST_SLOTS = 10, 4
BEST_FIT = 0.3

# Columns of ``Tables.item``: ranges are into ``choice`` and ``lists``, day and window are places in ``State.left``.
DEMAND, DURATION, DAY, WINDOW, CHOICE, CHOICES_END, MATE, MATES_END = range(8)
# Columns of ``Tables.spot``.
SPOT_DAY, SPOT_WINDOW, USER, USERS_END = range(4)
# Columns of ``State.at`` and of ``State.log``.
SLOT, RANK, BEST = range(3)
ROW, FROM, ORDER, KEY = range(4)
# Places in ``State.value``.
NOW, LEAST = range(2)


class Tables(NamedTuple):
    """What does not change. ``price`` (N, M) is relative to leaving out, ``NEVER`` where the slot is not worth it.

    ``item`` (N, 8) and ``spot`` (M, 4) are rows of numbers, see above. ``choice`` (C, 2) lists slots by price, with
    the end of the run of equal prices each stands in. ``lists`` holds each surgeon's interventions, then each slot's
    possible ones; ``free`` those that have a choice.
    """

    item: Ints
    spot: Ints
    price: Ints
    choice: Ints
    lists: Ints
    free: Ints


class State(NamedTuple):
    """The plan. ``left``: minutes then positions of the slots, minutes of surgeons' days, then of their windows.

    ``held`` (M, most + 1) lists who is in a slot, their number last; ``at`` (N, 3) is each one's slot (-1: out), rank
    in it and slot in the best plan; ``value`` the plan's and the best plan's; ``log`` (N + 1, 4) what a step lifted.
    """

    left: Ints
    held: Ints
    at: Ints
    value: Ints
    log: Ints
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
def _fits(t: Tables, s: State, row: int, slot: int) -> bool:
    duration = t.item[row, DURATION]
    return (  # type: ignore[no-any-return]
        s.left[slot] >= t.item[row, DEMAND]
        and s.left[len(t.spot) + slot] > 0
        and s.left[t.item[row, DAY] + t.spot[slot, SPOT_DAY]] >= duration
        and s.left[t.item[row, WINDOW] + t.spot[slot, SPOT_WINDOW]] >= duration
    )


@inner
def _use(t: Tables, s: State, row: int, slot: int, sign: int) -> None:
    duration = sign * t.item[row, DURATION]
    s.left[slot] -= sign * t.item[row, DEMAND]
    s.left[len(t.spot) + slot] -= sign
    s.left[t.item[row, DAY] + t.spot[slot, SPOT_DAY]] -= duration
    s.left[t.item[row, WINDOW] + t.spot[slot, SPOT_WINDOW]] -= duration
    s.value[NOW] += sign * t.price[row, slot]


@inner
def _place(t: Tables, s: State, row: int, slot: int) -> None:
    _use(t, s, row, slot, 1)
    count = s.held[slot, -1]
    s.held[slot, count] = row
    s.held[slot, -1] = count + 1
    s.at[row, SLOT] = slot
    s.at[row, RANK] = count


@inner
def _lift(t: Tables, s: State, row: int) -> None:
    slot = s.at[row, SLOT]
    if slot < 0:
        return
    _use(t, s, row, slot, -1)
    last = s.held[slot, -1] - 1
    other = s.held[slot, last]
    s.held[slot, s.at[row, RANK]] = other
    s.at[other, RANK] = s.at[row, RANK]
    s.held[slot, -1] = last
    s.at[row, SLOT] = -1


@inner
def _take(t: Tables, s: State, lifted: int, row: int) -> int:
    """Lift one more and note from where; answers how many are lifted."""
    s.log[lifted, ROW] = row
    s.log[lifted, FROM] = s.at[row, SLOT]
    _lift(t, s, row)
    return lifted + 1


@inner
def _undo(t: Tables, s: State, lifted: int) -> None:
    for index in range(lifted):
        _lift(t, s, s.log[index, ROW])
    for index in range(lifted):
        if s.log[index, FROM] >= 0:
            _place(t, s, s.log[index, ROW], s.log[index, FROM])


@inner
def _insert(t: Tables, s: State, row: int, best_fit: bool) -> None:
    """In the cheapest slot that has room; among equal prices any one, or the one that it fills best.

    ``_fits`` is written out: this is the hot loop.
    """
    at, end = t.item[row, CHOICE], t.item[row, CHOICES_END]
    demand, duration = t.item[row, DEMAND], t.item[row, DURATION]
    day, window, positions = t.item[row, DAY], t.item[row, WINDOW], len(t.spot)
    while at < end:
        tier = t.choice[at, 1]
        begin = at + _below(s, tier - at)
        best, best_left = -1, NEVER
        for step in range(begin, begin + tier - at):
            slot = t.choice[step if step < tier else step - tier + at, 0]
            left = s.left[slot]
            if (
                demand <= left < best_left
                and s.left[positions + slot] > 0
                and s.left[day + t.spot[slot, SPOT_DAY]] >= duration
                and s.left[window + t.spot[slot, SPOT_WINDOW]] >= duration
            ):
                best, best_left = slot, left
                if not best_fit:
                    break
        if best >= 0:
            _place(t, s, row, best)
            return
        at = tier


@inner
def _put_back(t: Tables, s: State, begin: int, end: int) -> None:
    """Insert what is logged from ``begin`` to ``end``: mostly the longest, or the least free, first, or at random."""
    draw = _draw(s)
    for index in range(begin, end):
        row = s.log[index, ROW]
        key = _below(s, 1024)
        if draw < 0.4:
            key -= 1024 * t.item[row, DEMAND]
        elif draw < 0.5:
            key += 1024 * (t.item[row, CHOICES_END] - t.item[row, CHOICE])
        place = index
        while place > begin and s.log[place - 1, KEY] > key:
            s.log[place, KEY], s.log[place, ORDER] = s.log[place - 1, KEY], s.log[place - 1, ORDER]
            place -= 1
        s.log[place, KEY], s.log[place, ORDER] = key, row
    best_fit = _draw(s) < BEST_FIT
    for index in range(begin, end):
        _insert(t, s, s.log[index, ORDER], best_fit)


@inner
def _any_free(t: Tables, s: State) -> int:
    return t.free[_below(s, len(t.free))]  # type: ignore[no-any-return]


@inner
def _any_choice(t: Tables, s: State, row: int, share: float) -> int:
    first, end = t.item[row, CHOICE], t.item[row, CHOICES_END]
    return t.choice[first + int((end - first) * share), 0]  # type: ignore[no-any-return]


@inner
def _any_held(s: State, slot: int) -> int:
    return s.held[slot, _below(s, s.held[slot, -1])]  # type: ignore[no-any-return]


@inner
def _take_one_left_out(t: Tables, s: State, lifted: int, slot: int) -> int:
    """One that is out and could use the slot, if a few draws find it: it is put back among the others."""
    first, end = t.spot[slot, USER], t.spot[slot, USERS_END]
    for _ in range(4):
        row = t.lists[first + _below(s, end - first)]
        if s.at[row, SLOT] < 0:
            for index in range(lifted):
                if s.log[index, ROW] == row:
                    return lifted
            return _take(t, s, lifted, row)
    return lifted


@inner
def _ruin_slots(t: Tables, s: State) -> int:
    """Lift some of what is held by a few slots that one intervention could use, and put it back."""
    row = _any_free(t, s)
    wanted, lifted = 2 + _below(s, MOST_LIFTED - 1), 0
    for _ in range(1 + _below(s, MOST_SLOTS)):
        slot = _any_choice(t, s, row, _draw(s))
        while s.held[slot, -1] > 0 and lifted < wanted:
            lifted = _take(t, s, lifted, _any_held(s, slot))
        lifted = _take_one_left_out(t, s, lifted, slot)
    _put_back(t, s, 0, lifted)
    return lifted


@inner
def _ruin_surgeon(t: Tables, s: State) -> int:
    """The same with some of one surgeon's, and with the slot of one of them."""
    row = _any_free(t, s)
    slot, first, end = s.at[row, SLOT], t.item[row, MATE], t.item[row, MATES_END]
    wanted, lifted = 1 + _below(s, MOST_LIFTED // 2), 0
    for index in range(first, end):
        if lifted < wanted and _draw(s) * (end - first) < wanted:
            lifted = _take(t, s, lifted, t.lists[index])
    while slot >= 0 and s.held[slot, -1] > 0 and lifted < MOST_LIFTED:
        lifted = _take(t, s, lifted, _any_held(s, slot))
    _put_back(t, s, 0, lifted)
    return lifted


@inner
def _make_room(t: Tables, s: State, lifted: int, row: int, slot: int) -> int:
    """Lift what keeps ``row`` out of ``slot``: who is in it, then its surgeon's others of that day."""
    minutes, positions = slot, len(t.spot) + slot
    while s.held[slot, -1] > 0 and (s.left[minutes] < t.item[row, DEMAND] or s.left[positions] <= 0):
        lifted = _take(t, s, lifted, _any_held(s, slot))
    first, end = t.item[row, MATE], t.item[row, MATES_END]
    begin = _below(s, end - first)
    for step in range(end - first):
        if _fits(t, s, row, slot):
            break
        other = t.lists[first + (begin + step) % (end - first)]
        there = s.at[other, SLOT]
        if there >= 0 and t.spot[there, SPOT_DAY] == t.spot[slot, SPOT_DAY]:
            lifted = _take(t, s, lifted, other)
    return lifted


@inner
def _eject(t: Tables, s: State) -> int:
    """Put one that is not in its cheapest slot where it would rather be, and find a place for who was in its way."""
    row = _any_free(t, s)
    for _ in range(3):
        slot = s.at[row, SLOT]
        price = 0 if slot < 0 else t.price[row, slot]
        if price > t.price[row, _any_choice(t, s, row, 0.0)]:
            break
        row = _any_free(t, s)
    slot = _any_choice(t, s, row, _draw(s) ** 2)
    if slot == s.at[row, SLOT]:
        return _ruin_slots(t, s)
    lifted = _make_room(t, s, _take(t, s, 0, row), row, slot)
    if _fits(t, s, row, slot):
        _place(t, s, row, slot)
        _put_back(t, s, 1, lifted)
    else:
        _put_back(t, s, 0, lifted)
    return lifted


@inner
def _swap(t: Tables, s: State) -> int:
    """Move one to any slot of its choice, in exchange with one that is there if it must."""
    row = _any_free(t, s)
    here, there = s.at[row, SLOT], _any_choice(t, s, row, _draw(s))
    if here == there:
        return 0
    lifted = _take(t, s, 0, row)
    if not _fits(t, s, row, there) and s.held[there, -1] > 0:
        other = _any_held(s, there)
        lifted = _take(t, s, lifted, other)
    if not _fits(t, s, row, there):
        _undo(t, s, lifted)
        return 0
    _place(t, s, row, there)
    if lifted == 2:
        if here >= 0 and t.price[other, here] < NEVER and _fits(t, s, other, here):
            _place(t, s, other, here)
        else:
            _insert(t, s, other, True)
    return lifted


@inner
def _step(t: Tables, s: State) -> int:
    """One step of a drawn kind; answers how many interventions it lifted."""
    draw = _draw(s)
    if draw < SWAPS:
        return _swap(t, s)
    if draw < EJECTIONS:
        return _eject(t, s)
    if draw < SLOT_RUINS:
        return _ruin_slots(t, s)
    return _ruin_surgeon(t, s)


@compiled
def anneal(t: Tables, s: State, steps: int, temperature: float, cooling: float) -> bool:
    """``steps`` steps; the temperature is multiplied by ``cooling`` after each. True when a better plan was found."""
    better = False
    for _ in range(steps):
        before = s.value[NOW]
        lifted = _step(t, s)
        change = s.value[NOW] - before
        if s.value[NOW] < s.value[LEAST]:
            s.value[LEAST] = s.value[NOW]
            s.at[:, BEST] = s.at[:, SLOT]
            better = True
        elif change > 0 and _draw(s) >= np.exp(-change / temperature):
            _undo(t, s, lifted)
        temperature *= cooling
    return better


@compiled
def restore(t: Tables, s: State) -> None:
    """Go back to the best plan."""
    for row in range(len(s.at)):
        if s.at[row, SLOT] != s.at[row, BEST]:
            _lift(t, s, row)
    for row in range(len(s.at)):
        if s.at[row, SLOT] != s.at[row, BEST]:
            _place(t, s, row, s.at[row, BEST])
