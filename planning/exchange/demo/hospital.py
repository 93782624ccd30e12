"""The whole demonstration, from a seed, a preset and a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from planning.exchange.demo import presets
from planning.exchange.demo.catalogue import ROOMS, SURGEONS
from planning.exchange.demo.draws import Calendar, Case, Draws
from planning.exchange.demo.history import past_week
from planning.exchange.demo.presets import PRESETS, Preset
from planning.exchange.demo.requests import coming_week, overdue

APPROVED_WEEKS = 8
_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_UPKEEP = ("Maintenance", "Effectif IBODE", "Effectif anesthésie")
_HISTORY_WEEKS = int(presets.YEARS.value * 52) + 1


@dataclass(frozen=True)
class DemoHospital:
    """``past`` holds the weeks before ``monday``'s, ``current`` the week of ``monday``, ``coming`` the requests."""

    monday: date
    weekdays: dict[str, tuple[int, ...]]
    calendar: Calendar
    past: tuple[Case, ...]
    current: tuple[Case, ...]
    coming: tuple[Case, ...]


def generate(*, today: date, preset: str = "load", seed: int = 1) -> DemoHospital:
    """Raises ``KeyError`` for an unknown preset. The same arguments always give the same hospital."""
    chosen = PRESETS[preset]
    random = Random(seed)
    monday = today - timedelta(days=today.weekday())
    draws = Draws(random, _calendar(random, monday))
    fill = chosen.history_fill.value
    past = [
        case
        for week in range(_HISTORY_WEEKS, 0, -1)
        for case in past_week(draws, monday - timedelta(weeks=week), fill=fill, until=today)
    ]
    current = tuple(past_week(draws, monday, fill=fill, until=today, digits=4))
    coming = [*overdue(draws, today)]
    for ahead, count in enumerate(chosen.requests_by_week, start=1):
        coming += coming_week(draws, monday + timedelta(weeks=ahead), count=int(count.value), asked_before=today)
    kept = tuple(_thinned(draws, past, chosen))
    return DemoHospital(monday, draws.weekdays, draws.calendar, kept, current, tuple(coming))


def _thinned(draws: Draws, past: list[Case], preset: Preset) -> list[Case]:
    """At random, down to the number of done interventions that the preset counts, if it counts them."""
    if preset.history_count is None:
        return past
    done = [index for index, case in enumerate(past) if case.state == "done"]
    excess = len(done) - int(preset.history_count.value)
    dropped = set(draws.random.sample(done, excess)) if excess > 0 else set()
    return [case for index, case in enumerate(past) if index not in dropped]


def _calendar(random: Random, monday: date) -> Calendar:
    start = monday - timedelta(weeks=_HISTORY_WEEKS)
    return Calendar(tuple(_closures(random, start, monday)), tuple(_absences(random, start, monday)))


def _closures(random: Random, start: date, monday: date) -> list[tuple[str, date, date, str]]:
    """Holidays, summer, a room now and then for its upkeep, and some closures to plan around in the coming weeks."""
    closures = [
        (room, day, day, "Jour férié")
        for offset in range((monday - start).days + 70)
        for day in (start + timedelta(days=offset),)
        if (day.month, day.day) in _HOLIDAYS and day.weekday() < 5
        for room in ROOMS
    ]
    for week in range(_HISTORY_WEEKS):
        first = start + timedelta(weeks=week)
        if first.month == 8 and first.day <= 21:
            closures += [(room, first, first + timedelta(days=4), "Fermeture d’été") for room in ("SO3", "SO6")]
        elif random.random() < 0.12:
            day = first + timedelta(days=random.randrange(5))
            closures.append((random.choice(list(ROOMS)), day, day, random.choice(_UPKEEP)))
    for weeks, weekday, room, reason in (
        (1, 4, "SO6", "Effectif IBODE"),
        (1, 3, "SO4", "Maintenance de l’arceau"),
        (2, 2, "SO3", "Révision du microscope"),
        (3, 0, "SO5", "Formation de l’équipe du robot"),
        (3, 1, "SO5", "Formation de l’équipe du robot"),
    ):
        day = monday + timedelta(weeks=weeks, days=weekday)
        closures.append((room, day, day, reason))
    return closures


def _absences(random: Random, start: date, monday: date) -> list[tuple[str, date, date, str]]:
    """Two weeks each summer, a congress now and then, and a few in the coming weeks."""
    absences: list[tuple[str, date, date, str]] = []
    for card in SURGEONS:
        for year in {start.year, start.year + 1, start.year + 2}:
            first = date(year, 7, 5) + timedelta(weeks=random.randrange(7))
            first -= timedelta(days=first.weekday())
            if first + timedelta(days=11) < monday:
                absences.append((card.trigram, first, first + timedelta(days=11), "Congés"))
    for weeks, first_day, last_day, trigram, reason in (
        (1, 3, 4, "NGU", "Congrès"),
        (1, 0, 4, "PER", "Congés"),
        (1, 0, 1, "CHE", "Congrès"),
        (2, 0, 4, "MEU", "Congés"),
        (2, 2, 4, "MOR", "Congrès"),
        (3, 0, 4, "BEN", "Congés"),
    ):
        week = monday + timedelta(weeks=weeks)
        absences.append((trigram, week + timedelta(days=first_day), week + timedelta(days=last_day), reason))
    return absences
