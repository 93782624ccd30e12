"""Markup in the rows, on the grid: it is read, it makes no element and opens no dialog."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from planning.models import Absence, Intervention, RoomClosure
from tests.browser.conftest import OpenPage
from tests.browser.grid import GRID, MONDAY, TUESDAY, block, card, carry, column
from tests.factories.hospital import Hospital
from tests.factories.poison import ELEMENTS, MARKUP, poison


def made(page: Page) -> list[str]:
    """What no template nor module of ours writes."""
    strange = ", ".join(
        [*ELEMENTS, "script:not([src]):not([type='application/json'])", "[onerror]", "[href^=javascript]"]
    )
    return [str(text) for text in page.locator(strange).evaluate_all("found => found.map((one) => one.outerHTML)")]


def test_markup_in_the_rows_stays_text(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, tonsils: Intervention
) -> None:
    Absence.objects.create(surgeon=hospital.surgeons[2], starts_on=MONDAY, ends_on=MONDAY)
    RoomClosure.objects.create(room=hospital.rooms[0], starts_on=TUESDAY, ends_on=TUESDAY)
    poison()
    page = open_page(GRID, hospital.director)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    assert made(page) == []

    block(page, hernia).click()
    expect(page.locator("#pane")).to_contain_text(MARKUP[0])
    assert made(page) == []
    page.get_by_role("tab", name="À planifier").click()
    card(page, tonsils).click()
    assert made(page) == []
    for tab in ("Écarts", "Journal"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(300)
        assert made(page) == []
    expect(page.locator("#pane")).to_contain_text(MARKUP[0])
    carry(page, block(page, hernia), column(page, hospital, room=0, day=1), 600)
    page.wait_for_timeout(400)
    assert made(page) == []
    page.mouse.up()
    page.wait_for_timeout(400)
    assert made(page) == []
    assert dialogs == []
