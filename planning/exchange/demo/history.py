"""Two years of past weeks: what was planned in each slot, and what happened in the rooms."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from planning.exchange.demo import presets
from planning.exchange.demo.catalogue import ROOMS, SURGEONS, SlotCard, weekly_slots
from planning.exchange.demo.draws import Case, Draws, Place, halves

TURNOVER = int(presets.PLANNED_TURNOVER_MINUTES.value)
_LAST_ENTRY = 18 * 60 + 30
_NO_TIME = "Manque de temps opératoire"
_REASONS = {
    "Patient inapte à l’anesthésie": 34,
    "Pas de lit": 22,
    _NO_TIME: 17,
    "Patient absent": 7,
    "Chirurgien indisponible": 10,
    "Matériel indisponible": 10,
}
_URGENT_BY_SPECIALTY = {"ORT": 35, "DIG": 30, "GYN": 15, "URO": 8, "VAS": 6, "NCH": 4, "ORL": 2}


def season(day: date) -> float:
    """Less work in July and August, hardly any between Christmas and New Year."""
    if (day.month, day.day) >= (12, 22) or (day.month, day.day) <= (1, 3):
        return 0.35
    return {7: 0.85, 8: 0.65}.get(day.month, 1.03)


@dataclass
class _Day:
    """What the rooms and the surgeons have done so far on one day, in minutes."""

    day: date
    room_free: dict[str, int] = field(default_factory=dict)
    surgeon_free: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def past_week(draws: Draws, monday: date, *, fill: float, until: date, digits: int = 5) -> Iterator[Case]:
    """The week's interventions: planned in their slots, and done on the days before ``until``.

    ``digits`` is the length of the patients' codes: two years of them need five, a week on the screen reads four.
    """
    for weekday in range(5):
        day = monday + timedelta(days=weekday)
        cases = list(_planned_day(draws, day, fill * season(day), digits))
        if day < until:
            _happen(draws, cases, day, fill * season(day))
        else:
            for case in cases:
                case.state = "planned"
        yield from cases


def _planned_day(draws: Draws, day: date, fill: float, digits: int) -> Iterator[Case]:
    busy: set[tuple[str, date, int]] = set()
    # A surgeon's own slots first, or the specialty's would keep them busy elsewhere.
    for slot in sorted(weekly_slots(), key=lambda one: one.surgeon is None):
        open_slot = slot.weekday == day.weekday() and slot.specialty is not None and not slot.overtime
        if open_slot and not draws.calendar.closed(slot.room, day):
            yield from _fill_slot(draws, slot, day, fill, busy, digits)


def _fill_slot(
    draws: Draws, slot: SlotCard, day: date, fill: float, busy: set[tuple[str, date, int]], digits: int
) -> Iterator[Case]:
    """Interventions one after the other; one surgeon, or two for a whole day, the first in the morning."""
    share = min(1.0, max(0.15, draws.random.gauss(fill, 0.17)))
    target = slot.start + share * (slot.end - slot.start)
    pair = slot.end - slot.start > 400 and slot.surgeon is None
    team = []
    for _turn in range(2 if pair else 1):
        surgeon = draws.surgeon_for(slot, day, busy)
        if surgeon is not None:
            team.append(surgeon)
            busy.update((surgeon.trigram, day, half) for half in halves(slot))
    clock = slot.start
    minutes: dict[str, int] = defaultdict(int)
    for _attempt in range(40):
        if not team or clock >= target - 25:
            return
        surgeon = team[0] if clock < (slot.start + target) / 2 or len(team) == 1 else team[1]
        procedure = draws.procedure(surgeon.specialty, slot.room, slot.end - clock - TURNOVER)
        if procedure is None:
            return
        admission = day - timedelta(days=draws.random.choices((1, 2, 3), (8, 1, 1))[0])
        case = draws.new_case(procedure, surgeon, admission, digits=digits)
        fits = clock + case.planned_minutes + TURNOVER <= min(slot.end, target + 40)
        if fits and minutes[surgeon.trigram] + case.planned_minutes <= surgeon.daily_minutes:
            case.place = Place(day, slot, clock)
            minutes[surgeon.trigram] += case.planned_minutes
            clock += case.planned_minutes + TURNOVER
            yield case


def _happen(draws: Draws, cases: list[Case], day: date, fill: float) -> None:
    """Late first cases, true turnovers, cancellations, then the day's urgent interventions in what is left."""
    state = _Day(day)
    planned = [(case, case.place) for case in cases if case.place is not None]
    for case, place in sorted(planned, key=lambda pair: (pair[1].start, pair[1].slot.room)):
        room = place.slot.room
        entered = _entry(draws, state, room, case.surgeon, place.start)
        if draws.random.random() < presets.CANCELLED_SHARE.value:
            case.state = "cancelled"
            case.cancel_reason = draws.random.choices(list(_REASONS), list(_REASONS.values()))[0]
        elif entered > _LAST_ENTRY:
            case.state, case.cancel_reason = "cancelled", _NO_TIME
        else:
            _operate(draws, state, case, room, entered)
    rooms = [room for room in ROOMS if not draws.calendar.closed(room, day)]
    for _urgent in range(_poisson(draws, presets.URGENT_PER_DAY.value * fill) if rooms else 0):
        case_or_none = _urgent_case(draws, state, rooms, day)
        if case_or_none is not None:
            cases.append(case_or_none)


