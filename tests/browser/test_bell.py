"""The bell, from a count to the page a notice is about, with a mouse and with keys; a calendar address copied."""

from __future__ import annotations

from django.utils import timezone
from playwright.sync_api import expect

from planning.models import Notice, Plan
from planning.services.notices import tell_publication
from tests.browser.conftest import OpenPage
from tests.factories.hospital import NOW, Hospital, make_intervention
from tests.factories.plans import make_plan, place

NARROW = {"width": 390, "height": 844}


def published(hospital: Hospital) -> Plan:
    plan = make_plan("approved")
    place(plan, make_intervention(hospital.surgeons[0]), hospital)
    tell_publication(plan=plan, previous=None, user=hospital.director, now=NOW)
    return plan


def test_the_bell_leads_to_the_notice_and_the_notice_to_its_week(hospital: Hospital, open_page: OpenPage) -> None:
    published(hospital)
    page = open_page("/semaines/2026-W48/", hospital.surgeon_user)
    bell = page.get_by_role("link", name="Avis : 1 non lu", exact=True)
    bell.focus()
    page.keyboard.press("Enter")
    notice = page.get_by_role("link", name="Non lu : Semaine 48 : 1 intervention")
    expect(notice).to_be_visible()
    notice.click()
    page.wait_for_url("**/semaines/2026-W48/")
    expect(page.get_by_role("link", name="Avis : 0 non lu", exact=True)).to_be_visible()


def test_a_phone_reads_and_marks_notices_without_scrolling_sideways(hospital: Hospital, open_page: OpenPage) -> None:
    published(hospital)
    for minutes in range(3):
        facts = {"code": f"I-{minutes}", "into": "I-9"}
        Notice.objects.create(user=hospital.surgeon_user, kind="merged", at=timezone.now(), facts=facts)
    page = open_page("/avis/", hospital.surgeon_user, ready=".notices", touch=True, **NARROW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button = page.get_by_role("button", name="Marquer comme lu : I-1 réunie à I-9")
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    button.click()
    expect(page.get_by_role("link", name="Avis : 3 non lus")).to_be_visible()
    page.get_by_role("button", name="Tout marquer comme lu").click()
    expect(page.get_by_role("link", name="Avis : 0 non lu", exact=True)).to_be_visible()


def test_a_calendar_address_is_made_and_copied(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page("/compte/avis/", hospital.surgeon_user, ready="#calendar-title", **NARROW)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Créer une adresse secrète").click()
    page.get_by_role("button", name="Copier").click()
    expect(page.get_by_role("button", name="Copiée")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    assert page.get_by_label("Adresse du calendrier").input_value() == address
    assert page.request.get(address).text().startswith("BEGIN:VCALENDAR")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
