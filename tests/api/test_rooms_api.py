"""Rooms through the API; and on them what every resource shares: lists, versions, keys of idempotency."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from planning.models import Equipment, IdempotentRequest, JournalEntry, Room, RoomClosure
from planning.services.idempotency import purge_requests
from tests.factories.hospital import Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
ROOMS = "/api/v1/rooms/"
NEW = {"code": "SO9", "name": "Salle 9", "opens_minute": 480, "closes_minute": 1200}


@pytest.fixture
def client(hospital: Hospital) -> Client:
    client = Client()
    client.force_login(hospital.director)
    return client


def send(client: Client, method: str, url: str, data: Any, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return getattr(client, method)(url, data, content_type="application/json", headers=named)


def etag(client: Client, url: str) -> str:
    return str(client.get(url).headers["ETag"])


# --- Lists -------------------------------------------------------------------------------------------------------


def test_a_list_comes_in_pages_that_name_their_neighbours(client: Client) -> None:
    for number in range(3, 8):
        Room.objects.create(code=f"SO{number}", position=number)
    page = client.get(ROOMS, {"page_size": 3, "page": 2}).json()
    assert (page["count"], [one["code"] for one in page["results"]]) == (7, ["SO4", "SO5", "SO6"])
    assert page["next"].endswith("/api/v1/rooms/?page=3&page_size=3")
    assert page["previous"].endswith("/api/v1/rooms/?page_size=3")
    assert client.get(page["next"]).json()["next"] is None


def test_a_list_is_filtered_searched_and_ordered(client: Client) -> None:
    Room.objects.create(code="SO3", name="Hors service", position=3, in_service=False)

    def codes(**query: Any) -> list[str]:
        return [one["code"] for one in client.get(ROOMS, query).json()["results"]]

    assert codes(in_service="false") == ["SO3"]
    assert codes(q="hors") == ["SO3"]
    assert codes(q="microscope") == ["SO1"]
    assert codes(ordering="-code") == ["SO3", "SO2", "SO1"]


@pytest.mark.parametrize(
    ("query", "named", "said"),
    [
        ({"colour": "red"}, "colour", "Paramètre inconnu. Connus ici : in_service, ordering, page, page_size, q."),
        ({"ordering": "password"}, "ordering", "Ordre inconnu. Connus ici : position, code, name, opens."),
        ({"page": "abc"}, "page", "Écrivez un nombre entier de 1 à 1000000."),
        ({"page_size": "201"}, "page_size", "Écrivez un nombre entier de 1 à 200."),
        ({"q": "a\0b"}, "q", "Le caractère nul n’est pas autorisé."),
    ],
)
def test_what_a_list_does_not_know_is_refused_by_name(
    client: Client, query: dict[str, str], named: str, said: str
) -> None:
    answer = client.get(ROOMS, query)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"] == {named: [said]}


def test_a_page_past_the_last_is_not_found(client: Client) -> None:
    assert client.get(ROOMS, {"page": 2}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries_whatever_its_size(
    client: Client, hospital: Hospital, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        room = Room.objects.create(code=f"N{number}")
        RoomClosure.objects.create(room=room, starts_on="2026-12-01", ends_on="2026-12-02", reason="x")
    with django_assert_num_queries(6):  # session, user; count, rooms, their equipment, their closures
        assert client.get(ROOMS).status_code == 200


# --- Reading and writing -----------------------------------------------------------------------------------------


def test_a_room_is_made_read_and_changed_by_the_rules_of_the_page(client: Client) -> None:
    microscope = Equipment.objects.get()
    made = send(client, "post", ROOMS, NEW | {"equipment": [microscope.pk]})
    assert made.status_code == 201
    url = made.headers["Location"]
    assert client.get(url).json() == {
        "id": Room.objects.get(code="SO9").pk, "code": "SO9", "name": "Salle 9", "opens_minute": 480,
        "closes_minute": 1200, "position": 0, "equipment": [microscope.pk], "in_service": True, "closures": [],
    }  # fmt: skip
    changed = send(client, "patch", url, {"name": "Neuf"}, If_Match=made.headers["ETag"])
    assert (changed.status_code, changed.json()["name"], changed.json()["equipment"]) == (200, "Neuf", [microscope.pk])
    assert [entry.after for entry in JournalEntry.objects.order_by("pk")][1] == {"of": "SO9", "name": "Neuf"}


@pytest.mark.parametrize(
    ("spoil", "named", "said"),
    [
        ({"closes_minute": 400}, "closes_minute", "La fermeture doit suivre l'ouverture"),
        ({"code": "SO1"}, "code", "existe déjà"),
        ({"code": ""}, "code", "vide"),
        ({"opens_minute": "tôt"}, "opens_minute", "entier"),
        ({"opens_minute": 1441}, "opens_minute", "1440"),
        ({"equipment": [999]}, "equipment", "999"),
        ({"color": "x"}, "color", "Champ inconnu."),
    ],
)
def test_what_the_page_would_refuse_is_refused_by_field(
    client: Client, spoil: dict[str, Any], named: str, said: str
) -> None:
    answer = send(client, "post", ROOMS, NEW | spoil)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])
    assert said in answer.json()["errors"][named][0]
    assert not Room.objects.filter(code="SO9").exists()


def test_a_closure_tells_whom_it_hits_and_goes_again(client: Client, hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital)
    url = f"{ROOMS}{hospital.rooms[0].pk}/closures/"
    made = send(client, "post", url, {"starts_on": "2026-11-23", "ends_on": "2026-11-24", "reason": "Travaux"})
    assert made.status_code == 201
    assert made.json()["touched"] == [
        {"intervention": item.pk, "code": item.code, "plan": plan.pk, "status": "draft",
         "room": hospital.rooms[0].pk, "date": "2026-11-23", "start": 480}
    ]  # fmt: skip
    again = send(client, "post", url, {"starts_on": "2026-11-24", "ends_on": "2026-11-24", "reason": "Encore"})
    assert (again.status_code, list(again.json()["errors"])) == (400, ["starts_on"])
    assert client.delete(f"{url}{made.json()['id']}/").status_code == 204
    assert not RoomClosure.objects.exists()


def test_readers_read_the_rooms_and_change_none(hospital: Hospital) -> None:
    client = Client()
    client.force_login(hospital.viewer)
    assert client.get(ROOMS).json()["count"] == 2
    assert send(client, "post", ROOMS, NEW).status_code == 403
    url = f"{ROOMS}{hospital.rooms[0].pk}/"
    assert send(client, "patch", url, {"name": "x"}, If_Match="*").status_code == 403


# --- Versions ----------------------------------------------------------------------------------------------------


def test_a_change_names_the_version_it_was_made_from(client: Client, hospital: Hospital) -> None:
    url = f"{ROOMS}{hospital.rooms[0].pk}/"
    seen = etag(client, url)
    missing = send(client, "patch", url, {"name": "Un"})
    assert (missing.status_code, missing.json()["type"]) == (428, "version-required")
    assert send(client, "patch", url, {"name": "Un"}, If_Match=seen).status_code == 200
    stale = send(client, "patch", url, {"name": "Deux"}, If_Match=seen)
    assert (stale.status_code, stale.json()["type"]) == (412, "version-changed")
    assert Room.objects.get(pk=hospital.rooms[0].pk).name == "Un"
    assert send(client, "patch", url, {"name": "Deux"}, If_Match=f'"other", {etag(client, url)}').status_code == 200
    assert send(client, "patch", url, {"name": "Trois"}, If_Match="*").status_code == 200


def test_a_version_is_the_same_in_every_language(client: Client, hospital: Hospital) -> None:
    url = f"{ROOMS}{hospital.rooms[0].pk}/"
    tags = {client.get(url, headers={"Accept-Language": one}).headers["ETag"] for one in ("fr", "en")}
    assert len(tags) == 1


# --- Requests that come twice ------------------------------------------------------------------------------------


def test_a_request_sent_twice_with_its_key_is_done_once(client: Client) -> None:
    first = send(client, "post", ROOMS, NEW, Idempotency_Key="k-1")
    again = send(client, "post", ROOMS, NEW, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    for name in ("ETag", "Location"):
        assert again.headers[name] == first.headers[name]
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert Room.objects.filter(code="SO9").count() == 1
    assert JournalEntry.objects.count() == 1


def test_a_key_that_served_for_another_request_is_refused(client: Client) -> None:
    send(client, "post", ROOMS, NEW, Idempotency_Key="k-1")
    answer = send(client, "post", ROOMS, NEW | {"code": "SO10"}, Idempotency_Key="k-1")
    assert (answer.status_code, answer.json()["type"]) == (422, "key-reused")
    assert not Room.objects.filter(code="SO10").exists()


def test_a_refused_request_is_not_kept_and_writes_nothing(client: Client) -> None:
    assert send(client, "post", ROOMS, NEW | {"code": "SO1"}, Idempotency_Key="k-1").status_code == 400
    assert not IdempotentRequest.objects.exists()
    assert send(client, "post", ROOMS, NEW, Idempotency_Key="k-1").status_code == 201


def test_a_key_is_its_persons_own(client: Client, hospital: Hospital) -> None:
    send(client, "post", ROOMS, NEW, Idempotency_Key="k-1")
    other = Client()
    other.force_login(hospital.viewer)
    assert send(other, "post", ROOMS, NEW, Idempotency_Key="k-1").status_code == 403


@pytest.mark.parametrize("key", ["", "with space", "x" * 201, "é"])
def test_a_key_that_is_none_is_refused(client: Client, key: str) -> None:
    answer = send(client, "post", ROOMS, NEW, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["type"]) == (400, "malformed")
    assert not Room.objects.filter(code="SO9").exists()


def test_a_key_serves_again_once_its_answer_is_no_longer_kept(client: Client) -> None:
    send(client, "post", ROOMS, NEW, Idempotency_Key="k-1")
    IdempotentRequest.objects.update(at=timezone.now() - timedelta(hours=25))
    answer = send(client, "post", ROOMS, NEW | {"code": "SO10"}, Idempotency_Key="k-1")
    assert answer.status_code == 201
    assert purge_requests(now=timezone.now() + timedelta(hours=25), hours=24) == 1