def _entry(draws: Draws, state: _Day, room: str, surgeon: str, planned: int) -> int:
    if room not in state.room_free:
        ready = planned + max(0, round(draws.random.gauss(presets.FIRST_LATE_MINUTES.value, 9)))
    else:
        turnover = max(6, round(draws.random.lognormvariate(math.log(presets.TURNOVER_MINUTES.value) - 0.06, 0.35)))
        ready = max(state.room_free[room] + turnover, planned - 15)
    return max(ready, state.surgeon_free[surgeon] + 5 if state.surgeon_free[surgeon] else 0)


def _operate(draws: Draws, state: _Day, case: Case, room: str, entered: int) -> None:
    case.state, case.actual_room, case.entered = "done", room, entered
    case.left = min(entered + draws.actual_minutes(case.surgeon, case.planned_minutes), 23 * 60)
    state.room_free[room] = case.left
    state.surgeon_free[case.surgeon] = case.left


def _urgent_case(draws: Draws, state: _Day, rooms: list[str], day: date) -> Case | None:
    random = draws.random
    specialty = random.choices(list(_URGENT_BY_SPECIALTY), list(_URGENT_BY_SPECIALTY.values()))[0]
    team = [card for card in SURGEONS if card.specialty == specialty and not draws.calendar.absent(card.trigram, day)]
    room = min(rooms, key=lambda name: (state.room_free.get(name, 480), name))
    procedure = draws.procedure(specialty, room, 240)
    if not team or procedure is None:
        return None
    surgeon = random.choice(team)
    case = draws.new_case(procedure, surgeon, day - timedelta(days=1), digits=5)
    case.planned_minutes = max(20, 5 * round(case.planned_minutes * presets.URGENT_LENGTH.value / 5))
    case.priority, case.ambulatory = "urgent", False
    case.requested_on, case.requested_minute = day - timedelta(days=1), random.randrange(8 * 60, 22 * 60)
    case.deadline = day + timedelta(days=random.randrange(0, 2))
    entered = _entry(draws, state, room, surgeon.trigram, random.randrange(9 * 60, 18 * 60))
    if entered > _LAST_ENTRY:
        return None
    _operate(draws, state, case, room, entered)
    return case


def _poisson(draws: Draws, mean: float) -> int:
    limit, product, count = math.exp(-mean), draws.random.random(), 0
    while product > limit:
        product *= draws.random.random()
        count += 1
    return count
