"""Exchanging the places of two interventions, or of two rooms: by pointer, by keyboard, by dialog."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from planning.models import Intervention, JournalEntry, Placement, Plan
from tests.browser.conftest import OpenPage
from tests.browser.grid import GRID, MONDAY, TUESDAY, block, middle, where
from tests.factories.hospital import Hospital, make_intervention
from tests.factories.plans import place


@pytest.fixture
def knee(hospital: Hospital, plan: Plan) -> Intervention:
    """Two hours of orthopaedics, Tuesday at 10:00 in SO2."""
    item = make_intervention(hospital.surgeons[1], 120, patient_code="P-3003", procedure_label="Prothèse de genou")
    place(plan, item, hospital, room=1, day=1, start=600)
    return item


def swapped(hernia: Intervention, knee: Intervention) -> bool:
    return (where(hernia), where(knee)) == (("SO2", TUESDAY.isoformat(), 600), ("SO1", MONDAY.isoformat(), 480))


def drag_over(page: Page, source: Intervention, target: Intervention) -> None:
    page.mouse.move(*middle(block(page, source)))
    page.mouse.down()
    x, y = middle(block(page, target))
    page.mouse.move(x, y, steps=6)


def test_ctrl_drag_onto_a_block_previews_both_then_swaps_pins_and_is_undone_as_one(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, knee: Intervention
) -> None:
    follower = make_intervention(hospital.surgeons[0], 60, patient_code="P-4004")
    place(Plan.objects.get(), follower, hospital, start=540)
    page = open_page(GRID, hospital.director)
    drag_over(page, hernia, knee)
    page.keyboard.down("Control")
    card = page.locator("#carry")
    expect(card).to_contain_text("Échanger avec P-3003")
    expect(card).to_contain_text("P-1001 : mar. 24 · SO2 · 10:00–11:00")
    expect(card).to_contain_text("P-3003 : lun. 23 · SO1 · 08:00–10:00")
    expect(card).to_contain_text("décale P-4004")
    expect(page.locator("#preview .pv")).to_have_count(2)
    expect(page.locator("#preview .pvp")).to_contain_text("+60")
    expect(page.locator("#kpis")).to_have_class(re.compile("pre"))
    assert not swapped(hernia, knee)
    page.mouse.up()
    page.keyboard.up("Control")
    expect(page.locator("#toasts")).to_contain_text("Échanger P-1001 et P-3003")
    assert swapped(hernia, knee)
    assert where(follower) == ("SO1", MONDAY.isoformat(), 600)
    assert Placement.objects.filter(pinned_by=hospital.director).count() == 2
    assert JournalEntry.objects.get().action == "swap"
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("Annuler : Échanger")
    assert (where(hernia), where(follower)) == (("SO1", MONDAY.isoformat(), 480), ("SO1", MONDAY.isoformat(), 540))


def test_releasing_ctrl_turns_the_swap_back_into_a_drop(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, knee: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    drag_over(page, hernia, knee)
    page.keyboard.down("Control")
    expect(page.locator("#carry")).to_contain_text("Échanger avec P-3003")
    page.keyboard.up("Control")
    expect(page.locator("#carry")).not_to_contain_text("Échanger")
    page.keyboard.press("Escape")
    page.mouse.up()
    assert not swapped(hernia, knee)


def test_with_one_selected_ctrl_click_on_another_swaps_them(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, knee: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    block(page, hernia).click()
    page.keyboard.down("Control")
    page.mouse.move(*middle(block(page, knee)), steps=3)
    expect(page.locator("#carry")).to_contain_text("Échanger avec P-3003")
    page.mouse.move(700, 800, steps=3)
    expect(page.locator("#carry")).to_be_hidden()
    block(page, knee).click()
    page.keyboard.up("Control")
    expect(page.locator("#toasts")).to_contain_text("Échanger P-1001 et P-3003")
    assert swapped(hernia, knee)


def test_x_and_the_arrows_swap_and_say_each_step(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, knee: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    block(page, hernia).focus()
    page.keyboard.press("x")
    expect(page.locator("#live")).to_contain_text("Entrée pour échanger")
    page.keyboard.press("Enter")  # nobody chosen yet
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_contain_text("Échanger avec P-3003. P-1001, mardi, SO2, 10:00")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Échanger P-1001 et P-3003")
    assert swapped(hernia, knee)


def test_a_swap_against_a_rule_asks_why(
    open_page: OpenPage, hospital: Hospital, plan: Plan, hernia: Intervention, knee: Intervention
) -> None:
    ent = make_intervention(hospital.surgeons[2], 60, patient_code="P-5005")
    place(plan, ent, hospital, day=2)
    page = open_page(GRID, hospital.director)
    block(page, knee).focus()
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#carry")).to_contain_text("P-5005 : Plage réservée à ORT")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Échanger P-3003 et P-5005 malgré la règle")
    dialog.get_by_label("Pourquoi passer outre ?").fill("Accord des deux services")
    dialog.get_by_role("button", name="Forcer avec ce motif").click()
    expect(block(page, ent)).to_have_class(re.compile("forced"))
    assert Placement.objects.get(intervention=ent).pin_reason == "Accord des deux services"


def test_the_dialog_lists_partners_with_their_price_and_swaps(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, knee: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    block(page, hernia).click()
    page.get_by_role("button", name="Échanger…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".places li")).to_contain_text("mar. 24 · SO2 · 10:00 · Prothèse de genou · Dr Durand")
    dialog.get_by_role("button", name="Déplacer vers…").click()
    expect(dialog.get_by_label("Heure")).to_be_visible()
    dialog.get_by_role("button", name="Échanger avec…").click()
    dialog.get_by_role("button", name="Échanger", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Échanger P-1001 et P-3003")
    assert swapped(hernia, knee)


def test_a_room_s_head_dragged_on_another_swaps_their_day_after_a_confirmation(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, knee: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    heads = [
        page.locator(f".rh[data-date='{day.isoformat()}'][data-room='{room.pk}']")
        for day, room in ((MONDAY, hospital.rooms[0]), (TUESDAY, hospital.rooms[1]))
    ]
    page.mouse.move(*middle(heads[0]))
    page.mouse.down()
    page.mouse.move(*middle(heads[1]), steps=5)
    expect(heads[1]).to_have_class(re.compile("swapto"))
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 interventions changent de place")
    dialog.get_by_role("button", name="Échanger", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Échanger SO1 lun. 23 et SO2 mar. 24")
    assert (where(hernia), where(knee)) == (("SO2", TUESDAY.isoformat(), 480), ("SO1", MONDAY.isoformat(), 600))
