"""The calendar's bytes against RFC 5545, and its time zone against what clocks do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from planning.exchange.calendar_feed import calendar_file
from planning.exchange.time_zone import described
from planning.selectors.calendar_events import Event

PARIS = ZoneInfo("Europe/Paris")
# name *(";" param) ":" value, with nothing that a line may not hold.
LINE = re.compile(r"[A-Z-]+(;[A-Z-]+=(\"[^\"\x00-\x1f\x7f]*\"|[^\",;:\x00-\x1f\x7f]*))*:[^\x00-\x08\x0a-\x1f\x7f]*")


def an_event(starts: date = datetime(2026, 11, 24, 10, 0, tzinfo=PARIS), **changes: Any) -> Event:
    length = timedelta(minutes=95) if isinstance(starts, datetime) else timedelta(days=1)
    values: dict[str, Any] = {
        "uid": "intervention-7@blocweb", "sequence": 4, "stamp": datetime(2026, 11, 20, 9, 0, tzinfo=PARIS),
        "starts": starts, "ends": starts + length, "summary": "SO1 · I-7", "description": "", "location": "",
        "url": "https://bloc.example.org/semaines/2026-W48/",
    }  # fmt: skip
    return Event(**(values | changes))


def lines(content: bytes) -> list[str]:
    """Unfolded, once the raw bytes are checked: CRLF alone ends a line, of 75 octets at most, each whole UTF-8."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    raw = content.split(b"\r\n")[:-1]
    assert not any(b"\r" in line or b"\n" in line for line in raw)
    assert max(len(line) for line in raw) <= 75
    assert all(line.decode() and line != b" " for line in raw)
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_every_line_is_as_the_standard_writes_it_whatever_the_texts_hold() -> None:
    odd = "Bloc é œ 🫀; deux, \\n trois: «\u00a0quatre\u00a0» " * 5 + "\r\n\x07fin\ttab"
    content = calendar_file("Dr " + odd, [an_event(summary=odd, description=odd, location=odd)])

    found = lines(content)

    assert all(LINE.fullmatch(line) for line in found), [line for line in found if not LINE.fullmatch(line)]
    (named,) = (line for line in found if line.startswith("X-WR-CALNAME:"))
    assert named.startswith("X-WR-CALNAME:Dr Bloc é œ 🫀\\; deux\\, \\\\n trois: «")
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["SUMMARY"]) == str(event["LOCATION"]) == odd.replace("\r\n\x07", " \n ").replace("\t", " ")


def test_the_calendar_says_once_what_each_program_looks_for() -> None:
    found = lines(calendar_file("Bloc : Martin", [an_event()]))

    begins = found.index("BEGIN:VTIMEZONE")
    assert sorted(found[1:begins]) == [
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:Bloc : Martin",
        "PRODID:-//blocweb//Bloc//FR",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "VERSION:2.0",
        "X-PUBLISHED-TTL:PT1H",
        "X-WR-CALNAME:Bloc : Martin",
        "X-WR-TIMEZONE:Europe/Paris",
    ]
    event = found[found.index("BEGIN:VEVENT") + 1 : found.index("END:VEVENT")]
    names = [re.split("[;:]", line)[0] for line in event]
    assert len(names) == len(set(names))
    assert {"DTSTAMP:20261120T080000Z", "LAST-MODIFIED:20261120T080000Z", "SEQUENCE:4", "STATUS:CONFIRMED"} <= set(
        event
    )
    assert "DTSTART;TZID=Europe/Paris:20261124T100000" in event
    assert "DTEND;TZID=Europe/Paris:20261124T113500" in event


def test_a_cancelled_event_and_a_whole_day_leave_their_reader_free() -> None:
    found = lines(calendar_file("Bloc", [an_event(cancelled=True), an_event(date(2026, 11, 24), uid="day@blocweb")]))

    assert found.count("TRANSP:TRANSPARENT") == found.count("X-MICROSOFT-CDO-BUSYSTATUS:FREE") == 2
    assert found.count("STATUS:CANCELLED") == 1
    assert {"DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261125"} <= set(found)


def test_without_moments_the_file_describes_no_zone() -> None:
    for events in ([], [an_event(date(2026, 11, 24))]):
        assert "BEGIN:VTIMEZONE" not in lines(calendar_file("Bloc", events))


def test_a_year_of_moments_is_read_back_as_it_was_on_both_sides_of_each_change() -> None:
    moments = [datetime(2026, 1, 1, 7, 30, tzinfo=UTC) + timedelta(days=day, hours=day % 12) for day in range(365)]
    written = [an_event(moment, uid=f"{number}@blocweb") for number, moment in enumerate(moments)]

    read = Calendar.from_ical(calendar_file("Bloc", written)).walk("VEVENT")

    assert [event["DTSTART"].dt.astimezone(UTC) for event in read] == moments


@pytest.mark.parametrize("key", ["Europe/Paris", "Indian/Reunion", "America/Martinique", "America/Miquelon"])
def test_the_zone_s_own_rules_give_the_clock_s_offset_every_day_for_ten_years(key: str) -> None:
    """What a program does that knows no zone by its name."""
    zone = described(key, 2024, 2034)
    assert zone is not None
    starts = []
    for part in zone.subcomponents:
        begin = part["DTSTART"].dt
        rule = part["RRULE"].to_ical().decode() if "RRULE" in part else "FREQ=YEARLY;COUNT=1"
        assert [begin] == list(rrulestr(rule + ";COUNT=1" if "COUNT" not in rule else rule, dtstart=begin))
        offset = part["TZOFFSETFROM"].td
        times = rrulestr(rule, dtstart=begin).between(datetime(2000, 1, 1), datetime(2035, 1, 1), inc=True)
        starts += [(when - offset, part["TZOFFSETTO"].td) for when in times]
    for day in range(3653):
        for hour in (0, 1, 2, 12):
            moment = datetime(2024, 1, 1, hour) + timedelta(days=day)
            told = max(start for start in starts if start[0] <= moment)[1]
            assert told == moment.replace(tzinfo=UTC).astimezone(ZoneInfo(key)).utcoffset(), (key, moment)


def test_a_zone_that_no_yearly_rule_describes_is_left_to_utc(settings: Any) -> None:
    assert described("Africa/Casablanca", 2025, 2026) is None
    settings.TIME_ZONE = "Africa/Casablanca"

    found = lines(calendar_file("Bloc", [an_event()]))

    assert "DTSTART:20261124T090000Z" in found
    assert "BEGIN:VTIMEZONE" not in found


def test_the_same_events_make_the_same_bytes() -> None:
    event = an_event()
    assert calendar_file("Bloc", [event]) == calendar_file("Bloc", [replace(event)])
