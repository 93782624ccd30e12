"""The inbox and its decisions through the API: the same services, the same answers as the page's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.models import ChangeRequest, Intervention, PatientRead
from planning.services.decisions import send_back
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, small_hospital

TODAY = WEEK.monday - timedelta(days=3)


@pytest.fixture
def hospital(db: None) -> Hospital:
    return small_hospital()


@pytest.fixture(autouse=True)
def three_days_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def api(hospital: Hospital) -> Client:
    client = Client()
    client.force_login(hospital.director)
    return client


def ask(hospital: Hospital, **fields: Any) -> Intervention:
    values: dict[str, Any] = {"state": "requested", "procedure_code": "NEKA020", "procedure_label": "Hanche"}
    return make_intervention(hospital.surgeons[0], **(values | fields))


def post(client: Client, name: str, row: Intervention | None = None, **data: Any) -> Any:
    url = reverse(name, kwargs={"pk": row.pk} if row else {})
    return client.post(url, data, content_type="application/json")


def state(row: Intervention) -> str:
    row.refresh_from_db()
    return row.state


def test_what_took_place_is_noted_done_together_and_one_is_listed_in_all_its_groups(
    api: Client, hospital: Hospital
) -> None:
    row, other = (make_intervention(hospital.surgeons[0], state="planned") for _number in range(2))
    ChangeRequest.objects.create(
        intervention=row, kind="other", reason="x", asked_at=NOW, asked_by=hospital.surgeon_user
    )
    for query in ("", "?group=change"):
        listed = {one["intervention"]: one["groups"] for one in api.get(reverse("api-inbox") + query).json()["results"]}
        assert listed[row.pk] == ["replan", "change"]
    answer = post(api, "api-inbox-done", interventions=[row.pk, other.pk]).json()
    assert (len(answer["entries"]), state(row), state(other)) == (2, "done", "done")
    assert ChangeRequest.objects.get().state == "closed"


def test_the_list_has_the_worst_first_and_is_narrowed_and_paged(api: Client, hospital: Hospital) -> None:
    new = ask(hospital)
    fallen = make_intervention(hospital.surgeons[2], to_replan_since=NOW, responsible=hospital.director)

    answer = api.get(reverse("api-inbox")).json()

    assert [(one["intervention"], one["group"]) for one in answer["results"]] == [
        (fallen.pk, "replan"), (new.pk, "new")
    ]  # fmt: skip
    assert answer["results"][0]["responsible"] == hospital.director.pk
    assert answer["results"][1]["said"] == "acte jamais réalisé ici : durée sans précédent"
    assert PatientRead.objects.get().source == "inbox"
    assert [one["group"] for one in api.get(reverse("api-inbox") + "?group=new").json()["results"]] == ["new"]
    page = api.get(reverse("api-inbox") + "?page_size=1&page=2").json()
    assert (page["count"], [one["intervention"] for one in page["results"]]) == (2, [new.pk])
    assert api.get(reverse("api-inbox") + "?group=x").status_code == 400
    assert api.get(reverse("api-inbox") + "?state=new").json()["errors"].keys() == {"state"}


def test_requests_are_decided_together_and_taken_back(api: Client, hospital: Hospital) -> None:
    first, second = ask(hospital), ask(hospital)
    send_back(interventions=[second.pk], reason="?", user=hospital.surgeon_user, now=NOW)

    answer = post(api, "api-inbox-accept", interventions=[first.pk, second.pk]).json()

    assert (state(first), state(second)) == ("accepted", "returned")
    [refused] = answer["refused"]
    assert (refused["intervention"], refused["state"]) == (second.pk, "returned")
    assert "renvoyée au chirurgien, Martin" in refused["text"]
    undone = post(api, "api-inbox-undo", entries=answer["entries"]).json()
    assert (state(first), len(undone["entries"])) == ("requested", 1)


def test_a_kept_duration_is_for_one_request(api: Client, hospital: Hospital) -> None:
    row = ask(hospital, planned_minutes=90)
    post(api, "api-inbox-accept", interventions=[row.pk], minutes=135)
    row.refresh_from_db()
    assert row.planned_minutes == 135


def test_sending_back_and_refusing_take_a_reason(api: Client, hospital: Hospital) -> None:
    row = ask(hospital)
    assert post(api, "api-inbox-return", interventions=[row.pk], reason=" ").status_code == 400
    assert post(api, "api-inbox-return", interventions=[row.pk], reason="De quel côté ?").status_code == 200
    assert state(row) == "returned"
    late = post(api, "api-intervention-refuse", row, reason="Non", shown_as="requested")
    assert (late.status_code, late.json()["type"]) == (409, "decided")
    assert "Directrice" in late.json()["detail"]
    assert post(api, "api-intervention-refuse", row, reason="Non", shown_as="returned").status_code == 200
    assert state(row) == "cancelled"


def test_duplicates_are_merged_or_kept_apart(api: Client, hospital: Hospital) -> None:
    first, second = ask(hospital, patient_code="P-1"), ask(hospital, patient_code="P-1")
    assert post(api, "api-intervention-merge", second, kept=ask(hospital).pk).json()["type"] == "no-duplicate"
    assert post(api, "api-intervention-apart", second).status_code == 200
    assert post(api, "api-intervention-apart", second).status_code == 409
    assert post(api, "api-intervention-merge", second, kept=first.pk).json()["refused"] == []
    assert state(second) == "cancelled"


def test_a_change_is_answered_once(api: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], 90)
    ChangeRequest.objects.create(
        intervention=row, kind="duration", minutes=120, reason="Reprise", asked_at=NOW, asked_by=hospital.surgeon_user
    )
    refused = post(api, "api-intervention-answer-change", row, accept=False)
    assert refused.json()["errors"].keys() == {"answer"}
    assert post(api, "api-intervention-answer-change", row, accept=True).status_code == 200
    assert post(api, "api-intervention-answer-change", row, accept=True).status_code == 404
    row.refresh_from_db()
    assert row.planned_minutes == 120


def test_what_fell_out_is_followed_up(api: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="planned")
    assert post(api, "api-intervention-again", row, reason="Pas de lit").status_code == 200
    told = {"responsible": hospital.director.pk, "day": WEEK.days[2].isoformat(), "note": "Lit demandé"}
    assert post(api, "api-intervention-follow-up", row, **told).status_code == 200
    assert post(api, "api-intervention-follow-up", row, **told).status_code == 409, "seen without anyone"
    row.refresh_from_db()
    assert (row.state, row.responsible, row.replan_monday) == ("accepted", hospital.director, WEEK.monday)
    done = make_intervention(hospital.surgeons[0], state="planned")
    assert post(api, "api-intervention-done", done).status_code == 200
    assert state(done) == "done"


def test_reading_is_said(api: Client, hospital: Hospital) -> None:
    assert post(api, "api-inbox-read", until=NOW.isoformat()).status_code == 204
    assert post(api, "api-inbox-read", until="hier").status_code == 400


def test_a_surgeon_sees_and_decides_nothing(hospital: Hospital) -> None:
    client, row = Client(), ask(hospital)
    client.force_login(hospital.surgeon_user)
    assert client.get(reverse("api-inbox")).status_code == 403
    assert post(client, "api-inbox-accept", interventions=[row.pk]).status_code == 403
    assert post(client, "api-intervention-refuse", row, reason="Non").status_code == 403
    assert state(row) == "requested"


@pytest.mark.parametrize("name", ["refuse", "merge", "done", "again", "follow-up", "answer-change", "apart"])
def test_a_surgeons_draft_is_not_there(name: str, api: Client, hospital: Hospital) -> None:
    row = ask(hospital, state="draft")
    assert post(api, f"api-intervention-{name}", row, reason="x", kept=1, accept=True).status_code in (400, 404)
    assert state(row) == "draft"


def test_the_evidence_for_one_decision_is_read(api: Client, hospital: Hospital) -> None:
    row = ask(hospital, notes="Latex")
    found = api.get(reverse("api-inbox-item", kwargs={"pk": row.pk})).json()
    assert (found["intervention"], found["group"], found["notes"]) == (row.pk, "new", "Latex")
    assert (found["history"], [one["minutes"] for one in found["durations"]]) == (None, [90])
    assert found["places"][0]["date"] == "2026-11-23"
    assert PatientRead.objects.get().source == "inbox"
    assert api.get(reverse("api-inbox-item", kwargs={"pk": 999})).status_code == 404
