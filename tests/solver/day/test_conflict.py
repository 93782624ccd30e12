"""Why somebody has no place in a day: the few who do not fit together, and what they lack."""

from __future__ import annotations

from planning.solver.day.conflict import Cause, Conflict, conflict_of
from planning.solver.day.occupancy import longest_run, span
from planning.solver.day.order import order_day
from planning.solver.day.problem import Case, DayProblem
from planning.solver.stopping import Stop
from tests.solver.day.days import a_case, a_day

ARM = frozenset({"arm"})


def told(problem: DayProblem) -> tuple[Conflict, Case]:
    """Of the only one left out."""
    schedule = order_day(problem, seed="0", stop=Stop(None)).schedule
    [left_out] = schedule.unplaced
    return conflict_of(schedule, left_out), left_out


def names(conflict: Conflict) -> set[str]:
    return {case.id for case in conflict.cases}


def bystanders() -> list[Case]:
    return [a_case(f"X{n}", room=f"SO{n}", surgeon=f"X{n}", duration=30) for n in (7, 8, 9)]


def test_a_surgeon_wanted_in_two_rooms_at_once() -> None:
    wanted = [a_case("A", room="SO1", duration=120), a_case("B", room="SO3", duration=120)]
    beside = a_case("C", room="SO3", surgeon="L", duration=30)

    conflict, _left_out = told(a_day(*wanted, beside, *bystanders()))

    assert (conflict.cause, names(conflict), conflict.full) == (Cause.SURGEON, {"A", "B"}, None)


def test_a_room_whose_hours_do_not_hold_them() -> None:
    cases = [a_case(f"I{n}", surgeon=surgeon, duration=70) for n, surgeon in enumerate("KLM")]

    conflict, _left_out = told(a_day(*cases, *bystanders()))

    assert (conflict.cause, names(conflict)) == (Cause.ROOM, {"I0", "I1", "I2"})


def test_one_arm_for_three() -> None:
    cases = [a_case(f"I{n}", room=f"SO{n}", surgeon=f"K{n}", duration=70, equipment=ARM) for n in range(3)]

    conflict, left_out = told(a_day(*cases, *bystanders(), arm=1))

    assert (conflict.cause, names(conflict), conflict.equipment) == (Cause.EQUIPMENT, {"I0", "I1", "I2"}, "arm")
    assert conflict.full == (480, 620)
    assert left_out.id in names(conflict)


def test_a_recovery_room_that_is_full() -> None:
    cases = [a_case(f"I{n}", room=f"SO{n}", surgeon=f"K{n}", duration=60, recovery=150) for n in range(2)]

    conflict, _left_out = told(a_day(*cases, *bystanders(), beds=1))

    assert (conflict.cause, names(conflict), conflict.full) == (Cause.RECOVERY, {"I0", "I1"}, (540, 690))


def test_what_is_fixed_takes_part() -> None:
    fixed = a_case("A", fixed=540, pinned=True, duration=60)
    conflict, left_out = told(a_day(fixed, a_case("B", surgeon="L", duration=90)))
    assert (conflict.cause, names(conflict), left_out.id) == (Cause.ROOM, {"A", "B"}, "B")


def test_the_longest_run_of_minutes() -> None:
    assert longest_run(0) is None
    assert longest_run(span(3, 5) | span(10, 20) | span(30, 33)) == (10, 20)
