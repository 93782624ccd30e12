"""The proposal against every plan there is, on weeks small enough to try them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.solver.master_plan.blocks import Block, cut
from planning.solver.master_plan.figures import changed
from planning.solver.master_plan.need import Need
from planning.solver.master_plan.proposing import Weights, Wish, propose
from planning.solver.master_plan.theatre import RESERVE, Owner, Theatre, Vacation, minutes_by_specialty
from tests.solver.master_plan.theatres import AFTERNOON, DAY, DIG, MORNING, OPH, ORT, surgeon, theatre, vacation

HOURS = 60


def need(low: float, high: float | None = None) -> Need:
    return Need(low * HOURS, (low if high is None else high) * HOURS)


def given_hours(plan: Sequence[Vacation], cycle: int = 1) -> dict[Owner, float]:
    return {owner: minutes / HOURS for owner, minutes in minutes_by_specialty(plan, cycle).items()}


def blocks_changed(before: Sequence[Vacation], after: Sequence[Vacation]) -> int:
    """Half-days that changed hands."""
    one, other = (
        {(b.week, b.weekday, b.room, b.start): b.now for b in cut(theatre(), plan, ())} for plan in (before, after)
    )
    return sum(one.get(key) != other.get(key) for key in one.keys() | other.keys())


TODAY = (
    vacation(1, 0, "A", DAY, ORT), vacation(2, 0, "B", DAY, DIG),
    vacation(3, 1, "A", DAY, ORT), vacation(4, 1, "B", MORNING, OPH),
)  # fmt: skip


def test_a_plan_that_covers_the_need_does_not_change() -> None:
    found = propose(theatre(), TODAY, (), Wish({ORT: need(20), DIG: need(10), OPH: need(5)}))

    assert found.proven
    assert changed(found.plan, TODAY) == frozenset()
    assert found.cost == pytest.approx(0.2 * 20), "nothing but the fullest day"


def test_hours_go_from_who_has_too_many_to_who_lacks_them_in_as_few_changes_as_possible() -> None:
    found = propose(theatre(), TODAY, (), Wish({ORT: need(15), DIG: need(15), OPH: need(5)}))

    assert given_hours(found.plan) == {ORT: 15, DIG: 15, OPH: 5}
    assert blocks_changed(TODAY, found.plan) == 1


def test_a_surplus_alone_takes_nothing_from_anyone() -> None:
    found = propose(theatre(), TODAY, (), Wish({ORT: need(5), DIG: need(10), OPH: need(5)}))

    assert changed(found.plan, TODAY) == frozenset()


def test_no_more_hours_are_opened_than_today_unless_asked() -> None:
    needs = {ORT: need(20), DIG: need(10), OPH: need(10)}

    assert sum(given_hours(propose(theatre(), TODAY, (), Wish(needs)).plan).values()) == 35
    more = propose(theatre(), TODAY, (), Wish(needs, most_minutes=40 * HOURS)).plan
    assert given_hours(more) == {ORT: 20, DIG: 10, OPH: 10}


def test_a_pinned_vacation_keeps_its_place_and_its_owner() -> None:
    draft = tuple(replace(one, id=one.id + 10, pinned=one.id in (1, 3)) for one in TODAY)
    found = propose(theatre(), TODAY, draft, Wish({ORT: need(5), DIG: need(20), OPH: need(5)}))

    assert {one for one in found.plan if one.pinned} == {draft[0], draft[2]}
    assert given_hours(found.plan)[ORT] == 20


def test_at_most_so_many_changes() -> None:
    needs = {ORT: need(0), DIG: need(25), OPH: need(10)}
    for most in range(4):
        plan = propose(theatre(), TODAY, (), Wish(needs, most_changes=most)).plan
        assert blocks_changed(TODAY, plan) == most


def test_nothing_goes_where_the_room_lacks_the_equipment_or_the_surgeons_are_away() -> None:
    where = theatre(
        surgeons=(surgeon("BEN", "DIG", [0]), surgeon("MOR", "DIG", [0])), suits={("OPH", "A"): 0.0, ("OPH", "B"): 1.0}
    )
    found = propose(where, TODAY, (), Wish({ORT: need(5), DIG: need(20), OPH: need(10)}))

    assert all(one.weekday == 0 for one in found.plan if one.owner == DIG)
    assert all(one.room == "B" for one in found.plan if one.owner == OPH)


def test_a_specialty_with_one_surgeon_has_one_room_at_a_time() -> None:
    where = theatre(surgeons=(surgeon("BEN", "DIG", [0, 1]),))
    found = propose(where, TODAY, (), Wish({ORT: need(0), DIG: need(30), OPH: need(5)}))

    for weekday, span in product((0, 1), (MORNING, AFTERNOON)):
        at = [
            one for one in found.plan if one.owner == DIG and one.weekday == weekday and one.start <= span[0] < one.end
        ]
        assert len(at) <= 1


def test_a_surgeon_s_hours_are_put_on_days_when_they_operate() -> None:
    where = theatre(surgeons=(surgeon("MAR", "ORT", [0], 600), surgeon("LEF", "ORT", [1], 600)))
    today = (vacation(1, 0, "A", DAY, ORT), vacation(2, 1, "A", DAY, DIG), vacation(3, 0, "B", DAY, DIG))
    wish = Wish({ORT: need(10), DIG: need(20)}, surgeons={"MAR": 0, "LEF": 10 * HOURS})

    found = propose(where, today, (), wish)

    assert {one.weekday for one in found.plan if one.owner == ORT} == {1}
    assert given_hours(found.plan) == {ORT: 10, DIG: 20}


def test_the_reserve_gets_the_hours_that_are_asked_for_it() -> None:
    found = propose(theatre(), TODAY, (), Wish({ORT: need(15), DIG: need(10), OPH: need(5), RESERVE: need(5)}))

    assert given_hours(found.plan)[RESERVE] == 5


def test_a_specialty_that_has_stopped_gives_its_hours_first_and_gets_none() -> None:
    where = theatre(closed=frozenset({"OPH"}))
    found = propose(where, TODAY, (), Wish({ORT: need(20), DIG: need(15), OPH: need(0)}))

    assert given_hours(found.plan) == {ORT: 20, DIG: 15}


def test_hours_count_by_the_week_over_a_cycle_of_two() -> None:
    where = theatre(cycle_weeks=2)
    today = tuple(replace(one, id=one.id + 10 * week, week=week) for week in (1, 2) for one in TODAY)
    found = propose(where, today, (), Wish({ORT: need(17.5), DIG: need(12.5), OPH: need(5)}))

    assert given_hours(found.plan, 2) == {ORT: 17.5, DIG: 12.5, OPH: 5}


def test_from_no_plan_at_all_one_is_drawn() -> None:
    found = propose(theatre(), (), (), Wish({ORT: need(10), DIG: need(5)}, most_minutes=15 * HOURS))

    assert given_hours(found.plan) == {ORT: 10, DIG: 5}


# --- Against every plan -------------------------------------------------------------------------------------------

OWNERS = (ORT, DIG)


def cost_of(
    where: Theatre, blocks: Sequence[Block], owners: Sequence[Owner | None], needs: Mapping[Owner, Need]
) -> float | None:
    """What the weights say of one way of giving the blocks, computed by itself; None when a rule forbids it."""
    weights, total = Weights(), 0.0
    if sum(b.length for b, o in zip(blocks, owners, strict=True) if o) > sum(b.length for b in blocks if b.now):
        return None
    worst = 0.0
    for owner, wanted in needs.items():
        given = sum(b.length for b, o in zip(blocks, owners, strict=True) if o == owner)
        short, over = max(0.0, wanted.low - given), max(0.0, given - wanted.high)
        total += weights.shortage * short / 60 + weights.surplus * over / 60
        worst = max(worst, short / wanted.low if wanted.low else 0.0)
    total += weights.worst_share * worst
    for block, owner in zip(blocks, owners, strict=True):
        total += weights.change * block.length / 60 * (owner != block.now)
        if (
            owner is not None
            and owner != block.now
            and where.surgeons_there(owner, block.weekday, block.start, block.end) == 0
        ):
            return None
    for weekday, start in {(b.weekday, b.start) for b in blocks}:
        for wanted_owner in OWNERS:
            at = [o for b, o in zip(blocks, owners, strict=True) if (b.weekday, b.start) == (weekday, start)]
            now = [b.now for b in blocks if (b.weekday, b.start) == (weekday, start)]
            there = where.surgeons_there(wanted_owner, weekday, start, start + 300)
            if there is not None and at.count(wanted_owner) > max(there, now.count(wanted_owner)):
                return None
    days = {b.weekday for b in blocks}
    fullest = max(sum(b.length for b, o in zip(blocks, owners, strict=True) if o and b.weekday == day) for day in days)
    return total + weights.fullest_day * fullest / 60


@settings(max_examples=20, deadline=None)
@given(
    now=st.lists(st.sampled_from([None, ORT, DIG]), min_size=8, max_size=8),
    lows=st.tuples(st.integers(0, 25), st.integers(0, 25)),
    widths=st.tuples(st.integers(0, 8), st.integers(0, 8)),
    days=st.tuples(st.lists(st.integers(0, 1), max_size=3), st.lists(st.integers(0, 1), max_size=3)),
)
def test_no_other_plan_costs_less(
    now: list[Owner | None], lows: tuple[int, int], widths: tuple[int, int], days: tuple[list[int], list[int]]
) -> None:
    places = [(weekday, room, span) for weekday in (0, 1) for room in ("A", "B") for span in (MORNING, AFTERNOON)]
    today = tuple(
        vacation(number, weekday, room, span, owner)
        for number, ((weekday, room, span), owner) in enumerate(zip(places, now, strict=True), start=1)
        if owner
    )
    surgeons = [surgeon(f"O{n}", "ORT", [day]) for n, day in enumerate(days[0])]
    surgeons += [surgeon(f"D{n}", "DIG", [day]) for n, day in enumerate(days[1])]
    where = theatre(surgeons=tuple(surgeons))
    needs = {owner: need(low, low + width) for owner, low, width in zip(OWNERS, lows, widths, strict=True)}
    blocks = cut(where, today, ())

    found = propose(where, today, (), Wish(needs))

    costs = (cost_of(where, blocks, owners, needs) for owners in product((None, *OWNERS), repeat=len(blocks)))
    assert found.proven
    assert found.cost == pytest.approx(min(cost for cost in costs if cost is not None), abs=1e-4)
