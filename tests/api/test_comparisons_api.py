"""Comparisons of policies through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from planning.models import Comparison
from tests.factories.hospital import Hospital, make_intervention, small_hospital
from tests.web.test_comparisons import compare, no_broker

pytestmark = pytest.mark.django_db
__all__ = ["no_broker"]


@pytest.fixture
def hospital() -> Hospital:
    return small_hospital()


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
