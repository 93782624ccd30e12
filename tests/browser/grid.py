"""Where things are on the grid's page, and the gestures of a person in front of it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from planning.calendar import minute_of
from planning.models import Intervention, Placement
from tests.factories.hospital import WEEK, Hospital

GRID = f"/semaines/{WEEK}/"
MONDAY, TUESDAY = WEEK.days[0], WEEK.days[1]


def block(page: Page, item: Intervention) -> Locator:
    return page.locator(f".blk[data-id='{item.pk}']")


def card(page: Page, item: Intervention) -> Locator:
    return page.locator(f".card[data-id='{item.pk}']")


def column(page: Page, hospital: Hospital, *, room: int, day: int) -> Locator:
    return page.locator(f".col[data-date='{WEEK.days[day]}'][data-room='{hospital.rooms[room].pk}']")


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def carry(page: Page, source: Locator, target: Locator, minute: int) -> None:
    """Press the source near its top, and take it over ``target`` so that it would start about ``minute``."""
    box, goal = source.bounding_box(), target.bounding_box()
    assert box is not None
    assert goal is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y + 6, steps=2)
    page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + 3 + goal["height"] * (minute - 480) / 720, steps=5)


def where(item: Intervention) -> tuple[str, str, int] | None:
    row = Placement.objects.filter(intervention=item, plan__status="draft").select_related("slot__room").first()
    if row is None:
        return None
    return row.slot.room.code, row.slot.date.isoformat(), minute_of(row.starts_at, row.slot.date)
