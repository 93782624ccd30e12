"""A person's events as an iCalendar file (RFC 5545), the same to the byte as long as nothing changed.

Made for what reads it. Moments in the hospital's own time zone, which the file describes: Outlook shows moments in UTC
as such. ``NAME`` and ``REFRESH-INTERVAL`` (RFC 7986) each beside the older name that Apple, Google and Outlook read.
``METHOD:PUBLISH`` makes Outlook take it for a calendar rather than an invitation; without organiser, who would be asked
to answer. What is cancelled says so in its title too: Outlook and Google show a published event whatever its status.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.timezone import get_default_timezone_name
from icalendar import Calendar, vText
from icalendar import Event as Component

from planning.exchange.time_zone import described
from planning.selectors.calendar_events import Event

REFRESHED_EVERY = timedelta(hours=1)
# No text of the format holds these (TSAFE-CHAR); line breaks are written in two letters.
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def calendar_file(name: str, events: Sequence[Event]) -> bytes:
    key = get_default_timezone_name()
    years = [day.year for event in events for day in (event.starts, event.ends) if isinstance(day, datetime)]
    # Whole days need no zone.
    zone = described(key, min(years), max(years)) if years else None
    calendar = Calendar()
    calendar.add("prodid", "-//blocweb//Bloc//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for called in ("name", "x-wr-calname"):
        calendar.add(called, vText(_text(name)))  # the library knows neither for a text, which would not be escaped
    calendar.add("x-wr-timezone", key)
    calendar.add("refresh-interval", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if zone is not None:
        calendar.add_component(zone)
    for event in events:
        calendar.add_component(_component(event, ZoneInfo(key) if zone is not None else None))
    return bytes(calendar.to_ical())


def _component(event: Event, zone: ZoneInfo | None) -> Component:
    made = Component()
    # A whole day of the bloc's programme leaves its reader free.
    busy = isinstance(event.starts, datetime) and not event.cancelled
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", event.stamp.astimezone(UTC))
    made.add("last-modified", event.stamp.astimezone(UTC))
    made.add("dtstart", _moment(event.starts, zone))
    made.add("dtend", _moment(event.ends, zone))
    made.add("summary", _text(event.summary))
    if event.description:
        made.add("description", _text(event.description))
    if event.location:
        made.add("location", _text(event.location))
    made.add("url", event.url)
    made.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    made.add("transp", "OPAQUE" if busy else "TRANSPARENT")
    made.add("x-microsoft-cdo-busystatus", "BUSY" if busy else "FREE")
    return made


def _moment(value: date, zone: ZoneInfo | None) -> date:
    """Whole days as they are; moments in UTC where the file describes no zone."""
    return value.astimezone(zone or UTC) if isinstance(value, datetime) else value


def _text(value: str) -> str:
    return _CONTROLS.sub(" ", value)
