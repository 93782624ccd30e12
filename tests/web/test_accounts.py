"""The administrator's page of accounts: who may come in, as what, and what ends when that changes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planning.access import Role
from planning.models import JournalEntry, Site, Surgeon, User
from tests.factories.hospital import Hospital, make_user

pytestmark = pytest.mark.django_db
NEW = "une-phrase-plus-longue"


@pytest.fixture
def boss(hospital: Hospital) -> User:
    return make_user("admin", Role.ADMINISTRATOR)


@pytest.fixture
def page(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def given(**changes: Any) -> dict[str, Any]:
    values = {"last_name": "Lenoir", "first_name": "Jeanne", "email": "Jeanne@Example.org", "role": Role.PLANNER}
    return values | changes


def invite(page: Client, **changes: Any) -> Any:
    return page.post(reverse("account-invite"), given(**changes))


def edit(page: Client, account: User, **changes: Any) -> Any:
    values = {
        "last_name": account.last_name, "first_name": account.first_name, "email": account.email, "role": account.role,
        "seen": account.access_version,
    }  # fmt: skip
    return page.post(reverse("account-edit", kwargs={"pk": account.pk}), values | changes)


def press(page: Client, name: str, account: User, **more: str) -> Any:
    seen = {"seen": str(account.access_version)}
    return page.post(reverse(f"account-{name}", kwargs={"pk": account.pk}), seen | more, follow=True)


def link(number: int = -1) -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[number].body))
    assert found is not None
    return found.group(1)


def names(page: Client, query: str = "") -> list[str]:
    return [row.username for row in page.get(reverse("accounts") + query).context["listing"].page]


def told() -> JournalEntry:
    return JournalEntry.objects.filter(action="account").latest("pk")


# --- Invitations -------------------------------------------------------------------------------------------------


def test_the_person_invited_chooses_a_password_by_a_link_that_serves_once(page: Client, boss: User) -> None:
    invite(page)
    account = User.objects.get(email="jeanne@example.org")
    assert (account.role, account.has_usable_password()) == (Role.PLANNER, False)
    assert mail.outbox[0].to == ["jeanne@example.org"]

    person = Client()
    form = person.get(link(), follow=True)
    person.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    person.post(reverse("account_login"), {"login": "jeanne@example.org", "password": NEW})
    assert person.get(reverse("rooms")).status_code == 200
    assert Client().get(link(), follow=True).context["token_fail"]


@pytest.mark.parametrize(
    ("language", "title"), [("fr", "Bloc : votre compte vous attend"), ("en", "Bloc: your account is waiting")]
)
def test_an_invitation_speaks_the_language_of_its_person_first_that_of_who_invites(
    language: str, title: str, page: Client, boss: User
) -> None:
    User.objects.filter(pk=boss.pk).update(language=language)
    invite(page)
    assert mail.outbox[0].subject == title
    account = User.objects.get(email="jeanne@example.org")
    assert account.language == language
    User.objects.filter(pk=account.pk).update(language="en")
    press(page, "resend", account)
    assert mail.outbox[1].subject.startswith("Bloc: ")
    assert str(mail.outbox[1].body).startswith("Hello Jeanne Lenoir,")


def test_a_forgotten_password_is_written_about_in_the_reader_s_language(hospital: Hospital) -> None:
    for language in ("fr", "en"):
        asked = Client(headers={"accept-language": language})
        asked.post(reverse("account_reset_password"), {"email": hospital.viewer.email})
    assert [message.subject.partition(": ")[0] for message in mail.outbox] == ["Bloc ", "Bloc"]


def test_the_journal_tells_who_invited_whom_and_holds_no_link(page: Client, boss: User) -> None:
    invite(page)
    entry = told()
    assert (entry.user, entry.before) == (boss, None)
    assert entry.after == {
        "of": "Jeanne Lenoir", "last_name": "Lenoir", "first_name": "Jeanne", "email": "jeanne@example.org",
        "role": "planner", "surgeon": None,
    }  # fmt: skip
    assert "Jeanne Lenoir invité" in page.get(reverse("journal-all")).content.decode()


def test_an_invitation_sent_again_ends_the_one_before(page: Client) -> None:
    invite(page)
    press(page, "resend", User.objects.get(email="jeanne@example.org"))
    assert len(mail.outbox) == 2
    assert Client().get(link(0), follow=True).context["token_fail"]
    assert "token_fail" not in Client().get(link(1), follow=True).context


def test_an_account_that_has_served_is_not_invited_again(page: Client, hospital: Hospital) -> None:
    assert "a déjà servi" in press(page, "resend", hospital.director).content.decode()
    assert hospital.director.check_password("correct-horse-battery")
    assert mail.outbox == []


def test_a_mail_server_that_is_away_leaves_an_account_to_invite_again(page: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = page.post(reverse("account-invite"), given(), follow=True)
    assert "renvoyez l&#x27;invitation" in answer.content.decode()
    assert names(page, "?state=invited") == ["jeanne@example.org"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"email": "DIRECTRICE@example.org"}, "email", "a déjà cette adresse"),
        ({"email": "sans-arobase"}, "email", "valide"),
        ({"email": ""}, "email", "obligatoire"),
        ({"last_name": ""}, "last_name", "obligatoire"),
        ({"role": "roi"}, "role", "roi"),
        ({"role": Role.SURGEON}, "surgeon", "Dites de quel chirurgien"),
    ],
)
def test_a_wrong_invitation_is_refused_beside_its_field(
    changes: dict[str, str], field: str, message: str, page: Client
) -> None:
    before = User.objects.count()
    assert message in invite(page, **changes).context["form"].errors[field][0]
    assert (User.objects.count(), mail.outbox) == (before, [])


def test_a_surgeon_is_invited_as_themselves_and_has_one_account(page: Client, hospital: Hospital) -> None:
    free, taken = hospital.surgeons[1], hospital.surgeons[0]
    assert "surgeon" in invite(page, role=Role.SURGEON, surgeon=taken.pk).context["form"].errors
    invite(page, role=Role.SURGEON, surgeon=free.pk)
    assert User.objects.get(email="jeanne@example.org").surgeon == free


# --- Changes -----------------------------------------------------------------------------------------------------


def test_a_new_role_ends_the_sessions_at_once_and_is_told(page: Client, director: Client, hospital: Hospital) -> None:
    assert director.get(reverse("rooms")).status_code == 200
    edit(page, hospital.director, role=Role.VIEWER)
    assert director.get(reverse("rooms")).status_code == 302
    entry = told()
    assert (entry.before, entry.after) == (
        {"of": "Directrice", "role": "director"}, {"of": "Directrice", "role": "viewer"},
    )  # fmt: skip
    assert "rôle Direction du bloc → Lecture seule" in page.get(reverse("journal-all")).content.decode()


def test_who_stops_being_a_surgeon_keeps_no_surgeon(page: Client, hospital: Hospital) -> None:
    edit(page, hospital.surgeon_user, role=Role.ANAESTHETIST)
    assert Surgeon.objects.get(code="S1").user is None


def test_a_change_seen_too_late_changes_nothing(page: Client, hospital: Hospital) -> None:
    edit(page, hospital.director, last_name="Nouveau")
    answer = edit(page, hospital.director, role=Role.VIEWER)
    assert answer.status_code == 409
    hospital.director.refresh_from_db()
    assert (hospital.director.last_name, hospital.director.role) == ("Nouveau", Role.DIRECTOR)


def test_forgotten_passwords_go_to_the_new_address_alone(page: Client, hospital: Hospital) -> None:
    Client().post(reverse("account_reset_password"), {"email": hospital.director.email})
    edit(page, hospital.director, email="nouvelle@example.org")
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": "directrice@example.org"})
    assert not any("mot-de-passe-oublie/cle" in str(sent.body) for sent in mail.outbox)


def test_administrators_change_their_own_name_and_stay(page: Client, boss: User) -> None:
    edit(page, boss, last_name="Autre")
    assert page.get(reverse("accounts")).status_code == 200


@pytest.mark.parametrize("others", [0, 1])
def test_administrators_neither_close_nor_demote_themselves(others: int, page: Client, boss: User) -> None:
    for number in range(others):
        make_user(f"autre-{number}", Role.ADMINISTRATOR)
    press(page, "close", boss, reason="Départ")
    assert "role" in edit(page, boss, role=Role.VIEWER).context["form"].errors
    boss.refresh_from_db()
    assert (boss.is_active, boss.role, boss.access_version) == (True, Role.ADMINISTRATOR, 0)


# --- Closing -----------------------------------------------------------------------------------------------------


def test_a_closed_account_is_out_at_once_and_back_only_by_signing_in_again(
    page: Client, director: Client, hospital: Hospital
) -> None:
    press(page, "close", hospital.director, reason="Mutation")
    assert director.get(reverse("rooms")).status_code == 302
    assert told().reason == "Mutation"
    hospital.director.refresh_from_db()
    press(page, "reopen", hospital.director)
    still = Client()
    still.cookies = director.cookies
    assert still.get(reverse("rooms")).status_code == 302
    director.post(reverse("account_login"), {"login": "directrice", "password": "correct-horse-battery"})
    assert director.get(reverse("rooms")).status_code == 200


def test_closing_asks_why(page: Client, hospital: Hospital) -> None:
    answer = press(page, "close", hospital.director, reason="")
    assert "reason" in answer.context["reason"].errors
    hospital.director.refresh_from_db()
    assert hospital.director.is_active


def test_an_invitation_withdrawn_opens_nothing(page: Client) -> None:
    invite(page)
    press(page, "close", User.objects.get(email="jeanne@example.org"), reason="Erreur")
    assert Client().get(link(), follow=True).context["token_fail"]


def test_a_lost_second_factor_is_taken_away_with_a_reason(page: Client, hospital: Hospital) -> None:
    TOTP.activate(hospital.director, generate_totp_secret())
    assert names(page, "?factor=yes") == ["directrice"]
    press(page, "reset-factor", hospital.director, reason="Téléphone perdu")
    assert not Authenticator.objects.filter(user=hospital.director).exists()
    assert (told().reason, told().after) == ("Téléphone perdu", {"of": "Directrice", "second_factor": False})
    hospital.director.refresh_from_db()
    assert "pas de second facteur" in press(page, "reset-factor", hospital.director, reason="x").content.decode()


def test_the_site_s_rule_on_second_factors_is_switched_and_told_once(page: Client, boss: User) -> None:
    TOTP.activate(boss, generate_totp_secret())
    for _ in range(2):
        page.post(reverse("account-second-factor-rule"), {"required": "yes"})
    assert Site.objects.get().second_factor_required
    assert JournalEntry.objects.filter(action="account").count() == 1
    assert "Second facteur exigé de tous" in page.get(reverse("journal-all")).content.decode()
    page.post(reverse("account-second-factor-rule"), {"required": "no"})
    assert not Site.objects.get().second_factor_required


# --- The list ----------------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_state_role_and_words(page: Client, hospital: Hospital) -> None:
    invite(page)
    User.objects.filter(pk=hospital.viewer.pk).update(is_active=False)
    assert names(page) == ["admin", "directrice", "jeanne@example.org", "martin"]
    assert names(page, "?state=closed") == ["lecteur"]
    assert names(page, "?state=invited&role=planner") == ["jeanne@example.org"]
    assert names(page, "?state=all&q=MAR") == ["martin"]
    assert names(page, "?sort=-name")[0] == "martin"


def test_a_longer_list_asks_no_more_questions(page: Client, django_assert_num_queries: Any, hospital: Hospital) -> None:
    with CaptureQueriesContext(connection) as few:
        page.get(reverse("accounts"))
    for number in range(5):
        make_user(f"autre-{number}", Role.VIEWER)
    with django_assert_num_queries(len(few)):
        page.get(reverse("accounts"))
