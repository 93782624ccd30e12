from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from planning.models import ReleaseRule, Slot, SlotRelease
from planning.services.slots import generate_slots
from planning.tasks import release_slots
from tests.factories.hospital import WEEK, Hospital
from tests.factories.master_plans import current_plan
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db
SUNDAY = WEEK.monday - timedelta(days=1)


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: SUNDAY)


@pytest.fixture
def approved(hospital: Hospital) -> Hospital:
    Slot.objects.all().delete()
    current_plan(hospital)
    generate_slots(week=WEEK)
    make_plan("approved")
    return hospital


def rules(hospital: Hospital, **changes: str) -> dict[str, str]:
    one, other = hospital.orthopaedics.pk, hospital.ent.pk
    return {
        f"days_{one}": "2",
        f"substitute_{one}": str(other),
        f"days_{other}": "",
        f"substitute_{other}": "",
    } | changes


def test_the_rules_are_saved_and_followed_by_the_task(director: Client, approved: Hospital) -> None:
    director.post(reverse("release-rules"), rules(approved))
    release_slots()

    assert ReleaseRule.objects.get().substitute == approved.ent
    page = director.get(reverse("releases"))
    assert [(one.row.date, one.used) for one in page.context["released"]] == [(WEEK.days[0], 0), (WEEK.days[1], 0)]
    assert len(page.context["coming"]) == 6, "8 regular slots of the week, 2 released"


def test_a_slot_is_released_in_one_click_for_the_one_chosen(director: Client, approved: Hospital) -> None:
    slot = Slot.objects.get(date=WEEK.days[2], room=approved.rooms[0], kind="regular")
    answer = director.post(reverse("release-now", kwargs={"pk": slot.pk}), {"to": str(approved.ent.pk)}, follow=True)
    again = director.post(reverse("release-now", kwargs={"pk": slot.pk}), {"to": ""}, follow=True)

    assert [str(one) for one in answer.context["messages"]] == ["La vacation de ORT en SO1 est libérée pour ORL."]
    assert [one.level_tag for one in again.context["messages"]] == ["error"]
    assert SlotRelease.objects.get().released_by == approved.director


@pytest.mark.parametrize("value", ["0", "61", "-1", "x", "9" * 40])
def test_a_number_of_days_that_is_none_is_refused_beside_its_field(
    value: str, director: Client, approved: Hospital
) -> None:
    name = f"days_{approved.orthopaedics.pk}"
    answer = director.post(reverse("release-rules"), rules(approved, **{name: value}))

    assert list(answer.context["form"].errors) == [name]
    assert not ReleaseRule.objects.exists()


def test_a_specialty_is_not_its_own_substitute(director: Client, approved: Hospital) -> None:
    name = f"substitute_{approved.orthopaedics.pk}"
    answer = director.post(reverse("release-rules"), rules(approved, **{name: str(approved.orthopaedics.pk)}))

    assert list(answer.context["form"].errors) == [name]


@pytest.mark.parametrize("to", ["x", "-1", "9" * 400, "999", "\0"])
def test_an_unknown_substitute_opens_the_slot_to_everyone(to: str, director: Client, approved: Hospital) -> None:
    slot = Slot.objects.filter(kind="regular").earliest("starts_at")
    director.post(reverse("release-now", kwargs={"pk": slot.pk}), {"to": to})

    assert SlotRelease.objects.get().substitute is None


def test_the_page_costs_as_many_queries_for_one_release_as_for_four(director: Client, approved: Hospital) -> None:
    rule = ReleaseRule.objects.create(specialty=approved.orthopaedics, days_ahead=1, substitute=approved.ent)
    counts = []
    for days in (1, 4):
        ReleaseRule.objects.filter(pk=rule.pk).update(days_ahead=days)
        release_slots()
        assert SlotRelease.objects.count() == days
        with CaptureQueriesContext(connection) as asked:
            director.get(reverse("releases"))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_viewer_sees_no_releases(viewer: Client, approved: Hospital) -> None:
    slot = Slot.objects.earliest("starts_at")
    assert viewer.get(reverse("releases")).status_code == 403
    assert viewer.post(reverse("release-now", kwargs={"pk": slot.pk})).status_code == 403
