"""What the grid shows, in every size and theme."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from planning.models import Absence, Intervention, Plan, RoomClosure
from tests.browser.conftest import OpenPage
from tests.browser.grid import GRID, MONDAY, TUESDAY, block, card, column
from tests.factories.hospital import NOW, Hospital, make_intervention
from tests.factories.plans import place


def test_the_whole_week_is_drawn_without_scrolling(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    expect(page.locator("#cols .col")).to_have_count(10)
    expect(block(page, hernia)).to_contain_text("1001")
    assert "Cure de hernie, Orthopédie, Dr Martin, lundi 23 novembre, SO1, 08:00 à 09:00" in (
        block(page, hernia).get_attribute("aria-label") or ""
    )
    assert (
        page.evaluate(
            "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('#scroll'))"
        )
        == 0
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 1440


def test_search_and_isolation_dim_what_they_leave_out(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, tonsils: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    page.keyboard.press("/")
    page.keyboard.type("amygdal")
    expect(block(page, hernia)).to_have_class(re.compile("dim"))
    expect(card(page, tonsils)).to_be_visible()
    page.get_by_label("Rechercher").fill("hernie")
    expect(page.locator("#pane")).to_contain_text("Aucune intervention en attente ne correspond")
    page.get_by_label("Rechercher").fill("")
    page.locator("#legend button", has_text="ORL").click()
    expect(block(page, hernia)).to_have_class(re.compile("dim"))


def test_day_view_rooms_zoom_and_grouping(open_page: OpenPage, hospital: Hospital, hernia: Intervention) -> None:
    page = open_page(GRID, hospital.director)
    page.keyboard.press("1")
    expect(page.locator("#cols .col")).to_have_count(2)
    page.keyboard.press("2")
    expect(block(page, hernia)).to_have_count(0)
    page.keyboard.press("s")
    page.keyboard.press("+")
    assert page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector('#scroll'))"
    )
    page.keyboard.press("0")
    page.get_by_role("button", name="Par salle").click()
    expect(page.locator(".gh").first).to_contain_text("SO1")
    expect(page.locator("#cols .col")).to_have_count(10)


def test_a_week_without_slots_leads_to_where_they_are_written(open_page: OpenPage, hospital: Hospital) -> None:
    page = open_page("/semaines/2027-W20/", hospital.director)
    expect(page.get_by_role("link", name="Écrire les plages")).to_be_visible()


def test_250_interventions_are_all_drawn(open_page: OpenPage, hospital: Hospital, plan: Plan) -> None:
    for index in range(250):
        item = make_intervention(hospital.surgeons[index % 3], 5)
        place(plan, item, hospital, room=index // 125, day=index % 5, start=480 + index % 125 // 5 * 20)
    page = open_page(GRID, hospital.director)
    expect(page.locator(".blk")).to_have_count(250)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (820, 1180)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation(
    open_page: OpenPage,
    hospital: Hospital,
    hernia: Intervention,
    tonsils: Intervention,
    width: int,
    height: int,
    theme: str,
) -> None:
    page = open_page(GRID, hospital.director, width=width, height=height, theme=theme)
    block(page, hernia).click()
    expect(page.locator(".alts .alt").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("1")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_absences_closures_and_the_cheapest_place_are_told(
    open_page: OpenPage, hospital: Hospital, tonsils: Intervention
) -> None:
    Absence.objects.create(surgeon=hospital.surgeons[2], starts_on=MONDAY, ends_on=MONDAY, reason="Congrès")
    RoomClosure.objects.create(room=hospital.rooms[0], starts_on=TUESDAY, ends_on=TUESDAY, reason="Maintenance")
    page = open_page(GRID, hospital.director)
    expect(page.locator(".away")).to_have_attribute("title", "Dr Haddad : Congrès")
    expect(column(page, hospital, room=0, day=1)).to_contain_text("Maintenance")
    expect(card(page, tonsils).locator(".first")).to_contain_text("mer. 25 · SO1 · 08:00")
    card(page, tonsils).click()
    expect(page.locator(".presence .away")).to_contain_text("Congrès")


def test_the_journal_is_read_beside_the_grid(open_page: OpenPage, hospital: Hospital, hernia: Intervention) -> None:
    page = open_page(GRID, hospital.director)
    page.get_by_role("tab", name="Journal").click()
    expect(page.locator("#pane")).to_contain_text("Rien encore")
    block(page, hernia).focus()
    page.keyboard.press("Delete")
    expect(page.locator("#pane")).to_contain_text("Retrait du planning")
    expect(page.locator("#pane")).to_contain_text("P-1001")


def test_a_selected_block_paints_every_room_day_and_says_why_under_the_pointer(
    open_page: OpenPage, hospital: Hospital, plan: Plan, tonsils: Intervention
) -> None:
    Absence.objects.create(surgeon=hospital.surgeons[2], starts_on=TUESDAY, ends_on=TUESDAY, reason="Congrès")
    place(plan, tonsils, hospital)
    page = open_page(GRID, hospital.director)
    block(page, tonsils).click()
    expect(column(page, hospital, room=0, day=0)).to_have_attribute("data-level", "ok")
    expect(column(page, hospital, room=0, day=2)).to_have_attribute("data-level", "warn")
    expect(column(page, hospital, room=1, day=2)).to_have_attribute("data-why", "outside")
    expect(column(page, hospital, room=0, day=1)).to_have_attribute("data-why", "absent")
    column(page, hospital, room=0, day=1).hover()
    expect(page.locator("#tip")).to_contain_text("Dr Haddad est absent mar. 24 : Congrès")
    page.keyboard.press("Escape")
    expect(page.locator(".col[data-level]")).to_have_count(0)


def test_each_indicator_opens_its_causes_and_a_line_jumps_to_its_block(
    open_page: OpenPage, hospital: Hospital, plan: Plan, hernia: Intervention, tonsils: Intervention
) -> None:
    late = make_intervention(hospital.surgeons[1], 45, patient_code="P-7007", procedure_label="Ostéosynthèse")
    place(plan, late, hospital, day=2, start=1080)
    page = open_page(GRID, hospital.director)
    box = page.locator("#causes")
    page.locator(".k[data-key=overtime]").focus()
    page.keyboard.press("Enter")
    expect(box).to_contain_text("1 intervention en heures supplémentaires")
    expect(box.get_by_role("button")).to_be_focused()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(page.locator(".k[data-key=overtime]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box).to_be_visible()
    page.keyboard.press("Enter")
    expect(block(page, late)).to_have_class(re.compile(r"\bsel\b"))
    expect(block(page, late)).to_be_focused()
    expect(box).to_be_hidden()
    page.locator(".k[data-key=total_cost]").click()
    expect(box).to_contain_text("Les 2 interventions qui coûtent")
    expect(box.locator("li").first).to_contain_text("P-2002, Amygdalectomie")
    page.locator(".k[data-key=planned]").click()
    box.get_by_role("button", name="P-2002").click()
    expect(page.locator("#pane")).to_contain_text("Amygdalectomie")
    page.locator(".k[data-key=slot_fill]").click()
    expect(box.locator("li").first).to_contain_text("Orthopédie")
    box.locator("li button").first.click()
    expect(page.locator(".col.flash")).to_have_count(1)


def test_another_surgeon_s_patient_opens_on_the_room_and_the_hours_alone(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, plan: Plan
) -> None:
    other = make_intervention(hospital.surgeons[2], 60, procedure_label="Amygdalectomie")
    place(plan, other, hospital, room=1)
    Plan.objects.filter(pk=plan.pk).update(status="approved", approved_by=hospital.director, approved_at=NOW)
    page = open_page(GRID, hospital.surgeon_user)
    block(page, other).click()
    expect(page.locator("#pane")).to_contain_text("Occupé")
    expect(page.locator("#pane")).to_contain_text("SO2 · 08:00–09:00")
    block(page, other).press("e")
    expect(page.locator("#pane section")).to_have_count(0)
    block(page, hernia).click()
    expect(page.locator("#pane")).to_contain_text("Parcours du patient")
