"""ISO weeks and wall-clock minutes, also when the clock changes."""

from datetime import UTC, date, datetime

import pytest

from planning.calendar import Week, at_minute, local_date, minute_of


def test_a_week_is_named_and_parsed_as_iso_does() -> None:
    assert Week.parse("2026-W48").monday == date(2026, 11, 23)
    assert str(Week.of(date(2027, 1, 1))) == "2026-W53"
    assert Week.parse("2026-W53").next == Week.parse("2027-W01")
    assert Week.parse("2027-W01").previous.number == 53


def test_the_first_and_the_last_week_are_those_whose_neighbour_has_no_page() -> None:
    assert Week.parse("2000-W01").is_first
    assert not Week.parse("2000-W02").is_first
    assert Week.parse("2999-W52").is_last
    assert not Week.parse("2999-W51").is_last
    with pytest.raises(ValueError, match="not between"):
        Week.parse("3000-W01")


@pytest.mark.parametrize("name", ["", "2026-48", "2026-W00", "2026-W54", "2025-W53", "2026-W4", "26-W48"])
def test_what_is_no_iso_week_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="week"):
        Week.parse(name)


def test_a_week_starts_on_a_monday() -> None:
    with pytest.raises(ValueError, match="not a Monday"):
        Week(date(2026, 11, 24))


def test_eight_o_clock_is_eight_o_clock_on_both_sides_of_a_clock_change() -> None:
    saturday, sunday, monday = date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)
    assert at_minute(saturday, 480).astimezone(UTC) == datetime(2026, 10, 24, 6, 0, tzinfo=UTC)
    assert at_minute(monday, 480).astimezone(UTC) == datetime(2026, 10, 26, 7, 0, tzinfo=UTC)
    for day in (saturday, sunday, monday):
        assert minute_of(at_minute(day, 480), day) == 480
        assert minute_of(at_minute(day, 1200), day) == 1200


def test_minute_1440_is_the_midnight_that_ends_the_day() -> None:
    day = date(2026, 3, 29)
    assert at_minute(day, 1440) == at_minute(date(2026, 3, 30), 0)
    assert minute_of(at_minute(day, 1440), day) == 1440


def test_a_moment_belongs_to_the_date_its_wall_clock_shows() -> None:
    assert local_date(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == date(2026, 7, 2)
