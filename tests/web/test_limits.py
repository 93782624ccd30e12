"""One person may send so much in a minute; the next is refused in words, and others are not concerned."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from planning.models import Intervention, Plan
from tests.factories.hospital import WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(time, "time", lambda: 1_800_000_015.0)
    settings.LIMITS = {"submission": 2, "import": 2, "write": 2}


@pytest.mark.parametrize("name", ["intervention-create", "imports"])
def test_a_third_form_in_the_minute_is_refused_with_when_to_try_again(name: str, director: Client) -> None:
    assert [director.post(reverse(name)).status_code for _ in range(2)] == [200, 200]
    refused = director.post(reverse(name))
    assert (refused.status_code, refused["Retry-After"]) == (429, "45")
    assert "Réessayez dans 45 secondes" in refused.content.decode()
    assert Intervention.objects.count() == 0
    assert director.get(reverse(name)).status_code == 200, "reading is free"


def test_another_minute_and_another_person_are_free(
    director: Client, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        director.post(reverse("imports"))
    colleague = Client()
    colleague.force_login(make_user("regulatrice", "planner"))
    assert colleague.post(reverse("imports")).status_code == 200
    monkeypatch.setattr(time, "time", lambda: 1_800_000_065.0)
    assert director.post(reverse("imports")).status_code == 200


def undo(client: Client, plan: Plan, **headers: str) -> Any:
    url = reverse("api-plan-undo", kwargs={"pk": plan.pk})
    return client.post(url, {"revision": 0}, content_type="application/json", headers=headers)


def test_a_third_change_by_the_api_is_a_problem_in_the_caller_s_language(director: Client) -> None:
    plan = make_plan()
    assert all(undo(director, plan).status_code != 429 for _ in range(2))
    refused = undo(director, plan)
    assert (refused.status_code, refused["Retry-After"]) == (429, "45")
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["type"] == "too-many"
    assert refused.json()["detail"] == "Réessayez dans 45 secondes."
    english = undo(director, plan, **{"accept-language": "en"})
    assert english.json()["detail"] == "Try again in 45 seconds."


def test_what_only_asks_is_never_counted(director: Client, hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0])
    drop = {"intervention": item.pk, "room": hospital.rooms[0].pk, "date": str(WEEK.days[1]), "start": 600}
    for name, body in (("api-plan-lift", {"intervention": item.pk}), ("api-plan-price", drop)) * 2:
        url = reverse(name, kwargs={"pk": plan.pk})
        assert director.post(url, body, content_type="application/json").status_code == 200
    assert undo(director, plan).status_code != 429
