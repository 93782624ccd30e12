"""A time zone as iCalendar describes it (RFC 5545, 3.6.5): its standard time, and its summer time where it has one.

Outlook shows moments in UTC as such, and refuses a zone that the file does not describe. Rules repeat every year, which
is all that Outlook reads; a zone that has no such rule is not described at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Before any event: the file does not change with the year.
_FIRST_YEAR = 2007
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Change:
    """``at`` is local time, on the clock as it was before; the offsets are from UTC."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def which(self) -> int:
        """Of its month, the first, second … such weekday; -1 the last."""
        return -1 if (self.at + timedelta(days=7)).month != self.at.month else (self.at.day - 1) // 7 + 1

    @property
    def rule(self) -> tuple[object, ...]:
        """What is the same every year."""
        return self.at.month, self.which, self.at.weekday(), self.at.time(), self.before, self.after


@lru_cache(maxsize=16)
def described(key: str, first_year: int, last_year: int) -> Timezone | None:
    """What holds in these years, both included; None when no yearly rule says it."""
    zone = ZoneInfo(key)
    changes = _changes(zone, _FIRST_YEAR)
    rules = [change.rule for change in changes]
    if any([one.rule for one in _changes(zone, year)] != rules for year in range(first_year, last_year + 1)):
        return None
    made = Timezone()
    made.add("tzid", key)
    for change in changes:
        made.add_component(_observance(change))
    if not changes:
        start = datetime(_FIRST_YEAR, 1, 1, tzinfo=zone)
        offset = start.utcoffset() or timedelta()
        still = _Change(start.replace(tzinfo=None), offset, offset, start.tzname() or key, summer=False)
        made.add_component(_observance(still, yearly=False))
    return made


def _changes(zone: ZoneInfo, year: int) -> list[_Change]:
    days = [datetime(year, 1, 1, tzinfo=UTC) + number * _DAY for number in range(367)]
    return [_change(zone, day, after) for day, after in pairwise(days) if _offset(zone, day) != _offset(zone, after)]


def _change(zone: ZoneInfo, moment: datetime, until: datetime) -> _Change:
    """Somewhere between two moments of different offsets."""
    before = _offset(zone, moment)
    while until - moment > _MINUTE:
        middle = moment + (until - moment) // 2
        moment, until = (middle, until) if _offset(zone, middle) == before else (moment, middle)
    until = until.replace(second=0, microsecond=0)
    new = until.astimezone(zone)
    at = (until + before).replace(tzinfo=None)
    return _Change(at, before, _offset(zone, until), new.tzname() or zone.key, bool(new.dst()))


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _observance(change: _Change, *, yearly: bool = True) -> TimezoneStandard | TimezoneDaylight:
    made = TimezoneDaylight() if change.summer else TimezoneStandard()
    made.add("dtstart", change.at)
    if yearly:
        day = f"{change.which}{_DAYS[change.at.weekday()]}"
        made.add("rrule", vRecur(FREQ="YEARLY", BYMONTH=change.at.month, BYDAY=day))
    made.add("tzname", change.name)
    made.add("tzoffsetfrom", change.before)
    made.add("tzoffsetto", change.after)
    return made
