"""An anaesthetist signs the draft that the director asked her to read; only then can it be approved."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from planning.models import Intervention, Plan, SignOff, Site
from tests.browser.conftest import OpenPage
from tests.factories.hospital import WEEK, Hospital, make_user

pytestmark = pytest.mark.django_db(transaction=True)
VISAS = f"/semaines/{WEEK}/visas/"


def test_the_director_asks_the_anaesthetist_signs_and_the_version_says_so(
    hospital: Hospital, plan: Plan, hernia: Intervention, open_page: OpenPage
) -> None:
    Site.objects.update(anaesthetist_sign_off=True, organiser_sign_off=True)
    doctor = make_user("renard", "anaesthetist")
    week = reverse("week", kwargs={"week": WEEK})

    grid = open_page(week, hospital.director)
    grid.get_by_role("button", name="Approuver…").click()
    expect(grid.get_by_text("1 visa manque encore")).to_be_visible()
    expect(grid.get_by_role("button", name="Approuver", exact=True)).to_be_disabled()
    grid.get_by_role("link", name="Voir les visas").click()
    grid.get_by_role("button", name="Demander les visas").click()
    expect(grid.get_by_text("Attendus : Anesthésie.")).to_be_visible()

    page = open_page("/visas/", doctor, ready="main")
    page.get_by_text("Votre visa est attendu").click()
    expect(page.get_by_text("Cure de hernie")).to_be_visible()
    page.get_by_role("textbox").fill("Réveil prolongé prévu")
    page.get_by_role("button", name="Viser", exact=True).click()
    expect(page.get_by_text("Rien ne manque pour approuver.")).to_be_visible()

    grid.goto(grid.url.replace("/visas/", "/"))
    grid.locator("#week:not([aria-busy])").wait_for()
    grid.get_by_role("button", name="Approuver…").click()
    expect(grid.get_by_text("Réveil prolongé prévu")).to_be_visible()
    grid.get_by_role("button", name="Approuver", exact=True).click()
    expect(grid.locator("#toasts")).to_contain_text("Version 2 approuvée")

    approved = Plan.objects.get(status="approved")
    signed = SignOff.objects.filter(plan=approved).order_by("kind")
    assert [(row.kind, row.user) for row in signed] == [("anaesthetist", doctor), ("organiser", hospital.director)]
    grid.locator("#versions > summary").click()
    expect(grid.get_by_text("Anesthésie : Renard, le ")).to_be_visible()

    # However many signed, the printed week stays one page.
    grid.evaluate("document.querySelector('[data-print-signed]').textContent = 'Dr Haddad (Anesthésie), '.repeat(40)")
    printed = grid.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
