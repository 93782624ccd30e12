"""The one entrance: known optima, reasons, warnings, progress, cancellation."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, cast

import pytest

from planning.solver.observer import Observer, Progress
from planning.solver.problem import SlotKind
from planning.solver.result import Status
from planning.solver.solve import Method, solve
from planning.solver.stopping import Stop
from tests.solver.weeks import a_slot, a_week, an_item, fit, instance, optimum

# Weeks small enough to check by hand: the cheapest cost, and what first come, first served makes of it.
KNOWN = {
    "one-waits": (300, 300),
    "overtime-or-wait": (150, 200),
    "scarce-equipment": (0, 3000),
    "cleaning-counts": (300, 3000),
    "pinned-against-the-rules": (300, 300),
}


@pytest.mark.parametrize(("name", "cheapest", "first_come"), [(name, *costs) for name, costs in KNOWN.items()])
def test_the_known_weeks_reach_their_known_costs(name: str, cheapest: float, first_come: float) -> None:
    problem = instance(name)
    assert optimum(problem) == cheapest
    for method, cost in (("hungarian", cheapest), ("exact", cheapest), ("first-come", first_come)):
        result = solve(problem, method=cast(Method, method), stop=Stop(None, rounds=20))
        assert result.cost.total == cost
        assert fit(problem, result.assignments)


def test_a_bound_that_meets_the_cost_proves_the_plan() -> None:
    result = solve(instance("one-waits"), stop=Stop(None, rounds=20))
    assert (result.status, result.lower_bound, result.gap) == (Status.OPTIMAL, 300, 0)


def test_first_come_first_served_claims_no_bound() -> None:
    result = solve(instance("one-waits"), method="first-come")
    assert (result.status, result.lower_bound, result.gap) == (Status.FEASIBLE, None, None)


def test_the_plan_lists_the_week_in_its_own_order() -> None:
    result = solve(instance("one-waits"), stop=Stop(None, rounds=20))
    assert list(result.assignments) == ["A", "B", "C"]


def test_what_pins_break_is_warned_of() -> None:
    result = solve(instance("pinned-against-the-rules"), stop=Stop(None, rounds=20))
    rules = {(one.intervention, one.rule) for one in result.warnings}
    assert rules == {("A", "surgeon_absent"), ("A", "equipment"), ("A", "longest_duration"), ("A", "slot_length")}


def test_each_intervention_left_out_says_which_rule_closes_which_slot() -> None:
    slots = [
        a_slot("early", day=0),
        a_slot("bare", room="SO2"),
        a_slot("full", positions=1),
        a_slot("short", end=540),
    ]
    items = [
        an_item("A", duration=120, equipment=frozenset({"microscope"})),
        an_item("B", duration=90, equipment=frozenset({"microscope"}), unplanned_cost=10.0),
    ]
    result = solve(a_week(slots, items), stop=Stop(None, rounds=20))
    assert result.unplanned == ("B",)
    closed = {one.rule: one.facts["slots"] for one in result.reasons["B"]}
    assert closed == {
        "hospitalised": ("early",),
        "equipment": ("bare",),
        "positions": ("full",),
        "slot_length": ("short",),
    }


def test_the_reason_shown_is_the_slot_that_lacks_the_least() -> None:
    slots = [a_slot("S1"), a_slot("S2", room="SO2")]
    items = [
        an_item("A", duration=200, equipment=frozenset({"microscope"})),
        an_item("B", duration=220, surgeon="L", specialty="ORT"),
        an_item("C", duration=60, unplanned_cost=10.0),
    ]
    result = solve(a_week(slots, items), stop=Stop(None, rounds=20))
    (reason,) = result.reasons["C"]
    assert (reason.rule, reason.slot, reason.facts["missing"]) == ("slot_capacity", "S1", 20)
    assert reason.facts["slots"] == ("S1", "S2")


def test_a_slot_that_costs_more_than_leaving_out_is_the_reason() -> None:
    problem = a_week([a_slot(kind=SlotKind.OVERTIME)], [an_item(unplanned_cost=150.0)])
    result = solve(problem, stop=Stop(None, rounds=20))
    (reason,) = result.reasons["I"]
    assert (reason.rule, reason.facts["cost"], reason.facts["unplanned_cost"]) == ("dearer_than_leaving_out", 200, 150)


class Recorder(Observer):
    def __init__(self) -> None:
        self.phases: list[str] = []
        self.costs: list[float] = []
        self.bounds: list[float] = []
        self.plans: list[Mapping[str, str]] = []

    def progress(self, progress: Progress) -> None:
        self.phases.append(progress.phase)
        if progress.lower_bound is not None:
            self.bounds.append(progress.lower_bound)

    def incumbent(self, assignments: Mapping[str, str], cost: float) -> None:
        self.plans.append(assignments)
        self.costs.append(cost)


def test_the_observer_hears_the_phases_and_each_better_feasible_plan() -> None:
    slots = [a_slot("S1"), a_slot("S2", room="SO2"), a_slot("S3", day=3)]
    minutes = {"A": 110, "B": 90, "C": 80, "D": 80, "E": 70, "F": 50}
    problem = a_week(slots, [an_item(name, duration=one) for name, one in minutes.items()])
    seen = Recorder()
    result = solve(problem, stop=Stop(None, rounds=20), observer=seen, with_starts=True)
    assert list(dict.fromkeys(seen.phases)) == ["assignment", "improvement", "sequencing"]
    assert all(later < earlier for earlier, later in zip(seen.costs, seen.costs[1:], strict=False))
    assert all(fit(problem, plan) for plan in seen.plans)
    assert seen.costs[-1] == result.cost.total
    assert all(bound <= result.cost.total for bound in seen.bounds)


def test_a_cancelled_solve_answers_soon_and_with_a_feasible_plan() -> None:
    slots = [a_slot(f"S{day}{room}", day=day, room=room) for day in (0, 1, 3) for room in ("SO1", "SO2")]
    items = [an_item(f"I{n}", duration=20 + 7 * n % 50, admission_day=n % 2 - 1) for n in range(60)]
    problem = a_week(slots, items)
    began = time.monotonic()
    result = solve(problem, stop=Stop(60, cancelled=lambda: time.monotonic() - began > 0.1))
    assert time.monotonic() - began < 2
    assert fit(problem, result.assignments)


def test_no_time_at_all_still_gives_a_plan() -> None:
    result = solve(instance("one-waits"), stop=Stop(0.0))
    assert result.cost.total <= 3300
    assert fit(instance("one-waits"), result.assignments)


@pytest.mark.parametrize("argument", [{"method": "magic"}, {"tie_rule": "random"}])
def test_an_unknown_choice_is_refused_by_name(argument: dict[str, Any]) -> None:
    (name,) = argument
    with pytest.raises(ValueError, match=name):
        solve(instance("one-waits"), **argument)
