"""Accounts and the log of reads through the API: the administrator's, by the services of the pages."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail

from planning.models import JournalEntry, PatientRead, Site, User
from planning.services.tokens import create_token
from tests.api.conftest import Api
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user

NEW = {"last_name": "Nouvelle", "first_name": "Anne", "email": "Anne@Example.org", "role": "planner"}


@pytest.fixture
def boss(hospital: Hospital) -> User:
    return make_user("admin", "administrator")


@pytest.fixture
def admin(boss: User) -> Api:
    return Api(boss)


def kind(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"]


def test_a_person_is_invited_and_the_e_mail_has_the_page_that_opens_the_account(admin: Api) -> None:
    made = admin.post("accounts/", NEW)
    assert made.status_code == 201
    told = made.json()
    assert (told["email"], told["state"], told["invitation_sent"]) == ("anne@example.org", "invited", True)
    assert "http://testserver/mot-de-passe-oublie/cle/" in mail.outbox[0].body
    assert not any("password" in name for name in told)
    read = admin.get(made.headers["Location"].removeprefix("/api/v1/"))
    assert (read.json()["last_name"], read.json()["second_factor"]) == ("Nouvelle", False)
    again = admin.post("accounts/", NEW)
    assert (again.status_code, list(again.json()["errors"])) == (400, ["email"])


def test_a_surgeons_account_needs_its_surgeon(admin: Api, hospital: Hospital) -> None:
    answer = admin.post("accounts/", NEW | {"role": "surgeon"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["surgeon"])
    made = admin.post("accounts/", NEW | {"role": "surgeon", "surgeon": hospital.surgeons[1].pk})
    assert (made.status_code, made.json()["surgeon"]) == (201, hospital.surgeons[1].pk)


def test_the_invitation_is_sent_again_to_who_has_not_come(admin: Api, hospital: Hospital) -> None:
    made = admin.post("accounts/", NEW).json()
    url = f"accounts/{made['id']}/resend/"
    sent = admin.post(url, {"version": made["version"]})
    assert (sent.status_code, sent.json()["invitation_sent"], len(mail.outbox)) == (200, True, 2)
    assert kind(admin.post(url, {"version": made["version"]})) == (409, "stale")
    assert kind(admin.post(f"accounts/{hospital.viewer.pk}/resend/", {"version": 0})) == (409, "opened")


def test_a_change_is_of_the_version_that_was_read_and_ends_what_was_open(admin: Api, hospital: Hospital) -> None:
    _row, token = create_token(name="Export", days=30, user=hospital.viewer, now=NOW)
    url = f"accounts/{hospital.viewer.pk}/"
    seen = admin.get(url)
    assert admin.patch(url, {"role": "planner"}, None).status_code == 428
    changed = admin.patch(url, {"role": "planner"}, seen.headers["ETag"])
    assert (changed.status_code, changed.json()["role"]) == (200, "planner")
    assert admin.patch(url, {"role": "viewer"}, seen.headers["ETag"]).status_code == 412
    asked = admin.client.get("/api/v1/rooms/", headers={"Authorization": f"Bearer {token}"})
    assert asked.status_code == 401


def test_administrators_rename_themselves_and_stay_but_do_not_demote_themselves(admin: Api, boss: User) -> None:
    url = f"accounts/{boss.pk}/"
    assert admin.patch(url, {"first_name": "Ada"}).status_code == 200
    assert admin.get(url).json()["first_name"] == "Ada"
    assert kind(admin.patch(url, {"role": "viewer"})) == (409, "own-account")


def test_an_account_is_closed_for_a_reason_and_reopened(admin: Api, hospital: Hospital) -> None:
    url = f"accounts/{hospital.viewer.pk}/"
    assert admin.post(f"{url}close/", {"version": 0}).status_code == 400
    closed = admin.post(f"{url}close/", {"version": 0, "reason": "Départ"})
    assert (closed.json()["state"], closed.json()["version"]) == ("closed", 1)
    assert kind(admin.post(f"{url}close/", {"version": 1, "reason": "Départ"})) == (409, "already")
    assert JournalEntry.objects.filter(action="account", reason="Départ").count() == 1
    assert admin.post(f"{url}reopen/", {"version": 1}).json()["state"] == "active"


def test_a_lost_second_factor_is_taken_away(admin: Api, hospital: Hospital) -> None:
    url = f"accounts/{hospital.viewer.pk}/"
    assert kind(admin.post(f"{url}reset-second-factor/", {"version": 0, "reason": "Perdu"})) == (409, "no-factor")
    Authenticator.objects.create(user=hospital.viewer, type="totp", data={"secret": "x"})
    assert admin.get(url).json()["second_factor"] is True
    answer = admin.post(f"{url}reset-second-factor/", {"version": 0, "reason": "Perdu"})
    assert (answer.status_code, answer.json()["second_factor"]) == (200, False)


def test_the_site_asks_everyone_for_a_second_factor_or_not(admin: Api, boss: User) -> None:
    Authenticator.objects.create(user=boss, type="totp", data={"secret": "x"})
    assert admin.get("accounts/second-factor/").json() == {"required": False}
    assert admin.send("PUT", "accounts/second-factor/", {"required": True}).json() == {"required": True}
    assert Site.objects.filter(second_factor_required=True).exists()


def test_the_list_is_narrowed_and_asks_the_same_number_of_queries(
    admin: Api, hospital: Hospital, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        assert admin.get("accounts/").json()["count"] == 4
    found = admin.get("accounts/", role="surgeon", q="martin").json()["results"]
    assert [(one["username"], one["surgeon"]) for one in found] == [("martin", hospital.surgeons[0].pk)]
    assert admin.get("accounts/", state="closed").json()["count"] == 0
    assert admin.get("accounts/", second_factor="false", ordering="-name").json()["count"] == 4


def test_accounts_and_reads_are_the_administrators_alone(director: Api) -> None:
    for path in ("accounts/", "accounts/1/", "accounts/second-factor/", "reads/", "reads/export/"):
        assert director.get(path).status_code == 403


# --- Who read what -----------------------------------------------------------------------------------------------


def test_the_reads_of_one_intervention_are_found_and_exported(admin: Api, director: Api, hospital: Hospital) -> None:
    first, second = make_intervention(hospital.surgeons[0]), make_intervention(hospital.surgeons[1])
    director.get(f"weeks/{WEEK}/grid/")
    director.get(f"interventions/{second.pk}/")
    assert admin.get("reads/").json()["count"] == 2
    [line] = admin.get("reads/", code=first.code, user=hospital.director.pk).json()["results"]
    assert (line["source"], line["monday"]) == ("grid", "2026-11-23")
    assert sorted(line["interventions"]) == [first.pk, second.pk]
    assert admin.get("reads/", code="rien").json()["count"] == 0
    file = admin.client.get("/api/v1/reads/export/", {"source": "form"}, headers={"Accept": "text/csv"})
    assert file.headers["Content-Disposition"] == 'attachment; filename="consultations.csv"'
    [_names, cells] = csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";")
    assert cells[1:] == ["directrice", "form", "", second.code]
    assert PatientRead.objects.count() == 2
