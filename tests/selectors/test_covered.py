"""The digest of a sign-off: the same as long as what it covers is, another as soon as any of it changes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import assume, given
from hypothesis import strategies as st

from planning.selectors.covered import Covered, changes_between, digest_of, part_of

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


@st.composite
def programmes(draw: st.DrawFn) -> list[Covered]:
    """Some placements of three surgeons, each intervention once."""
    count = draw(st.integers(1, 12))
    return [
        Covered(
            intervention=number,
            surgeon=draw(st.integers(1, 3)),
            room=draw(st.integers(1, 4)),
            starts_at=START + timedelta(minutes=5 * draw(st.integers(0, 1200))),
            minutes=5 * draw(st.integers(1, 96)),
        )
        for number in range(1, count + 1)
    ]


def digests(rows: list[Covered]) -> dict[int | None, str]:
    """By surgeon; None is the whole week's."""
    return {surgeon: digest_of(part_of(rows, surgeon)) for surgeon in (1, 2, 3, None)}


CHANGES = st.sampled_from(["room", "starts_at", "minutes", "away", "new"])


def changed(rows: list[Covered], at: int, how: str) -> list[Covered]:
    row = rows[at]
    match how:
        case "room":
            other = [row._replace(room=row.room + 1)]
        case "starts_at":
            other = [row._replace(starts_at=row.starts_at + timedelta(minutes=5))]
        case "minutes":
            other = [row._replace(minutes=row.minutes + 5)]
        case "away":
            other = []
        case _:
            other = [row, row._replace(intervention=1000)]
    return [*rows[:at], *other, *rows[at + 1 :]]


@given(programmes(), st.data(), CHANGES)
def test_any_change_of_what_is_covered_changes_the_digest_of_that_surgeon_and_of_the_week(
    rows: list[Covered], data: st.DataObject, how: str
) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    before, after = digests(rows), digests(changed(rows, at, how))
    assert before[rows[at].surgeon] != after[rows[at].surgeon]
    assert before[None] != after[None]


@given(programmes(), st.data(), CHANGES)
def test_a_change_of_one_surgeon_leaves_the_others_digests(rows: list[Covered], data: st.DataObject, how: str) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    before, after = digests(rows), digests(changed(rows, at, how))
    others = {1, 2, 3} - {rows[at].surgeon}
    assert {one: before[one] for one in others} == {one: after[one] for one in others}


@given(programmes(), st.data())
def test_an_intervention_given_to_a_colleague_changes_both_parts_and_no_third(
    rows: list[Covered], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    giver, taker = rows[at].surgeon, data.draw(st.integers(1, 3))
    assume(giver != taker)
    before, after = digests(rows), digests([*rows[:at], rows[at]._replace(surgeon=taker), *rows[at + 1 :]])
    third = 6 - giver - taker
    assert before[giver] != after[giver]
    assert before[taker] != after[taker]
    assert before[third] == after[third]
    # Nothing of the week itself moved.
    assert before[None] == after[None]


@given(programmes(), st.randoms(use_true_random=False))
def test_neither_the_order_of_the_rows_nor_the_zone_of_their_hours_is_a_change(
    rows: list[Covered], chance: random.Random
) -> None:
    paris = timezone(timedelta(hours=1))
    other = [row._replace(starts_at=row.starts_at.astimezone(paris)) for row in rows]
    chance.shuffle(other)
    assert digests(other) == digests(rows)


@given(programmes(), programmes())
def test_the_changes_told_are_none_exactly_when_the_digests_agree(one: list[Covered], two: list[Covered]) -> None:
    before, after = part_of(one, None), part_of(two, None)
    told = changes_between(before, after)
    assert (digest_of(before) == digest_of(after)) == (not any(told.values()))


def test_the_changes_tell_moved_added_and_removed() -> None:
    stays, moves, leaves = (Covered(number, 1, 1, START, 60) for number in (1, 2, 3))
    after = [stays, moves._replace(room=2), Covered(4, 1, 1, START, 60)]
    told = changes_between(part_of([stays, moves, leaves], None), part_of(after, None))
    assert told == {"moved": [2], "added": [4], "removed": [3]}
