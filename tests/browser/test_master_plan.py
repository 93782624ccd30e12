"""The board of a master plan's draft: dragged, moved by keys, taken back, validated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from planning.models import MasterPlan, SlotPattern
from planning.services.master_plan_drafts import draft_from_activity
from tests.browser.conftest import OpenPage
from tests.factories.hospital import Hospital
from tests.factories.master_plans import START, current_plan, some_activity


@pytest.fixture
def draft(hospital: Hospital) -> MasterPlan:
    current_plan(hospital)
    first, last = some_activity(hospital)
    return draft_from_activity(
        name="Plan 2099", valid_from=START.monday + timedelta(weeks=52), first=first, last=last, cycle_weeks=1,
        fill_percent=100, reserve_hours=0, more_hours=0,
    )  # fmt: skip


def slot(page: Page, weekday: int, room: int) -> Locator:
    return page.locator(f'.cell[data-weekday="{weekday}"]').nth(room).locator(".sl").first


def where(row: SlotPattern) -> tuple[int, str, int]:
    fresh = SlotPattern.objects.select_related("room").get(pk=row.pk)
    return fresh.weekday, fresh.room.code, fresh.start_minute


def first_of(draft: MasterPlan, hospital: Hospital) -> SlotPattern:
    return draft.patterns.get(weekday=0, room=hospital.rooms[0], kind="regular")


def test_a_vacation_is_dragged_where_the_server_says_yes_and_taken_back(
    open_page: OpenPage, hospital: Hospital, draft: MasterPlan
) -> None:
    row = first_of(draft, hospital)
    page = open_page(f"/plan-directeur/{draft.pk}/", hospital.director, ready="#mgrid .sl")
    slot(page, 0, 0).hover()
    page.mouse.down()
    page.mouse.move(400, 300, steps=3)
    expect(page.locator('.cell[data-weekday="4"] .rs').first).to_have_text("✓")
    box = page.locator('.cell[data-weekday="4"]').first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40, steps=3)
    expect(page.locator(".prev.ok")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("#toasts")).to_contain_text("vendredi, SO1")
    assert where(row) == (4, "SO1", 480)
    expect(page.locator("#state")).to_contain_text("1 changement")

    page.locator("#undo").click()
    expect(page.locator("#state")).to_contain_text("0 changement")
    assert where(row) == (0, "SO1", 480)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#state")).to_contain_text("1 changement")
    expect(page.locator("#redo")).to_be_disabled()
    assert where(row) == (4, "SO1", 480)


def test_the_keyboard_does_the_same(open_page: OpenPage, hospital: Hospital, draft: MasterPlan) -> None:
    row = first_of(draft, hospital)
    page = open_page(f"/plan-directeur/{draft.pk}/", hospital.director, ready="#mgrid .sl")
    slot(page, 0, 0).focus()
    page.keyboard.press("m")
    expect(page.locator(".prev")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_contain_text("mardi, SO1")
    page.keyboard.press("Escape")
    assert where(row) == (0, "SO1", 480)
    page.keyboard.press("m")
    expect(page.locator(".prev")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("lundi, SO2")
    assert where(row) == (0, "SO2", 480)


def test_a_director_validates_once_the_advice_is_written(
    open_page: OpenPage, hospital: Hospital, draft: MasterPlan
) -> None:
    page = open_page(f"/plan-directeur/{draft.pk}/", hospital.director, ready="#mgrid .sl")
    page.locator("#validate").click()
    confirm = page.locator('#dialog button[value="ok"]')
    expect(page.locator("#dialog")).to_contain_text("« Plan 2026 » s'arrête le")
    expect(confirm).to_be_disabled()
    page.locator("#dialog textarea").fill("Favorable.")
    confirm.click()
    expect(page.locator("#validate")).to_have_count(0)
    draft.refresh_from_db()
    assert (draft.status, draft.advice) == ("validated", "Favorable.")
