"""What the interventions of a period really took, as the study that a master plan is proposed from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from planning.calendar import at_minute, local_date, minute_of, mondays_between
from planning.models import Intervention, Room, Site
from planning.solver.master_plan.need import ordinary_weeks
from planning.solver.master_plan.theatre import Vacation


@dataclass(frozen=True, slots=True)
class Done:
    """One intervention done: its day, the minutes after midnight at which it entered and left, and what it needed."""

    day: date
    start: int
    end: int
    specialty: str
    surgeon: str
    room: str
    urgent: bool
    equipment: frozenset[str]


def interventions_done(first: date, last: date) -> list[Done]:
    """From ``first`` to ``last``, both included. Two queries. Without a time of exit, the planned duration stands."""
    rows = Intervention.objects.filter(
        state=Intervention.State.DONE,
        entered_at__gte=at_minute(first, 0),
        entered_at__lt=at_minute(last + timedelta(days=1), 0),
    )
    needs: dict[int, set[str]] = defaultdict(set)
    for key, code in rows.filter(equipment__isnull=False).values_list("pk", "equipment__code"):
        needs[key].add(code)
    names = (
        "pk", "entered_at", "left_at", "planned_minutes", "specialty_id", "surgeon_id", "actual_room_id", "priority"
    )  # fmt: skip
    return [_done(needs, *values) for values in rows.order_by("entered_at").values_list(*names)]


def _done(
    needs: dict[int, set[str]], key: int, entered: datetime, left: datetime | None, planned: int, specialty: int,
    surgeon: int, room: int | None, priority: str,
) -> Done:  # fmt: skip
    day = local_date(entered)
    start = minute_of(entered, day)
    minutes = planned if left is None else max(1, int((left - entered).total_seconds() // 60))
    urgent = priority == Intervention.Priority.URGENT
    where = "" if room is None else str(room)
    return Done(day, start, start + minutes, str(specialty), str(surgeon), where, urgent, frozenset(needs.get(key, ())))


def study(
    first: date, last: date, *, fill_percent: int, reserve_hours: int, more_hours: int, today: Sequence[Vacation],
    cycle_start: date, cycle_weeks: int,
) -> dict[str, Any]:  # fmt: skip
    """The period's activity, ready to be stored: weekly minutes with cleaning, over the weeks that are ordinary ones.

    The urgent interventions are kept apart: a reserve of ``reserve_hours`` a week takes its part of them
    (``after_reserve``). ``more_hours`` a week may be opened beyond today's. ``today`` are the vacations whose use is
    looked at, in a cycle that began on ``cycle_start``.
    """
    site = Site.objects.filter(pk=1).first() or Site(pk=1)
    done = interventions_done(first, last)
    mondays = mondays_between(first, last)
    totals = Counter(_monday(one.day) for one in done)
    ordinary = [mondays[position] for position in ordinary_weeks([totals[monday] for monday in mondays])]
    kept = [one for one in done if _monday(one.day) in set(ordinary)]
    found: dict[str, Any] = {
        "from": first.isoformat(),
        "until": last.isoformat(),
        "fill_percent": fill_percent,
        "reserve_hours": reserve_hours,
        "more_hours": more_hours,
        "cases": len(kept),
        "weeks": [monday.isoformat() for monday in ordinary],
        "left_out": sum(totals[monday] > 0 for monday in mondays) - len(ordinary),
    }
    elective, urgent = [one for one in kept if not one.urgent], [one for one in kept if one.urgent]
    for name, cases in (("weekly", elective), ("urgent", urgent)):
        found[name] = _weekly(cases, ordinary, site, lambda one: one.specialty)
    found["surgeons"] = _weekly(kept, ordinary, site, lambda one: one.surgeon)
    found["suits"], found["equipment"] = _equipment(kept)
    found["use"] = {
        place_key(one): _use(one, kept, _own_weeks(one, ordinary, cycle_start, cycle_weeks)) for one in today
    }
    return found


def place_key(one: Vacation) -> str:
    """Names a vacation in the stored study by its place, which outlives its row."""
    return "-".join(str(part) for part in one.place)


def after_reserve(
    weekly: Mapping[str, Sequence[float]], urgent: Mapping[str, Sequence[float]], reserve_minutes: float
) -> dict[str, list[float]]:
    """Weekly minutes of each specialty once the reserve has taken its part of the urgent ones, the same of each."""
    found = {key: list(minutes) for key, minutes in weekly.items()}
    weeks = max((len(minutes) for minutes in urgent.values()), default=0)
    for week in range(weeks):
        total = sum(minutes[week] for minutes in urgent.values())
        left = max(0.0, 1 - reserve_minutes / total) if total else 0.0
        for key, minutes in urgent.items():
            found.setdefault(key, [0.0] * weeks)[week] += minutes[week] * left
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekly(
    done: Iterable[Done], weeks: Sequence[date], site: Site, key: Callable[[Done], str]
) -> dict[str, list[int]]:
    position = {monday: index for index, monday in enumerate(weeks)}
    found: dict[str, list[int]] = {}
    for one in done:
        minutes = found.setdefault(key(one), [0] * len(weeks))
        cleaning = site.specialty_turnover_minutes.get(one.specialty, site.turnover_minutes)
        minutes[position[_monday(one.day)]] += one.end - one.start + cleaning
    return found


def _equipment(done: Iterable[Done]) -> tuple[dict[str, float], dict[str, float]]:
    """By ``specialty-room`` the share of the specialty's minutes that the room can hold; by ``specialty-code`` the
    share of them that needs a piece of equipment."""
    total: Counter[str] = Counter()
    kinds: dict[str, Counter[frozenset[str]]] = defaultdict(Counter)
    for one in done:
        total[one.specialty] += one.end - one.start
        kinds[one.specialty][one.equipment] += one.end - one.start
    suits: dict[str, float] = {}
    shares: dict[str, float] = defaultdict(float)
    rooms = {
        str(room.pk): {one.code for one in room.equipment.all()} for room in Room.objects.prefetch_related("equipment")
    }
    for specialty, minutes in kinds.items():
        for room, owned in rooms.items():
            held = sum(count for needed, count in minutes.items() if needed <= owned)
            suits[f"{specialty}-{room}"] = round(held / total[specialty], 4)
        for needed, count in minutes.items():
            for code in needed:
                shares[f"{specialty}-{code}"] += round(count / total[specialty], 4)
    return suits, dict(shares)


def _own_weeks(one: Vacation, weeks: Sequence[date], cycle_start: date, cycle_weeks: int) -> list[date]:
    """Those of the weeks in which the vacation takes place: its own of the cycle."""
    first = _monday(cycle_start)
    return [monday for monday in weeks if (monday - first).days // 7 % cycle_weeks + 1 == one.week]


def _use(one: Vacation, done: Iterable[Done], weeks: Sequence[date]) -> list[int]:
    """Minutes of the vacation, week by week, during which anyone was operated in its room."""
    days = {monday + timedelta(days=one.weekday): index for index, monday in enumerate(weeks)}
    used = [0] * len(weeks)
    for case in done:
        if case.room == one.room and case.day in days:
            used[days[case.day]] += max(0, min(case.end, one.end) - max(case.start, one.start))
    return used
