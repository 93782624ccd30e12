from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from planning.exchange import values
from planning.exchange.tabular import Cell
from planning.exchange.values import Ambiguous, DateOrder, Unreadable

CHRISTMAS = date(2026, 12, 25)


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("90", 90), ("90,0", 90), ("90.4", 90), ("1h30", 90), ("1:30", 90), ("1:30:00", 90), ("90 min", 90),
        ("2 h", 120), (90, 90), (90.0, 90), (time(1, 30), 90), (timedelta(minutes=90), 90), ("NULL", None),
        ("Onbekend", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_duration_is_read_however_it_is_written(cell: Cell, minutes: int | None) -> None:
    assert values.read_minutes(cell) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "25/12/2026", "25-12-2026", "25.12.26", "2026-12-25", "20261225", "25 décembre 2026", "25 dec 2026",
        "25 december 2026", "46381",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(text: str) -> None:
    cell: Cell = int(text) if text == "46381" else text
    assert values.read_date(cell, "dmy") == CHRISTMAS


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("1/3/22 7:05", "mdy", datetime(2022, 1, 3, 7, 5)),
        ("1/3/22 7:05", "dmy", datetime(2022, 3, 1, 7, 5)),
        ("2022-01-03T07:05:00", None, datetime(2022, 1, 3, 7, 5)),
        ("2022-01-03 07:05:00+01:00", None, datetime(2022, 1, 3, 7, 5)),
        ("1/3/2022 7:05 PM", "mdy", datetime(2022, 1, 3, 19, 5)),
        ("25/12/2026 8h15", None, datetime(2026, 12, 25, 8, 15)),
    ],
)
def test_a_moment_is_read_in_the_order_of_the_file(text: str, order: DateOrder | None, moment: datetime) -> None:
    assert values.read_moment(text, order) == moment


@pytest.mark.parametrize("text", ["31/02/2026", "hier", "12/25", "25/12/2026 99:99", "2026-13-01"])
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Unreadable, match="23/11/2026"):
        values.read_moment(text, "dmy")


def test_a_date_that_reads_as_two_is_never_guessed() -> None:
    with pytest.raises(Ambiguous):
        values.read_date("1/3/22", None)
    assert values.read_date("3/3/22", None) == date(2022, 3, 3)


def test_the_order_of_a_file_is_decided_by_all_its_dates() -> None:
    assert values.decide_order(["1/3/22", "1/19/22"]) == "mdy"
    assert values.decide_order(["1/3/22", "19/1/22"]) == "dmy"
    assert values.decide_order(["1/3/22", "2/4/22", None, "NULL"]) is None
    assert values.decide_order(["2022-01-19", datetime(2022, 1, 19)]) is None


def test_codes_lose_the_decimals_a_spreadsheet_gave_them() -> None:
    assert values.read_text("7,00") == "7"
    assert values.read_text("7.0") == "7"
    assert values.read_text("7,25") == "7,25"
    assert values.read_text("  Ander   specialisme ") == "Ander specialisme"


@pytest.mark.parametrize(("cell", "answer"), [("oui", True), ("J", True), ("nee", False), ("0", False), ("x", True)])
def test_yes_and_no_are_understood_in_three_languages(cell: str, answer: bool) -> None:
    assert values.read_flag(cell) is answer


def test_a_time_of_day_is_read_and_an_impossible_one_refused() -> None:
    assert values.read_clock("8h") == 480
    assert values.read_clock(time(18, 30)) == 1110
    with pytest.raises(Unreadable):
        values.read_clock("25:00")
    with pytest.raises(Unreadable):
        values.read_minutes("une heure")
    with pytest.raises(Unreadable):
        values.read_flag("peut-être")
