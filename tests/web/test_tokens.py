"""« Jetons d'API »: one's own, shown once, revoked."""

from __future__ import annotations

import re

from django.test import Client

from planning.models import ApiToken, JournalEntry
from planning.selectors.journal import text_of
from planning.services.tokens import MOST_TOKENS, create_token
from tests.factories.hospital import NOW, Hospital
from tests.web.conftest import SignIn

PAGE = "/compte/jetons/"


def test_a_token_is_shown_once_and_opens_the_api(director: Client) -> None:
    page = director.post(PAGE, {"name": "export DPI", "days": "30"})
    [secret] = re.findall(r"bloc_[0-9a-f]{64}", page.content.decode())
    assert "no-store" in page.headers["Cache-Control"]
    assert secret not in director.get(PAGE).content.decode()
    answer = Client().get("/api/v1/rooms/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert "export DPI" in director.get(PAGE).content.decode()


def test_a_revoked_token_opens_nothing_and_the_journal_says_so(director: Client, hospital: Hospital) -> None:
    row, secret = create_token(name="export", days=30, user=hospital.director, now=NOW)
    director.post(f"{PAGE}{row.identifier}/revoquer/")
    assert not ApiToken.objects.exists()
    assert Client().get("/api/v1/rooms/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    said = [text_of(entry) for entry in JournalEntry.objects.order_by("pk")]
    assert said == [
        "Jeton d'API « export » de Directrice créé, valable 30 jours",
        "Jeton d'API « export » de Directrice révoqué",
    ]


def test_anothers_token_is_not_found(viewer: Client, hospital: Hospital) -> None:
    row, _secret = create_token(name="de la directrice", days=30, user=hospital.director, now=NOW)
    assert viewer.post(f"{PAGE}{row.identifier}/revoquer/").status_code == 404
    assert "de la directrice" not in viewer.get(PAGE).content.decode()
    assert ApiToken.objects.exists()


def test_a_token_needs_a_name_and_a_known_term(director: Client) -> None:
    page = director.post(PAGE, {"name": "", "days": "4000"}).content.decode()
    assert "Ce champ est obligatoire." in page
    assert "4000" in page
    assert not ApiToken.objects.exists()


def test_an_account_has_so_many_tokens_at_most(director: Client, hospital: Hospital) -> None:
    for number in range(MOST_TOKENS):
        create_token(name=f"n{number}", days=30, user=hospital.director, now=NOW)
    page = director.post(PAGE, {"name": "un de plus", "days": "30"}).content.decode()
    assert "Vous avez déjà 20 jetons" in page
    assert ApiToken.objects.count() == MOST_TOKENS


def test_a_token_of_rights_that_changed_says_that_it_opens_nothing(hospital: Hospital, sign_in: SignIn) -> None:
    create_token(name="ancien", days=30, user=hospital.viewer, now=NOW)
    hospital.viewer.access_version = 3
    hospital.viewer.save()
    assert "n'ouvre plus rien" in sign_in(hospital.viewer).get(PAGE).content.decode()
