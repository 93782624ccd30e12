"""The director's ten minutes: accept, send back, decide many, take back, by keyboard and by hand."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from planning.calendar import Week
from planning.models import Intervention, Placement
from tests.browser.conftest import OpenPage
from tests.factories.hospital import Hospital, make_intervention, make_slot
from tests.factories.plans import make_plan

INBOX = "/boite/"
READY = "[data-detail] .dh"


@pytest.fixture
def requests(hospital: Hospital) -> list[Intervention]:
    """Three, the first with the nearest deadline; operated six times in ninety minutes."""
    today = timezone.localdate()
    for number in range(6):
        begun = timezone.now() - timedelta(days=20 + number)
        make_intervention(
            hospital.surgeons[0], state="done", procedure_label="Hanche", procedure_code="NEKA020", entered_at=begun,
            left_at=begun + timedelta(minutes=90),
        )  # fmt: skip
    return [
        make_intervention(
            hospital.surgeons[0],
            minutes,
            state="requested",
            procedure_label="Hanche",
            procedure_code="NEKA020",
            admission_date=today,
            deadline_date=today + timedelta(days=30 + number),
            patient_code=f"P-{number}000",
        )
        for number, minutes in enumerate((45, 90, 95), start=1)
    ]


def states(rows: list[Intervention]) -> list[str]:
    return [Intervention.objects.get(pk=row.pk).state for row in rows]


def shown(page: Page) -> Any:
    return page.locator("[data-detail] .dh .id")


def listed(page: Page) -> Any:
    return page.locator("[data-item] .a b")


def test_a_accepts_r_sends_back_and_the_list_goes_on(
    open_page: OpenPage, hospital: Hospital, requests: list[Intervention]
) -> None:
    page = open_page(INBOX, hospital.director, ready=READY)
    expect(shown(page)).to_have_text("P-1000")
    expect(page.get_by_role("button", name=re.compile("^Accepter"))).to_contain_text("1 h 30")

    page.keyboard.press("ArrowDown")
    expect(shown(page)).to_have_text("P-2000")
    page.keyboard.press("ArrowUp")
    expect(shown(page)).to_have_text("P-1000")
    page.keyboard.press("a")
    expect(page.locator("[data-toast]")).to_contain_text("est acceptée")
    expect(shown(page)).to_have_text("P-2000")
    assert states(requests) == ["accepted", "requested", "requested"]
    assert Intervention.objects.get(pk=requests[0].pk).planned_minutes == 90

    page.keyboard.press("r")
    message = page.get_by_label("Renvoyer à Dr Martin")
    expect(message).to_be_focused()
    page.keyboard.type("raar")
    assert states(requests)[1] == "requested", "typed, not pressed"
    page.get_by_role("button", name="Durée à revoir").click()
    expect(message).to_have_value(re.compile(r"1.h.30 demandée ; vos 6 cas donnent 1.h.30 en médiane"))
    page.get_by_role("button", name="Renvoyer", exact=True).click()
    expect(shown(page)).to_have_text("P-3000")
    assert states(requests) == ["accepted", "returned", "requested"]


def test_the_toast_takes_a_decision_back(open_page: OpenPage, hospital: Hospital, requests: list[Intervention]) -> None:
    page = open_page(INBOX, hospital.director, ready=READY)
    page.get_by_role("radio", name="demandée").check()
    expect(page.get_by_role("button", name=re.compile("^Accepter"))).to_contain_text("45 min")
    expect(page.locator("[data-places] h3")).to_contain_text("pour 45 min")
    page.get_by_role("button", name=re.compile("^Accepter")).click()
    expect(listed(page)).to_have_count(2)
    page.get_by_role("button", name="Annuler la décision").click()
    expect(listed(page)).to_have_count(3)
    expect(page.get_by_role("status")).to_contain_text("1 décision reprise")
    assert states(requests) == ["requested"] * 3


def test_the_sound_ones_are_selected_and_accepted_together(
    open_page: OpenPage, hospital: Hospital, requests: list[Intervention]
) -> None:
    week = Week.of(timezone.localdate()).next
    for row in requests:
        Intervention.objects.filter(pk=row.pk).update(admission_date=week.previous.monday)
    page = open_page(INBOX, hospital.director, ready=READY)
    sound = page.locator("[data-sound]")
    count = sound.count()
    page.locator("[data-item] .ck").nth(1).check()
    expect(page.locator("[data-count]")).to_have_text("1 sélectionnée")
    page.get_by_label("Tout sélectionner").check()
    expect(page.locator("[data-count]")).to_have_text("3 sélectionnées")
    page.get_by_label("Tout sélectionner").uncheck()
    if count:
        page.locator("[data-sound-all]").click()
        expect(page.locator("[data-item] .ck:checked")).to_have_count(count)
    for box in page.locator("[data-item] .ck").all()[1:]:
        box.check()
    page.get_by_role("button", name="Accepter la sélection").click()
    expect(page.locator("[data-toast]")).to_contain_text("2 demandes acceptées.")
    assert states(requests) == ["requested", "accepted", "accepted"]
    page.get_by_role("button", name="Annuler la décision").click()
    expect(listed(page)).to_have_count(3)
    assert states(requests) == ["requested"] * 3


def test_a_day_gone_by_is_noted_done_by_keyboard(open_page: OpenPage, hospital: Hospital) -> None:
    rows = [make_intervention(hospital.surgeons[0], 60, state="planned") for _number in range(2)]
    week = Week.of(timezone.localdate()).previous
    slot = make_slot(week.monday, hospital.rooms[0], 480, 1080)
    plan = make_plan("proposed", week=week)
    for number, row in enumerate(rows):
        Placement.objects.create(
            plan=plan, intervention=row, slot=slot, starts_at=slot.starts_at + timedelta(hours=number), minutes=60
        )
    type(plan).objects.filter(pk=plan.pk).update(status="approved")
    page = open_page(INBOX, hospital.director, ready=READY)
    page.get_by_text("Noter une journée réalisée…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("2 interventions"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("2 interventions notées réalisées.")
    assert states(rows) == ["done", "done"]


def test_everything_works_without_scripts(
    open_page: OpenPage, hospital: Hospital, requests: list[Intervention]
) -> None:
    page = open_page(INBOX, hospital.director, ready=READY)
    page.route("**/*.js", lambda route: route.abort())
    page.reload()
    page.get_by_role("link", name=re.compile("Hanche, 1.h.30")).click()
    expect(shown(page)).to_have_text("P-2000")
    page.get_by_text("Renvoyer…").last.click()
    page.get_by_label("Renvoyer à Dr Martin").fill("Quel côté ?")
    page.get_by_role("button", name="Renvoyer", exact=True).click()
    expect(page.get_by_role("button", name="Annuler la décision")).to_be_visible()
    assert states(requests) == ["requested", "returned", "requested"]


def test_on_a_tablet_nothing_is_wider_than_the_page(
    open_page: OpenPage, hospital: Hospital, requests: list[Intervention]
) -> None:
    Intervention.objects.filter(pk=requests[0].pk).update(procedure_label="Ostéosynthèse " * 12, patient_code="P" * 30)
    for width, height in ((820, 1180), (390, 844)):
        page = open_page(INBOX, hospital.director, width=width, height=height, ready=READY)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.get_by_role("button", name=re.compile("^Accepter"))).to_be_in_viewport()
