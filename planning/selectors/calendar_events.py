"""What a person's calendar shows: a surgeon their approved interventions, everyone else the rooms at work each day.

Codes, rooms and hours only: the file is read outside any session, and often by another company's servers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.access import Role
from planning.calendar import Week, minute_of
from planning.models import Intervention, Placement, Plan, User

# How far back it shows what was done, and what was cancelled.
WEEKS_BACK, WEEKS_OF_CANCELLED = 4, 1
Address = Callable[[Week], str]


@dataclass(frozen=True, slots=True)
class Event:
    """``sequence`` grows with each version that says something of it; whole days have dates, the others moments."""

    uid: str
    sequence: int
    stamp: datetime
    starts: date
    ends: date
    summary: str
    description: str
    location: str
    url: str
    cancelled: bool = False


def calendar_name(user: User) -> str:
    if user.role == Role.SURGEON:
        return _("Bloc : %(name)s") % {"name": user}
    return _("Bloc : programme")


def events_for(user: User, *, today: date, address: Address) -> list[Event]:
    """A fixed number of queries, whatever the weeks hold."""
    monday = Week.of(today).monday
    since, cancelled_since = (monday - timedelta(weeks=weeks) for weeks in (WEEKS_BACK, WEEKS_OF_CANCELLED))
    decided = Placement.objects.select_related("plan", "slot__room", "intervention").order_by("starts_at", "pk")
    if user.role == Role.SURGEON:
        decided = decided.filter(intervention__surgeon__user=user)
    current = list(decided.filter(plan__status=Plan.Status.APPROVED, plan__monday__gte=since))
    left = _left_out(decided, current, cancelled_since)
    make = _of_interventions if user.role == Role.SURGEON else _of_days
    return make(current, left, address)


def _left_out(decided: QuerySet[Placement], current: list[Placement], since: date) -> list[tuple[Placement, Plan]]:
    """What replaced versions held, and the version that replaced them, the latest first of each."""
    replaced = decided.filter(plan__status=Plan.Status.SUPERSEDED, plan__monday__gte=since).order_by("-plan", "pk")
    approved = Plan.objects.filter(status=Plan.Status.APPROVED, monday__gte=since)
    by_monday = {plan.monday: plan for plan in approved}
    kept = {row.intervention_id for row in current}
    return [
        (row, by_monday[row.plan.monday])
        for row in replaced
        if row.intervention_id not in kept and row.plan.monday in by_monday
    ]


def _of_interventions(
    current: list[Placement], left: list[tuple[Placement, Plan]], address: Address
) -> list[Event]:  # fmt: skip
    events = {row.intervention_id: _of_intervention(row, row.plan, address) for row in current}
    for row, plan in left:
        if row.intervention_id not in events:
            events[row.intervention_id] = _of_intervention(row, plan, address, left_out=True)
    return list(events.values())


def _of_intervention(row: Placement, plan: Plan, address: Address, *, left_out: bool = False) -> Event:
    room, item = row.slot.room, row.intervention
    cancelled, what = left_out or item.state == Intervention.State.CANCELLED, f"{room.code} · {item.code}"
    return Event(
        uid=f"intervention-{item.pk}@blocweb",
        sequence=_sequence(plan, cancelled),
        stamp=_decided_at(plan),
        starts=row.starts_at,
        ends=row.starts_at + timedelta(minutes=row.minutes),
        summary=_("Annulée : %(what)s") % {"what": what} if cancelled else what,
        description=_("%(duration)s en salle, version %(number)s du programme.")
        % {"duration": wording.duration(row.minutes), "number": plan.number},
        location=room.name or room.code,
        url=address(Week(plan.monday)),
        cancelled=cancelled,
    )


def _of_days(
    current: list[Placement], left: list[tuple[Placement, Plan]], address: Address
) -> list[Event]:  # fmt: skip
    events: dict[date, Event] = {}
    at_work = [row for row in current if row.intervention.state != Intervention.State.CANCELLED]
    for day, rows in groupby(at_work, key=lambda row: row.slot.date):
        events[day] = _of_day(day, list(rows), address)
    gone = [(row, row.plan) for row in current if row not in at_work]
    for row, plan in (*left, *gone):
        day = row.slot.date
        if day not in events:
            events[day] = _whole_day(day, plan, address, _("Bloc : aucune intervention"), "", cancelled=True)
    return list(events.values())


def _of_day(day: date, rows: list[Placement], address: Address) -> Event:
    by_room = sorted(rows, key=lambda row: (row.slot.room.position, row.slot.room.code))
    rooms = [list(found) for _room, found in groupby(by_room, key=lambda row: row.slot.room_id)]
    summary = _("Bloc : %(rooms)s, %(interventions)s") % {
        "rooms": ngettext("%(n)d salle", "%(n)d salles", len(rooms)) % {"n": len(rooms)},
        "interventions": _count(len(rows)),
    }
    return _whole_day(day, rows[0].plan, address, summary, "\n".join(_of_room(day, found) for found in rooms))


def _of_room(day: date, rows: Iterable[Placement]) -> str:
    """« SO3 08:00–16:30, 4 interventions »."""
    found = list(rows)
    first = min(minute_of(row.starts_at, day) for row in found)
    last = max(minute_of(row.starts_at, day) + row.minutes for row in found)
    return f"{found[0].slot.room.code} {wording.clock(first)}–{wording.clock(last)}, {_count(len(found))}"


def _whole_day(
    day: date, plan: Plan, address: Address, summary: str, description: str, *, cancelled: bool = False
) -> Event:
    return Event(
        uid=f"day-{day.isoformat()}@blocweb",
        sequence=_sequence(plan, cancelled),
        stamp=_decided_at(plan),
        starts=day,
        ends=day + timedelta(days=1),
        summary=summary,
        description=description,
        location="",
        url=address(Week(plan.monday)),
        cancelled=cancelled,
    )


def _count(number: int) -> str:
    return ngettext("%(n)d intervention", "%(n)d interventions", number) % {"n": number}


def _sequence(plan: Plan, cancelled: bool) -> int:
    """Versions are numbered week by week, but their rows one after the other: what moves to another week grows too."""
    return 2 * plan.pk + cancelled


def _decided_at(plan: Plan) -> datetime:
    return plan.approved_at or plan.created_at
