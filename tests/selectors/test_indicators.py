"""The strip above the grid, worked out by hand, and the certified gap."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from planning.models import Plan, Site
from planning.selectors.indicators import measure
from planning.selectors.loaded import load_week_problem
from tests.factories.hospital import WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


def state(hospital: Hospital) -> dict[str, Any]:
    client = Client()
    client.force_login(hospital.director)
    return dict(client.get(f"/api/v1/weeks/{WEEK}/grid/").json()["state"])


def test_the_measures_of_a_small_week(hospital: Hospital) -> None:
    Site.objects.update(turnover_minutes=20)
    plan = make_plan()
    place(plan, make_intervention(hospital.surgeons[0], 300), hospital)
    place(plan, make_intervention(hospital.surgeons[1], 100), hospital, start=1020)
    place(plan, make_intervention(hospital.surgeons[2], 60), hospital, day=1, start=1080)
    make_intervention(hospital.surgeons[2], 60)
    loaded = load_week_problem(WEEK, plan)
    found = measure(loaded, loaded.assignments, loaded.starts, conflicts=1)
    # Ten regular room-days of 600; one cleaning of 20 between the two of Monday; overtime counts above.
    assert found.occupancy == pytest.approx((300 + 20 + 100 + 60) / 6000)
    assert found.overtime_minutes == 40 + 60
    assert found.rooms_overrunning == 1
    assert found.planned == 0.75
    assert found.slot_fill == 0  # SO2 alone is owned, and nobody is there
    assert found.total_cost == pytest.approx(300 + 200 + 3000)
    assert found.occupancy_by_day[:2] == (pytest.approx(420 / 1200), pytest.approx(60 / 1200))
    assert found.occupancy_by_day[5:] == (None, None)


def test_a_share_of_nothing_is_shown_as_a_dash(hospital: Hospital) -> None:
    make_plan(policy="open")
    strip = {one["key"]: one for one in state(hospital)["indicators"]}
    for key in ("planned", "slot_fill"):
        assert (strip[key]["value"], strip[key]["text"], strip[key]["delta_text"]) == (None, "–", None)


def test_an_empty_week_measures_nothing_and_divides_by_nothing(hospital: Hospital) -> None:
    hospital.rooms[0].slots.all().delete()
    hospital.rooms[1].slots.all().delete()
    loaded = load_week_problem(WEEK, make_plan())
    found = measure(loaded, {}, {}, conflicts=0)
    assert (found.occupancy, found.planned, found.slot_fill, found.total_cost) == (None, None, None, 0)


def test_the_strip_compares_with_the_proposal_and_says_what_is_good(hospital: Hospital) -> None:
    proposal = make_plan("proposed")
    draft = make_plan(number=2, base=proposal)
    item, other = make_intervention(hospital.surgeons[0], 60), make_intervention(hospital.surgeons[0], 60)
    for plan in (proposal, draft):
        place(plan, item, hospital, day=1 if plan is draft else 0)
    place(proposal, other, hospital, start=600)
    strip = {one["key"]: one for one in state(hospital)["indicators"]}
    cost = strip["total_cost"]
    assert (cost["value"], cost["base_text"], cost["delta_text"], cost["good"]) == (
        3300, "0\u00a0€", "+3\u00a0300\u00a0€", False
    )  # fmt: skip
    assert (strip["planned"]["delta_text"], strip["planned"]["good"]) == ("−50,0 pt", False)
    assert (strip["conflicts"]["delta_text"], strip["conflicts"]["good"]) == (None, None)


def proven(hospital: Hospital, bound: float = 200.0) -> tuple[Plan, Plan]:
    """A proposal with one pinned and one free intervention on Tuesday, cost 600, and the draft that took it."""
    draft = make_plan(number=2)
    pinned, free = make_intervention(hospital.surgeons[0], 60), make_intervention(hospital.surgeons[0], 60)
    digest = load_week_problem(WEEK, draft).digest
    proposal = make_plan("proposed", lower_bound=bound, total_cost=600, parameters={"digest": digest})
    draft.base = proposal
    draft.save()
    for plan in (proposal, draft):
        place(plan, pinned, hospital, day=1, pinned_by=hospital.director)
        place(plan, free, hospital, day=1, start=600)
    return proposal, draft


def test_the_bound_stays_true_after_a_move(hospital: Hospital) -> None:
    _proposal, draft = proven(hospital)
    assert state(hospital)["gap"] == {
        "text": "à 66,7\u00a0%",
        "hint": "",
        "proposal_text": "proposition à 66,7\u00a0%",
        "bound": 200,
        "fraction": pytest.approx(2 / 3),
    }
    draft.placements.get(pinned_by=None).delete()
    gap = state(hospital)["gap"]
    assert gap["fraction"] == pytest.approx((3300 - 200) / 3300)
    assert gap["proposal_text"] == "proposition à 66,7\u00a0%"


def test_no_bound_is_claimed_when_the_problem_has_changed(hospital: Hospital) -> None:
    proven(hospital)
    make_intervention(hospital.surgeons[1])
    assert state(hospital)["gap"] == {
        "text": "à calculer", "hint": "lancer une proposition", "proposal_text": None, "bound": None, "fraction": None,
    }  # fmt: skip


def test_a_proposal_made_with_a_price_of_moves_says_why_it_has_no_bound(hospital: Hospital) -> None:
    proposal, _draft = proven(hospital)
    Plan.objects.filter(pk=proposal.pk).update(lower_bound=None, parameters=proposal.parameters | {"move_euros": 100})
    gap = state(hospital)["gap"]
    assert (gap["text"], gap["hint"], gap["bound"]) == ("sans borne", "prix par déplacement", None)


def test_no_bound_is_claimed_under_another_policy(hospital: Hospital) -> None:
    proven(hospital)
    Plan.objects.filter(status="draft").update(policy="open")
    assert state(hospital)["gap"]["text"] == "à calculer"


def test_no_bound_is_claimed_when_a_pin_of_the_proposal_is_gone(hospital: Hospital) -> None:
    _proposal, draft = proven(hospital)
    draft.placements.exclude(pinned_by=None).delete()
    assert state(hospital)["gap"]["text"] == "à calculer"


def test_no_bound_is_claimed_once_something_is_forced(hospital: Hospital) -> None:
    _proposal, draft = proven(hospital)
    draft.placements.filter(pinned_by=None).update(forced=True, pin_reason="Accord")
    assert state(hospital)["gap"]["text"] == "à calculer"


def test_a_proposal_speaks_for_itself_and_its_approved_version_for_the_next_draft(hospital: Hospital) -> None:
    proposal, draft = proven(hospital)
    client = Client()
    client.force_login(hospital.director)
    url = f"/api/v1/weeks/{WEEK}/grid/"
    assert client.get(url, {"plan": proposal.pk}).json()["state"]["gap"]["bound"] == 200
    Plan.objects.filter(pk=draft.pk).update(status="approved", parameters=proposal.parameters, total_cost=600)
    assert state(hospital)["gap"]["bound"] == 200
    draft.refresh_from_db()
    following = make_plan(number=3, base=draft)
    for row in draft.placements.all():
        row.pk, row.plan = None, following
        row.save(force_insert=True)
    assert state(hospital)["gap"]["bound"] == 200
