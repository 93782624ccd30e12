"""A surgeon on a phone: their intervention, a change asked, an absence that hits it."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from planning.calendar import Week
from planning.models import Absence, ChangeRequest, Intervention, Placement, Plan
from tests.browser.conftest import OpenPage
from tests.factories.hospital import Hospital, make_intervention, small_hospital
from tests.factories.plans import make_plan

PHONE = {"width": 390, "height": 844, "touch": True, "ready": "main"}


@pytest.fixture
def coming() -> Week:
    """The browser's day is the real one."""
    return Week.of(timezone.localdate()).next.next


@pytest.fixture
def hospital(transactional_db: None, coming: Week) -> Hospital:
    return small_hospital(week=coming)


@pytest.fixture
def knee(hospital: Hospital, coming: Week) -> Intervention:
    """Planned on the Tuesday at 8:00 in SO1, in the approved version."""
    item = make_intervention(
        hospital.surgeons[0], 60, week=coming, state="planned", patient_code="P-1001",
        procedure_label="Prothèse totale de genou avec reprise de l'appareil extenseur",
    )  # fmt: skip
    plan = make_plan(week=coming)
    slot = hospital.rooms[0].slots.filter(date=coming.days[1]).earliest("starts_at")
    Placement.objects.create(plan=plan, intervention=item, slot=slot, starts_at=slot.starts_at, minutes=60)
    Plan.objects.filter(pk=plan.pk).update(status="approved")
    return item


def fits(page: Page) -> None:
    assert page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")


def test_a_surgeon_follows_asks_and_declares_on_a_phone(
    open_page: OpenPage, hospital: Hospital, knee: Intervention, coming: Week
) -> None:
    page = open_page("/mes-interventions/", hospital.surgeon_user, **PHONE)
    fits(page)
    expect(page.get_by_text("08:00 · SO1")).to_be_visible()
    page.get_by_role("link", name="P-1001").click()

    expect(page.get_by_role("heading", name="Suivi")).to_be_visible()
    expect(page.get_by_text("salle SO1").first).to_be_visible()
    page.get_by_text("Demander un changement").click()
    expect(page.get_by_label("Durée demandée")).to_be_hidden()
    page.get_by_label("Changer la durée").check()
    page.get_by_label("Durée demandée").fill("1h30")
    page.get_by_label("Pourquoi").fill("Reprise plus longue que prévu")
    for button in page.locator("main .btn:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    page.get_by_role("button", name="Envoyer au bloc").click()
    expect(page.get_by_text("le bloc n'a pas encore répondu")).to_be_visible()
    fits(page)
    change = ChangeRequest.objects.get()
    assert (change.intervention, change.minutes, change.state) == (knee, 90, "open")

    page = open_page("/mes-disponibilites/", hospital.surgeon_user, **PHONE)
    fits(page)
    page.get_by_role("link", name="Déclarer").click()
    page.get_by_label("Du").fill(coming.days[1].isoformat())
    page.get_by_label("Au", exact=False).nth(0).fill(coming.days[2].isoformat())
    page.get_by_role("button", name="Déclarer l'absence").click()
    expect(page.get_by_text("1 intervention planifiée tombe dans cette absence")).to_be_visible()
    assert not Absence.objects.exists()
    fits(page)
    page.get_by_role("button", name="Déclarer quand même").click()
    expect(page.get_by_text("Votre absence est déclarée.")).to_be_visible()
    absence = Absence.objects.get()
    assert (absence.starts_on, absence.ends_on) == (coming.days[1], coming.days[2])
    expect(page.get_by_text("1 intervention planifiée touchée")).to_be_visible()
