"""A surgeon asks for an intervention on a phone, in a few presses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from planning.models import Equipment, Intervention
from tests.browser.conftest import OpenPage
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention

HIP = "Prothèse totale de hanche"
READY = "#request-form[data-ready]"


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEEK.monday - timedelta(days=1))


@pytest.fixture(autouse=True)
def history(hospital: Hospital) -> None:
    """Six of the surgeon's hips, with the microscope: 1 h 30 to 3 h."""
    for number, minutes in enumerate((90, 100, 110, 120, 140, 180), start=1):
        entered = NOW - timedelta(days=number)
        row = make_intervention(
            hospital.surgeons[0], 60, procedure_label=HIP, state="done", entered_at=entered,
            left_at=entered + timedelta(minutes=minutes),
        )  # fmt: skip
        row.equipment.add(Equipment.objects.get())


def phone(open_page: OpenPage, hospital: Hospital) -> Page:
    return open_page("/demandes/nouvelle/", hospital.surgeon_user, width=390, height=844, touch=True, ready=READY)


def test_a_request_is_submitted_on_a_phone_in_four_presses(open_page: OpenPage, hospital: Hospital) -> None:
    page = phone(open_page, hospital)
    page.get_by_label("Code du dossier").fill("P-4821")
    page.get_by_role("button", name=HIP).tap()
    expect(page.get_by_label("Durée en salle", exact=True)).to_have_value("2:20")
    expect(page.get_by_label("Microscope")).to_be_checked()
    expect(page.locator(".sugg")).to_contain_text("D'après 6 de vos interventions")
    page.get_by_role("radio", name="Gauche").tap()
    expect(page.locator("label.first")).to_have_count(3)
    page.locator("label.first").nth(1).tap()
    expect(page.locator("label.first.on")).to_contain_text("mer. 25")
    expect(page.locator(".bar")).to_contain_text("souhait mer. 25")
    page.get_by_role("button", name="Soumettre").tap()

    expect(page.get_by_text("est soumise au bloc")).to_be_visible()
    row = Intervention.objects.get(state="requested")
    assert (row.procedure_label, row.patient_code, row.planned_minutes, row.side) == (HIP, "P-4821", 140, "left")
    assert (row.wished_date, list(row.equipment.all())) == (WEEK.days[2], [Equipment.objects.get()])


def test_the_page_holds_on_a_phone_in_both_themes(open_page: OpenPage, hospital: Hospital) -> None:
    for theme in ("light", "dark"):
        page = open_page(
            "/demandes/nouvelle/", hospital.surgeon_user, width=390, height=844, touch=True, ready=READY, theme=theme
        )
        page.get_by_role("button", name=HIP).tap()
        expect(page.locator("label.first")).to_have_count(3)
        assert page.evaluate("document.querySelector('.page').scrollWidth") == 390
        low = page.evaluate(
            "[...document.querySelectorAll('.request button:not(.sr, [hidden]), .request .pick, .segments label')]"
            ".filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.textContent.trim())"
        )
        assert low == []
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()


def test_a_duration_of_ones_own_stays_when_another_procedure_is_searched(
    open_page: OpenPage, hospital: Hospital
) -> None:
    make_intervention(hospital.surgeons[0], 60, procedure_label="Arthroscopie")
    page = phone(open_page, hospital)
    page.get_by_label("Durée en salle", exact=True).fill("1:05")
    page.get_by_label("Acte", exact=False).first.fill("hanche")
    expect(page.locator("[data-procedures] button")).to_have_count(1)
    expect(page.locator("label.first")).to_have_count(3)
    expect(page.get_by_label("Durée en salle", exact=True)).to_have_value("1:05")
    expect(page.locator(".risk")).to_contain_text("dépassé 1\u00a0h\u00a005")
