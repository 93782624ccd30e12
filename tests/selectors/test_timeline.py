"""Where a drop lands in a room's day, and whom it pushes. Turnover is 20 minutes here."""

from __future__ import annotations

from functools import partial

import pytest

from planning.selectors import timeline
from planning.selectors.timeline import earliest, push, snap

Busy = partial(timeline.Busy, turnover=20)
MORNING = [Busy("a", 480, 60), Busy("b", 560, 90)]  # 8:00-9:00, then 9:20-10:50


@pytest.mark.parametrize(
    ("wanted", "start"),
    [
        (703, 705),  # the nearest five minutes
        (671, 670),  # the end of b's cleaning is near
        (500, 480),  # over the first half of a: before it
        (520, 560),  # over its second half: after it and its cleaning
        (545, 560),  # during its cleaning
        (650, 670),  # b's second half
        (670, 670),
    ],
)
def test_a_drop_snaps(wanted: int, start: int) -> None:
    assert snap(wanted, MORNING) == start


def test_an_end_that_is_not_on_the_five_minutes_is_kept() -> None:
    odd = [Busy("a", 480, 53)]
    assert snap(553, odd) == 553
    assert snap(555, odd) == 553
    assert snap(550, odd) == 553
    assert snap(565, odd) == 565


def test_a_drop_pushes_those_that_follow_and_no_more_than_needed() -> None:
    assert push(480, 40, MORNING, 20) == {"a": 540, "b": 620}
    assert push(560, 10, [*MORNING, Busy("c", 800, 30)], 20) == {"b": 590}
    assert push(700, 30, MORNING, 20) == {}


def test_a_pin_is_not_pushed_and_the_pushed_ones_go_around_it() -> None:
    pinned = [Busy("a", 480, 60), Busy("b", 560, 90, fixed=True)]
    assert push(480, 40, pinned, 20) == {"a": 670}
    assert push(480, 40, [Busy("b", 480, 90, fixed=True)], 20) == {}


def test_the_earliest_place_waits_for_the_room_and_for_the_surgeon() -> None:
    assert earliest(480, 1080, 60, MORNING, [], 20) == 670
    assert earliest(480, 1080, 60, [Busy("a", 570, 60)], [], 20) == 480
    assert earliest(480, 1080, 60, [], [Busy("x", 500, 63)], 20) == 565
    assert earliest(483, 1080, 60, [], [], 20) == 485
    assert earliest(480, 700, 60, MORNING, [], 20) is None


def test_each_intervention_has_its_own_cleaning() -> None:
    long, short = timeline.Busy("a", 480, 60, turnover=45), timeline.Busy("b", 600, 60, turnover=5)

    assert snap(560, [long]) == 585
    assert push(480, 60, [timeline.Busy("a", 500, 60, turnover=45), short], 10) == {"a": 550, "b": 655}
    assert earliest(480, 1080, 15, [long, short], [], 0) == 585
    assert earliest(480, 1080, 15, [long, short], [], 5) == 665
