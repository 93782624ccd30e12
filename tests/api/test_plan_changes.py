"""POST /api/v1/plans/{id}/lift|price|moves|unplan|pins|undo|redo/, and the week's pulse and draft."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from planning.access import Role
from planning.models import Intervention, Placement, Plan, Slot, User
from tests.factories.hospital import WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
ACTIONS = ("lift", "price", "moves", "unplan", "pins", "undo", "redo")


@pytest.fixture
def plan(hospital: Hospital) -> Plan:
    return make_plan()


@pytest.fixture
def item(hospital: Hospital) -> Intervention:
    return make_intervention(hospital.surgeons[0], 60)


def post(user: User | None, plan: Plan | int, action: str, data: object) -> Any:
    client = Client()
    if user is not None:
        client.force_login(user)
    pk = plan if isinstance(plan, int) else plan.pk
    return client.post(f"/api/v1/plans/{pk}/{action}/", data, content_type="application/json")


def drop(
    hospital: Hospital, item: Intervention, *, room: int = 0, day: int = 0, start: int = 480, **more: Any
) -> dict[str, Any]:
    return {
        "intervention": item.pk, "room": hospital.rooms[room].pk, "date": WEEK.days[day].isoformat(), "start": start
    } | more  # fmt: skip


def test_a_lift_words_every_target(hospital: Hospital, plan: Plan) -> None:
    ent = make_intervention(hospital.surgeons[2], 60)
    place(plan, ent, hospital)
    answer = post(hospital.director, plan, "lift", {"intervention": ent.pk}).json()
    assert len(answer["targets"]) == 10
    targets = {(one["room"], one["date"]): one for one in answer["targets"]}
    free = targets[hospital.rooms[0].pk, "2026-11-23"]
    assert (free["status"], free["text"], free["start"], free["reasons"]) == ("free", "0\u00a0€", 480, [])
    dearer = targets[hospital.rooms[0].pk, "2026-11-24"]
    assert (dearer["status"], dearer["text"], dearer["delta"]) == ("cost", "+300\u00a0€", 300)
    against = targets[hospital.rooms[1].pk, "2026-11-23"]
    assert (against["status"], against["text"], against["why"]) == ("rule", "plage", "outside")
    assert free["why"] is None
    assert against["reasons"][0]["text"] == "Plage réservée à ORT, l'intervention est en ORL"
    assert answer["list"] == {"delta": 3000, "text": "+3\u00a0000\u00a0€"}


def test_a_lift_names_the_neighbour_it_meets_and_points_at_it(hospital: Hospital, plan: Plan) -> None:
    locked = make_intervention(hospital.surgeons[1], 600)
    place(plan, locked, hospital, start=510, pinned_by=hospital.director)
    lifted = make_intervention(hospital.surgeons[0], 200)
    targets = post(hospital.director, plan, "lift", {"intervention": lifted.pk}).json()["targets"]
    full = next(one for one in targets if (one["room"], one["date"]) == (hospital.rooms[0].pk, "2026-11-23"))
    met = [reason for reason in full["reasons"] if reason["rule"] == "room_overlap"]
    assert [reason["other"] for reason in met] == [locked.pk]
    assert met[0]["text"] == f"Salle SO1 prête à 18:30 seulement, après {locked.code} (08:30–18:30)"


def test_a_price_says_where_it_lands_whom_it_pushes_and_the_strip_after_it(
    hospital: Hospital, plan: Plan, item: Intervention
) -> None:
    other = make_intervention(hospital.surgeons[1], 90)
    place(plan, other, hospital)
    answer = post(hospital.director, plan, "price", drop(hospital, item, start=500)).json()
    assert (answer["status"], answer["start"], answer["end"]) == ("free", 480, 540)
    assert answer["shifts"] == [{"intervention": other.pk, "from": 480, "to": 540}]
    assert answer["delta"] == {"total": -3000, "hospital": 0, "overtime": 0, "unplanned": -3000, "rules": 0}
    strip = {one["key"]: (one["now_text"], one["text"]) for one in answer["indicators"]}
    assert strip["planned"] == ("50\u00a0%", "100\u00a0%")
    assert answer["refused"] is None
    assert Placement.objects.count() == 1


def test_a_price_names_the_neighbour_it_disturbs(hospital: Hospital, plan: Plan, item: Intervention) -> None:
    pinned = make_intervention(hospital.surgeons[1], 90)
    place(plan, pinned, hospital, start=500, pinned_by=hospital.director)
    answer = post(hospital.director, plan, "price", drop(hospital, item, start=480)).json()
    [violation] = answer["violations"]
    assert (violation["rule"], violation["other"]) == ("room_overlap", pinned.pk)
    assert violation["text"].startswith(f"{pinned.code} : Salle SO1 prête à 09:00 seulement")


def test_a_meaningless_place_is_refused_with_the_reason(hospital: Hospital, plan: Plan, item: Intervention) -> None:
    answer = post(hospital.director, plan, "price", drop(hospital, item, start=300))
    assert answer.status_code == 200
    assert answer.json() == {"status": "refused", "refused": "La salle SO1 est ouverte de 08:00 à 20:00."}
    for place_, said in (
        (drop(hospital, item, start=300), "La salle SO1 est ouverte de 08:00 à 20:00."),
        (drop(hospital, item) | {"room": 999}, "Cette salle n'existe pas."),
        (drop(hospital, item) | {"date": "2026-12-25"}, "Ce jour n'est pas dans la semaine affichée."),
    ):
        answer = post(hospital.director, plan, "moves", place_ | {"revision": 0, "reason": "Quand même"})
        assert (answer.status_code, answer.json()["type"], answer.json()["detail"]) == (400, "meaningless", said)


def test_a_move_answers_the_fresh_state_and_a_sentence(hospital: Hospital, plan: Plan, item: Intervention) -> None:
    answer = post(hospital.director, plan, "moves", drop(hospital, item, day=1, start=600, revision=0)).json()
    assert answer["message"] == f"Déplacer {item.code} vers SO1 mar. 24 10:00 (−2\u00a0700\u00a0€)"
    [placement] = answer["state"]["placements"]
    assert (placement["start"], placement["date"]) == (600, "2026-11-24")
    assert placement["pinned"]["by"] == "Directrice"
    assert answer["state"]["revision"] == 1
    assert answer["state"]["unplanned"] == []
    assert answer["state"]["undo"] == {"label": f"Déplacer {item.code} vers SO1 mar. 24 10:00"}


def test_a_stale_drop_is_told_who_changed_what_and_gets_the_fresh_state(
    hospital: Hospital, plan: Plan, item: Intervention
) -> None:
    other = make_intervention(hospital.surgeons[1], 60)
    planner = make_user("cellule", Role.PLANNER)
    post(planner, plan, "moves", drop(hospital, other, start=600, revision=0))
    post(planner, plan, "undo", {"revision": 1})
    answer = post(hospital.director, plan, "moves", drop(hospital, item, revision=0))
    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    data = answer.json()
    assert data["type"] == "stale"
    step = f"Déplacer {other.code} vers SO1 lun. 23 10:00"
    assert data["changes"] == [f"Cellule : {step}", f"Cellule : Annuler : {step}"]
    assert data["state"]["revision"] == 2


def test_against_a_rule_the_answer_asks_for_a_reason_then_forces(hospital: Hospital, plan: Plan) -> None:
    ent = make_intervention(hospital.surgeons[2], 60)
    asked = drop(hospital, ent, room=1, revision=0)
    answer = post(hospital.director, plan, "moves", asked)
    assert (answer.status_code, answer.json()["type"]) == (422, "reason-required")
    assert [one["rule"] for one in answer.json()["violations"]] == ["slot_specialty"]
    [placement] = post(hospital.director, plan, "moves", asked | {"reason": "Accord"}).json()["state"]["placements"]
    assert (placement["forced"], placement["pinned"]["reason"]) == (True, "Accord")
    assert [one["rule"] for one in placement["warnings"]] == ["slot_specialty"]


def test_a_drop_in_a_hole_opens_a_slot_that_the_state_and_the_grid_show(
    hospital: Hospital, plan: Plan, item: Intervention
) -> None:
    Slot.objects.filter(room=hospital.rooms[1], date=WEEK.days[2]).delete()
    asked = drop(hospital, item, room=1, day=2, start=600, revision=0, reason="Salle libérée")
    answer = post(hospital.director, plan, "moves", asked)
    assert answer.status_code == 200
    [placement] = answer.json()["state"]["placements"]
    [opened] = [one for one in answer.json()["state"]["slots"] if one["origin"] == "exception"]
    assert opened["id"] == placement["slot"]
    assert (opened["start"], opened["end"], opened["kind"]) == (480, 1200, "overtime")


def test_unplan_pin_undo_and_redo_answer_alike(hospital: Hospital, plan: Plan, item: Intervention) -> None:
    place(plan, item, hospital)
    director = hospital.director
    answer = post(director, plan, "pins", {"interventions": [item.pk], "pinned": True, "revision": 0}).json()
    assert answer["state"]["placements"][0]["pinned"]["by"] == "Directrice"
    answer = post(director, plan, "unplan", {"interventions": [item.pk], "revision": 1}).json()
    assert (answer["state"]["placements"], len(answer["state"]["unplanned"])) == ([], 1)
    assert answer["state"]["occupancy"] == [0.0] * 5 + [None] * 2, "of each day, for the heads of the grid"
    answer = post(director, plan, "undo", {"revision": 2}).json()
    assert answer["message"] == f"Annuler : Retirer {item.code} du planning (−3\u00a0000\u00a0€)"
    assert answer["state"]["redo"] == {"label": f"Retirer {item.code} du planning"}
    answer = post(director, plan, "redo", {"revision": 3}).json()
    assert answer["state"]["placements"] == []
    answer = post(director, plan, "redo", {"revision": 4})
    assert (answer.status_code, answer.json()["type"]) == (409, "nothing-left")


@pytest.mark.parametrize(
    ("action", "data", "field"),
    [
        ("lift", {}, "intervention"),
        ("lift", {"intervention": "x"}, "intervention"),
        ("pins", {"interventions": [10**30], "pinned": True, "revision": 0}, "interventions"),
        ("price", {"intervention": 1, "room": 1, "date": "2026-11-23"}, "start"),
        ("price", {"intervention": 1, "room": 1, "date": "lundi", "start": 480}, "date"),
        ("moves", {"intervention": 1, "room": 1, "date": "2026-11-23", "start": 480}, "revision"),
        ("moves", {"intervention": 1, "room": 1, "date": "2026-11-23", "start": 10**9, "revision": 0}, "start"),
        ("moves", {"intervention": 1, "room": 1, "date": "2026-11-23", "start": 480, "revision": -1}, "revision"),
        ("unplan", {"revision": 0}, "interventions"),
        ("unplan", {"interventions": [], "revision": 0}, "interventions"),
        ("unplan", {"interventions": [1], "revision": 0, "reason": "x" * 301}, "reason"),
        ("pins", {"interventions": [1], "revision": 0}, "pinned"),
        ("undo", {}, "revision"),
        ("redo", {"revision": None}, "revision"),
    ],
)
def test_a_malformed_request_is_answered_with_the_name_of_its_field(
    hospital: Hospital, plan: Plan, action: str, data: dict[str, Any], field: str
) -> None:
    answer = post(hospital.director, plan, action, data)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("text", ["{", "[]", "12", '"moves"', "null"])
@pytest.mark.parametrize("action", ["moves", "undo"])
def test_what_is_no_json_object_is_answered_400(hospital: Hospital, plan: Plan, action: str, text: str) -> None:
    answer = post(hospital.director, plan, action, text)
    assert answer.status_code == 400
    assert answer.json()["type"] == "malformed"


def test_unknown_plans_and_interventions_are_not_found(hospital: Hospital, plan: Plan, item: Intervention) -> None:
    director = hospital.director
    for pk in (999, 10**30):
        assert post(director, pk, "lift", {"intervention": item.pk}).status_code == 404
    stranger = {"intervention": 999, "interventions": [999], "revision": 0}
    assert post(director, plan, "lift", {"intervention": 999}).status_code == 404
    assert post(director, plan, "price", drop(hospital, item) | {"intervention": 999}).status_code == 404
    assert post(director, plan, "moves", drop(hospital, item) | stranger).status_code == 404
    assert post(director, plan, "unplan", stranger).status_code == 404
    assert post(director, plan, "pins", stranger | {"pinned": True}).status_code == 404
    answer = post(director, plan, "undo", {"revision": 2**62})
    assert (answer.status_code, answer.json()["type"]) == (409, "stale")


@pytest.mark.parametrize("action", ACTIONS)
def test_only_those_who_plan_may_ask(hospital: Hospital, plan: Plan, item: Intervention, action: str) -> None:
    data = drop(hospital, item, revision=0, pinned=True, interventions=[item.pk])
    for user in (None, hospital.viewer, hospital.surgeon_user):
        answer = post(user, plan, action, data)
        assert answer.status_code == (403 if user else 401)
        assert answer.headers["Content-Type"] == "application/problem+json"
    for role in (Role.DIRECTOR, Role.PLANNER, Role.ADMINISTRATOR):
        assert post(make_user(f"a-{role}", role), plan, action, data).status_code != 403
    assert Client().get(f"/api/v1/plans/{plan.pk}/{action}/").status_code == 401


def test_a_change_without_the_csrf_token_is_refused(hospital: Hospital, plan: Plan, item: Intervention) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(hospital.director)
    url = reverse("api-plan-moves", args=[plan.pk])
    answer = client.post(url, drop(hospital, item, revision=0), content_type="application/json")
    assert answer.status_code == 403
    assert Placement.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3, 30])
def test_lifting_and_pricing_ask_the_same_number_of_queries_whatever_the_size(
    hospital: Hospital, plan: Plan, count: int, django_assert_num_queries: Any
) -> None:
    for index in range(count):
        item = make_intervention(hospital.surgeons[0], 10)
        place(plan, item, hospital, start=480 + 10 * index)
    client = Client()
    client.force_login(hospital.director)
    for action, queries in (("lift", 16), ("price", 16)):
        url = reverse(f"api-plan-{action}", args=[plan.pk])
        with django_assert_num_queries(queries):
            assert client.post(url, drop(hospital, item, day=1), content_type="application/json").status_code == 200


# --- Pulse and draft ---------------------------------------------------------------------------------------------


def pulse(user: User | None, **query: Any) -> Any:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(f"/api/v1/weeks/{WEEK}/pulse/", query)


def test_the_pulse_tells_what_changed_last_and_by_whom(hospital: Hospital, plan: Plan, item: Intervention) -> None:
    assert pulse(hospital.director).json() == {
        "plan_id": plan.pk, "revision": 0, "changed_by": None, "changed_label": None, "run": None,
        "latest_proposal_id": None, "approved_id": None,
    }  # fmt: skip
    proposal = make_plan("proposed", 2)
    post(make_user("cellule", Role.PLANNER), plan, "moves", drop(hospital, item, revision=0))
    data = pulse(hospital.director, since=0).json()
    assert (data["revision"], data["changed_by"]) == (1, "Cellule")
    assert data["changed_label"] == f"Déplacer {item.code} vers SO1 lun. 23 08:00"
    assert data["latest_proposal_id"] == proposal.pk
    assert pulse(hospital.director, since=1).json()["changed_by"] is None


def test_the_pulse_is_cheap(hospital: Hospital, plan: Plan, django_assert_max_num_queries: Any) -> None:
    client = Client()
    client.force_login(hospital.director)
    Plan.objects.update(revision=4)
    with django_assert_max_num_queries(2 + 3):  # the session, the user; the plans, the last change, the run
        client.get(f"/api/v1/weeks/{WEEK}/pulse/", {"since": 0})


def test_readers_feel_the_pulse_of_the_approved_version_only(hospital: Hospital, plan: Plan) -> None:
    for user in (hospital.viewer, hospital.surgeon_user):
        assert pulse(user, since=0).json()["plan_id"] is None
    assert pulse(None).status_code == 401
    assert pulse(hospital.director, since="hier").status_code == 400
    client = Client()
    client.force_login(hospital.director)
    assert client.get("/api/v1/weeks/2026-W60/pulse/").status_code == 404


def test_a_draft_is_opened_once(hospital: Hospital, client: Client) -> None:
    client.force_login(hospital.director)
    url = f"/api/v1/weeks/{WEEK}/draft/"
    first, second = (client.post(url, content_type="application/json").json()["plan_id"] for _ in range(2))
    assert (second, Plan.objects.get().pk) == (first, first)
    client.force_login(hospital.viewer)
    assert client.post(url, content_type="application/json").status_code == 403
    client.logout()
    assert client.post(url, content_type="application/json").status_code == 401


def test_the_schema_describes_the_api_to_those_who_may_use_it(hospital: Hospital, client: Client) -> None:
    url = reverse("api-schema")
    assert client.get(url).status_code == 401
    client.force_login(hospital.viewer)
    paths = client.get(url).json()["paths"]
    assert "/api/v1/plans/{id}/moves/" in paths
    assert "/api/v1/weeks/{week}/grid/" in paths
