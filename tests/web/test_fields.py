from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from planning.web.forms.fields import ClockField, DurationField


@pytest.mark.parametrize(
    ("written", "minute"),
    [("08:00", 480), ("8h", 480), ("8h30", 510), ("8 H 05", 485), ("18.45", 1125), ("0:00", 0), ("24:00", 1440)],
)
def test_a_time_is_read_as_people_write_it(written: str, minute: int) -> None:
    assert ClockField().clean(written) == minute


@pytest.mark.parametrize("written", ["24:01", "8:60", "huit heures", "8", "-1:00", "08:00:00"])
def test_what_is_no_time_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValidationError, match="08:00"):
        ClockField().clean(written)


@pytest.mark.parametrize(("written", "minutes"), [("1:30", 90), ("1h30", 90), ("2h", 120), ("90", 90), ("45 min", 45)])
def test_a_duration_is_read_in_hours_or_in_minutes(written: str, minutes: int) -> None:
    assert DurationField().clean(written) == minutes


@pytest.mark.parametrize("written", ["1:75", "une heure", "1,5", "-30"])
def test_what_is_no_duration_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValidationError, match="1:30"):
        DurationField().clean(written)


def test_a_duration_outside_its_limits_names_them() -> None:
    with pytest.raises(ValidationError, match="0:05 et 2:00"):
        DurationField(shortest=5, longest=120).clean("3:00")


def test_minutes_are_written_back_as_a_time() -> None:
    assert (ClockField().prepare_value(485), DurationField().prepare_value(95)) == ("08:05", "1:35")
    assert ClockField().prepare_value("8h5") == "8h5"
