"""Who leads on a criterion, and how weights rank the policies."""

from __future__ import annotations

from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.solver.ranking import CRITERIA, Standing, clearly_differ, dominant, ranking, standing, summary

OVERTIME, PLANNED = CRITERIA["overtime"], CRITERIA["planned"]


def test_a_summary_is_that_of_a_sample() -> None:
    one = summary([1.0, 2.0, 3.0, 6.0])
    assert one is not None
    assert (one.mean, one.least, one.most) == (3.0, 1.0, 6.0)
    assert one.deviation == pytest.approx(2.1602, abs=1e-4)
    assert one.quarters == (1.75, 2.5, 3.75)


def test_one_week_has_no_deviation_and_none_has_no_summary() -> None:
    one = summary([4.0])
    assert one is not None
    assert (one.deviation, one.quarters) == (None, (4.0, 4.0, 4.0))
    assert summary([]) is None


@pytest.mark.parametrize(
    ("rooms", "printed"),
    [
        ((62, 68, 22, 62, 42, 32), 19),
        ((48, 62, 30, 62, 34, 23), 17),
        ((81, 56, 37, 25, 21, 17), 25),
    ],
)
def test_the_deviations_of_the_article_s_table_6_are_those_between_its_rooms(
    rooms: tuple[int, ...], printed: int
) -> None:
    assert round(stdev(rooms)) == printed


def test_a_difference_that_is_the_same_every_week_is_clear() -> None:
    assert clearly_differ([10.0, 20.0, 30.0], [9.0, 19.0, 29.0])


def test_a_difference_smaller_than_its_own_variation_is_not_clear() -> None:
    assert not clearly_differ([10.0, 20.0, 30.0], [13.0, 16.0, 30.5])


def test_one_week_differs_or_does_not() -> None:
    assert clearly_differ([10.0], [11.0])
    assert not clearly_differ([10.0], [10.0])


def test_the_least_overtime_leads_and_scores_are_in_proportion() -> None:
    series = {"a": [10.0, 12.0, 11.0], "b": [20.0, 22.0, 21.0], "c": [30.0, 32.0, 31.0]}
    one = standing(OVERTIME, series)
    assert one == Standing("a", ("a",), {"a": 1.0, "b": 0.5, "c": 0.0})


def test_what_does_not_clearly_differ_from_the_best_shares_its_place_and_score() -> None:
    series = {"a": [0.90, 0.95, 1.0], "b": [0.95, 0.90, 0.99], "c": [0.5, 0.55, 0.6]}
    one = standing(PLANNED, series)
    assert one is not None
    assert (one.best, one.leaders) == ("a", ("a", "b"))
    assert one.scores == {"a": 1.0, "b": 1.0, "c": 0.0}


def test_one_policy_alone_has_no_standing() -> None:
    assert standing(OVERTIME, {"a": [1.0], "b": []}) is None


def test_weights_change_the_rank() -> None:
    standings = {
        "overtime": Standing("a", ("a",), {"a": 1.0, "b": 0.0}),
        "planned": Standing("b", ("b",), {"a": 0.0, "b": 1.0}),
    }
    assert ranking(standings, {"overtime": 3, "planned": 1}) == {"a": 0.75, "b": 0.25}
    assert list(ranking(standings, {"overtime": 1, "planned": 3})) == ["b", "a"]
    assert ranking(standings, {"overtime": 0, "planned": 0}) == {}


def test_a_policy_dominates_only_when_it_leads_everywhere_and_alone_somewhere() -> None:
    leads = Standing("a", ("a",), {"a": 1.0, "b": 0.0})
    shares = Standing("b", ("a", "b"), {"a": 1.0, "b": 1.0})
    trails = Standing("b", ("b",), {"a": 0.0, "b": 1.0})
    assert dominant({"overtime": leads, "planned": shares}) == "a"
    assert dominant({"overtime": leads, "planned": trails}) is None
    assert dominant({"overtime": shares}) is None


@given(st.lists(st.tuples(*[st.floats(0, 1e6)] * 3), min_size=1, max_size=12))
def test_scores_stay_between_0_and_1_and_a_leader_has_1(weeks: list[tuple[float, float, float]]) -> None:
    series = {name: [week[index] for week in weeks] for index, name in enumerate("abc")}
    one = standing(OVERTIME, series)
    assert one is not None
    assert all(0 <= score <= 1 for score in one.scores.values())
    assert all(one.scores[policy] == 1 for policy in one.leaders)
    assert one.best in one.leaders
