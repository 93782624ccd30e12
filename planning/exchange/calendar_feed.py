"""A person's events as an iCalendar file (RFC 5545), the same to the byte as long as nothing changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar
from icalendar import Event as Component

from planning.selectors.calendar_events import Event

REFRESHED_EVERY = timedelta(hours=1)


def calendar_file(name: str, events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//blocweb//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(_component(event))
    return bytes(calendar.to_ical())


def _component(event: Event) -> Component:
    made = Component()
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("dtstamp", event.stamp.astimezone(UTC))
    made.add("dtstart", _moment(event.starts))
    made.add("dtend", _moment(event.ends))
    made.add("summary", event.summary)
    if event.description:
        made.add("description", event.description)
    if event.location:
        made.add("location", event.location)
    made.add("url", event.url)
    made.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    # A whole day of the bloc's programme leaves its reader free.
    made.add("transp", "OPAQUE" if isinstance(event.starts, datetime) and not event.cancelled else "TRANSPARENT")
    return made


def _moment(value: date) -> date:
    """Moments in UTC, which needs no time zone in the file; whole days as they are."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value
