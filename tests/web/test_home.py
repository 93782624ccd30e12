from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.calendar import Week
from planning.models import Plan, Slot
from planning.web.views.home import week_to_plan
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention

pytestmark = pytest.mark.django_db
WEDNESDAY = WEEK.previous.days[2]


@pytest.fixture(autouse=True)
def the_wednesday_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEDNESDAY)


def make_plan(week: Week, status: str) -> None:
    Plan.objects.create(monday=week.monday, number=1, status=status, policy="open", created_at=NOW)


def test_a_director_lands_on_the_next_week_that_has_requests(director: Client, hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0])

    assert director.get(reverse("home"))["Location"] == f"/semaines/{WEEK}/"


def test_a_draft_calls_its_director_back(director: Client, hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0])
    make_plan(WEEK.previous, "draft")

    assert director.get(reverse("home"))["Location"] == f"/semaines/{WEEK.previous}/"


def test_an_approved_week_is_no_longer_to_plan(hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0])
    make_plan(WEEK, "approved")

    assert week_to_plan(WEDNESDAY) == WEEK.previous


def test_requests_for_later_do_not_call_for_a_week_before_them(hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0], admission_date=WEEK.days[6], deadline_date=WEEK.days[6] + timedelta(days=9))

    assert week_to_plan(WEDNESDAY) == WEEK.previous


def test_without_anything_to_plan_the_current_week_is_shown(hospital: Hospital) -> None:
    Slot.objects.all().delete()

    assert week_to_plan(date(2027, 1, 1)) == Week.parse("2026-W53")


@pytest.mark.parametrize("who", ["surgeon", "viewer"])
def test_readers_land_on_the_current_week(who: str, hospital: Hospital, request: pytest.FixtureRequest) -> None:
    make_intervention(hospital.surgeons[0])

    assert request.getfixturevalue(who).get(reverse("home"))["Location"] == f"/semaines/{WEEK.previous}/"
