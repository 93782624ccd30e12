"""Surgeons' wishes as a rule: which slots are avoided, what that costs, and where in the day an intervention goes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given

from planning.solver import rules
from planning.solver.costs import breakdown
from planning.solver.levels import Level, RuleSettings
from planning.solver.problem import Half, Intervention, ProblemError, Slot, Surgeon, WeekProblem
from planning.solver.result import Status, Violation
from planning.solver.solve import Method, solve
from planning.solver.stopping import Stop
from planning.solver.week_json import read_week, write_week
from tests.solver.weeks import FEW, a_slot, a_week, an_item, cost, optimum, wished_weeks

MORNING, AFTERNOON = frozenset({Half.MORNING}), frozenset({Half.AFTERNOON})
NEITHER, BOTH = frozenset[Half](), frozenset(Half)
METHODS: tuple[Method, ...] = get_args(Method)


def week(
    *slots: Slot,
    items: tuple[Intervention, ...] = (an_item(),),
    price: float = 200.0,
    level: Level | None = Level.SOFT,
    **avoids: frozenset[Half],
) -> WeekProblem:
    """``avoids`` of each surgeon, on every day."""
    problem = a_week(slots, items)
    surgeons = tuple(replace(one, avoids=(avoids.get(one.id, NEITHER),) * 4) for one in problem.surgeons)
    settings = RuleSettings(levels={"surgeon_wish": level} if level else {}, costs={"surgeon_wish": price})
    return replace(problem, surgeons=surgeons, rules=settings)


def remarks(problem: WeekProblem) -> list[Violation]:
    return list(rules.paid_violations(problem, problem.interventions[0], problem.slots[0]))


@pytest.mark.parametrize(
    ("start", "end", "avoids", "broken"),
    [
        (480, 780, MORNING, True),
        (480, 780, AFTERNOON, False),
        (780, 1080, MORNING, False),
        (780, 1080, AFTERNOON, True),
        (780, 1080, BOTH, True),
        (480, 1080, MORNING, False),  # the whole day: it can start at 13:00
        (480, 1080, AFTERNOON, False),
        (480, 1080, BOTH, True),
        (600, 839, MORNING, True),  # an hour from 13:00 on would end at 14:00
        (600, 840, MORNING, False),
        (779, 1080, AFTERNOON, False),  # it belongs to the half-day in which it starts
    ],
)
def test_a_slot_is_avoided_where_every_start_is_in_a_half_day_to_avoid(
    start: int, end: int, avoids: frozenset[Half], broken: bool
) -> None:
    found = remarks(week(a_slot(start=start, end=end), K=avoids))

    assert [(one.rule, one.soft) for one in found] == ([("surgeon_wish", True)] if broken else [])


def test_the_remark_names_the_half_days_with_the_morning_first() -> None:
    [found] = remarks(week(a_slot(), K=BOTH))
    assert found.facts == {"surgeon": "K", "day": 1, "halves": ("morning", "afternoon")}


def test_the_hours_of_the_surgeon_count_before_the_wish() -> None:
    problem = week(a_slot(end=1080), K=MORNING)
    mornings = tuple(replace(one, hours=((480, 720),) * 4) for one in problem.surgeons)

    assert remarks(problem) == []
    assert [one.rule for one in remarks(replace(problem, surgeons=mornings))] == ["surgeon_wish"]


@pytest.mark.parametrize("level", [None, Level.OFF])
def test_unless_a_site_says_otherwise_a_wish_changes_nothing(level: Level | None) -> None:
    problem = week(a_slot(), a_slot("later", day=3, start=780, end=1020), level=level, K=MORNING)

    assert remarks(problem) == []
    assert solve(problem).assignments == {"I": "S"}
    assert breakdown(problem, {"I": "S"}).total == 0
    assert rules.timeline_violations(problem, {"I": "S"}, {"I": 480}) == ()


def test_a_wish_is_never_strict() -> None:
    with pytest.raises(ProblemError) as error:
        week(a_slot(), level=Level.HARD)
    assert error.value.key == "rules.levels.surgeon_wish"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("price", "chosen"), [(0.0, "S"), (599.0, "S"), (601.0, "wanted")])
def test_every_method_keeps_a_wish_that_costs_more_than_waiting_for_it(
    method: Method, price: float, chosen: str
) -> None:
    """Two days of waiting cost 600."""
    problem = week(a_slot(), a_slot("wanted", day=3, start=780, end=1020), price=price, K=MORNING)

    result = solve(problem, method=method)

    assert result.assignments == {"I": chosen}
    assert result.cost.rules == (price if chosen == "S" else 0.0)


def test_first_come_takes_the_earliest_place_where_no_wanted_one_has_room() -> None:
    slots = (a_slot(positions=1), a_slot("wanted", start=780, end=840), a_slot("next", room="SO2"))
    items = (an_item("A", surgeon="L"), an_item("B"), an_item("C"))

    assert solve(week(*slots, items=items, K=MORNING), method="first-come").assignments == {
        "A": "S", "B": "wanted", "C": "next"
    }  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
@FEW
@given(problem=wished_weeks())
def test_what_a_plan_pays_for_wishes_is_what_trying_every_start_says(method: Method, problem: WeekProblem) -> None:
    result = solve(problem, method=method, stop=Stop(seconds=None, rounds=5))

    assert rules.plan_violations(problem, result.assignments) == ()
    assert result.cost.total == pytest.approx(cost(problem, result.assignments))
    cheapest = optimum(problem)
    assert result.cost.total >= cheapest - 1e-6
    if result.lower_bound is not None:
        assert result.lower_bound <= cheapest + 1e-6
    if method == "exact":
        assert result.status is Status.OPTIMAL
        assert result.cost.total == pytest.approx(cheapest)


def test_a_start_in_a_half_day_to_avoid_is_a_remark_that_the_slot_says_better() -> None:
    problem = week(a_slot(end=1080), K=MORNING)

    def told(start: int) -> list[tuple[str, bool]]:
        return [(one.rule, one.soft) for one in rules.timeline_violations(problem, {"I": "S"}, {"I": start})]

    assert told(779) == [("unwanted_start", True)]
    assert told(780) == []
    morning = week(a_slot(), K=MORNING)
    late = rules.timeline_violations(morning, {"I": "S"}, {"I": 480})
    assert [one.rule for one in rules.said_once((*remarks(morning), *late))] == ["surgeon_wish"]


def starts(problem: WeekProblem) -> dict[str, int]:
    return dict(solve(problem, stop=Stop(seconds=None, rounds=5), with_starts=True).starts)


def test_in_a_slot_of_the_whole_day_each_gets_the_half_that_is_wanted() -> None:
    """The first of the week would otherwise come first."""
    day = a_slot(end=1080)
    items = (an_item("A", duration=90), an_item("B", duration=90, surgeon="L", specialty="ORT"))

    found = starts(week(day, items=items, K=MORNING))
    assert (found["A"], found["B"]) == (780, 480)
    assert starts(week(day, items=items, K=AFTERNOON, L=MORNING)) == {"A": 480, "B": 780}
    assert max(starts(week(day, items=items, level=Level.OFF, K=MORNING)).values()) < 780


def test_nobody_stays_late_for_a_wish() -> None:
    """Five hours of work after 13:00 in a room whose regular hours end at 17:00."""
    slots = (a_slot(end=1020, max_duration=600), a_slot("over", start=1020, end=1200))
    items = tuple(an_item(f"I{number}", duration=100) for number in range(3))

    found = starts(week(*slots, items=items, price=0.0, K=MORNING))

    assert max(found.values()) + 100 <= 1020
    assert sum(start >= 780 for start in found.values()) == 2


def test_a_file_without_wishes_is_a_week_without_wishes_and_is_written_so() -> None:
    written = write_week(a_week([a_slot()], [an_item()]))
    assert all("avoids" not in one for one in written["surgeons"])  # type: ignore[attr-defined]
    assert [one.avoids for one in read_week(json.dumps(written)).surgeons] == [None, None]


@pytest.mark.parametrize(
    ("avoids", "key"),
    [
        (["morning"], "surgeons[0].avoids[0]"),
        ([["evening"], [], [], []], "surgeons[0].avoids[0]"),
        ([[["morning"]], [], [], []], "surgeons[0].avoids[0]"),
        ([["morning"]], "surgeons[K].avoids"),
    ],
)
def test_a_file_whose_wishes_are_wrong_is_refused_by_name(avoids: object, key: str) -> None:
    data = write_week(a_week([a_slot()], [an_item()]))
    data["surgeons"][0]["avoids"] = avoids  # type: ignore[index]

    with pytest.raises(ProblemError) as error:
        read_week(json.dumps(data))

    assert error.value.key == key


def test_a_day_away_needs_no_wish() -> None:
    problem = week(a_slot(day=2), K=MORNING)  # K does not operate on day 2
    pinned = replace(problem, interventions=(replace(an_item(), pinned="S"),))

    assert "surgeon_wish" not in {one.rule for one in rules.pin_warnings(pinned, {"I": "S"})}


def test_wishes_are_of_each_day() -> None:
    problem = week(a_slot(), a_slot("other", day=3))
    surgeon = Surgeon("K", "ORL", (480,) * 4, avoids=(NEITHER, NEITHER, NEITHER, MORNING))
    problem = replace(problem, surgeons=(surgeon,))

    assert [rules.surgeon_wish(problem, problem.interventions[0], slot) is None for slot in problem.slots] == [
        True, False
    ]  # fmt: skip
