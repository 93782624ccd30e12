"""The mixed-integer program: proofs, bounds, pins, and the same cost whatever the order of the data."""

from __future__ import annotations

import itertools
import random
import threading
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.weeks import Ownership, WeekShape, generate_week
from planning.solver.costs import breakdown
from planning.solver.exact import solve_exact
from planning.solver.exact.constraints import constraints
from planning.solver.exact.fixing import close_dear_cells
from planning.solver.exact.objective import objective
from planning.solver.exact.variables import choose_variables
from planning.solver.grid import grid_of
from planning.solver.observer import Observer, Progress
from planning.solver.problem import Costs, Intervention, Room, Slot, SlotKind, Surgeon, WeekProblem
from planning.solver.rules import plan_violations
from planning.solver.stopping import Stop

ROOMS = (Room("SO1", frozenset({"microscope"})), Room("SO2"))


def slot(name: str, day: int, room: str = "SO1", length: int = 240, **changes: object) -> Slot:
    regular = Slot(name, day, room, 480, 480 + length, SlotKind.REGULAR, None, None, 4, length)
    return replace(regular, **changes)  # type: ignore[arg-type]


def item(name: str, duration: int = 60, surgeon: str = "A", **changes: object) -> Intervention:
    plain = Intervention(name, duration, surgeon, "ORL", frozenset(), -1, 6)
    return replace(plain, **changes)  # type: ignore[arg-type]


def week(slots: list[Slot], items: list[Intervention], *, turnover: int = 0, days: int = 2) -> WeekProblem:
    surgeons = (Surgeon("A", "ORL", (480,) * days), Surgeon("B", "ORL", (480,) * days))
    costs = Costs(300.0, (200.0,) * days, 3000.0)
    return WeekProblem(days, ROOMS, surgeons, tuple(slots), tuple(items), costs, turnover)


def optimum(problem: WeekProblem) -> float:
    outcome = solve_exact(problem, stop=Stop(seconds=30))
    assert outcome.proven
    assert outcome.assignments is not None
    assert plan_violations(problem, outcome.assignments) == ()
    cost = breakdown(problem, outcome.assignments).total
    assert outcome.lower_bound == pytest.approx(cost)
    return cost


def best_by_enumeration(problem: WeekProblem) -> float:
    """Every plan there is, one by one."""
    choices = [[None, *(one.id for one in problem.slots)] for _ in problem.interventions]
    plans = (
        {one.id: place for one, place in zip(problem.interventions, picks, strict=True) if place is not None}
        for picks in itertools.product(*choices)
    )
    return min(breakdown(problem, plan).total for plan in plans if not plan_violations(problem, plan))


def small_random_week(seed: int) -> WeekProblem:
    draw = random.Random(seed)
    slots = [
        slot(
            f"S{number}",
            draw.randrange(2),
            draw.choice(["SO1", "SO2"]),
            draw.choice([60, 120, 150]),
            kind=draw.choice(list(SlotKind)),
            positions=draw.choice([1, 1, 2, 3]),
        )
        for number in range(4)
    ]
    items = [
        item(
            f"I{number}",
            draw.choice([30, 45, 60, 90]),
            draw.choice("AB"),
            equipment=frozenset(draw.sample(["microscope"], draw.randrange(2))),
            admission_day=draw.choice([-2, -1, 0]),
            deadline_day=draw.choice([0, 1, 4]),
            unplanned_cost=draw.choice([None, 50.0, 260.0]),
            pinned=draw.choice([None, None, None, "S0", "S1"]),
        )
        for number in range(5)
    ]
    problem = week(slots, items, turnover=draw.choice([0, 10]))
    tired = tuple(replace(one, daily_minutes=(draw.choice([0, 60, 100]), 120)) for one in problem.surgeons)
    return replace(problem, surgeons=tired)


@pytest.mark.parametrize("seed", range(15))
def test_finds_the_cheapest_of_all_plans_of_a_small_week(seed: int) -> None:
    problem = small_random_week(seed)
    assert optimum(problem) == pytest.approx(best_by_enumeration(problem))


@pytest.mark.parametrize("ownership", list(Ownership))
def test_proves_a_week_of_the_papers_size(ownership: Ownership) -> None:
    problem = generate_week(WeekShape(seed=6, size=60, ownership=ownership, turnover=10, pinned_share=0.1))
    assert optimum(problem) > 0


