"""A token of the API: what it opens, when it ends, and where it is never written."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from planning.models import ApiToken, JournalEntry, Site, User
from planning.services.accounts import change_account, close_account
from planning.services.tokens import create_token, purge_tokens
from tests.factories.hospital import NOW, WEEK, Hospital, make_user

pytestmark = pytest.mark.django_db
GRID = f"/api/v1/weeks/{WEEK}/grid/"


def token_of(user: User, days: int = 30) -> str:
    return create_token(name="Essai", days=days, user=user, now=NOW)[1]


def ask(token: str, url: str = GRID, **more: Any) -> Any:
    return Client().get(url, headers={"Authorization": f"Bearer {token}"} | more.pop("headers", {}), **more)


def test_a_token_opens_what_its_owner_may_open(hospital: Hospital) -> None:
    assert ask(token_of(hospital.director), f"/api/v1/weeks/{WEEK}/journal/").status_code == 200
    assert ask(token_of(hospital.viewer), f"/api/v1/weeks/{WEEK}/journal/").status_code == 403
    assert ask(token_of(hospital.viewer)).status_code == 200


def test_only_its_hash_is_kept_and_its_last_use(hospital: Hospital) -> None:
    token = token_of(hospital.director)
    row = ApiToken.objects.get()
    assert token.startswith("bloc_")
    assert token not in (row.digest, row.token_key)
    assert len(row.digest) == 128
    assert row.last_used_at is None
    ask(token)
    row.refresh_from_db()
    assert row.last_used_at is not None
    assert timezone.now() - row.last_used_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "Bearer \xff\xfe", "bearer a b", "Bearer " + "x" * 5000]
)
def test_a_token_that_opens_nothing_is_told_so(hospital: Hospital, header: str) -> None:
    answer = Client().get(GRID, headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["type"] == "not-signed-in"
    assert answer.json()["detail"] == "Ce jeton n'ouvre rien : il est faux, révoqué ou arrivé à son terme."


def test_a_token_ends_at_its_term(hospital: Hospital) -> None:
    token = token_of(hospital.director)
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert ask(token).status_code == 401


def test_a_token_ends_with_the_account(hospital: Hospital) -> None:
    administrator, viewer = make_user("admin", "administrator"), hospital.viewer
    token = token_of(viewer)
    close_account(account=viewer, seen=0, reason="Départ", user=administrator, now=NOW)
    assert ask(token).status_code == 401


def test_a_token_ends_when_the_rights_of_its_account_change(hospital: Hospital) -> None:
    administrator, viewer = make_user("admin", "administrator"), hospital.viewer
    token = token_of(viewer)
    viewer.role = "planner"
    change_account(account=viewer, surgeon=None, seen=0, user=administrator, now=NOW)
    assert ask(token).status_code == 401
    assert ask(token_of(User.objects.get(pk=viewer.pk))).status_code == 200


def test_a_site_that_asks_for_a_second_factor_asks_it_of_tokens_too(hospital: Hospital) -> None:
    token = token_of(hospital.director)
    Site.objects.update(second_factor_required=True)
    answer = ask(token)
    assert (answer.status_code, answer.json()["type"]) == (403, "second-factor")
    Authenticator.objects.create(user=hospital.director, type="totp", data={"secret": "x"})
    assert ask(token).status_code == 200


def test_a_change_with_a_token_needs_no_csrf_token(hospital: Hospital) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token_of(hospital.director)}"})
    assert client.post(f"/api/v1/weeks/{WEEK}/draft/", content_type="application/json").status_code == 200


def test_the_language_is_the_callers(hospital: Hospital) -> None:
    url, token = "/api/v1/weeks/2026-W60/grid/", token_of(hospital.director)
    assert ask(token, url, headers={"Accept-Language": "en"}).json()["title"] == "Not found"
    assert ask(token, url, headers={"Accept-Language": "fr"}).json()["title"] == "Introuvable"
    assert ask("wrong", url, headers={"Accept-Language": "en"}).json()["title"] == "Sign-in needed"


def test_no_log_nor_journal_holds_a_token(hospital: Hospital, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = token_of(hospital.director)
    for address in (GRID, "/api/v1/weeks/2026-W60/grid/", "/api/v1/nowhere/"):
        ask(token, address)
    assert token not in caplog.text
    [entry] = JournalEntry.objects.filter(action="account")
    assert token not in f"{entry.before} {entry.after}"
    assert entry.after == {"of": "Directrice", "token": "Essai", "days": 30}


def test_tokens_long_past_their_term_go(hospital: Hospital) -> None:
    token_of(hospital.director)
    assert purge_tokens(now=timezone.now() + timedelta(days=59)) == 0
    assert purge_tokens(now=timezone.now() + timedelta(days=61)) == 1
    assert not ApiToken.objects.exists()


def test_ones_own_tokens_are_read_and_revoked_and_nobody_elses(hospital: Hospital) -> None:
    own, other = token_of(hospital.director), token_of(hospital.viewer)
    [row] = ask(own, "/api/v1/tokens/").json()["results"]
    assert set(row) == {"identifier", "name", "created", "expiry", "last_used_at"}
    url = f"/api/v1/tokens/{row['identifier']}/"
    headers = {"Authorization": f"Bearer {other}"}
    assert Client(headers=headers).delete(url).status_code == 404
    assert Client(headers={"Authorization": f"Bearer {own}"}).delete(url).status_code == 204
    assert ask(own).status_code == 401
    assert ask(other).status_code == 200
