"""A real Chromium on a real server. One browser for the session, one fresh context a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from planning.models import Intervention, Plan, User
from tests.factories.hospital import Hospital, make_intervention, small_hospital
from tests.factories.plans import make_plan, place

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-quic", "--no-first-run",
]  # fmt: skip
SECONDS = 10

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's own event loop runs in this thread, and Django would refuse its queries here.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def hospital(transactional_db: None) -> Hospital:
    return small_hospital()


@pytest.fixture
def plan(hospital: Hospital) -> Plan:
    return make_plan()


@pytest.fixture
def hernia(hospital: Hospital, plan: Plan) -> Intervention:
    """An hour of orthopaedics, Monday at 8:00 in SO1."""
    item = make_intervention(hospital.surgeons[0], 60, patient_code="P-1001", procedure_label="Cure de hernie")
    place(plan, item, hospital)
    return item


@pytest.fixture
def tonsils(hospital: Hospital, plan: Plan) -> Intervention:
    """An hour of ENT, waiting."""
    return make_intervention(hospital.surgeons[2], 60, patient_code="P-2002", procedure_label="Amygdalectomie")


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """``open_page("/semaines/2026-W48/", user)``. An error in the page's own scripts fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def visit(
        path: str, user: User, *, width: int = 1440, height: int = 900, theme: str = "light", touch: bool = False,
        ready: str = "#week:not([aria-busy])",
    ) -> Page:  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", has_touch=touch, reduced_motion="reduce"
        )
        contexts.append(context)
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
        page = context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(live_server.url + path, timeout=3 * SECONDS * 1000)  # the first page of a session wakes the server up
        page.wait_for_selector(ready)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []
