"""Sign-offs through the API: the same rights, readings and refusals as their page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from planning.models import Intervention, PatientRead, Plan, SignOff, Site, User
from tests.factories.hospital import WEEK, Hospital, make_intervention, make_user, small_hospital
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
URL = f"/api/v1/weeks/{WEEK}/sign-offs/"


@pytest.fixture
def hospital() -> Hospital:
    hospital = small_hospital()
    Site.objects.update(surgeon_sign_off="each", anaesthetist_sign_off=True)
    return hospital


@pytest.fixture
def draft(hospital: Hospital) -> Plan:
    draft = make_plan()
    for day, surgeon in enumerate(hospital.surgeons[:2]):
        place(draft, make_intervention(surgeon, 60), hospital, day=day)
    return draft


@pytest.fixture
def doctor(hospital: Hospital) -> User:
    return make_user("renard", "anaesthetist")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def read(user: User) -> dict[str, Any]:
    answer = client_of(user).get(URL)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def ask(hospital: Hospital, draft: Plan) -> None:
    body = {"revision": draft.revision}
    answer = client_of(hospital.director).post(f"{URL}ask/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["missing"] == 3


def say(user: User, kind: str, surgeon: int | None = None, **fields: Any) -> Any:
    digests = {(one["kind"], one["surgeon"]): one["digest"] for one in read(user)["sign_offs"]}
    body = {"kind": kind, "surgeon": surgeon, "decision": "signed", "seen": digests.get((kind, surgeon), "x")} | fields
    return client_of(user).post(URL, body, content_type="application/json")


def test_a_surgeon_is_told_nothing_before_the_sign_offs_are_asked(hospital: Hospital, draft: Plan) -> None:
    told = read(hospital.surgeon_user)
    assert (told["plan"], told["sign_offs"], told["programme"]) == (None, [], [])
    assert not PatientRead.objects.exists()


def test_a_surgeon_reads_their_own_part_and_signs_it(hospital: Hospital, draft: Plan) -> None:
    ask(hospital, draft)
    martin = hospital.surgeons[0]
    own = Intervention.objects.get(surgeon=martin)
    told = read(hospital.surgeon_user)
    assert [line["intervention"] for line in told["programme"]] == [own.pk]
    assert [one["label"] for one in told["sign_offs"] if one["may_sign"]] == ["Dr Martin"]
    answer = say(hospital.surgeon_user, "surgeon", martin.pk)
    assert answer.status_code == 200
    assert SignOff.objects.get().surgeon == martin
    assert answer.json()["missing"] == 2


def test_a_refusal_needs_a_reason_and_reaches_whoever_asked(hospital: Hospital, draft: Plan, doctor: User) -> None:
    ask(hospital, draft)
    refused = say(doctor, "anaesthetist", decision="refused")
    assert (refused.status_code, refused.json()["reason"]) == (409, "comment-required")
    assert say(doctor, "anaesthetist", decision="refused", comment="Deux postes fermés").status_code == 200
    told = [one for one in read(hospital.director)["sign_offs"] if one["kind"] == "anaesthetist"]
    assert [(one["state"], one["comment"]) for one in told] == [("refused", "Deux postes fermés")]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"seen": "autre"}, "seen-changed"), ({"kind": "organiser"}, "not-asked"), ({"surgeon": 999}, "not-asked")],
)
def test_what_cannot_be_signed_is_a_conflict_that_says_which(
    hospital: Hospital, draft: Plan, doctor: User, fields: dict[str, Any], reason: str
) -> None:
    ask(hospital, draft)
    answer = say(doctor, **({"kind": "anaesthetist"} | fields))
    assert (answer.status_code, answer.json()["reason"]) == (409, reason)
    assert not SignOff.objects.exists()


def test_nobody_signs_for_another(hospital: Hospital, draft: Plan, doctor: User) -> None:
    ask(hospital, draft)
    answer = say(doctor, "surgeon", hospital.surgeons[0].pk)
    assert (answer.status_code, answer.json()["reason"]) == (409, "not-theirs")
    assert client_of(hospital.viewer).get(URL).status_code == 403
    planner = make_user("cellule", "planner")
    assert client_of(planner).get(URL).status_code == 200
    assert client_of(planner).post(URL, {}, content_type="application/json").status_code == 403


def test_asking_with_a_stale_revision_tells_the_state_as_it_is(hospital: Hospital, draft: Plan) -> None:
    answer = client_of(hospital.director).post(f"{URL}ask/", {"revision": 9}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]["revision"]) == (409, draft.revision)


def test_asking_where_none_is_required_is_told(hospital: Hospital, draft: Plan) -> None:
    Site.objects.update(surgeon_sign_off="none", anaesthetist_sign_off=False)
    body = {"revision": draft.revision}
    answer = client_of(hospital.director).post(f"{URL}ask/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (409, "no-sign-off-required")
    draft.refresh_from_db()
    assert draft.sign_offs_asked_at is None


def test_the_weeks_to_sign_are_those_asked_of_one_and_to_whoever_asks_those_to_come(
    hospital: Hospital, draft: Plan, doctor: User
) -> None:
    def weeks(user: User) -> list[tuple[str, bool, int, int]]:
        rows = client_of(user).get("/api/v1/sign-offs/").json()
        return [(one["week"], one["own"], one["held"], one["missing"]) for one in rows]

    assert weeks(doctor) == []
    assert weeks(hospital.director) == [(str(WEEK), False, 0, 3)]
    ask(hospital, draft)
    assert weeks(doctor) == [(str(WEEK), True, 0, 3)]
    assert say(doctor, "anaesthetist").status_code == 200
    assert weeks(doctor) == [(str(WEEK), False, 1, 2)]
