"""Markup in a name, a label, a code, a reason or a file stays text on every page: it makes no element, runs nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from planning.models import Intervention, Specialty
from tests.factories.hospital import WEEK
from tests.factories.poison import ELEMENTS, MARKUP, hostile, poison
from tests.factories.theatre import Rows, Theatre, page_address, pages, rows_of, upload, working_theatre

pytestmark = pytest.mark.django_db
FILE = f"Acte;Chirurgien;Durée;{MARKUP[2]}\n{MARKUP[1]};{MARKUP[3]};{MARKUP[4]};x\n"
ADDRESSES = ("href", "src", "action", "formaction")


class Reader(HTMLParser):
    """``wrong`` lists what our own templates never write; ``text`` is what a person reads."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        inline = tag == "script" and "src" not in given and given.get("type") != "application/json"
        if tag in ELEMENTS or inline:
            self.wrong.append(f"<{tag}> {given}")
        for name, value in attrs:
            if name.startswith("on"):
                self.wrong.append(f"<{tag} {name}>")
            if name in ADDRESSES and not (value or "").startswith(("/", "?", "#")) and value:
                self.wrong.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        self.text += data


def read(answer: Any) -> Reader:
    reader = Reader()
    reader.feed(answer.content.decode())
    reader.close()
    return reader


@pytest.fixture
def theatre() -> Theatre:
    theatre = working_theatre()
    Specialty.objects.create(code="OLD", name="Ancienne", closed_on=WEEK.monday, close_reason="Transfert")
    return theatre


@pytest.fixture
def rows(theatre: Theatre) -> Rows:
    rows = rows_of(theatre)
    poison()
    return rows


def client_of(theatre: Theatre, who: str = "director") -> Client:
    client = Client()
    client.force_login(getattr(theatre.hospital, who))
    return client


@pytest.mark.parametrize("who", ["director", "surgeon_user"])
def test_no_page_makes_an_element_of_what_its_rows_say(theatre: Theatre, rows: Rows, who: str) -> None:
    client = client_of(theatre, who)
    token = upload(client, FILE, f"{MARKUP[2]}.csv") if who == "director" else "0" * 32
    wrong, read_on = {}, set()
    for pattern in pages():
        answer = client.get(page_address(pattern, rows, token), follow=True)
        if answer.headers["Content-Type"].startswith("text/html"):
            reader = read(answer)
            if reader.wrong:
                wrong[pattern.name] = reader.wrong[:3]
            if any(text in reader.text for text in (*MARKUP, hostile(4))):
                read_on.add(pattern.name)

    assert wrong == {}
    # It was there to be misread.
    if who == "director":
        assert read_on >= {
            "week", "journal", "week-slots", "rooms", "room-edit", "specialties", "surgeons", "surgeon-edit",
            "master-plans", "master-plan", "interventions", "intervention-edit", "import-columns", "import-preview",
        }  # fmt: skip


def test_no_form_gives_back_an_element_for_what_was_typed(theatre: Theatre, rows: Rows) -> None:
    client = client_of(theatre)
    token = upload(client, FILE)
    wrong = {}
    for pattern in pages():
        if pattern.name in ("logout", "import-abandon"):
            continue
        url = page_address(pattern, rows, token)
        shown = client.get(url)
        names = list(shown.context["form"].fields) if shown.context and "form" in shown.context else []
        typed = dict.fromkeys([*names, "reason", "starts_on", "ends_on", "first", "weeks"], MARKUP[0])
        answer = client.post(url, typed, follow=True)
        reader = read(answer) if answer.headers["Content-Type"].startswith("text/html") else Reader()
        if reader.wrong:
            wrong[pattern.name] = reader.wrong[:3]

    assert wrong == {}


def test_what_is_said_after_a_change_stays_text(theatre: Theatre, rows: Rows) -> None:
    client = client_of(theatre)
    url = reverse("intervention-cancel", kwargs={"pk": theatre.item.pk})
    reader = read(client.post(url, {"reason": MARKUP[0]}, follow=True))

    assert reader.wrong == []
    assert Intervention.objects.get(pk=theatre.item.pk).code in reader.text
    for name in ("q", "sort", "state", "day"):
        assert read(client.get(reverse("interventions"), {name: MARKUP[0]})).wrong == []
    assert read(client.get(f"/semaines/{WEEK}/{MARKUP[3]}/")).wrong == []


def test_the_api_answers_json_alone(theatre: Theatre, rows: Rows) -> None:
    """A browser led to an endpoint's address shows no page."""
    client = client_of(theatre)
    for tail in (f"weeks/{WEEK}/grid/", f"weeks/{WEEK}/journal/", f"plans/{theatre.draft.pk}/approval/"):
        answer = client.get(f"/api/v1/{tail}", headers={"accept": "text/html"})
        assert "json" in answer.headers["Content-Type"], tail
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
