"""While the database does not answer, pages and endpoints say so in words, and ask to try again."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from tests.factories.hospital import small_hospital

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Signed in as the director, on a database that goes away at the next question."""
    client = Client(raise_request_exception=False)
    client.force_login(small_hospital().director)

    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", refuse)
    return client


def test_a_page_answers_503_in_both_languages(client: Client) -> None:
    answer = client.get("/interventions/")
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "La base de données ne répond pas" in page
    assert "The database does not answer" in page


def test_an_endpoint_answers_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/weeks/2026-W48/grid/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "unavailable"
    assert "La base de données ne répond pas" in answer.content.decode()


def test_a_defect_is_no_absence_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("planning.web.views.interventions.render", stumble)
    client = Client(raise_request_exception=False)
    client.force_login(small_hospital().director)
    answer = client.get("/interventions/")
    assert answer.status_code == 500
    assert "Une erreur est survenue" in answer.content.decode()
