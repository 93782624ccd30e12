from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from planning.solver.master_plan.editing import overtime_after, place, remove, starts
from planning.solver.master_plan.theatre import RESERVE, Vacation
from tests.solver.master_plan.theatres import AFTERNOON, DAY, DIG, MORNING, OPH, ORT, theatre, vacation


def shown(plan: tuple[Vacation, ...]) -> list[tuple[int, str, int, int, str]]:
    return sorted((one.weekday, one.room, one.start, one.end, one.owner.specialty) for one in plan)


def test_two_vacations_of_one_length_change_places() -> None:
    plan = (vacation(1, 0, "A", MORNING, ORT), vacation(2, 1, "B", AFTERNOON, DIG))

    after = place(plan, vacation(1, 1, "B", AFTERNOON, ORT))

    assert shown(after) == [(0, "A", *MORNING, "DIG"), (1, "B", *AFTERNOON, "ORT")]
    assert {one.id for one in after} == {1, 2}


def test_a_longer_one_in_the_way_is_cut() -> None:
    plan = (vacation(1, 0, "A", DAY, DIG),)

    assert shown(place(plan, vacation(-1, 0, "A", AFTERNOON, ORT))) == [
        (0, "A", *MORNING, "DIG"), (0, "A", *AFTERNOON, "ORT"),
    ]  # fmt: skip


def test_cut_in_the_middle_it_becomes_two_of_which_one_is_new() -> None:
    after = place((vacation(7, 0, "A", DAY, DIG),), vacation(-1, 0, "A", (600, 780), ORT))

    assert [(one.id, one.start, one.end) for one in after] == [(7, 480, 600), (-1, 600, 780), (-2, 780, 1080)]


def test_less_than_an_hour_left_is_nobody_s() -> None:
    assert shown(place((vacation(1, 0, "A", DAY, DIG),), vacation(-1, 0, "A", (510, 1080), ORT))) == [
        (0, "A", 510, 1080, "ORT")
    ]


def test_a_pinned_vacation_is_neither_cut_nor_swapped() -> None:
    plan = (vacation(1, 0, "A", MORNING, ORT), vacation(2, 1, "B", MORNING, DIG, pinned=True))

    after = place(plan, vacation(1, 1, "B", MORNING, ORT))

    assert shown(after) == [(1, "B", *MORNING, "DIG"), (1, "B", *MORNING, "ORT")]


def test_moved_over_part_of_its_own_place_it_swaps_with_nobody() -> None:
    plan = (vacation(1, 0, "A", MORNING, ORT), vacation(2, 0, "A", AFTERNOON, DIG))

    assert shown(place(plan, vacation(1, 0, "A", (600, 900), ORT))) == [
        (0, "A", 600, 900, "ORT"), (0, "A", 900, 1080, "DIG"),
    ]  # fmt: skip


def test_removing_leaves_the_others() -> None:
    assert shown(remove((vacation(1, 0, "A", DAY, ORT), vacation(2, 0, "B", DAY, DIG)), 1)) == [(0, "B", *DAY, "DIG")]


def test_overtime_follows_whoever_has_the_end_of_the_day() -> None:
    plan = (vacation(1, 0, "A", MORNING, ORT), vacation(2, 0, "A", AFTERNOON, DIG), vacation(3, 0, "B", DAY, RESERVE))

    late = overtime_after(plan, [(1080, 1200)])

    assert [(one.room, one.start, one.end, one.owner) for one in late] == [("A", 1080, 1200, DIG)]


def test_by_half_days_or_by_hours() -> None:
    assert starts(theatre(), 300, 0) == [480, 780]
    assert starts(theatre(), 600, 0) == [480]
    assert starts(theatre(), 240, 120) == [480, 600, 720, 840]
    assert starts(theatre(), 700, 60) == []


@given(
    st.lists(
        st.tuples(st.integers(8, 17), st.integers(1, 6), st.sampled_from([ORT, DIG, OPH]), st.booleans()), max_size=6
    ),
    st.integers(8, 17),
    st.integers(1, 8),
)
def test_nothing_overlaps_afterwards_but_what_is_pinned(drawn: list[tuple], start: int, hours: int) -> None:  # type: ignore[type-arg]
    plan: list[Vacation] = []
    for number, (begin, length, owner, pinned) in enumerate(drawn, start=1):
        one = vacation(number, 0, "A", (begin * 60, (begin + length) * 60), owner, pinned=pinned)
        if not any(one.overlaps(other) for other in plan):
            plan.append(one)
    moved = vacation(plan[0].id if plan else -1, 0, "A", (start * 60, (start + hours) * 60), ORT)

    after = place(plan, moved)

    assert moved in after
    assert len({one.id for one in after}) == len(after)
    for one in after:
        for other in after:
            if one is not other and one.overlaps(other):
                assert moved.id in (one.id, other.id)
                assert one.pinned or other.pinned
