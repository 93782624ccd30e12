"""Every address of the project, walked by every role and by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from planning.access import TABLE, May, is_self_service
from planning.api.permissions import rights_asked
from tests.factories.hospital import WEEK, Hospital, make_user, small_hospital

# Signing in and what goes before it: each of these shows nothing of the hospital.
DOORS = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "mfa_authenticate", "mfa_login_webauthn", "openid_connect_login", "openid_connect_callback",
    "socialaccount_login_cancelled", "socialaccount_signup", "set_language",
    "javascript-catalog", "health",
    # Opened by its secret alone: tests/web/test_calendar.py.
    "calendar-feed",
}  # fmt: skip
KNOWN = {"week": str(WEEK), "identifier": "00000000-0000-4000-8000-000000000000"}
# Django's own site, guarded by its own test below.
OTHER_SITES = {"admin"}


def walk(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLPattern):
            yield entry
        elif entry.namespace not in OTHER_SITES:
            yield from walk(entry.url_patterns)


def rights_of(pattern: URLPattern) -> frozenset[May] | None:
    """The rights that open the view, any one of them; None when it says nothing."""
    view: Any = pattern.callback
    if hasattr(view, "rights"):
        return frozenset(view.rights)
    endpoint = getattr(view, "cls", None)
    if endpoint is None or not hasattr(endpoint, "may"):
        return None
    return frozenset(rights_asked(endpoint, "GET"))


def is_public(pattern: URLPattern) -> bool:
    return getattr(pattern.callback, "login_required", True) is False


def address_of(pattern: URLPattern) -> str:
    kwargs = {name: KNOWN.get(name, "1") for name in pattern.pattern.converters}
    return reverse(str(pattern.name), kwargs=kwargs)


def is_guarded(pattern: URLPattern) -> bool:
    """Pages and endpoints; not what is public, nor one's own account."""
    return not is_self_service(str(pattern.name)) and (rights_of(pattern) is not None or not is_public(pattern))


def test_every_view_says_who_may_open_it() -> None:
    silent = [str(p.name or p.pattern) for p in walk() if is_guarded(p) and rights_of(p) is None]

    assert silent == []


def test_only_the_door_is_open_to_everyone() -> None:
    # The endpoints of the API are left to their own permission class, which test_nobody_… tries.
    open_to_all = {str(p.name) for p in walk() if is_public(p) and rights_of(p) is None}

    assert open_to_all == DOORS


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(TABLE))
def test_a_role_opens_what_its_rights_say_and_nothing_else(role: str) -> None:
    small_hospital()
    client = Client(raise_request_exception=False)
    client.force_login(make_user(f"quelqu-un-{role}", role))
    wrong = []
    for pattern in walk():
        rights = rights_of(pattern)
        if rights is None:
            continue
        status = client.get(address_of(pattern)).status_code
        may = bool(rights & TABLE[role])
        if (status == 403) == may or status >= 500:
            wrong.append((pattern.name, status, "allowed" if may else "refused"))

    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(TABLE))
def test_a_role_changes_through_the_api_what_its_rights_say_and_nothing_else(role: str) -> None:
    small_hospital()
    client = Client(raise_request_exception=False)
    client.force_login(make_user(f"quelqu-un-{role}", role))
    wrong = []
    for pattern in walk():
        endpoint: Any = getattr(pattern.callback, "cls", None)
        for method in ("post", "put", "patch", "delete"):
            if endpoint is None or not hasattr(endpoint, method) or pattern.name == "api-nowhere":
                continue
            may = bool(frozenset(rights_asked(endpoint, method)) & TABLE[role])
            answer = client.generic(method, address_of(pattern), "[]", "application/json")
            if (answer.status_code == 403) == may or answer.status_code >= 500:
                wrong.append((pattern.name, method, answer.status_code, "allowed" if may else "refused"))

    assert wrong == []


@pytest.mark.django_db
def test_nobody_sees_anything_but_the_login_page(hospital: Hospital) -> None:
    client = Client()
    wrong = []
    for pattern in walk():
        if not is_guarded(pattern):
            continue
        answer = client.get(address_of(pattern))
        to_login = answer.status_code == 302 and answer["Location"].startswith(reverse(settings.LOGIN_URL))
        if not to_login and answer.status_code not in (401, 403):
            wrong.append((pattern.name, answer.status_code))

    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(set(TABLE) - {"administrator"}))
def test_djangos_admin_is_the_administrators_alone(role: str) -> None:
    client = Client()
    client.force_login(make_user("quelqu-un", role))

    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.django_db
def test_the_administrator_opens_djangos_admin() -> None:
    client = Client()
    client.force_login(make_user("admin", "administrator"))

    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(reverse("admin:planning_user_changelist")).status_code == 200
