"""Who may use a slot under each policy."""

from __future__ import annotations

import pytest

from planning.solver.policies import POLICIES, apply
from planning.solver.problem import Costs, Intervention, Room, Slot, SlotKind, Surgeon, WeekProblem
from planning.solver.rules import is_allowed


def slot(name: str, specialty: str | None, surgeon: str | None) -> Slot:
    return Slot(name, 0, "SO1", 480, 720, SlotKind.REGULAR, specialty, surgeon, 4, 240)


def item(surgeon: str, specialty: str) -> Intervention:
    return Intervention(f"of {surgeon}", 60, surgeon, specialty, frozenset(), -1, 0)


@pytest.fixture
def problem() -> WeekProblem:
    return WeekProblem(
        days=1,
        rooms=(Room("SO1"),),
        surgeons=(Surgeon("A", "ORL", (480,)), Surgeon("B", "ORL", (480,)), Surgeon("C", "ORT", (480,))),
        slots=(
            slot("free", None, None),
            slot("of ORL", "ORL", None),
            slot("of A", "ORL", "A"),
            slot("of A alone", None, "A"),
        ),
        interventions=(item("A", "ORL"), item("B", "ORL"), item("C", "ORT")),
        costs=Costs(300, (200,), 3000),
    )


def users(problem: WeekProblem, policy: str) -> dict[str, str]:
    """Which surgeons may use each slot."""
    week = apply(POLICIES[policy], problem)
    return {
        one.id: "".join(item.surgeon for item in week.interventions if is_allowed(week, item, one))
        for one in week.slots
    }


def test_open_scheduling_lets_everyone_use_every_slot(problem: WeekProblem) -> None:
    assert set(users(problem, "open").values()) == {"ABC"}


def test_surgeons_slots_are_theirs_and_the_others_their_specialtys(problem: WeekProblem) -> None:
    assert users(problem, "surgeon") == {"free": "ABC", "of ORL": "AB", "of A": "A", "of A alone": "A"}


@pytest.mark.parametrize("policy", ["specialty", "specialty-fcfs"])
def test_specialties_share_the_slots_of_their_surgeons(problem: WeekProblem, policy: str) -> None:
    assert users(problem, policy) == {"free": "ABC", "of ORL": "AB", "of A": "AB", "of A alone": "AB"}


def test_each_policy_has_its_method() -> None:
    assert {policy.id: policy.method for policy in POLICIES.values()} == {
        "open": "hungarian",
        "surgeon": "hungarian",
        "specialty-fcfs": "first-come",
        "specialty": "hungarian",
    }


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_a_policy_changes_owners_and_nothing_else(problem: WeekProblem, policy: str) -> None:
    week = apply(POLICIES[policy], problem)
    assert week.interventions == problem.interventions
    assert [(one.id, one.start, one.end, one.positions) for one in week.slots] == [
        (one.id, one.start, one.end, one.positions) for one in problem.slots
    ]
