"""Others at work on the same week: a colleague, the planner, whoever approves, whoever only reads."""

from __future__ import annotations

import re
import uuid

from django.utils import timezone
from playwright.sync_api import expect

from planning.access import Role
from planning.models import Intervention, Plan, PlanningRun
from planning.services.placements import move_placement
from planning.services.proposing import work_on_run
from tests.browser.conftest import OpenPage
from tests.browser.grid import GRID, MONDAY, TUESDAY, block, carry, column, where
from tests.factories.hospital import NOW, Hospital, make_intervention, make_user
from tests.factories.plans import make_plan, place


def test_a_stale_drop_says_who_changed_what_and_loses_nothing(
    open_page: OpenPage, hospital: Hospital, plan: Plan, hernia: Intervention, tonsils: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    page.route("**/pulse/**", lambda route: route.abort())
    other = make_user("regulatrice", Role.PLANNER)
    move_placement(
        plan=Plan.objects.get(pk=plan.pk), intervention=tonsils.pk, room=hospital.rooms[0].pk, day=TUESDAY, start=600,
        revision=Plan.objects.get(pk=plan.pk).revision, user=other, now=timezone.now(),
    )  # fmt: skip
    carry(page, block(page, hernia), column(page, hospital, room=1, day=0), 600)
    expect(page.locator("#carry")).to_contain_text("€")
    page.mouse.up()
    expect(page.locator("#toasts")).to_contain_text("Regulatrice")
    expect(block(page, tonsils)).to_be_visible()
    assert where(hernia) == ("SO1", MONDAY.isoformat(), 480)
    page.get_by_role("button", name="Recommencer").click()
    expect(page.locator("#toasts")).to_contain_text("P-1001")
    assert where(hernia) == ("SO2", MONDAY.isoformat(), 600)


def test_others_changes_appear_by_themselves(
    open_page: OpenPage, hospital: Hospital, plan: Plan, hernia: Intervention, tonsils: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    block(page, hernia).click()
    other = make_user("regulatrice", Role.PLANNER)
    move_placement(
        plan=Plan.objects.get(pk=plan.pk), intervention=tonsils.pk, room=hospital.rooms[0].pk, day=TUESDAY, start=600,
        revision=Plan.objects.get(pk=plan.pk).revision, user=other, now=timezone.now(),
    )  # fmt: skip
    expect(block(page, tonsils)).to_be_visible(timeout=10_000)
    expect(page.locator("#toasts")).to_contain_text("Regulatrice")
    expect(block(page, hernia)).to_have_class(re.compile(r"\bsel\b"))


def test_a_run_is_followed_and_its_result_taken(open_page: OpenPage, hospital: Hospital, tonsils: Intervention) -> None:
    page = open_page(GRID, hospital.director)
    page.get_by_role("button", name="Proposer un planning").click()
    page.get_by_role("dialog").get_by_label("Durée du calcul").fill("2")
    page.get_by_role("button", name="Lancer le calcul").click()
    expect(page.locator("#run")).to_contain_text("Directrice")
    page.reload()
    expect(page.locator("#run")).to_contain_text("En attente")
    work_on_run(run_id=PlanningRun.objects.get().pk, worker=str(uuid.uuid4()), clock=timezone.now)
    expect(page.locator("#run")).to_contain_text("prête")
    expect(block(page, tonsils)).to_have_count(0)
    page.locator("#run").get_by_role("button", name="Reprendre").click()
    expect(block(page, tonsils)).to_be_visible()
    assert where(tonsils) == ("SO1", MONDAY.isoformat(), 480)


def test_a_proposal_is_taken_line_by_line(
    open_page: OpenPage, hospital: Hospital, plan: Plan, hernia: Intervention
) -> None:
    second = make_intervention(hospital.surgeons[1], 60, patient_code="P-3003")
    offer = make_plan("proposed", 2)
    place(offer, hernia, hospital, room=1, start=540)
    place(offer, second, hospital, room=1, start=480)
    page = open_page(GRID, hospital.director)
    page.locator("#versions summary").click()
    page.locator("#version-menu").get_by_role("button", name="Comparer").click()
    expect(page.locator(".dif")).to_have_count(2)
    expect(page.locator(".gho")).to_have_count(2)
    page.get_by_label("Reprendre P-1001").uncheck()
    page.get_by_role("button", name="Reprendre 1 ligne").click()
    expect(block(page, second)).to_be_visible()
    assert (where(hernia), where(second)) == (("SO1", MONDAY.isoformat(), 480), ("SO2", MONDAY.isoformat(), 480))


def test_approval_lists_the_remaining_warnings_then_freezes(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, tonsils: Intervention
) -> None:
    page = open_page(GRID, hospital.director)
    page.get_by_role("button", name="Approuver…").click()
    expect(page.get_by_role("dialog")).to_contain_text("P-2002 n'est pas planifiée")
    page.get_by_role("button", name="Approuver malgré ces réserves").click()
    expect(page.locator("#version-state")).to_have_text("Approuvé")
    expect(block(page, hernia)).to_have_class(re.compile("appr"))
    assert Plan.objects.get(status="approved").placements.get().intervention == hernia


def test_a_viewer_reads_the_approved_week_and_can_change_nothing(open_page: OpenPage, hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60, patient_code="P-1001")
    approved = make_plan("proposed")
    place(approved, item, hospital)
    Plan.objects.filter(pk=approved.pk).update(status="approved", approved_at=NOW, approved_by=hospital.director)
    page = open_page(GRID, hospital.viewer)
    expect(block(page, item)).to_be_visible()
    expect(page.get_by_role("button", name="Proposer un planning")).to_have_count(0)
    expect(page.get_by_role("tab")).to_have_count(1)
    assert "P-1001" not in page.content()
    carry(page, block(page, item), column(page, hospital, room=1, day=0), 600)
    expect(page.locator("#carry")).to_be_hidden()
    page.mouse.up()
    page.keyboard.press("m")
    expect(page.locator("#carry")).to_be_hidden()


def test_a_week_without_a_version_is_begun_by_hand(open_page: OpenPage, hospital: Hospital) -> None:
    page = open_page(GRID, hospital.director)
    expect(page.locator("#run")).to_contain_text("Cette semaine n'a pas encore de planning.")
    page.get_by_role("button", name="Commencer à la main").click()
    expect(page.locator("#version-state")).to_have_text("Brouillon")
    assert Plan.objects.get().status == "draft"
