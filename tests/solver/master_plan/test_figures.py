from __future__ import annotations

from planning.solver.master_plan.figures import changed, figures
from planning.solver.master_plan.need import Need
from planning.solver.master_plan.theatre import OPEN, Owner
from tests.solver.master_plan.theatres import AFTERNOON, DAY, DIG, MORNING, ORT, theatre, vacation

PLAN = (
    vacation(1, 0, "A", DAY, ORT),
    vacation(2, 0, "B", MORNING, Owner("DIG", "BEN")),
    vacation(3, 1, "B", MORNING, OPEN),
)


def test_the_needs_covered_are_those_up_to_the_low_end_of_each_interval() -> None:
    found = figures(theatre(), PLAN, {ORT: Need(400, 700), DIG: Need(600, 700)}, {})

    assert found.offered == 1200
    assert found.covered == (400 + 300) / 1000, "a surgeon's own vacation serves the specialty; the open one nobody's"
    assert found.below == 1


def test_what_would_not_have_fitted_is_counted_week_by_week() -> None:
    found = figures(theatre(), PLAN, {}, {ORT: [500, 700, 900], DIG: [300, 300, 330]})

    assert found.beyond == (0 + 100 + 300) / 3 + 30 / 3


def test_no_need_is_covered_entirely() -> None:
    assert figures(theatre(), (), {}, {}).covered == 1.0


def test_another_place_hour_or_owner_is_a_change_and_a_pin_is_none() -> None:
    today = PLAN
    plan = (
        vacation(7, 0, "A", DAY, ORT, pinned=True), vacation(8, 0, "B", AFTERNOON, Owner("DIG", "BEN")),
        vacation(9, 1, "B", MORNING, DIG),
    )  # fmt: skip

    assert changed(plan, today) == {8, 9}
