"""Among equal plans: fewest moves, fewest rooms for a surgeon in a day, then the tie rule."""

from __future__ import annotations

from collections import Counter

from planning.solver.problem import WeekProblem
from planning.solver.solve import solve
from planning.solver.stopping import Stop
from planning.solver.ties import TieRule
from tests.solver.weeks import a_slot, a_week, an_item


def two_rooms(surgeons: str = "KLKL") -> WeekProblem:
    """Two hours each, any of two rooms today, for nothing."""
    specialty = {"K": "ORL", "L": "ORT"}
    items = [an_item(f"I{n}", surgeon=who, specialty=specialty[who]) for n, who in enumerate(surgeons)]
    return a_week([a_slot("S1", room="SO1"), a_slot("S2", room="SO2")], items)


def plan(problem: WeekProblem, tie_rule: TieRule, reference: dict[str, str] | None = None) -> dict[str, str]:
    result = solve(problem, tie_rule=tie_rule, reference=reference, stop=Stop(None, rounds=20))
    assert result.cost.total == 0
    return dict(result.assignments)


def test_filling_takes_the_first_room_of_the_file_first() -> None:
    assert Counter(plan(two_rooms(), "fill").values()) == {"S1": 4}


def test_balancing_gives_both_rooms_the_same_minutes() -> None:
    assert Counter(plan(two_rooms(), "balance").values()) == {"S1": 2, "S2": 2}


def test_a_surgeon_stays_in_one_room_before_the_load_is_balanced() -> None:
    assert len(set(plan(two_rooms("KKKK"), "balance").values())) == 1
    balanced = plan(two_rooms(), "balance")
    assert balanced["I0"] == balanced["I2"] != balanced["I1"] == balanced["I3"]


def test_nothing_moves_away_from_the_reference_for_a_tie_rule() -> None:
    reference = {"I0": "S2", "I1": "S2", "I2": "S1", "I3": "S2"}
    assert plan(two_rooms(), "fill", reference) == reference
    assert plan(two_rooms(), "balance", reference) == reference


def test_the_reference_gives_way_to_a_cheaper_plan_and_to_the_rules() -> None:
    slots = [a_slot("today"), a_slot("late", day=3), a_slot("absent", day=2)]
    problem = a_week(slots, [an_item("A"), an_item("B")])
    assert plan(problem, "fill", {"A": "late", "B": "absent"}) == {"A": "today", "B": "today"}
