"""One's own e-mails, language and calendar address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import CalendarFeed, JournalEntry
from planning.services.calendar_feeds import digest_of
from tests.factories.hospital import Hospital

pytestmark = pytest.mark.django_db


def address_in(answer: Any) -> str:
    found = re.search(r'value="(http://testserver/calendrier/[^"]+)"', answer.content.decode())
    assert found is not None
    return found.group(1)


def open_calendar(client: Client) -> str:
    return address_in(client.post(reverse("calendar-open")))


def test_one_chooses_what_comes_by_e_mail_and_in_which_language(surgeon: Client, hospital: Hospital) -> None:
    page = surgeon.get(reverse("preferences")).context["form"]
    assert (page["groups"].value(), page["language"].value()) == (["programme", "requests", "signs"], "fr")
    answer = surgeon.post(reverse("preferences"), {"groups": ["requests"], "language": "en"}, follow=True)
    assert "Saved." in answer.content.decode()
    hospital.surgeon_user.refresh_from_db()
    assert (hospital.surgeon_user.unmailed, hospital.surgeon_user.language) == (["programme", "signs"], "en")
    assert answer.context["form"]["groups"].value() == ["requests"]


@pytest.mark.parametrize("wrong", [{"groups": ["inbox"]}, {"groups": ["duties"]}, {"language": "xx"}, {"language": ""}])
def test_a_wrong_choice_changes_nothing(wrong: dict[str, Any], surgeon: Client, hospital: Hospital) -> None:
    answer = surgeon.post(reverse("preferences"), {"groups": [], "language": "en"} | wrong)
    assert answer.context["form"].errors.keys() == wrong.keys()
    hospital.surgeon_user.refresh_from_db()
    assert (hospital.surgeon_user.unmailed, hospital.surgeon_user.language) == ([], "fr")


def test_the_address_is_shown_once_and_only_its_digest_is_kept(surgeon: Client, hospital: Hospital) -> None:
    answer = surgeon.post(reverse("calendar-open"))
    link = address_in(answer)
    secret = link.removeprefix("http://testserver/calendrier/").removesuffix(".ics")
    assert len(secret) == 43
    assert "no-store" in answer["Cache-Control"]
    feed = CalendarFeed.objects.get()
    assert (feed.user, feed.digest) == (hospital.surgeon_user, digest_of(secret))
    assert secret not in surgeon.get(reverse("preferences")).content.decode()
    assert Client().get(link).status_code == 200


def test_a_renewed_address_ends_the_one_before(surgeon: Client) -> None:
    first, second = open_calendar(surgeon), open_calendar(surgeon)
    assert [Client().get(link).status_code for link in (first, second)] == [404, 200]
    assert CalendarFeed.objects.count() == 1


def test_a_revoked_address_opens_nothing(surgeon: Client) -> None:
    link = open_calendar(surgeon)
    assert "ouvre plus rien" in surgeon.post(reverse("calendar-revoke"), follow=True).content.decode()
    assert Client().get(link).status_code == 404
    surgeon.post(reverse("calendar-revoke"))
    assert JournalEntry.objects.filter(action="account").count() == 2


def test_one_revokes_one_s_own_alone(surgeon: Client, director: Client) -> None:
    link = open_calendar(surgeon)
    director.post(reverse("calendar-revoke"))
    assert Client().get(link).status_code == 200


def test_the_journal_tells_who_made_and_ended_an_address_and_never_which(surgeon: Client, director: Client) -> None:
    links = [open_calendar(surgeon), open_calendar(surgeon)]
    surgeon.post(reverse("calendar-revoke"))
    entries = list(JournalEntry.objects.filter(action="account").order_by("pk"))
    assert [entry.after["calendar"] for entry in entries if entry.after] == ["open", "renewed", "revoked"]
    page = director.get(reverse("journal-all")).content.decode()
    for said in ("créée", "renouvelée", "révoquée"):
        assert f"Adresse de calendrier de Martin {said}" in page
    written = "".join(f"{entry.before}{entry.after}{entry.reason}" for entry in entries)
    assert not any(link.rsplit("/", 1)[1][:10] in written for link in links)


def test_getting_the_page_that_makes_an_address_makes_none(surgeon: Client) -> None:
    assert surgeon.get(reverse("calendar-open")).status_code == 405
    assert not CalendarFeed.objects.exists()
