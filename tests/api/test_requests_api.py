"""A surgeon's requests through the API: by the rules of the page, their own alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from planning.access import Role
from planning.models import Intervention, JournalEntry, PatientRead
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user

pytestmark = pytest.mark.django_db
REQUESTS = "/api/v1/requests/"
SUNDAY = WEEK.monday - timedelta(days=1)
NEW = {
    "patient_code": "P-4821", "procedure_label": "Hanche", "planned_minutes": 140, "side": "left",
    "admission_date": SUNDAY.isoformat(), "deadline_date": WEEK.days[4].isoformat(),
}  # fmt: skip


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: SUNDAY)


@pytest.fixture
def client(hospital: Hospital) -> Client:
    client = Client()
    client.force_login(hospital.surgeon_user)
    return client


def send(client: Client, method: str, url: str, data: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return getattr(client, method)(url, data or {}, content_type="application/json", headers=named)


def test_a_draft_is_written_changed_and_submitted(client: Client, hospital: Hospital) -> None:
    made = send(client, "post", REQUESTS, NEW | {"patient_code": ""})
    url = made.headers["Location"]
    assert (made.status_code, made.json()["state"], made.json()["priority"]) == (201, "draft", "elective")
    assert not JournalEntry.objects.exists()

    refused = send(client, "post", f"{url}submit/")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["patient_code"])
    changed = send(client, "patch", url, {"patient_code": "P-4821"}, If_Match=made.headers["ETag"])
    assert (changed.status_code, changed.json()["planned_minutes"]) == (200, 140)
    assert send(client, "patch", url, {"side": ""}, If_Match=made.headers["ETag"]).status_code == 412

    sent = send(client, "post", f"{url}submit/")
    assert (sent.status_code, sent.json()["state"]) == (200, "requested")
    assert Intervention.objects.get().state == "requested"
    again = send(client, "post", f"{url}submit/")
    assert (again.status_code, again.json()["type"]) == (409, "decided")


def test_one_sent_back_needs_its_answer(client: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="returned", return_reason="Quel côté ?")
    url = f"{REQUESTS}{row.pk}/"
    assert client.get(url).json()["return_reason"] == "Quel côté ?"
    assert "answer" in send(client, "post", f"{url}submit/").json()["errors"]

    assert send(client, "post", f"{url}submit/", {"answer": "Le gauche"}).json()["state"] == "requested"
    assert JournalEntry.objects.get().reason == "Le gauche"


def test_the_same_twice_is_told_before_it_goes_on(client: Client, hospital: Hospital) -> None:
    first = make_intervention(hospital.surgeons[0], state="requested", patient_code="P-4821", procedure_label="Hanche")
    url = send(client, "post", REQUESTS, NEW).headers["Location"]

    told = send(client, "post", f"{url}submit/")
    assert (told.status_code, told.json()["type"], told.json()["requests"]) == (409, "asked-already", [first.code])
    assert send(client, "post", f"{url}submit/", {"again": True}).status_code == 200


def test_a_request_is_withdrawn_until_it_is_accepted(client: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="requested")
    assert send(client, "post", f"{REQUESTS}{row.pk}/withdraw/").json()["state"] == "draft"
    Intervention.objects.filter(pk=row.pk).update(state="accepted")
    assert send(client, "post", f"{REQUESTS}{row.pk}/withdraw/").status_code == 409


def test_a_draft_is_deleted_with_its_version(client: Client, hospital: Hospital) -> None:
    url = f"{REQUESTS}{make_intervention(hospital.surgeons[0], state='draft').pk}/"
    assert client.delete(url).status_code == 428
    assert client.delete(url, headers={"If-Match": client.get(url).headers["ETag"]}).status_code == 204
    assert not Intervention.objects.exists()


def test_only_ones_own_are_there(client: Client, hospital: Hospital) -> None:
    own = make_intervention(hospital.surgeons[0], state="requested", procedure_label="Genou")
    draft = make_intervention(hospital.surgeons[0], state="draft")
    other = make_intervention(hospital.surgeons[1], state="draft")

    found = client.get(REQUESTS).json()
    assert {one["id"] for one in found["results"]} == {own.pk, draft.pk}
    assert [one["id"] for one in client.get(REQUESTS, {"state": "draft"}).json()["results"]] == [draft.pk]
    assert [one["id"] for one in client.get(REQUESTS, {"q": "genou"}).json()["results"]] == [own.pk]
    assert PatientRead.objects.first().interventions == f",{own.pk},"  # type: ignore[union-attr]
    for method, tail in (("get", ""), ("patch", ""), ("delete", ""), ("post", "submit/"), ("post", "withdraw/")):
        answer = send(client, method, f"{REQUESTS}{other.pk}/{tail}", If_Match="*")
        assert answer.status_code == 404, (method, tail)
    assert Intervention.objects.get(pk=other.pk).state == "draft"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries_whatever_its_size(
    client: Client, hospital: Hospital, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        make_intervention(hospital.surgeons[0], state="requested")
    with django_assert_num_queries(7):  # session, user, surgeon; count, rows, their equipment; the note of the reading
        client.get(REQUESTS)


def test_an_account_without_a_surgeon_is_told(hospital: Hospital) -> None:
    client = Client()
    client.force_login(make_user("nouveau", Role.SURGEON))
    assert client.get(REQUESTS).json()["count"] == 0
    assert send(client, "post", REQUESTS, NEW).json()["type"] == "no-surgeon"


def test_the_duration_and_the_places_are_asked_without_writing(client: Client, hospital: Hospital) -> None:
    for number, minutes in enumerate((90, 100, 110, 120, 140, 180), start=1):
        entered = NOW - timedelta(days=number)
        make_intervention(
            hospital.surgeons[0], 60, procedure_label="Hanche", state="done", entered_at=entered,
            left_at=entered + timedelta(minutes=minutes),
        )  # fmt: skip
    history = send(client, "post", f"{REQUESTS}duration/", {"procedure_label": "Hanche"}).json()["history"]
    assert [history[name] for name in ("group", "count", "median", "p80", "minutes", "over")] == [
        "own", 6, 115, 140, 140, 1
    ]  # fmt: skip
    days = {name: NEW[name] for name in ("planned_minutes", "admission_date", "deadline_date")}
    places = send(client, "post", f"{REQUESTS}places/", days).json()
    assert [one["date"] for one in places["first"]] == [day.isoformat() for day in WEEK.days[:3]]
    assert (places["first"][0]["room"], places["first"][0]["hours"]) == ("SO1", "08:00–10:20")
    assert Intervention.objects.exclude(state="done").count() == 0


def test_questions_have_their_own_limit(client: Client, settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {"question": 1, "write": 1}
    statuses = [send(client, "post", f"{REQUESTS}duration/", {"procedure_label": "x"}).status_code for _ in range(2)]
    assert statuses == [200, 429]
    assert send(client, "post", REQUESTS, NEW).status_code == 201


def test_procedures_are_found_by_their_words_and_bring_what_they_usually_need(
    client: Client, hospital: Hospital
) -> None:
    microscope = hospital.rooms[0].equipment.get()
    for _number in range(2):
        row = make_intervention(hospital.surgeons[0], procedure_label="Prothèse de hanche", ambulatory=True)
        row.equipment.set([microscope])
    make_intervention(hospital.surgeons[2], procedure_label="Secret d'un autre")
    found = client.get(f"{REQUESTS}procedures/", {"q": "hanche prothese"}).json()
    assert found == [{"procedure_label": "Prothèse de hanche", "procedure_code": "", "own": 2, "total": 2}]
    assert client.get(f"{REQUESTS}procedures/").json() == found
    assert client.get(f"{REQUESTS}procedures/", {"q": "secret"}).json() == []
    answer = send(client, "post", f"{REQUESTS}duration/", {"procedure_label": "Prothèse de hanche"}).json()
    assert answer["usual"] == {"equipment": [microscope.pk], "ambulatory": True, "recovery_minutes": 90}


def test_the_stay_in_the_recovery_room_is_asked_kept_and_changed(client: Client, hospital: Hospital) -> None:
    usual = send(client, "post", REQUESTS, NEW).json()
    made = send(client, "post", REQUESTS, NEW | {"recovery_minutes": 0})
    assert (usual["recovery_minutes"], made.json()["recovery_minutes"]) == (90, 0)
    url = made.headers["Location"]
    other = send(client, "patch", url, {"planned_minutes": 100}, if_match=made.headers["ETag"])
    assert (other.status_code, other.json()["recovery_minutes"]) == (200, 0)
    longer = send(client, "patch", url, {"recovery_minutes": 125}, if_match=other.headers["ETag"])
    assert longer.json()["recovery_minutes"] == 125
    wrong = send(client, "patch", url, {"recovery_minutes": 1441}, if_match=longer.headers["ETag"])
    assert (wrong.status_code, "recovery_minutes" in str(wrong.json())) == (400, True)
