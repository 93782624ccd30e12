"""The health page: open to all, true to the database and to the worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from planning.models import PlanningRun
from planning.services.pulse import note_worker
from planning.web.views import health
from tests.factories.hospital import WEEK, make_user

pytestmark = pytest.mark.django_db


def test_a_fresh_installation_is_up_and_its_worker_silent(client: Client) -> None:
    answer = client.get("/sante/")
    assert (answer.status_code, answer.json()) == (
        200, {"database": "up", "worker": "silent", "worker_seen_at": None},
    )  # fmt: skip
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("seconds", "state"), [(3, "up"), (120, "silent")])
def test_the_worker_is_up_while_its_last_tick_is_recent(client: Client, seconds: int, state: str) -> None:
    seen = timezone.now() - timedelta(seconds=seconds)
    note_worker(name="bloc-1", now=seen)
    assert client.get("/sante/").json() == {"database": "up", "worker": state, "worker_seen_at": seen.isoformat()}


def test_a_worker_busy_with_a_run_is_up(client: Client) -> None:
    now = timezone.now()
    note_worker(name="bloc-1", now=now - timedelta(minutes=10))
    PlanningRun.objects.create(
        monday=WEEK.monday, policy="open", time_limit_seconds=600, requested_by=make_user("directrice", "director"),
        requested_at=now, heartbeat_at=now, state="running",
    )  # fmt: skip
    assert client.get("/sante/").json()["worker"] == "up"


def test_without_the_database_it_answers_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise DatabaseError("connection refused")

    monkeypatch.setattr(health, "last_sign_of_life", refuse)
    answer = client.get("/sante/")
    assert (answer.status_code, answer.json()["database"]) == (503, "down")
