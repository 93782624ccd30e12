"""Comparisons of policies through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from planning.exchange.spreadsheets import TYPES
from planning.models import Comparison, MasterPlan, SlotPattern
from tests.factories.hospital import WEEK, Hospital, make_intervention, make_user
from tests.web.test_comparisons import compare, no_broker

pytestmark = pytest.mark.django_db
__all__ = ["no_broker"]


@pytest.fixture
def client(hospital: Hospital) -> Client:
    client = Client()
    client.force_login(hospital.director)
    return client


def ask(client: Client, **fields: Any) -> Any:
    values = {"first": "2026-11-23", "last": "2026-11-29", "policies": ["open"]}
    return client.post("/api/v1/comparisons/", values | fields, "application/json")


def test_a_request_answers_with_its_state(client: Client, hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0])
    answer = ask(client, name="Essai")
    assert answer.status_code == 202
    state = answer.json()
    assert (state["title"], state["state"], state["done"], state["total"]) == ("Essai", "running", 0, 1)
    assert (state["first"], state["last"]) == ("2026-11-23", "2026-11-23")


@pytest.mark.parametrize(
    ("fields", "status", "kind"),
    [
        ({"policies": ["fate"]}, 400, "malformed"),
        ({"policies": []}, 400, "malformed"),
        ({"first": "1066-10-14"}, 400, "malformed"),
        ({"rounds": 10**9}, 400, "malformed"),
        ({"last": "2026-11-01"}, 409, "ends-before-start"),
        ({"last": "2126-11-01"}, 409, "too-many-weeks"),
    ],
)
def test_a_request_that_makes_no_comparison_is_refused_in_words(
    client: Client, hospital: Hospital, fields: dict[str, Any], status: int, kind: str
) -> None:
    make_intervention(hospital.surgeons[0])
    answer = ask(client, **fields)
    assert (answer.status_code, answer.json()["type"]) == (status, kind)
    assert answer.json()["detail"]
    assert not Comparison.objects.exists()


def test_the_result_has_each_criterion_s_statistics(client: Client, hospital: Hospital) -> None:
    comparison = compare(hospital)
    found = client.get(f"/api/v1/comparisons/{comparison.pk}/").json()
    assert (found["state"], found["weeks"]) == ("done", 1)
    planned = found["criteria"]["planned"]
    assert planned["policies"]["open"]["mean"] == 1
    assert planned["policies"]["open"]["deviation"] is None
    assert planned["leaders"] == ["open", "specialty-fcfs"]
    assert {one["policy"] for one in found["ranking"]} == {"open", "specialty-fcfs"}


def test_it_is_stopped_and_resumed(client: Client, hospital: Hospital) -> None:
    comparison = compare(hospital, work=False)
    address = f"/api/v1/comparisons/{comparison.pk}"
    assert client.post(f"{address}/stop/").json()["state"] == "stopped"
    resumed = client.post(f"{address}/resume/")
    assert (resumed.status_code, resumed.json()["state"]) == (202, "running")
    assert client.get(f"{address}/progress/").json()["text"] == "Calculs faits : 0 sur 2"


def test_whoever_may_not_plan_neither_asks_nor_stops(client: Client, hospital: Hospital) -> None:
    comparison = compare(hospital, work=False)
    for user in (hospital.viewer, hospital.surgeon_user):
        other = Client()
        other.force_login(user)
        assert ask(other).status_code == 403
        assert other.post(f"/api/v1/comparisons/{comparison.pk}/stop/").status_code == 403
        assert other.get(f"/api/v1/comparisons/{comparison.pk}/").status_code == 403
    comparison.refresh_from_db()
    assert comparison.stopped_at is None


def test_the_list_tells_the_latest_first_by_pages_and_keeps_what_touches_the_weeks_asked(
    client: Client, hospital: Hospital
) -> None:
    make_intervention(hospital.surgeons[0])
    make_intervention(hospital.surgeons[0], week=WEEK.next)
    for number in range(2):
        ask(client, name=f"Essai {number}", last="2026-12-06")
    ask(client, name="Une semaine")
    found = client.get("/api/v1/comparisons/?page_size=2").json()
    assert (found["count"], [one["title"] for one in found["results"]]) == (3, ["Une semaine", "Essai 1"])
    assert (found["results"][0]["total"], found["results"][0]["state"]) == (1, "running")
    later = client.get("/api/v1/comparisons/?first=2026-11-30&ordering=name").json()["results"]
    assert [one["title"] for one in later] == ["Essai 0", "Essai 1"]
    assert [one["title"] for one in client.get("/api/v1/comparisons/?q=semaine").json()["results"]] == ["Une semaine"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries_for_one_as_for_three(
    client: Client, hospital: Hospital, count: int, django_assert_num_queries: Any
) -> None:
    make_intervention(hospital.surgeons[0])
    for _ in range(count):
        ask(client)
    with django_assert_num_queries(4):
        assert len(client.get("/api/v1/comparisons/").json()["results"]) == count


def test_readers_list_comparisons_and_ask_for_none(hospital: Hospital) -> None:
    reader = Client()
    reader.force_login(make_user("lecteur-bis", "planner"))
    assert reader.get("/api/v1/comparisons/").status_code == 200
    viewer = Client()
    viewer.force_login(hospital.viewer)
    assert viewer.get("/api/v1/comparisons/").status_code == 403
    assert ask(viewer).status_code == 403


def test_every_week_may_take_the_slots_of_one_master_plan(client: Client, hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0])
    plan = MasterPlan.objects.create(name="Essai", valid_from=WEEK.monday)
    SlotPattern.objects.create(master_plan=plan, weekday=0, room=hospital.rooms[0], start_minute=480, end_minute=720)
    made = Comparison.objects.get(pk=ask(client, master_plan=plan.pk).json()["id"])
    assert made.parameters["master_plan"] == plan.pk
    assert [slot["id"] for slot in made.weeks.get().problem["slots"]] == ["2026-11-23 SO1 08:00"]
    answer = ask(client, master_plan=plan.pk + 1)
    assert (answer.status_code, "master_plan" in answer.json()["errors"]) == (400, True)


def test_one_is_removed_by_whoever_plans(client: Client, hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0])
    url = f"/api/v1/comparisons/{ask(client, name='Essai').json()['id']}/"
    reader = Client()
    reader.force_login(make_user("anesthesiste-2", "anaesthetist"))
    assert reader.delete(url).status_code == 403
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_the_weeks_and_the_interventions_behind_a_figure_are_read(client: Client, hospital: Hospital) -> None:
    comparison = compare(hospital)
    url = f"/api/v1/comparisons/{comparison.pk}/"
    found = client.get(f"{url}weeks/", {"criterion": "planned"}).json()
    assert (found["unit"], found["weeks"]) == (
        "share",
        [{"week": str(WEEK), "values": dict.fromkeys(comparison.policies, 1.0)}],
    )
    assert client.get(f"{url}weeks/").json()["errors"].keys() == {"criterion"}
    room = {"criterion": "occupancy", "room": "SO1", "occupancy": "opening"}
    assert client.get(f"{url}weeks/", room).status_code == 200
    for wrong in ({"criterion": "planned", "room": "SO1"}, {"criterion": "occupancy", "room": "SO9"}):
        assert client.get(f"{url}weeks/", wrong).json()["errors"].keys() == {"room"}
    cell = client.get(f"{url}weeks/{WEEK}/open/").json()
    assert (cell["state"], len(cell["placed"]), cell["left_out"]) == ("done", 4, [])
    assert cell["placed"][0]["room"] in ("SO1", "SO2")
    assert client.get(f"{url}weeks/{WEEK}/fate/").status_code == 404


def test_it_is_exported_as_the_page_does(client: Client, hospital: Hospital) -> None:
    comparison = compare(hospital)
    for kind, accept in TYPES.items():
        file = client.get(f"/api/v1/comparisons/{comparison.pk}/export/", headers={"Accept": accept.partition(";")[0]})
        page = client.get(f"/comparaisons/{comparison.pk}/export.{kind}")
        assert (file.status_code, file.headers["Content-Type"]) == (200, accept)
        assert file.headers["Content-Disposition"] == page.headers["Content-Disposition"]
        if kind == "csv":
            assert file.content == page.content
