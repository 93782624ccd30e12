"""Who read which patient-linked data: one line a page, searched by the administrator, purged in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from planning import tasks
from planning.access import Role
from planning.models import Intervention, PatientRead
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(hospital: Hospital) -> list[Intervention]:
    return [make_intervention(hospital.surgeons[number]) for number in (0, 1)]


@pytest.fixture
def page(hospital: Hospital) -> Client:
    client = Client()
    client.force_login(make_user("admin", Role.ADMINISTRATOR))
    return client


def kept() -> list[tuple[str, str, str]]:
    return [(row.user.username, row.source, row.interventions) for row in PatientRead.objects.order_by("pk")]


def test_each_page_and_answer_that_names_patients_leaves_one_line(director: Client, items: list[Intervention]) -> None:
    first, second = (item.pk for item in items)
    for url in (
        reverse("week", kwargs={"week": WEEK}), reverse("api-week-grid", kwargs={"week": str(WEEK)}),
        reverse("interventions"), reverse("intervention-edit", kwargs={"pk": first}),
    ):  # fmt: skip
        assert director.get(url).status_code == 200
    both = f",{first},{second},"
    assert kept() == [
        ("directrice", "week", both), ("directrice", "grid", both), ("directrice", "list", both),
        ("directrice", "form", f",{first},"),
    ]  # fmt: skip
    assert PatientRead.objects.filter(monday=WEEK.monday).count() == 2


def test_what_names_no_patient_leaves_none(director: Client, viewer: Client, items: list[Intervention]) -> None:
    viewer.get(reverse("week", kwargs={"week": WEEK}))
    director.get(reverse("api-week-pulse", kwargs={"week": str(WEEK)}))
    director.get(reverse("journal", kwargs={"week": WEEK}))
    assert kept() == []


def test_a_surgeon_reads_their_own_alone(surgeon: Client, items: list[Intervention]) -> None:
    surgeon.get(reverse("interventions"), follow=True)
    assert kept() == [("martin", "list", f",{items[0].pk},")]


def look(hospital: Hospital, items: list[Intervention]) -> None:
    for user, numbers, days in ((hospital.director, items, 0), (hospital.surgeon_user, items[:1], 1)):
        PatientRead.objects.create(
            at=NOW - timedelta(days=days), user=user, source="list",
            interventions="," + ",".join(str(one.pk) for one in numbers) + ",",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["directrice", "martin"]),
        ({"code": "second"}, ["directrice"]),
        ({"code": "inconnu"}, []),
        ({"user": "martin"}, ["martin"]),
        ({"day": "2026-11-19"}, ["martin"]),
        ({"q": "direct"}, ["directrice"]),
        ({"sort": "at"}, ["martin", "directrice"]),
    ],
)
def test_the_administrator_searches_by_person_intervention_and_day(
    query: dict[str, Any], found: list[str], page: Client, hospital: Hospital, items: list[Intervention]
) -> None:
    look(hospital, items)
    Intervention.objects.filter(pk=items[1].pk).update(code="SECOND")
    given = query | ({"user": hospital.surgeon_user.pk} if "user" in query else {})
    answer = page.get(reverse("reads"), given)
    assert [line["read"].user.username for line in answer.context["lines"]] == found


def test_the_file_holds_the_filtered_lines_and_no_patient(
    page: Client, hospital: Hospital, items: list[Intervention]
) -> None:
    look(hospital, items)
    Intervention.objects.filter(pk=items[0].pk).update(code="=1+1")
    text = page.get(reverse("reads-export"), {"day": "2026-11-19"}).content.decode()
    assert text.splitlines() == [
        "\ufeffat;account;source;week;interventions", "2026-11-19T09:00:00+01:00;martin;list;;'=1+1",
    ]  # fmt: skip
    assert items[0].patient_code not in text


def test_a_longer_list_asks_no_more_questions(
    page: Client, hospital: Hospital, items: list[Intervention], django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        look(hospital, items)
    with django_assert_max_num_queries(7):
        page.get(reverse("reads"))


def test_lines_are_purged_when_their_time_is_over(
    hospital: Hospital, items: list[Intervention], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.READS_KEPT_DAYS = 30
    look(hospital, items)
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOW + timedelta(days=29, hours=1))
    tasks.purge_old_reads()
    assert [user for user, _, _ in kept()] == ["directrice"]
