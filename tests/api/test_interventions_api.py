"""Interventions through the API: what each may read, and what the planning office decides."""

from __future__ import annotations

from typing import Any

import pytest

from planning.models import Intervention, JournalEntry, PatientRead, Placement
from tests.api.conftest import Api
from tests.factories.hospital import Hospital, make_intervention, make_user
from tests.factories.plans import make_plan, place

BODY = {
    "code": "I26-9", "patient_code": "P-9", "procedure_label": "Hernie", "planned_minutes": 75,
    "admission_date": "2026-11-24", "deadline_date": "2026-12-04",
}  # fmt: skip


def codes(api: Api, **query: Any) -> list[str]:
    return [one["code"] for one in api.get("interventions/", **query).json()["results"]]


def test_an_intervention_is_asked_for_with_the_rules_of_the_page(director: Api, hospital: Hospital) -> None:
    made = director.post("interventions/", BODY | {"surgeon": hospital.surgeons[0].pk})
    assert made.status_code == 201
    row = made.json()
    assert (row["state"], row["specialty"], row["recovery_minutes"]) == ("accepted", hospital.orthopaedics.pk, 90)
    assert director.get(made.headers["Location"].removeprefix("/api/v1/")).json() == row
    late = director.post(
        "interventions/", BODY | {"code": "I2", "surgeon": hospital.surgeons[0].pk, "deadline_date": "2026-11-24"}
    )
    assert list(late.json()["errors"]) == ["deadline_date"]
    unknown = director.post("interventions/", BODY | {"code": "I2", "surgeon": 999})
    assert list(unknown.json()["errors"]) == ["surgeon"]
    assert Intervention.objects.count() == 1


def test_a_correction_keeps_the_rest_and_its_reason(director: Api, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60, notes="Fragile")
    url = f"interventions/{item.pk}/"
    seen = director.get(url).headers["ETag"]
    changed = director.patch(url, {"planned_minutes": 80, "reason": "Revu"}, seen)
    assert (changed.status_code, changed.json()["planned_minutes"], changed.json()["notes"]) == (200, 80, "Fragile")
    entry = JournalEntry.objects.get()
    assert (entry.reason, entry.before["planned_minutes"], entry.after["planned_minutes"]) == ("Revu", 60, 80)
    assert director.patch(url, {"planned_minutes": 90}, seen).status_code == 412
    assert director.patch(url, {"planned_minutes": 90}, None).status_code == 428
    item.refresh_from_db()
    assert item.planned_minutes == 80


def test_a_request_is_accepted_once_and_cancelled_once(director: Api, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60, state="requested")
    url = f"interventions/{item.pk}/"
    assert director.post(f"{url}accept/").json()["state"] == "accepted"
    again = director.post(f"{url}accept/")
    assert (again.status_code, again.json()["type"]) == (409, "already")
    place(make_plan(), item, hospital)
    assert list(director.post(f"{url}cancel/", {}).json()["errors"]) == ["reason"]
    cancelled = director.post(f"{url}cancel/", {"reason": "Fièvre"}).json()
    assert (cancelled["state"], cancelled["cancel_reason"], cancelled["places"]) == ("cancelled", "Fièvre", [])
    assert director.post(f"{url}cancel/", {"reason": "Fièvre"}).json()["type"] == "closed"
    assert director.patch(url, {"planned_minutes": 90}).json()["type"] == "closed"
    assert not Placement.objects.exists()


def test_the_list_is_narrowed_by_state_surgeon_deadline_and_words(director: Api, hospital: Hospital) -> None:
    one = make_intervention(hospital.surgeons[0], 60, procedure_label="Hernie", deadline_date="2026-12-01")
    two = make_intervention(hospital.surgeons[1], 60, state="requested", deadline_date="2026-12-20")
    three = make_intervention(hospital.surgeons[2], 60, state="cancelled", deadline_date="2026-12-24")
    assert codes(director) == [one.code, two.code, three.code]
    assert codes(director, state=["accepted", "requested"]) == [one.code, two.code]
    assert codes(director, surgeon=hospital.surgeons[2].pk) == [three.code]
    assert codes(director, specialty=hospital.orthopaedics.pk) == [one.code, two.code]
    assert codes(director, deadline_from="2026-12-20", deadline_until="2026-12-23") == [two.code]
    assert codes(director, q="hern") == [one.code]
    assert director.get("interventions/", state="open").status_code == 400


def test_a_surgeon_reads_their_own_alone(surgeon: Api, hospital: Hospital) -> None:
    mine, other = make_intervention(hospital.surgeons[0], 60), make_intervention(hospital.surgeons[1], 60)
    draft = make_intervention(hospital.surgeons[0], 60, state="draft")
    assert set(codes(surgeon)) == {mine.code, draft.code}
    assert surgeon.get(f"interventions/{mine.pk}/").json()["patient_code"] == mine.patient_code
    assert [surgeon.get(f"interventions/{pk}/").status_code for pk in (other.pk, 999, 10**25)] == [404, 404, 404]
    assert surgeon.patch(f"interventions/{mine.pk}/", {"planned_minutes": 5}).status_code == 403
    assert codes(surgeon, surgeon=hospital.surgeons[1].pk) == []


def test_a_surgeons_draft_is_nobody_elses_business(director: Api, hospital: Hospital) -> None:
    draft = make_intervention(hospital.surgeons[0], 60, state="draft")
    assert codes(director) == []
    assert director.get(f"interventions/{draft.pk}/").status_code == 404
    assert director.post(f"interventions/{draft.pk}/cancel/", {"reason": "x"}).status_code == 404


def test_a_surgeon_reads_the_approved_place_only(surgeon: Api, director: Api, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60)
    place(make_plan("approved", 1), item, hospital)
    place(make_plan("draft", 2), item, hospital, start=600)
    url = f"interventions/{item.pk}/"
    assert [(one["status"], one["start"]) for one in surgeon.get(url).json()["places"]] == [("approved", 480)]
    assert [(one["status"], one["start"]) for one in director.get(url).json()["places"]] == [
        ("approved", 480), ("draft", 600),
    ]  # fmt: skip


def test_reading_is_noted(director: Api, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60)
    codes(director)
    director.get(f"interventions/{item.pk}/")
    reads = PatientRead.objects.order_by("pk").values_list("source", "interventions")
    assert list(reads) == [("list", f",{item.pk},"), ("form", f",{item.pk},")]


def test_an_anaesthetist_reads_and_changes_nothing(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60, state="requested")
    api = Api(make_user("anesthesiste", "anaesthetist"))
    assert codes(api) == [item.code]
    assert api.post(f"interventions/{item.pk}/accept/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries(
    director: Api, hospital: Hospital, count: int, django_assert_num_queries: Any
) -> None:
    plan = make_plan()
    for number in range(count):
        place(plan, make_intervention(hospital.surgeons[0], 10), hospital, start=480 + 10 * number)
    with django_assert_num_queries(7):  # session, user; count, rows, equipment, places; the note of the reading
        assert len(codes(director)) == count
