"""POST /api/v1/plans/{id}/swaps/, room-swaps/, their price, and the partners of one intervention."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from planning.models import Intervention, Placement, Plan, User
from tests.factories.hospital import WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(hospital: Hospital) -> Plan:
    return make_plan()


@pytest.fixture
def pair(hospital: Hospital, plan: Plan) -> tuple[Intervention, Intervention]:
    """Half an hour in SO1 on Monday, an hour in SO2 on Tuesday."""
    one, other = make_intervention(hospital.surgeons[0], 30), make_intervention(hospital.surgeons[1], 60)
    place(plan, one, hospital)
    place(plan, other, hospital, room=1, day=1, start=600)
    return one, other


def post(user: User, plan: Plan, action: str, data: object) -> Any:
    client = Client()
    client.force_login(user)
    return client.post(f"/api/v1/plans/{plan.pk}/{action}/", data, content_type="application/json")


def test_a_price_previews_both_landings_the_cost_and_the_strip(
    hospital: Hospital, plan: Plan, pair: tuple[Intervention, Intervention]
) -> None:
    one, other = pair
    answer = post(hospital.director, plan, "swaps/price", {"first": one.pk, "second": other.pk}).json()
    assert (answer["status"], answer["delta_text"], answer["violations"]) == ("free", "0\u00a0€", [])
    assert answer["landings"] == [
        {"intervention": one.pk, "room": hospital.rooms[1].pk, "date": "2026-11-24", "start": 600, "end": 630,
         "overtime_minutes": 0},
        {"intervention": other.pk, "room": hospital.rooms[0].pk, "date": "2026-11-23", "start": 480, "end": 540,
         "overtime_minutes": 0},
    ]  # fmt: skip
    assert {one["key"] for one in answer["indicators"]} >= {"overtime", "total_cost"}
    assert Placement.objects.get(intervention=one).slot.room == hospital.rooms[0]


def test_a_swap_answers_the_fresh_state_and_a_sentence_and_is_undone(
    hospital: Hospital, plan: Plan, pair: tuple[Intervention, Intervention]
) -> None:
    one, other = pair
    asked = {"first": one.pk, "second": other.pk, "revision": 0}
    answer = post(hospital.director, plan, "swaps", asked).json()
    assert answer["message"] == f"Échanger {one.code} et {other.code}"
    places = {row["intervention"]: (row["room"], row["start"]) for row in answer["state"]["placements"]}
    assert places == {one.pk: (hospital.rooms[1].pk, 600), other.pk: (hospital.rooms[0].pk, 480)}
    assert all(row["pinned"]["by"] == "Directrice" for row in answer["state"]["placements"])
    stale = post(hospital.director, plan, "swaps", asked)
    assert (stale.status_code, stale.json()["type"]) == (409, "stale")
    assert stale.json()["changes"] == [f"Directrice : Échanger {one.code} et {other.code}"]
    undone = post(hospital.director, plan, "undo", {"revision": 1}).json()
    assert undone["message"] == f"Annuler : Échanger {one.code} et {other.code}"


def test_against_a_rule_each_reason_names_who_breaks_it_and_a_written_one_forces(
    hospital: Hospital, plan: Plan, pair: tuple[Intervention, Intervention]
) -> None:
    ent, other = make_intervention(hospital.surgeons[2], 60), pair[1]
    place(plan, ent, hospital, start=700)
    asked = {"first": other.pk, "second": ent.pk, "revision": 0}
    answer = post(hospital.director, plan, "swaps", asked)
    assert (answer.status_code, answer.json()["type"]) == (422, "reason-required")
    [violation] = answer.json()["violations"]
    said = f"{ent.code} : Plage réservée à ORT, l'intervention est en ORL"
    assert (violation["text"], violation["other"]) == (said, ent.pk)
    state = post(hospital.director, plan, "swaps", asked | {"reason": "Accord"}).json()["state"]
    assert {row["intervention"] for row in state["placements"] if row["forced"]} == {ent.pk}


def test_partners_are_told_with_their_price_or_the_rule(
    hospital: Hospital, plan: Plan, pair: tuple[Intervention, Intervention]
) -> None:
    ent = make_intervention(hospital.surgeons[2], 60)
    place(plan, ent, hospital, start=700)
    answer = post(hospital.director, plan, "swaps/partners", {"intervention": pair[1].pk}).json()
    told = [(row["intervention"], row["status"], row["delta_text"]) for row in answer["partners"]]
    assert told == [(pair[0].pk, "free", "0\u00a0€"), (ent.pk, "rule", "0\u00a0€")]
    waiting = make_intervention(hospital.surgeons[0], 30)
    assert post(hospital.director, plan, "swaps/partners", {"intervention": waiting.pk}).status_code == 404


def test_what_no_reason_can_justify_is_refused_in_words(
    hospital: Hospital, plan: Plan, pair: tuple[Intervention, Intervention]
) -> None:
    one = pair[0]
    same = {"first": one.pk, "second": one.pk}
    answer = post(hospital.director, plan, "swaps/price", same).json()
    assert answer == {"status": "refused", "refused": "Rien à échanger : c'est deux fois la même."}
    assert post(hospital.director, plan, "swaps", same | {"revision": 0, "reason": "Si"}).status_code == 400
    assert post(hospital.director, plan, "swaps/price", same | {"second": 999}).status_code == 404
    late = make_intervention(hospital.surgeons[0], 20)
    place(plan, late, hospital, day=2, start=1180)
    said = post(hospital.director, plan, "swaps/price", {"first": pair[1].pk, "second": late.pk}).json()["refused"]
    assert said == "L'échange finirait hors des heures de SO1, ouverte de 08:00 à 20:00."


def test_two_room_days_are_priced_then_exchanged(
    hospital: Hospital, plan: Plan, pair: tuple[Intervention, Intervention]
) -> None:
    rooms = {
        "room": hospital.rooms[0].pk, "date": WEEK.days[0].isoformat(),
        "other_room": hospital.rooms[1].pk, "other_date": WEEK.days[1].isoformat(),
    }  # fmt: skip
    priced = post(hospital.director, plan, "room-swaps/price", rooms).json()
    assert (priced["status"], len(priced["landings"])) == ("free", 2)
    answer = post(hospital.director, plan, "room-swaps", rooms | {"revision": 0}).json()
    assert answer["message"] == "Échanger SO1 lun. 23 et SO2 mar. 24"
    empty = rooms | {"room": hospital.rooms[0].pk, "date": "2026-11-26", "other_date": "2026-11-27"}
    said = post(hospital.director, plan, "room-swaps/price", empty).json()["refused"]
    assert said == "Rien à échanger : les deux salles sont vides ces jours-là."


@pytest.mark.parametrize(
    "action", ["swaps", "swaps/price", "swaps/partners", "room-swaps", "room-swaps/price"]
)  # fmt: skip
def test_a_malformed_swap_is_answered_400_and_only_those_who_plan_may_ask(
    hospital: Hospital, plan: Plan, action: str
) -> None:
    assert post(hospital.director, plan, action, {}).status_code == 400
    assert post(hospital.viewer, plan, action, {}).status_code == 403


@pytest.mark.parametrize("count", [2, 20])
def test_partners_and_prices_ask_the_same_number_of_queries_whatever_the_size(
    hospital: Hospital, plan: Plan, count: int, django_assert_num_queries: Any
) -> None:
    items = [make_intervention(hospital.surgeons[0], 10) for _ in range(count)]
    for index, item in enumerate(items):
        place(plan, item, hospital, start=480 + 10 * index)
    client = Client()
    client.force_login(hospital.director)
    data = {"first": items[0].pk, "second": items[1].pk, "intervention": items[0].pk}
    for action, queries in (("swaps/price", 16), ("swaps/partners", 16)):
        with django_assert_num_queries(queries):
            client.post(f"/api/v1/plans/{plan.pk}/{action}/", data, content_type="application/json")
