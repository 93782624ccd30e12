"""One's own notices, e-mails and calendar through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from planning.models import CalendarFeed, IdempotentRequest, Notice, User
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention

pytestmark = pytest.mark.django_db
ALL, READ = "/api/v1/notices/", "/api/v1/notices/read/"
PREFERENCES, CALENDAR = "/api/v1/preferences/", "/api/v1/calendar/"


@pytest.fixture
def client(hospital: Hospital) -> Client:
    client = Client()
    client.force_login(hospital.surgeon_user)
    return client


def tell(user: User, kind: str = "accepted", **fields: Any) -> Notice:
    facts = {"code": "I-7", "number": 2, "count": 3, "first": True}
    return Notice.objects.create(user=user, kind=kind, at=NOW, **({"facts": facts, "monday": WEEK.monday} | fields))


def titles(client: Client, **query: str) -> list[str]:
    return [one["title"] for one in client.get(ALL, query).json()["results"]]


def test_the_list_is_one_s_own_and_is_worded(client: Client, hospital: Hospital) -> None:
    tell(hospital.viewer)
    item = make_intervention(hospital.surgeons[0])
    notice = tell(hospital.surgeon_user, intervention=item)
    (found,) = client.get(ALL).json()["results"]
    assert found == {
        "id": notice.pk, "kind": "accepted", "group": "requests", "at": "2026-11-20T09:00:00+01:00",
        "title": "I-7 acceptée", "text": "Elle attend sa place dans un programme.", "monday": "2026-11-23",
        "plan": None, "intervention": item.pk, "read_at": None,
    }  # fmt: skip
    assert client.get(ALL, headers={"accept-language": "en"}).json()["results"][0]["title"] == "I-7 accepted"


def test_it_is_filtered(client: Client, hospital: Hospital) -> None:
    tell(hospital.surgeon_user, read_at=NOW)
    tell(hospital.surgeon_user, "published")
    assert titles(client, unread="true") == titles(client, group="programme") == ["Semaine 48 : 3 interventions"]
    assert titles(client, group="requests") == ["I-7 acceptée"]
    assert client.get(ALL, {"group": "x"}).status_code == 400


@pytest.mark.parametrize("number", [1, 3])
def test_it_asks_as_many_questions_however_long(
    number: int, client: Client, hospital: Hospital, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        tell(hospital.surgeon_user, intervention=make_intervention(hospital.surgeons[0]))
    with django_assert_num_queries(4):
        assert len(titles(client)) == number


def test_one_or_all_are_marked_read(client: Client, hospital: Hospital) -> None:
    first, _second, others = tell(hospital.surgeon_user), tell(hospital.surgeon_user), tell(hospital.viewer)
    assert client.post(f"{ALL}{first.pk}/read/").json()["read_at"] is not None
    assert client.post(f"{ALL}{others.pk}/read/").status_code == 404
    assert client.post(READ).json() == {"read": 1}
    assert client.post(READ).json() == {"read": 0}
    others.refresh_from_db()
    assert others.read_at is None


def test_one_chooses_one_s_e_mails(client: Client, hospital: Hospital) -> None:
    assert client.get(PREFERENCES).json() == {"language": "fr", "groups": ["programme", "requests", "signs"]}
    answer = client.patch(PREFERENCES, {"language": "en"}, content_type="application/json")
    assert answer.json() == {"language": "en", "groups": ["programme", "requests", "signs"]}
    answer = client.patch(PREFERENCES, {"groups": ["signs"]}, content_type="application/json")
    assert answer.json() == {"language": "en", "groups": ["signs"]}
    refused = client.patch(PREFERENCES, {"groups": ["duties"]}, content_type="application/json")
    assert (refused.status_code, "groups" in refused.json()["errors"]) == (400, True)


def test_the_calendar_s_address_is_made_told_once_and_revoked(client: Client) -> None:
    assert client.get(CALENDAR).status_code == 404
    made = client.put(CALENDAR, headers={"idempotency-key": "k1"})
    address = made.json()["address"].removeprefix("http://testserver")
    assert (made["Cache-Control"], Client().get(address).status_code) == ("no-store", 200)
    assert client.get(CALENDAR).json().keys() == {"created_at", "last_read_at"}
    assert not IdempotentRequest.objects.exists(), "the answer holds a secret: it is kept nowhere"
    assert client.delete(CALENDAR).status_code == 204
    assert (CalendarFeed.objects.count(), Client().get(address).status_code) == (0, 404)
