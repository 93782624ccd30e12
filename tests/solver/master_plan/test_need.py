from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.solver.master_plan.need import need_of, ordinary_weeks, percentile


def test_the_need_goes_from_the_median_week_to_four_weeks_of_five() -> None:
    need = need_of([100, 200, 300, 400, 500, 600], fill=1.0)

    assert (need.low, need.high) == (350, 500)


def test_a_vacation_meant_to_be_used_at_85_per_cent_needs_more_hours_than_the_activity_took() -> None:
    assert need_of([850, 850, 850], fill=0.85).low == pytest.approx(1000)


def test_nothing_done_needs_nothing() -> None:
    need = need_of([], fill=0.85)

    assert (need.low, need.high) == (0, 0)


def test_weeks_of_holidays_are_left_out_and_those_without_any_activity_do_not_lower_the_median() -> None:
    assert ordinary_weeks([100, 0, 90, 49, 110, 0, 50]) == [0, 2, 3, 4, 6]
    assert ordinary_weeks([100, 100, 100, 40]) == [0, 1, 2]
    assert ordinary_weeks([0, 0]) == []


@given(st.lists(st.integers(0, 5000), min_size=1), st.floats(0, 1))
def test_a_percentile_lies_between_the_least_and_the_most(values: list[int], share: float) -> None:
    assert min(values) <= percentile(values, share) <= max(values)
