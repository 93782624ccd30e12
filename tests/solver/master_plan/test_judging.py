from __future__ import annotations

import pytest

from planning.solver.master_plan.editing import place
from planning.solver.master_plan.judging import Status, judge, judge_move
from planning.solver.master_plan.theatre import OPEN, RESERVE, Owner, Theatre, Vacation
from tests.solver.master_plan.theatres import AFTERNOON, DAY, DIG, MORNING, ORT, surgeon, theatre, vacation


def verdict(one: Vacation, *others: Vacation, where: Theatre | None = None) -> tuple[Status, str]:
    found = judge(where or theatre(), [one, *others], one)
    return found.status, found.reason


def test_where_nothing_forbids_it_the_answer_is_yes() -> None:
    assert verdict(vacation(1, 0, "A", DAY, ORT)) == (Status.OK, "")


def test_outside_the_hours_of_the_room_it_is_no() -> None:
    assert verdict(vacation(1, 0, "A", (420, 720), ORT)) == (Status.BAD, "closed")
    assert verdict(vacation(1, 0, "A", (1080, 1260), ORT)) == (Status.BAD, "closed")


def test_on_a_vacation_that_stays_it_is_no() -> None:
    kept = vacation(2, 0, "A", MORNING, DIG, pinned=True)

    assert verdict(vacation(1, 0, "A", DAY, ORT), kept) == (Status.BAD, "pinned")
    assert verdict(vacation(1, 0, "A", AFTERNOON, ORT), kept) == (Status.OK, "")


@pytest.mark.parametrize(
    ("share", "status"), [(0.05, Status.BAD), (0.1, Status.WARN), (0.49, Status.WARN), (0.5, Status.OK)]
)
def test_a_room_without_the_equipment_is_a_no_or_a_but(share: float, status: Status) -> None:
    where = theatre(suits={("ORT", "A"): share})

    assert verdict(vacation(1, 0, "A", DAY, ORT), where=where)[0] is status
    assert verdict(vacation(1, 0, "B", DAY, ORT), where=where)[0] is Status.OK


def test_without_any_surgeon_that_day_it_is_a_but() -> None:
    where = theatre(surgeons=(surgeon("MAR", "ORT", [0]), surgeon("BEN", "DIG", [0, 1])))

    assert verdict(vacation(1, 1, "A", DAY, ORT), where=where) == (Status.WARN, "no_surgeon")
    assert verdict(vacation(1, 1, "A", DAY, DIG), where=where) == (Status.OK, "")
    assert verdict(vacation(1, 1, "A", DAY, Owner("DIG", "BEN")), where=where) == (Status.OK, "")
    assert verdict(vacation(1, 1, "A", DAY, RESERVE), where=where) == (Status.OK, "")
    assert verdict(vacation(1, 1, "A", DAY, OPEN), where=where) == (Status.OK, "")


def test_a_specialty_whose_surgeons_gave_no_hours_is_not_doubted() -> None:
    where = theatre(surgeons=(surgeon("MAR", "ORT", []),))

    assert verdict(vacation(1, 1, "A", DAY, ORT), where=where) == (Status.OK, "")


def test_one_surgeon_is_not_in_two_rooms() -> None:
    where = theatre(surgeons=(surgeon("MAR", "ORT", [0]),))
    morning = vacation(2, 0, "B", MORNING, ORT)

    assert verdict(vacation(1, 0, "A", DAY, ORT), morning, where=where) == (Status.WARN, "surgeons_taken")
    assert verdict(vacation(1, 0, "A", AFTERNOON, ORT), morning, where=where) == (Status.OK, "")
    assert verdict(vacation(1, 0, "A", DAY, ORT, week=2), morning, where=where) == (Status.OK, "")


def test_the_worst_answer_is_told_first() -> None:
    where = theatre(surgeons=(surgeon("MAR", "ORT", [1]),), suits={("ORT", "A"): 0.0})

    assert verdict(vacation(1, 0, "A", DAY, ORT), where=where) == (Status.BAD, "equipment")


def test_a_specialty_that_has_stopped_is_a_but() -> None:
    assert verdict(vacation(1, 0, "A", DAY, ORT), where=theatre(closed=frozenset({"ORT"}))) == (
        Status.WARN, "specialty_closed",
    )  # fmt: skip


def test_an_exchange_that_harms_the_other_one_is_told() -> None:
    where = theatre(suits={("DIG", "A"): 0.0})
    before = (vacation(1, 0, "A", DAY, ORT), vacation(2, 0, "B", DAY, DIG))
    moved = vacation(1, 0, "B", DAY, ORT)

    found = judge_move(where, before, place(before, moved), moved)

    assert (found.status, found.facts["specialty"]) == (Status.BAD, "DIG")
