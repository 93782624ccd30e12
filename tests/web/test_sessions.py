"""Sessions end, addresses to go on to stay ours, and neither logs nor e-mails name a patient."""

from __future__ import annotations

import logging

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from planning.models import Intervention
from planning.web.sessions import BEGAN, SEEN
from tests.factories.hospital import PASSWORD, WEEK, Hospital
from tests.factories.theatre import page_address, pages, rows_of, working_theatre

pytestmark = pytest.mark.django_db
HOSTILE = (
    "https://evil.example/", "//evil.example/", "///evil.example", "\\\\evil.example", "/\\evil.example",
    "javascript:alert(1)", "https:evil.example", "http://testserver@evil.example/", " //evil.example",
    "\t//evil.example",
)  # fmt: skip


def age(client: Client, name: str, seconds: int) -> None:
    session = client.session
    session[name] -= seconds
    session.save()


def signed_in(client: Client) -> bool:
    return client.get(reverse("rooms")).status_code == 200


def test_a_session_ends_when_its_person_does_nothing(director: Client) -> None:
    age(director, SEEN, 120 * 60 - 5)
    assert signed_in(director)
    age(director, SEEN, 120 * 60 + 5)
    answer = director.get(reverse("rooms"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_login")
    assert "Votre session a pris fin" in answer.content.decode()
    assert not signed_in(director)


def test_what_a_page_asks_by_itself_keeps_no_session_alive(director: Client) -> None:
    age(director, SEEN, 3600)
    before = director.session[SEEN]
    assert director.get(reverse("api-week-pulse", kwargs={"week": str(WEEK)})).status_code == 200
    assert director.session[SEEN] == before
    director.get(reverse("rooms"))
    assert director.session[SEEN] >= before + 3600


def test_a_session_ends_twelve_hours_after_signing_in_whatever_its_person_does(director: Client) -> None:
    age(director, BEGAN, 12 * 3600)
    assert not signed_in(director)
    assert director.get(f"/api/v1/weeks/{WEEK}/grid/").status_code in (401, 403)


@pytest.mark.parametrize("address", HOSTILE)
def test_signing_in_leads_nowhere_else(address: str, hospital: Hospital) -> None:
    given = {"login": "directrice", "password": PASSWORD, "next": address}
    answer = Client().post(f"{reverse('account_login')}", given)
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))


@pytest.mark.parametrize("address", HOSTILE)
def test_changing_language_leads_nowhere_else(address: str, director: Client) -> None:
    answer = director.post(reverse("set_language"), {"language": "en", "next": address})
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_a_page_of_ours_is_gone_on_to(hospital: Hospital) -> None:
    given = {"login": "directrice", "password": PASSWORD, "next": reverse("rooms")}
    assert Client().post(reverse("account_login"), given)["Location"] == reverse("rooms")


def test_neither_logs_nor_e_mails_name_a_patient(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    theatre = working_theatre()
    secret = "PATIENT-7F3A"
    Intervention.objects.update(patient_code=secret)
    rows = rows_of(theatre)
    client = Client()
    client.force_login(theatre.hospital.director)
    shown = 0
    for pattern in pages():
        url = page_address(pattern, rows, "0" * 32)
        shown += secret in client.get(url).content.decode()
        client.post(url, {"patient_code": secret, "notes": secret, "reason": secret, "email": "x@example.org"})
    client.post("/api/v1/nulle-part/", {"patient_code": secret}, content_type="application/json")
    Client().post(reverse("account_reset_password"), {"email": theatre.hospital.director.email})

    assert shown, "it was there to be told"
    assert mail.outbox, "an e-mail left"
    said = [record.getMessage() + str(record.exc_text or "") for record in caplog.records]
    assert said, "something was logged"
    assert [text for text in said if secret in text] == []
    assert [sent for sent in mail.outbox if secret in f"{sent.subject}{sent.body}"] == []
