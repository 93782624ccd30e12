"""Key E: why here, why not planned, and a place applied in one click and taken back."""

from __future__ import annotations

import uuid

from django.utils import timezone
from playwright.sync_api import expect

from planning.models import Explanation, Intervention, Placement, Plan
from planning.services.explanations import work_on_explanation
from tests.browser.conftest import OpenPage
from tests.browser.grid import GRID, block
from tests.factories.hospital import Hospital, make_intervention
from tests.factories.plans import place


def test_e_reads_the_reasons_aloud_at_once_and_the_exact_figures_follow(
    open_page: OpenPage, hospital: Hospital, plan: Plan, hernia: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    block(page, hernia).focus()
    with page.expect_response(lambda answer: "/explanations/" in answer.url and answer.request.method == "POST"):
        page.keyboard.press("e")
        expect(page.locator("#why-title")).to_be_focused()
        expect(page.locator("#live")).to_contain_text("Opérée lundi 23 novembre à 08:00 en SO1")
        expect(page.locator(".basis")).to_contain_text("Estimation")
    row = Explanation.objects.get(plan=plan, intervention=hernia)
    work_on_explanation(explanation_id=row.pk, worker=uuid.uuid4().hex, clock=timezone.now)
    expect(page.locator(".basis")).to_contain_text("Écarts exacts")
    expect(page.locator(".whys")).to_contain_text("SO2 lun. 23")


def test_one_that_waits_says_what_prevents_it_and_gets_a_place_in_one_click(
    open_page: OpenPage, hospital: Hospital, plan: Plan, tonsils: Intervention
) -> None:
    for day in range(5):
        long = make_intervention(hospital.surgeons[2], 470)
        place(plan, long, hospital, day=day)
    page = open_page(GRID, hospital.director)
    page.locator(f'.card[data-id="{tonsils.pk}"]').click()
    page.keyboard.press("e")
    expect(page.locator("#why-title")).to_contain_text("Pourquoi pas planifiée ?")
    expect(page.locator("details.closed")).to_contain_text("SO2 : plage d'une autre spécialité (ORT)")
    page.get_by_role("button", name="Faire la place").first.click()
    expect(block(page, tonsils)).to_be_visible()
    assert Placement.objects.get(plan=plan, intervention=tonsils).pinned_by == hospital.director
    expect(page.locator("#toasts")).to_contain_text("P-2002")
    page.keyboard.press("Control+z")
    expect(block(page, tonsils)).to_have_count(0)
    assert not Placement.objects.filter(plan=plan, intervention=tonsils).exists()
