"""A surgeon's own follow-up, changes, absences and wishes through the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from planning.calendar import Week
from planning.models import Absence, ChangeRequest, Intervention, PatientRead, Placement, Plan
from tests.api.conftest import Api
from tests.factories.hospital import Hospital, make_intervention, make_user, small_hospital
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db
# The day is the real one.
SOON = Week.of(timezone.localdate()).next.next


@pytest.fixture
def hospital() -> Hospital:
    return small_hospital(week=SOON)


@pytest.fixture
def surgeon(hospital: Hospital) -> Api:
    return Api(hospital.surgeon_user)


@pytest.fixture
def knee(hospital: Hospital) -> Intervention:
    """Planned on the Tuesday at 8:00 in the approved version."""
    item = make_intervention(hospital.surgeons[0], 60, week=SOON, state="planned")
    plan = make_plan(week=SOON)
    slot = hospital.rooms[0].slots.filter(date=SOON.days[1]).earliest("starts_at")
    Placement.objects.create(plan=plan, intervention=item, slot=slot, starts_at=slot.starts_at, minutes=60)
    Plan.objects.filter(pk=plan.pk).update(status="approved")
    return item


def test_the_follow_up_is_told_and_its_reading_noted(surgeon: Api, knee: Intervention) -> None:
    events = surgeon.get(f"own/interventions/{knee.pk}/follow-up/").json()

    assert {one["kind"] for one in events} == {"planned", "submitted"}
    assert next(one for one in events if one["kind"] == "planned")["text"].endswith("à 08:00, salle SO1")
    assert PatientRead.objects.get().interventions == f",{knee.pk},"


def test_a_change_is_asked_listed_and_withdrawn(surgeon: Api, knee: Intervention) -> None:
    path = f"own/interventions/{knee.pk}/changes/"
    made = surgeon.post(path, {"kind": "duration", "minutes": 90, "reason": "Reprise"})

    assert (made.status_code, made.json()["minutes"], made.json()["state"]) == (201, 90, "open")
    again = surgeon.post(path, {"kind": "cancel", "reason": "Fièvre"})
    assert (again.status_code, again.json()["type"]) == (409, "change-open")
    assert surgeon.delete(f"{path}{made.json()['id']}/").status_code == 204
    assert surgeon.delete(f"{path}{made.json()['id']}/").status_code == 409
    assert [one["state"] for one in surgeon.get(path).json()] == ["withdrawn"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "duration", "reason": "x"}, "minutes"),
        ({"kind": "duration", "minutes": 60, "reason": "x"}, "minutes"),
        ({"kind": "move", "reason": "x"}, "wished_date"),
        ({"kind": "move", "wished_date": "2020-01-01", "reason": "x"}, "wished_date"),
        ({"kind": "other"}, "reason"),
        ({"kind": "no", "reason": "x"}, "kind"),
        ({"kind": "other", "reason": "x", "urgent": True}, "urgent"),
    ],
)
def test_what_is_wrong_with_a_change_is_said_by_field(
    body: dict[str, Any], field: str, surgeon: Api, knee: Intervention
) -> None:
    answer = surgeon.post(f"own/interventions/{knee.pk}/changes/", body)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not ChangeRequest.objects.exists()


def test_anothers_is_not_there_and_the_office_is_not_a_surgeon(
    surgeon: Api, hospital: Hospital, knee: Intervention
) -> None:
    other = make_intervention(hospital.surgeons[1], week=SOON, state="planned")
    absence = Absence.objects.create(surgeon=hospital.surgeons[1], starts_on=SOON.monday, ends_on=SOON.monday)

    for path in (f"own/interventions/{other.pk}/follow-up/", f"own/interventions/{other.pk}/changes/"):
        assert surgeon.get(path).status_code == 404
    assert surgeon.post(f"own/interventions/{other.pk}/changes/", {"kind": "cancel", "reason": "x"}).status_code == 404
    assert surgeon.delete(f"own/absences/{absence.pk}/").status_code == 404
    assert Api(hospital.director).get(f"own/interventions/{knee.pk}/follow-up/").status_code == 403
    assert Api(make_user("sans-fiche", "surgeon")).get("own/preferences/").status_code == 404


def test_an_absence_says_what_it_hits_and_is_declared_once_confirmed(surgeon: Api, knee: Intervention) -> None:
    body = {"starts_on": SOON.days[1].isoformat(), "ends_on": SOON.days[2].isoformat(), "reason": "Congrès"}
    told = surgeon.post("own/absences/", body)

    assert (told.status_code, told.json()["type"]) == (409, "hits-planned")
    assert [one["intervention"] for one in told.json()["touched"]] == [knee.pk]
    assert not Absence.objects.exists()
    done = surgeon.post("own/absences/", body | {"confirmed": True})
    assert (done.status_code, [one["code"] for one in done.json()["touched"]]) == (201, [knee.code])
    assert [one["reason"] for one in surgeon.get("own/absences/").json()["results"]] == ["Congrès"]
    assert surgeon.post("own/absences/", body | {"confirmed": True}).status_code == 400
    assert surgeon.delete(f"own/absences/{done.json()['id']}/").status_code == 204
    assert not Absence.objects.exists()


def test_an_absence_that_began_stays(surgeon: Api, hospital: Hospital) -> None:
    today = timezone.localdate()
    row = Absence.objects.create(surgeon=hospital.surgeons[0], starts_on=today, ends_on=today + timedelta(days=1))

    answer = surgeon.delete(f"own/absences/{row.pk}/")

    assert (answer.status_code, answer.json()["type"]) == (409, "begun")


def test_wishes_are_read_with_their_version_and_saved_over_it(surgeon: Api) -> None:
    read = surgeon.get("own/preferences/")
    wish = {"weekday": 1, "half": "morning", "wish": "preferred"}

    saved = surgeon.send("PUT", "own/preferences/", {"wishes": [wish]}, match=read.headers["ETag"])

    assert (saved.status_code, saved.json()) == (200, {"wishes": [wish]})
    assert surgeon.send("PUT", "own/preferences/", {"wishes": []}, match=read.headers["ETag"]).status_code == 412
    assert surgeon.send("PUT", "own/preferences/", {"wishes": []}).status_code == 428
    wrong = surgeon.send("PUT", "own/preferences/", {"wishes": [wish | {"weekday": 6}]}, match="*")
    assert wrong.status_code == 400
    assert surgeon.get("own/preferences/").json() == {"wishes": [wish]}