def test_the_order_of_the_data_changes_no_cost() -> None:
    problem = generate_week(WeekShape(seed=1, size=50, ownership=Ownership.SPECIALTY))
    draw = random.Random(1)
    shuffled = replace(
        problem,
        interventions=tuple(draw.sample(problem.interventions, len(problem.interventions))),
        slots=tuple(draw.sample(problem.slots, len(problem.slots))),
        rooms=tuple(reversed(problem.rooms)),
        surgeons=tuple(reversed(problem.surgeons)),
    )
    assert optimum(shuffled) == pytest.approx(optimum(problem))


def test_single_position_slots_of_one_day_are_one_column_and_expand_to_different_slots() -> None:
    slots = [slot(f"P{number}", 0, length=60, positions=1) for number in range(3)]
    problem = week(slots, [item(f"I{number}", 45 + 5 * number) for number in range(3)], days=1)
    variables = choose_variables(grid_of(problem))
    assert [len(column.slots) for column in variables.columns] == [3]
    outcome = solve_exact(problem, stop=Stop(seconds=5))
    assert outcome.assignments is not None
    assert sorted(outcome.assignments.values()) == ["P0", "P1", "P2"]


def test_slots_with_several_positions_are_not_poured_together() -> None:
    slots = [slot(f"S{number}", 0, length=100) for number in range(2)]
    problem = week(slots, [item(f"I{number}", 60) for number in range(3)], days=1)
    assert optimum(problem) == 3000.0


def test_interventions_alike_in_everything_are_counted_together() -> None:
    problem = week([slot("S0", 0), slot("S1", 1)], [item(f"I{number}", 60) for number in range(6)])
    assert [len(group) for group in choose_variables(grid_of(problem)).groups] == [6]
    assert optimum(problem) == 600.0


def test_a_pin_is_kept_and_takes_the_capacity_first() -> None:
    slots = [slot("S0", 0, length=100), slot("S1", 1, length=100)]
    problem = week(slots, [item("I0", 90), item("I1", 90, "B", deadline_day=0, pinned="S0")])
    outcome = solve_exact(problem, stop=Stop(seconds=5))
    assert outcome.assignments == {"I0": "S1", "I1": "S0"}
    assert outcome.lower_bound == pytest.approx(300.0)


def test_nothing_is_added_where_pins_alone_exceed_a_capacity() -> None:
    slots = [slot("S0", 0, length=100)]
    pinned = [item(f"P{number}", 90, pinned="S0") for number in range(2)]
    outcome = solve_exact(week(slots, [*pinned, item("I0", 5, "B")], days=1), stop=Stop(seconds=5))
    assert outcome.assignments == {"P0": "S0", "P1": "S0"}
    assert outcome.proven


def test_an_optimal_incumbent_is_kept_and_proven() -> None:
    problem = week([slot("S0", 0, length=100), slot("S1", 1, length=100)], [item("I0", 90), item("I1", 90, "B")])
    incumbent = {"I0": "S1", "I1": "S0"}
    outcome = solve_exact(problem, stop=Stop(seconds=5), incumbent=incumbent)
    assert outcome.assignments == incumbent
    assert (outcome.lower_bound, outcome.proven) == (pytest.approx(300.0), True)


@pytest.mark.parametrize("seed", range(12))
def test_starting_from_any_plan_the_optimum_is_the_same(seed: int) -> None:
    problem = small_random_week(seed)
    pins = {one.id: one.pinned for one in problem.interventions if one.pinned is not None}
    first = solve_exact(problem, stop=Stop(seconds=30))
    for incumbent in (pins, first.assignments):
        outcome = solve_exact(problem, stop=Stop(seconds=30), incumbent=incumbent)
        assert outcome.proven
        assert outcome.lower_bound == pytest.approx(first.lower_bound)


def test_a_poor_incumbent_is_beaten_and_the_observer_hears_of_it() -> None:
    problem = week([slot("S0", 0), slot("S1", 1)], [item("I0", 90)])
    heard: list[float] = []

    class Listener(Observer):
        def incumbent(self, assignments: object, cost: float) -> None:
            heard.append(cost)

    outcome = solve_exact(problem, stop=Stop(seconds=5), incumbent={"I0": "S1"}, observer=Listener())
    assert outcome.assignments == {"I0": "S0"}
    assert heard == [0.0]


