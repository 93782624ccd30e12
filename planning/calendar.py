"""ISO weeks and wall-clock minutes in the site's time zone. The only module that converts between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
# Nothing is planned outside these whole weeks: far enough from the ends of the calendar that a neighbour always exists.
FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2999, 12, 29)


@dataclass(frozen=True, order=True, slots=True)
class Week:
    """An ISO week, named like ``2026-W48``; ``monday`` is its first day."""

    monday: date

    def __post_init__(self) -> None:
        if self.monday.isoweekday() != 1:
            raise ValueError(f"{self.monday} is not a Monday")

    @classmethod
    def parse(cls, name: str) -> Week:
        """Raises ``ValueError`` when ``name`` is no ISO week, or one of another millennium."""
        match = _WEEK.fullmatch(name)
        if not match:
            raise ValueError(f"{name!r} is not an ISO week such as 2026-W48")
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        if not FIRST_DAY <= monday <= LAST_DAY:
            raise ValueError(f"{name} is not between {FIRST_DAY} and {LAST_DAY}")
        return cls(monday)

    @classmethod
    def of(cls, day: date) -> Week:
        return cls(day - timedelta(days=day.isoweekday() - 1))

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def number(self) -> int:
        return self.monday.isocalendar()[1]

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.monday + timedelta(days=n) for n in range(7))

    @property
    def next(self) -> Week:
        return Week(self.monday + timedelta(days=7))

    @property
    def previous(self) -> Week:
        return Week(self.monday - timedelta(days=7))

    @property
    def is_first(self) -> bool:
        """No page shows the week before."""
        return self.previous.monday < FIRST_DAY

    @property
    def is_last(self) -> bool:
        return self.next.monday > LAST_DAY


def mondays_between(first: date, last: date) -> list[date]:
    """The first days of the weeks that hold a day from ``first`` to ``last``, both included."""
    monday = Week.of(first).monday
    return [monday + timedelta(days=7 * number) for number in range((last - monday).days // 7 + 1)]


def at_minute(day: date, minute: int) -> datetime:
    """The aware moment when the wall clock of ``day`` shows ``minute`` (1440: midnight that ends the day)."""
    extra, minute = divmod(minute, 1440)
    wall = datetime.combine(day + timedelta(days=extra), time(minute // 60, minute % 60))
    return timezone.make_aware(wall)


def minute_of(moment: datetime, day: date) -> int:
    """What the wall clock shows at ``moment``, in minutes after the midnight that begins ``day``."""
    local = timezone.localtime(moment)
    return (local.date() - day).days * 1440 + local.hour * 60 + local.minute


def local_date(moment: datetime) -> date:
    return timezone.localtime(moment).date()
