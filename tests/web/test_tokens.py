"""« Jetons d'API »: one's own, shown once, revoked."""

from __future__ import annotations

import re
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from planning.models import ApiToken, JournalEntry
from planning.selectors.journal import text_of
from planning.services.tokens import MOST_TOKENS, create_token
from tests.factories.hospital import NOW, PASSWORD, Hospital
from tests.web.conftest import SignIn

PAGE = "/compte/jetons/"


def make(client: Client, **fields: str) -> Any:
    """What is sent waits for the password, then goes on."""
    asked = client.post(PAGE, {"name": "export DPI", "days": "30"} | fields)
    assert asked.headers["Location"] == "/compte/confirmer/?next=%2Fcompte%2Fjetons%2F"
    assert not ApiToken.objects.filter(name="export DPI").exists()
    return client.post(asked.headers["Location"], {"password": PASSWORD})


def test_a_token_is_shown_once_and_opens_the_api(director: Client) -> None:
    page = make(director)
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
    page = make(director, name="", days="4000").content.decode()
    assert "Ce champ est obligatoire." in page
    assert "4000" in page
    assert not ApiToken.objects.exists()


def test_an_account_has_so_many_tokens_at_most(director: Client, hospital: Hospital) -> None:
    for number in range(MOST_TOKENS):
        create_token(name=f"n{number}", days=30, user=hospital.director, now=NOW)
    page = make(director, name="un de plus").content.decode()
    assert "Vous avez déjà 20 jetons" in page
    assert ApiToken.objects.count() == MOST_TOKENS


def test_a_token_of_rights_that_changed_says_that_it_opens_nothing(hospital: Hospital, sign_in: SignIn) -> None:
    create_token(name="ancien", days=30, user=hospital.viewer, now=NOW)
    hospital.viewer.access_version = 3
    hospital.viewer.save()
    assert "n'ouvre plus rien" in sign_in(hospital.viewer).get(PAGE).content.decode()


def test_a_wrong_password_makes_no_token(director: Client) -> None:
    asked = director.post(PAGE, {"name": "export", "days": "30"})
    assert director.post(asked.headers["Location"], {"password": "un-autre"}).context["form"].errors
    assert not ApiToken.objects.exists()


def test_an_account_without_a_password_confirms_by_its_passkey(director: Client, hospital: Hospital) -> None:
    without_password(director, hospital)
    Authenticator.objects.create(user=hospital.director, type="webauthn", data={})
    asked = director.post(PAGE, {"name": "export", "days": "30"})
    assert asked.headers["Location"].startswith("/compte/securite/webauthn/reauthenticate/")
    assert not ApiToken.objects.exists()


def test_an_account_of_single_sign_on_alone_signs_in_anew(director: Client, hospital: Hospital) -> None:
    without_password(director, hospital)
    assert director.post(PAGE, {"name": "export", "days": "30"}).status_code == 200
    assert ApiToken.objects.count() == 1
    session = director.session
    session["began_at"] -= 301
    session.save()
    again = director.post(PAGE, {"name": "autre", "days": "30"})
    assert again.headers["Location"] == "/connexion/?next=/compte/jetons/"
    assert director.get(PAGE).status_code == 302, "signed out"
    assert ApiToken.objects.count() == 1


def without_password(client: Client, hospital: Hospital) -> None:
    hospital.director.set_unusable_password()
    hospital.director.save()
    client.force_login(hospital.director)


def test_a_new_password_ends_the_tokens_and_leaves_them_listed(director: Client, hospital: Hospital) -> None:
    _row, secret = create_token(name="export", days=30, user=hospital.director, now=NOW)
    create_token(name="d'un autre", days=30, user=hospital.viewer, now=NOW)
    new = "un-mot-de-passe-neuf"
    director.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    hospital.director.refresh_from_db()
    assert hospital.director.check_password(new)
    assert Client().get("/api/v1/rooms/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert "n'ouvre plus rien" in director.get(PAGE).content.decode()
    assert text_of(JournalEntry.objects.latest("pk")) == "Jeton d'API « export » de Directrice révoqué"
    assert ApiToken.objects.get(user=hospital.viewer).expiry > timezone.now()
    assert "Changer de mot de passe met fin aux jetons" in director.get("/compte/mot-de-passe/").content.decode()
