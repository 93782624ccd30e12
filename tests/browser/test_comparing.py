"""Comparing policies on the page: asked, followed, stopped, resumed, ranked, and read down to the interventions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from planning.calendar import at_minute
from planning.models import Comparison, Intervention, Surgeon, SurgeonAvailability
from planning.services.comparing import work_on_next_cell
from tests.browser.conftest import OpenPage
from tests.factories.hospital import WEEK, Hospital, make_intervention
from tests.web.test_comparisons import no_broker

__all__ = ["no_broker"]
POLICIES = ("specialty-fcfs", "specialty")


@pytest.fixture
def demand(hospital: Hospital) -> None:
    """Eight ENT cases of two surgeons, done on the Monday: more than the one room where they may operate holds.

    In order of arrival the sixth takes overtime that evening; at least cost it waits until Tuesday, which is cheaper.
    """
    second = Surgeon.objects.create(code="S4", trigram="AUB", last_name="Aubry", specialty=hospital.ent)
    for weekday in range(5):
        SurgeonAvailability.objects.create(surgeon=second, weekday=weekday)
    for number in range(8):
        item = make_intervention(
            (hospital.surgeons[2], second)[number % 2], 110, state=Intervention.State.DONE, deadline_date=WEEK.days[4]
        )
        entered = at_minute(WEEK.monday, 480)
        Intervention.objects.filter(pk=item.pk).update(entered_at=entered, left_at=entered + timedelta(hours=1))


def work(comparison: Comparison, name: str) -> bool:
    cell = work_on_next_cell(comparison_id=comparison.pk, worker=name, clock=timezone.now, beat_seconds=None)
    return cell is not None


def asked_on_the_page(open_page: OpenPage, hospital: Hospital) -> tuple[Page, Comparison]:
    page = open_page("/comparaisons/nouvelle/", hospital.director, ready="main form")
    page.locator("#id_first").fill(WEEK.monday.isoformat())
    page.locator("#id_last").fill(WEEK.days[4].isoformat())
    for box in page.locator("input[name=policies]").all():
        box.set_checked(box.get_attribute("value") in POLICIES)
    page.get_by_role("button", name="Comparer").click()
    page.wait_for_selector("[data-progress]")
    return page, Comparison.objects.get()


def ranking(page: Page) -> list[tuple[str | None, str]]:
    lines = page.locator("[data-ranking] li").all()
    return [(line.get_attribute("data-policy"), line.locator("[data-score]").inner_text()) for line in lines]


def weigh(page: Page, **weights: str) -> None:
    """Every criterion but these counts nothing."""
    with page.expect_response(lambda answer: "/weights/" in answer.url and answer.ok):
        page.locator("[data-weights] input[type=range]").evaluate_all(
            """(sliders, weights) => { for (const one of sliders) {
              one.value = weights[one.name] ?? "0"; one.dispatchEvent(new Event("input", { bubbles: true })); } }""",
            weights,
        )


def test_a_comparison_is_followed_stopped_resumed_ranked_and_read_to_its_interventions(
    open_page: OpenPage, hospital: Hospital, demand: None
) -> None:
    page, comparison = asked_on_the_page(open_page, hospital)
    expect(page.locator("[data-progress] progress")).to_have_attribute("max", "2")
    assert work(comparison, "first")
    expect(page.locator("[data-progress] progress")).to_have_js_property("value", 1)

    page.get_by_role("button", name="Arrêter").click()
    expect(page.get_by_role("button", name="Reprendre")).to_be_visible()
    assert not work(comparison, "second"), "nobody works on what a person stopped"
    page.get_by_role("button", name="Reprendre").click()
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    assert work(comparison, "third")
    # The page reads the end by itself.
    page.wait_for_selector("#table-6")
    expect(page.locator("[data-progress]")).to_have_count(0)

    weigh(page, overtime="5")
    expect(page.locator("[data-ranking] li").first).to_have_attribute("data-policy", "specialty")
    assert ranking(page) == [("specialty", "100"), ("specialty-fcfs", "0")]
    weigh(page, waiting="5")
    expect(page.locator("[data-ranking] li").first).to_have_attribute("data-policy", "specialty-fcfs")
    page.reload()
    assert ranking(page)[0] == ("specialty-fcfs", "100"), "the weights are kept"

    row = page.locator("table.policies").first.locator("tr", has_text="Heures supplémentaires")
    row.get_by_role("link", name="1 h 50").click()
    page.get_by_role("link", name="1 h 50").click()
    expect(page.locator("h1")).to_contain_text("S48 2026")
    expect(page.locator(".pill", has_text="heures sup.")).to_have_count(1)
    expect(page.locator("tbody tr")).to_have_count(8)


@pytest.mark.parametrize("width", [820, 390])
def test_no_comparison_page_is_wider_than_a_tablet_or_a_telephone(
    open_page: OpenPage, hospital: Hospital, demand: None, width: int
) -> None:
    page, comparison = asked_on_the_page(open_page, hospital)
    while work(comparison, f"w{comparison.cells.filter(state='done').count()}"):
        pass
    base = f"/comparaisons/{comparison.pk}/"
    page.set_viewport_size({"width": width, "height": 1180})
    root = page.url.split("/comparaisons/")[0]
    for path in ("/comparaisons/", "/comparaisons/nouvelle/", base, f"{base}semaines/?critere=overtime"):
        page.goto(root + path)
        expect(page.locator("main .wrap").first).to_be_visible()
        assert (
            page.evaluate("Math.max(...[...document.querySelectorAll('main, main > *')].map((one) => one.scrollWidth))")
            <= width
        )
    if width == 820:
        page.goto(root + base)
        assert page.locator(".compare .table-box").evaluate_all(
            "(boxes) => boxes.every((one) => one.scrollWidth <= one.clientWidth)"
        )
