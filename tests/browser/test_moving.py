"""Moving an intervention: by pointer, by touch, by keyboard, by dialog; and changing one's mind."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from planning.models import Intervention, Placement, Plan
from tests.browser.conftest import OpenPage
from tests.browser.grid import GRID, MONDAY, TUESDAY, block, card, carry, column, middle, where
from tests.factories.hospital import Hospital, make_intervention
from tests.factories.plans import place


def test_a_drag_tells_the_price_before_the_drop_and_moves_and_pins(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    carry(page, block(page, hernia), column(page, hospital, room=1, day=1), 600)
    expect(page.locator(".rh .chip.warn").first).to_have_text("+300 €")
    expect(page.locator("#carry")).to_contain_text("Possible, avec surcoût")
    expect(page.locator("#carry")).to_contain_text("+300 €")
    expect(page.locator("#kpis")).to_have_class(re.compile("pre"))
    page.mouse.up()
    expect(page.locator("#toasts")).to_contain_text("P-1001")
    assert where(hernia) == ("SO2", TUESDAY.isoformat(), 600)
    assert Placement.objects.get(intervention=hernia).pinned_by == hospital.director
    expect(block(page, hernia)).to_have_class(re.compile("lock"))


def test_a_drop_outside_of_any_room_changes_nothing(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    carry(page, block(page, hernia), column(page, hospital, room=1, day=1), 600)
    page.mouse.move(700, 20, steps=3)
    page.mouse.up()
    expect(page.locator("#carry")).to_be_hidden()
    assert where(hernia) == ("SO1", MONDAY.isoformat(), 480)


def test_escape_gives_a_drag_up(open_page: OpenPage, hospital: Hospital, hernia: Intervention) -> None:
    page = open_page(GRID, hospital.director)
    carry(page, block(page, hernia), column(page, hospital, room=1, day=1), 600)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("#carry")).to_be_hidden()
    assert where(hernia) == ("SO1", MONDAY.isoformat(), 480)


def test_a_block_dropped_on_the_list_waits_again(open_page: OpenPage, hospital: Hospital, hernia: Intervention) -> None:
    page = open_page(GRID, hospital.director)
    carry(page, block(page, hernia), column(page, hospital, room=1, day=4), 600)
    page.mouse.move(*middle(page.locator("#pane")), steps=3)
    expect(page.locator("#carry")).to_contain_text("Retirer du planning")
    page.mouse.up()
    expect(card(page, hernia)).to_be_visible()
    assert where(hernia) is None


def test_a_card_of_the_list_is_dragged_into_a_room(
    open_page: OpenPage, hospital: Hospital, tonsils: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    carry(page, card(page, tonsils), column(page, hospital, room=0, day=0), 600)
    expect(page.locator("#carry")).to_contain_text("€")
    page.mouse.up()
    expect(block(page, tonsils)).to_be_visible()
    found = where(tonsils)
    assert found is not None
    assert found[:2] == ("SO1", MONDAY.isoformat())


def test_a_drop_against_a_rule_asks_why_and_keeps_the_answer(
    open_page: OpenPage, hospital: Hospital, tonsils: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    carry(page, card(page, tonsils), column(page, hospital, room=1, day=0), 600)
    expect(page.locator("#carry")).to_contain_text("Plage réservée à ORT")
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Plage réservée à ORT")
    dialog.get_by_label("Pourquoi passer outre ?").fill("Urgence relative, accord du Dr Durand")
    dialog.get_by_role("button", name="Forcer avec ce motif").click()
    expect(block(page, tonsils)).to_have_class(re.compile("forced"))
    placed = Placement.objects.get(intervention=tonsils)
    assert (placed.forced, placed.pin_reason) == (True, "Urgence relative, accord du Dr Durand")
    block(page, tonsils).click()
    expect(page.locator("#pane")).to_contain_text("Urgence relative, accord du Dr Durand")


def test_a_forced_drop_given_up_leaves_everything_as_it_was(
    open_page: OpenPage, hospital: Hospital, tonsils: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    carry(page, card(page, tonsils), column(page, hospital, room=1, day=0), 600)
    expect(page.locator("#carry")).to_contain_text("Plage réservée à ORT")
    page.mouse.up()
    page.get_by_role("dialog").get_by_role("button", name="Annuler").click()
    expect(card(page, tonsils)).to_be_visible()
    assert where(tonsils) is None


def test_the_keyboard_moves_a_block_and_says_each_step(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    block(page, hernia).focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#live")).to_contain_text("lundi, SO2, 08:35. Possible, sans surcoût")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("P-1001")
    assert where(hernia) == ("SO2", MONDAY.isoformat(), 515)
    expect(block(page, hernia)).to_be_focused()


def test_the_dialog_lists_legal_and_refused_places_and_takes_an_exact_one(
    open_page: OpenPage, hospital: Hospital, tonsils: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    card(page, tonsils).click()
    page.get_by_role("button", name="Déplacer vers…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".places li.bad")).to_have_count(5)
    expect(dialog.locator(".places li.bad").first).to_contain_text("Plage réservée à ORT")
    expect(dialog.locator(".places li .amt").first).to_have_text(re.compile("€$"))
    dialog.get_by_label("Jour").select_option(TUESDAY.isoformat())
    dialog.get_by_label("Salle").select_option(str(hospital.rooms[0].pk))
    dialog.get_by_label("Heure").fill("10:35")
    dialog.get_by_role("button", name="Placer là").click()
    expect(block(page, tonsils)).to_be_visible()
    assert where(tonsils) == ("SO1", TUESDAY.isoformat(), 635)


def test_a_long_press_drags_by_touch(open_page: OpenPage, hospital: Hospital, hernia: Intervention) -> None:
    page = open_page(GRID, hospital.director, touch=True)
    x, y = middle(block(page, hernia))
    goal = middle(column(page, hospital, room=1, day=0))
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]})

    send("touchStart", (x, y))
    expect(page.locator("#carry")).to_be_visible()
    send("touchMove", (goal[0] - 4, goal[1]))
    send("touchMove", goal)
    expect(page.locator("#carry")).to_contain_text("€")
    send("touchEnd")
    expect(page.locator("#toasts")).to_contain_text("P-1001")
    found = where(hernia)
    assert found is not None
    assert found[:2] == ("SO2", MONDAY.isoformat())


def test_one_step_is_undone_and_redone(open_page: OpenPage, hospital: Hospital, hernia: Intervention) -> None:
    page = open_page(GRID, hospital.director)
    block(page, hernia).focus()
    page.keyboard.press("Delete")
    expect(card(page, hernia)).to_be_visible()
    expect(page.locator("#undo")).to_have_attribute("title", re.compile("Retirer P-1001 du planning"))
    page.keyboard.press("Control+z")
    expect(block(page, hernia)).to_be_visible()
    assert where(hernia) == ("SO1", MONDAY.isoformat(), 480)
    page.keyboard.press("Control+Shift+Z")
    expect(card(page, hernia)).to_be_visible()
    assert where(hernia) is None


def test_a_lock_says_who_set_it_and_is_released_by_its_key(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    block(page, hernia).click()
    page.keyboard.press("l")
    expect(page.locator("#pane")).to_contain_text("Par Directrice")
    assert Placement.objects.get(intervention=hernia).pinned_by == hospital.director
    page.keyboard.press("l")
    expect(page.locator("#pane")).not_to_contain_text("Par Directrice")
    assert Placement.objects.get(intervention=hernia).pinned_by is None


def test_several_chosen_with_shift_are_locked_and_removed_in_one_step_each(
    open_page: OpenPage, hospital: Hospital, plan: Plan, hernia: Intervention
) -> None:
    others = [make_intervention(hospital.surgeons[1], 60, patient_code=f"P-80{index}") for index in range(2)]
    for index, other in enumerate(others):
        place(plan, other, hospital, start=600 + 120 * index)
    page = open_page(GRID, hospital.director)
    block(page, hernia).click()
    block(page, others[0]).click(modifiers=["Shift"])
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#pane")).to_contain_text("3 interventions choisies")
    expect(page.locator("#live")).to_have_text("3 interventions choisies")
    page.keyboard.press("l")
    expect(page.locator("#toasts")).to_contain_text("Verrouiller 3 interventions")
    assert Placement.objects.filter(pinned_by=hospital.director).count() == 3
    page.locator("#pane").get_by_role("button", name="Ôter P-801 du choix").click()
    expect(page.locator("#pane")).to_contain_text("2 interventions choisies")
    page.locator("#pane").get_by_role("button", name="Retirer").click()
    expect(page.locator("#toasts")).to_contain_text("Retirer 2 interventions du planning")
    assert [where(item) is None for item in (hernia, *others)] == [True, True, False]
    page.keyboard.press("Control+z")
    expect(block(page, hernia)).to_be_visible()
    block(page, others[1]).click()
    expect(page.locator("#pane")).to_contain_text("P-801")
    expect(page.locator(".blk.sel")).to_have_count(1)
