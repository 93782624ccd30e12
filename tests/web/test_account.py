"""One's own account: password, lock-out, second factor, single sign-on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from planning.models import Site, User
from tests.factories.hospital import PASSWORD, WEEK, Hospital

pytestmark = pytest.mark.django_db
NEW = "une-phrase-plus-longue"


@pytest.fixture(autouse=True)
def _nobody_locked_out() -> None:
    cache.clear()


def sign_in(client: Client, password: str = PASSWORD, name: str = "directrice") -> Any:
    return client.post(reverse("account_login"), {"login": name, "password": password})


def totp_of(user: User) -> str:
    """Gives the account an authenticator app; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str) -> str:
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}"


# --- Password ----------------------------------------------------------------------------------------------------


def change(client: Client, **given: str) -> Any:
    values = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW} | given
    return client.post(reverse("account_change_password"), values)


def test_a_person_changes_their_own_password_and_stays_signed_in(surgeon: Client, hospital: Hospital) -> None:
    assert change(surgeon).status_code == 302
    assert surgeon.get(reverse("home"), follow=True).status_code == 200
    assert hospital.surgeon_user.__class__.objects.get(pk=hospital.surgeon_user.pk).check_password(NEW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"oldpassword": "faux"}, "oldpassword"),
        ({"password2": "autre"}, "password2"),
        ({"password1": "court", "password2": "court"}, "password1"),
    ],
)
def test_a_wrong_password_changes_nothing(
    given: dict[str, str], field: str, surgeon: Client, hospital: Hospital
) -> None:
    assert field in change(surgeon, **given).context["form"].errors
    hospital.surgeon_user.refresh_from_db()
    assert hospital.surgeon_user.check_password(PASSWORD)


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_serves_once(hospital: Hospital, mailoutbox: Any) -> None:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": hospital.director.email})
    link = re.search(r"http://testserver(\S+)", mailoutbox[0].body)
    assert link is not None
    form = client.get(link.group(1), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    hospital.director.refresh_from_db()
    assert hospital.director.check_password(NEW)
    assert Client().get(link.group(1), follow=True).context["token_fail"]


def test_nobody_learns_which_addresses_have_an_account(hospital: Hospital, mailoutbox: Any) -> None:
    known = Client().post(reverse("account_reset_password"), {"email": hospital.director.email})
    unknown = Client().post(reverse("account_reset_password"), {"email": "personne@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_nobody_signs_up_by_themselves(hospital: Hospital) -> None:
    given = {"username": "intrus", "email": "intrus@example.org", "password1": NEW, "password2": NEW}
    Client().post(reverse("account_signup"), given)
    assert not User.objects.filter(username="intrus").exists()


# --- Lock-out ----------------------------------------------------------------------------------------------------


def test_five_wrong_passwords_close_the_account_for_a_while(hospital: Hospital) -> None:
    client = Client()
    for _ in range(5):
        sign_in(client, "faux")
    sign_in(client)
    assert client.get(reverse("rooms")).status_code == 302, "the right password comes too late"
    assert sign_in(Client(), name="martin").status_code == 302, "others are not concerned"


# --- Second factor -----------------------------------------------------------------------------------------------


def test_with_a_second_factor_the_password_alone_opens_nothing(hospital: Hospital) -> None:
    secret = totp_of(hospital.director)
    client = Client()
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("rooms")).status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert client.get(reverse("rooms")).status_code == 200


@pytest.fixture
def required(hospital: Hospital) -> None:
    Site.objects.filter(pk=1).update(second_factor_required=True)


@pytest.mark.usefixtures("required")
def test_who_has_no_second_factor_is_led_to_adding_one(director: Client) -> None:
    answer = director.get(reverse("rooms"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("mfa_index")
    assert "demande un second facteur" in answer.content.decode()
    refused = director.get(f"/api/v1/weeks/{WEEK}/grid/")
    assert (refused.status_code, refused.json()["type"]) == (403, "second-factor")


@pytest.mark.usefixtures("required")
def test_who_has_a_second_factor_goes_on(director: Client, hospital: Hospital) -> None:
    totp_of(hospital.director)
    assert director.get(reverse("rooms")).status_code == 200


@pytest.mark.usefixtures("required")
def test_one_may_still_leave_and_change_language(director: Client) -> None:
    director.post(reverse("set_language"), {"language": "en", "next": "/"})
    director.post(reverse("account_logout"))
    assert "sessionid" not in director.cookies or director.cookies["sessionid"].value == ""


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_change_password"])
def test_the_pages_of_the_account_ask_the_password_again_or_open(name: str, director: Client) -> None:
    answer = director.get(reverse(name), follow=True)
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] in (reverse(name), reverse("account_reauthenticate"))


def test_a_second_factor_is_the_account_s_own(director: Client, hospital: Hospital) -> None:
    totp_of(hospital.surgeon_user)
    assert Authenticator.objects.filter(user=hospital.director).count() == 0
    assert "codes" not in director.get(reverse("mfa_index")).context["authenticators"]