def test_no_time_leaves_the_incumbent_and_a_bound_below_it() -> None:
    problem = week([slot("S0", 0, length=100), slot("S1", 1, length=100)], [item("I0", 90), item("I1", 90, "B")])
    outcome = solve_exact(problem, stop=Stop(seconds=0), incumbent={"I0": "S1"})
    assert outcome.assignments == {"I0": "S1"}
    assert outcome.lower_bound == 0.0
    assert not outcome.proven


def test_no_time_and_no_incumbent_leave_no_plan() -> None:
    outcome = solve_exact(week([slot("S0", 0)], [item("I0")]), stop=Stop(seconds=0))
    assert outcome.assignments is None
    assert not outcome.proven


def test_a_cancellation_answers_at_once_with_what_is_known() -> None:
    problem = generate_week(WeekShape(seed=3, size=140))
    asked = itertools.count()
    stop = Stop(seconds=2, cancelled=lambda: next(asked) > 1)
    outcome = solve_exact(problem, stop=stop, incumbent={})
    assert stop.elapsed < 1.5
    assert outcome.assignments == {}
    assert outcome.lower_bound < breakdown(problem, {}).total
    for thread in threading.enumerate():
        if thread.name == "highs":  # left to its time limit; the process must not end before it
            thread.join()


def test_progress_tells_the_bound() -> None:
    seen: list[Progress] = []

    class Listener(Observer):
        def progress(self, progress: Progress) -> None:
            seen.append(progress)

    solve_exact(week([slot("S0", 0)], [item("I0")]), stop=Stop(seconds=5), observer=Listener())
    assert seen[-1].phase == "proof"
    assert (seen[-1].best_cost, seen[-1].lower_bound) == (0.0, 0.0)


def test_the_bound_that_is_told_only_rises_from_the_one_known_and_never_passes_the_optimum() -> None:
    problem = generate_week(WeekShape(seed=6, size=60, ownership=Ownership.SPECIALTY, turnover=10))
    best, seen = optimum(problem), list[Progress]()

    class Listener(Observer):
        def progress(self, progress: Progress) -> None:
            seen.append(progress)

    known = best - 900.0
    outcome = solve_exact(problem, stop=Stop(seconds=30), incumbent={}, bound=known, observer=Listener())
    bounds = [one.lower_bound for one in seen if one.lower_bound is not None]
    assert bounds == sorted(bounds)
    assert known <= bounds[0] <= bounds[-1] == outcome.lower_bound == pytest.approx(best)


def test_the_linear_relaxation_is_a_bound_and_closes_what_no_cheaper_plan_uses() -> None:
    problem = week([slot("S0", 0, length=100), slot("S1", 1, length=100)], [item("I0", 90), item("I1", 90, "B")])
    variables = choose_variables(grid_of(problem))
    goal = objective(variables)
    upper = np.ones(variables.size)
    kept, linear = close_dear_cells(goal.coefficients, constraints(variables), upper, goal.units(300.0), 5.0)
    assert goal.cost(goal.relaxed(linear)) <= 300.0
    assert kept[variables.cells :].tolist() == [0.0, 0.0]
    assert kept[: variables.cells].sum() == variables.cells


def test_an_empty_week_costs_nothing() -> None:
    assert optimum(week([slot("S0", 0)], [])) == 0.0


def test_a_week_without_slots_leaves_everyone_out() -> None:
    assert optimum(week([], [item("I0"), item("I1", unplanned_cost=20.0)])) == 3020.0


def test_costs_are_counted_in_their_common_unit() -> None:
    problem = week([slot("S0", 0, kind=SlotKind.OVERTIME)], [item("I0", 35), item("I1", 40)])
    assert objective(choose_variables(grid_of(problem))).unit == pytest.approx(50 / 3)


def test_costs_without_a_common_unit_are_solved_all_the_same() -> None:
    problem = week([slot("S0", 0), slot("S1", 1)], [item("I0", 200), item("I1", 200, unplanned_cost=2.0**0.5)])
    assert objective(choose_variables(grid_of(problem))).step == 0.0
    assert optimum(problem) == pytest.approx(2.0**0.5)
