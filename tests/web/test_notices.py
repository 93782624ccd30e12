"""The bell, the list of notices, and where each leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planning.access import TABLE
from planning.models import Notice, User
from planning.services.notices import tell_surgeon
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


def tell(user: User, kind: str = "published", minutes: int = 0, **fields: Any) -> Notice:
    at = NOW + timedelta(minutes=minutes)
    facts = {"number": 2, "count": 3, "first": True, "code": "I-7"}
    return Notice.objects.create(user=user, kind=kind, at=at, **({"monday": WEEK.monday, "facts": facts} | fields))


def titles(client: Client, query: str = "") -> list[str]:
    return [line["title"] for line in client.get(reverse("notices") + query).context["lines"]]


def bell(client: Client) -> int:
    return int(client.get(reverse("week", kwargs={"week": WEEK})).context["unread"])


@pytest.mark.parametrize("role", sorted(TABLE))
def test_every_role_has_a_list_and_a_bell(role: str, hospital: Hospital, sign_in: SignIn) -> None:
    user = make_user("quelqu-un", role)
    client = sign_in(user)
    assert "Aucun avis" in client.get(reverse("notices")).content.decode()
    tell(user)
    assert titles(client) == ["Semaine 48 : 3 interventions"]
    assert 'aria-label="Avis : 1 non lu"' in client.get(reverse("notices")).content.decode()


def test_the_bell_counts_one_s_own_unread(director: Client, hospital: Hospital) -> None:
    assert bell(director) == 0
    for _ in range(3):
        tell(hospital.director)
    tell(hospital.viewer)
    tell(hospital.director, read_at=NOW)
    assert bell(director) == 3
    assert '<b class="badge" aria-hidden="true">3</b>' in director.get(reverse("notices")).content.decode()


def test_the_bell_costs_no_query(director: Client, hospital: Hospital) -> None:
    director.get(reverse("specialties"))
    tell(hospital.director)
    with CaptureQueriesContext(connection) as queries:
        director.get(reverse("specialties"))
    (asked,) = [one["sql"] for one in queries if "planning_notice" in one["sql"]]
    assert asked.startswith('SELECT "planning_user"."id"')


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_many_questions_however_long(
    number: int, viewer: Client, hospital: Hospital, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        tell(hospital.viewer, "accepted", intervention=make_intervention(hospital.surgeons[0]))
    with django_assert_num_queries(4):
        assert viewer.get(reverse("notices")).status_code == 200


def test_the_unread_come_first_then_the_latest(director: Client, hospital: Hospital) -> None:
    for minutes, code, read in ((0, "A", None), (1, "B", NOW), (2, "C", None), (3, "D", NOW)):
        tell(hospital.director, "accepted", minutes, facts={"code": code}, read_at=read)
    assert titles(director) == ["C acceptée", "A acceptée", "D acceptée", "B acceptée"]
    assert titles(director, "?state=unread") == ["C acceptée", "A acceptée"]


def test_the_list_is_narrowed_by_subject(director: Client, hospital: Hospital) -> None:
    tell(hospital.director, "accepted")
    tell(hospital.director, "published")
    assert titles(director, "?group=requests") == ["I-7 acceptée"]
    assert titles(director, "?group=programme") == ["Semaine 48 : 3 interventions"]
    answer = director.get(reverse("notices") + "?group=signs").content.decode()
    assert "Aucun avis ne répond à ces filtres" in answer


def test_opening_one_marks_it_read_and_leads_to_its_page(surgeon: Client, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0])
    tell_surgeon(kind=Notice.Kind.ACCEPTED, intervention=item, user=hospital.director, now=NOW)
    about_a_week = tell(hospital.surgeon_user)
    answer = surgeon.get(reverse("notice", kwargs={"pk": Notice.objects.earliest("pk").pk}))
    assert answer["Location"] == reverse("own-intervention", kwargs={"pk": item.pk})
    assert surgeon.get(answer["Location"]).status_code == 200
    assert bell(surgeon) == 1
    answer = surgeon.get(reverse("notice", kwargs={"pk": about_a_week.pk}))
    assert answer["Location"] == reverse("week", kwargs={"week": WEEK})
    assert bell(surgeon) == 0


@pytest.mark.parametrize(
    ("who", "kind", "with_item", "page"),
    [
        ("director", "requested", False, "/boite/"),
        ("director", "absence", False, "/boite/"),
        ("director", "replan", True, "/boite/?sel={pk}"),
        ("director", "unsigned", False, "/semaines/2026-W48/visas/"),
        ("surgeon_user", "sign", False, "/semaines/2026-W48/visas/"),
        ("surgeon_user", "returned", True, "/demandes/{pk}/"),
        ("viewer", "accepted", True, "/avis/"),
    ],
)
def test_each_kind_leads_where_something_can_be_done(
    who: str, kind: str, with_item: bool, page: str, hospital: Hospital, sign_in: SignIn
) -> None:
    item = make_intervention(hospital.surgeons[0], state="returned") if with_item else None
    user = getattr(hospital, who)
    monday = WEEK.monday if "semaines" in page else None
    notice, client = tell(user, kind, intervention=item, monday=monday), sign_in(user)
    answer = client.get(reverse("notice", kwargs={"pk": notice.pk}))
    assert answer["Location"] == page.format(pk=item.pk if item else "")
    assert client.get(answer["Location"]).status_code == 200


def test_whoever_looks_at_the_inbox_has_read_that_it_fills(director: Client, hospital: Hospital) -> None:
    tell(hospital.director, "requested", monday=None)
    tell(hospital.director, "published")
    assert director.get(reverse("inbox")).context["unread"] == 1
    assert bell(director) == 1


def test_another_s_notice_is_not_there(director: Client, hospital: Hospital) -> None:
    notice = tell(hospital.viewer)
    assert director.get(reverse("notice", kwargs={"pk": notice.pk})).status_code == 404
    assert director.post(reverse("notice-read", kwargs={"pk": notice.pk})).status_code == 404
    director.post(reverse("notices-read"))
    notice.refresh_from_db()
    assert notice.read_at is None


def test_one_or_all_are_marked_read_and_the_list_stays_as_narrowed(director: Client, hospital: Hospital) -> None:
    notices = [tell(hospital.director) for _ in range(3)]
    narrowed = reverse("notices") + "?state=unread"
    answer = director.post(reverse("notice-read", kwargs={"pk": notices[0].pk}), {"next": narrowed})
    assert answer["Location"] == narrowed
    assert bell(director) == 2
    assert director.post(reverse("notices-read"))["Location"] == reverse("notices")
    assert bell(director) == 0


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "abc\n"])
def test_the_way_back_stays_in_the_house(wanted: str, director: Client, hospital: Hospital) -> None:
    answer = director.post(reverse("notices-read"), {"next": wanted})
    assert "evil" not in answer["Location"]
    assert not answer["Location"].startswith("javascript:")


def test_it_is_said_in_english_too(director: Client, hospital: Hospital) -> None:
    tell(hospital.director)
    director.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert titles(director) == ["Week 48: 3 interventions"]
    hospital.director.refresh_from_db()
    assert hospital.director.language == "en", "and so will be the e-mails"


def test_whoever_is_not_signed_in_chooses_a_language_for_the_session_alone(hospital: Hospital) -> None:
    Client().post(reverse("set_language"), {"language": "en", "next": "/"})
    assert set(User.objects.values_list("language", flat=True)) == {"fr"}


def test_a_notice_whose_mail_never_left_says_so(director: Client, hospital: Hospital) -> None:
    tell(hospital.director, mail_state="failed", mail_error="refused")
    assert "e-mail non parti" in director.get(reverse("notices")).content.decode()
