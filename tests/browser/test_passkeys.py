"""A passkey, from its first day to the next sign-in, with an authenticator that Chromium simulates."""

from __future__ import annotations

from django.core.cache import cache
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories.hospital import PASSWORD, Hospital

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_a_passkey_signs_in_without_a_password(browser: Browser, live_server: LiveServer, hospital: Hospital) -> None:
    cache.clear()
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(30_000)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(f"{live_server.url}/connexion/")
    page.locator("[name=login]").fill("directrice")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url("**/semaines/**")
    page.goto(f"{live_server.url}/compte/securite/webauthn/add/")
    # The password once more: whoever finds an open session must not add a key of their own.
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.locator("[name=name]").fill("Portable")
    page.locator("[name=passwordless]").check()
    page.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_text("Clé de sécurité ajoutée")).to_be_visible()
    context.clear_cookies()
    page.goto(f"{live_server.url}/salles/")
    page.get_by_role("button", name="Se connecter avec une clé d'accès").click()
    page.wait_for_url("**/salles/")
    expect(page.get_by_role("heading", name="Salles")).to_be_visible()
    context.close()
