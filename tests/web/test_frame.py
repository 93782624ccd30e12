"""What every page shares: the door, the menu, the language, the policy that forbids inline code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from planning.models import Room
from tests.factories.hospital import PASSWORD, Hospital

pytestmark = pytest.mark.django_db
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


def test_signing_in_leads_to_the_page_that_was_asked(hospital: Hospital) -> None:
    client = Client()
    asked = client.get(reverse("rooms"))

    answer = client.post(asked["Location"], {"login": "directrice", "password": PASSWORD, "next": reverse("rooms")})

    assert asked["Location"] == f"{reverse('account_login')}?next={reverse('rooms')}"
    assert answer["Location"] == reverse("rooms")


def test_a_wrong_password_says_so_and_opens_nothing(hospital: Hospital) -> None:
    client = Client()

    answer = client.post(reverse("account_login"), {"login": "directrice", "password": "faux"})

    assert 'role="alert"' in answer.content.decode()
    assert client.get(reverse("rooms")).status_code == 302


def test_leaving_closes_the_door(director: Client) -> None:
    director.get(reverse("account_logout"))
    assert director.get(reverse("rooms")).status_code == 200, "a mere link signs nobody out"

    director.post(reverse("account_logout"))

    assert director.get(reverse("rooms")).status_code == 302


def test_the_menu_shows_each_role_its_own_pages(director: Client, surgeon: Client) -> None:
    def labels(client: Client) -> list[str]:
        return [str(page["label"]) for page in client.get(reverse("interventions"), follow=True).context["pages"]]

    assert labels(director) == [
        "Semaine", "Boîte", "Interventions", "Visas", "Journal", "Comparer les politiques", "Salles",
        "Équipements", "Spécialités", "Chirurgiens", "Plan directeur", "Libérations", "Plages de la semaine", "Imports",
        "Paramètres", "Règles",
    ]  # fmt: skip
    assert labels(surgeon) == ["Semaine", "Nouvelle demande", "Mes interventions", "Mes disponibilités", "Visas"]


def test_the_menu_marks_the_page_one_is_on(director: Client) -> None:
    pages = director.get(reverse("room-create")).context["pages"]

    assert [str(page["label"]) for page in pages if page["current"]] == ["Salles"]


def test_the_page_is_in_the_language_that_was_chosen(director: Client) -> None:
    assert '<html lang="fr"' in director.get(reverse("rooms")).content.decode()

    answer = director.post(reverse("set_language"), {"language": "en", "next": reverse("rooms")})

    assert answer["Location"] == reverse("rooms")
    assert '<html lang="en"' in director.get(reverse("rooms")).content.decode()


def test_the_language_can_be_chosen_before_signing_in(hospital: Hospital) -> None:
    client = Client()

    client.post(reverse("set_language"), {"language": "en", "next": reverse("account_login")})

    assert '<html lang="en"' in client.get(reverse("account_login")).content.decode()


def test_a_page_lights_one_entry_only(director: Client) -> None:
    answer = director.get(reverse("week-slots-current"), follow=True)

    assert [str(page["label"]) for page in answer.context["pages"] if page["current"]] == ["Plages de la semaine"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_inline_code_or_style(template: Path) -> None:
    text = template.read_text()
    scripts = re.findall(r"<script\b[^>]*>", text)

    assert [one for one in scripts if "src=" not in one and "application/json" not in one] == []
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=[\"']", text)


def test_a_refused_page_and_an_unknown_one_say_what_to_do(viewer: Client) -> None:
    refused, unknown = viewer.get(reverse("rooms")), viewer.get("/nulle-part/")

    assert (refused.status_code, unknown.status_code) == (403, 404)
    assert "Votre rôle ne permet pas cela" in refused.content.decode()
    assert "Cette page n'existe pas" in unknown.content.decode()


@pytest.mark.parametrize("page", ["week", "journal", "week-slots"])
def test_the_arrows_of_the_first_and_last_weeks_lead_nowhere(director: Client, page: str) -> None:
    def arrows(week: str) -> list[bool]:
        """Of the week before and of the week after: whether it leads somewhere, which then exists."""
        links = re.findall(
            r'<a class="ib"([^>]*)>', director.get(reverse(page, kwargs={"week": week})).content.decode()
        )
        found = [re.search('href="([^"]*)"', link) for link in links if "Semaine" in link]
        assert all(director.get(link[1]).status_code == 200 for link in found if link)
        return [link is not None for link in found]

    assert arrows("2026-W48") == [True, True]
    assert arrows("2000-W01") == [False, True]
    assert arrows("2999-W52") == [True, False]


def test_a_form_sent_without_its_token_is_answered_in_words(hospital: Hospital) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(hospital.director)

    answer = client.post(reverse("room-create"), {"code": "SO9"})

    assert answer.status_code == 403
    assert "Rien n'a été enregistré" in answer.content.decode()
    assert not Room.objects.filter(code="SO9").exists()
