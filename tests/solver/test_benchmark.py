"""The race's own bookkeeping: what it counts as met, what it calls wrong, what it writes."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks.bench_planner import HEATS, WeekRaces, check, kept, recompute
from benchmarks.contender import Race
from benchmarks.report import BEGIN, END, above, summary, table, write_page
from benchmarks.weeks import SIZES, generate_week, shapes
from planning.solver.problem import SlotKind
from planning.solver.solve import solve
from planning.solver.stopping import Stop

RIVALS = ("HiGHS", "CP-SAT")


def week_of(size: str, *races: Race) -> WeekRaces:
    return WeekRaces(size, shapes(SIZES[size], 1)[0], list(races))


def race(contender: str, *path: tuple[float, float], bound: float | None = None, seconds: float = 1.0) -> Race:
    return Race(contender, list(path), bound, seconds)


@pytest.mark.parametrize("size", SIZES)
def test_weeks_have_the_size_and_the_load_that_was_drawn(size: str) -> None:
    for shape in shapes(SIZES[size], 3):
        week = generate_week(shape)
        regular = sum(slot.length for slot in week.slots if slot.kind is SlotKind.REGULAR)
        operated = sum(item.duration for item in week.interventions)
        assert shape.load is not None
        assert operated / regular == pytest.approx(shape.load, rel=0.02)
        assert SIZES[size].interventions[0] <= len(week.interventions) <= SIZES[size].interventions[1]


def test_a_dear_plan_is_above_the_best_by_its_share_and_a_free_one_by_nothing() -> None:
    assert above(110.0, 100.0) == pytest.approx(0.1)
    assert (above(0.0, 0.0), above(1.0, 0.0)) == (0.0, float("inf"))


def test_the_time_within_a_limit_is_that_of_the_first_plan_that_keeps_it() -> None:
    one = race("hungarian", (0.1, 200.0), (0.4, 101.0), (0.9, 100.0))
    assert (one.first(), one.within(101.0), one.within(99.0)) == (0.1, 0.4, float("inf"))


def test_targets_are_met_or_missed_by_what_was_measured() -> None:
    highs = race("HiGHS", (3.0, 100.0), bound=100.0, seconds=5.0)
    good = summary([week_of("paper", race("hungarian", (0.05, 100.0)), highs)], RIVALS)
    assert not [line for line in good if "MISSED" in line]
    slow = summary([week_of("paper", race("hungarian", (0.2, 120.0), (6.0, 101.0)), highs)], RIVALS)
    assert len([line for line in slow if "MISSED" in line]) == 4


def test_a_wrong_plan_a_wrong_cost_and_a_bound_above_a_plan_are_found() -> None:
    problem = generate_week(shapes(SIZES["paper"], 1)[0])
    result = solve(problem, method="first-come", stop=Stop(1))
    right = Race("first-come", [(0.1, result.cost.total)], assignments=dict(result.assignments))
    assert check(problem, right, result.cost.total) == []
    assert recompute(problem, right.assignments) == pytest.approx(result.cost.total)
    right.bound = result.cost.total + 1
    assert "above a plan's cost" in check(problem, right, result.cost.total)[0]
    right.bound, right.path = None, [(0.1, result.cost.total - 5)]
    assert "it is" in check(problem, right, result.cost.total)[0]
    crowded = dict.fromkeys(right.assignments, problem.slots[0].id)
    assert check(problem, Race("x", [(0.1, recompute(problem, crowded))], assignments=crowded), 1e9)


def test_the_table_goes_between_the_pages_two_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_page(page, table([week_of("paper", race("hungarian", (0.05, 100.0)))], HEATS))
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n\n| week |")
    assert text.endswith(f"|\n\n{END}\nafter\n")
    assert "old" not in text


def test_sizes_not_run_come_from_an_earlier_run_and_those_run_replace_theirs(tmp_path: Path) -> None:
    old = [week_of("paper", race("hungarian", (0.1, 100.0))), week_of("full", race("hungarian", (0.2, 200.0)))]
    file = tmp_path / "race.json"
    file.write_text(json.dumps([asdict(week) for week in old]))
    new = week_of("full", race("hungarian", (0.3, 150.0)))

    weeks = kept(file, [new])

    assert [(week.size, week.cost) for week in weeks] == [("paper", 100.0), ("full", 150.0)]
    assert weeks[0] == old[0]
    assert weeks[0].shape.label == old[0].shape.label
