"""The weekly grid as a director uses it: by pointer, by keyboard, with others, on any screen."""

from __future__ import annotations

import re
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from planning.access import Role
from planning.calendar import minute_of
from planning.models import Intervention, Placement, Plan, PlanningRun
from planning.services.placements import move_placement
from planning.services.proposing import work_on_run
from tests.browser.conftest import OpenPage
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user, small_hospital
from tests.factories.plans import make_plan, place

GRID = f"/semaines/{WEEK}/"
MONDAY, TUESDAY = WEEK.days[0], WEEK.days[1]


@pytest.fixture
def hernia(hospital: Hospital, plan: Plan) -> Intervention:
    """An hour of orthopaedics, Monday at 8:00 in SO1."""
    item = make_intervention(hospital.surgeons[0], 60, patient_code="P-1001", procedure_label="Cure de hernie")
    place(plan, item, hospital)
    return item


@pytest.fixture
def tonsils(hospital: Hospital, plan: Plan) -> Intervention:
    """An hour of ENT, waiting."""
    return make_intervention(hospital.surgeons[2], 60, patient_code="P-2002", procedure_label="Amygdalectomie")


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


def test_the_whole_week_is_drawn_without_scrolling(open_page: OpenPage, hospital: Hospital, hernia: Intervention) -> None:
    page = open_page(GRID, hospital.director)
    expect(page.locator("#cols .col")).to_have_count(10)
    expect(block(page, hernia)).to_contain_text("1001")
    assert "Cure de hernie, Orthopédie, Dr Martin, lundi 23 novembre, SO1, 08:00 à 09:00" in (
        block(page, hernia).get_attribute("aria-label") or ""
    )
    assert page.evaluate("(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('#scroll'))") == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 1440


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


def test_a_drop_outside_of_any_room_changes_nothing(open_page: OpenPage, hospital: Hospital, hernia: Intervention) -> None:
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


def test_a_card_of_the_list_is_dragged_into_a_room(open_page: OpenPage, hospital: Hospital, tonsils: Intervention) -> None:
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


def test_the_keyboard_moves_a_block_and_says_each_step(open_page: OpenPage, hospital: Hospital, hernia: Intervention) -> None:
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


def test_a_proposal_is_taken_line_by_line(open_page: OpenPage, hospital: Hospital, plan: Plan, hernia: Intervention) -> None:
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
    assert page.evaluate("(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector('#scroll'))")
    page.keyboard.press("0")
    page.get_by_role("button", name="Par salle").click()
    expect(page.locator(".gh").first).to_contain_text("SO1")
    expect(page.locator("#cols .col")).to_have_count(10)


def test_a_week_without_slots_leads_to_the_master_plan(open_page: OpenPage, hospital: Hospital) -> None:
    page = open_page("/semaines/2027-W20/", hospital.director)
    expect(page.get_by_role("link", name="Ouvrir le plan directeur")).to_be_visible()


def test_250_interventions_are_all_drawn(open_page: OpenPage, hospital: Hospital, plan: Plan) -> None:
    for index in range(250):
        item = make_intervention(hospital.surgeons[index % 3], 5)
        place(plan, item, hospital, room=index // 125, day=index % 5, start=480 + index % 125 // 5 * 20)
    page = open_page(GRID, hospital.director)
    expect(page.locator(".blk")).to_have_count(250)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (820, 1180)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation(
    open_page: OpenPage, hospital: Hospital, hernia: Intervention, tonsils: Intervention, width: int, height: int, theme: str
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


def test_small_hospitals_fit_too(open_page: OpenPage, transactional_db: None) -> None:
    hospital = small_hospital()
    page = open_page(GRID, hospital.director)
    expect(page.locator("#run")).to_contain_text("Cette semaine n'a pas encore de planning.")
    page.get_by_role("button", name="Commencer à la main").click()
    expect(page.locator("#version-state")).to_have_text("Brouillon")
    assert Plan.objects.get().status == "draft"
