"""One intervention from the surgeon's phone to the approved week and back, in both languages.

The surgeon asks, is asked back and answers; the director accepts, plans, overrides the proposal, gets the sign-off of
an anaesthetist and approves; the surgeon reads where, when and what was said.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from planning.models import Intervention, Plan, PlanningRun, SignOff, Site
from planning.services.proposing import work_on_run
from tests.browser.conftest import OpenPage
from tests.browser.grid import GRID, TUESDAY, block, carry, column, where
from tests.factories.hospital import WEEK, Hospital, make_user

SAID = {
    "fr": {
        "patient": "Code du dossier", "minutes": "Durée en salle", "submit": "Soumettre",
        "submitted": "est soumise au bloc", "propose": "Proposer un planning", "seconds": "Durée du calcul",
        "start": "Lancer le calcul", "take": "Reprendre", "approve…": "Approuver…", "approve": "Approuver",
        "see": "Voir les visas", "ask": "Demander les visas", "yours": "Votre visa est attendu",
        "sign": "Viser", "planned": "Planifiée", "question": "La plaque est-elle commandée ?",
    },
    "en": {
        "patient": "Patient code", "minutes": "Time in the room", "submit": "Submit",
        "submitted": "is submitted to the theatre", "propose": "Propose a plan", "seconds": "Length of the run",
        "start": "Start the run", "take": "Adopt", "approve…": "Approve…", "approve": "Approve",
        "see": "See the sign-offs", "ask": "Ask for the sign-offs", "yours": "Your sign-off is awaited",
        "sign": "Sign off", "planned": "Planned", "question": "Has the plate been ordered?",
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: WEEK.monday - timedelta(days=1))


def in_language(page: Page, language: str, ready: str) -> Page:
    origin = page.url.split("/", 3)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": "/".join(origin[:3])}])
    page.reload()
    page.wait_for_selector(ready)
    return page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_from_the_request_to_the_approved_week_and_back(language: str, open_page: OpenPage, hospital: Hospital) -> None:
    said = SAID[language]
    Site.objects.update(anaesthetist_sign_off=True)
    doctor = make_user("renard", "anaesthetist")

    # The surgeon, on a phone.
    ready = "#request-form[data-ready]"
    phone = open_page("/demandes/nouvelle/", hospital.surgeon_user, width=390, height=844, touch=True, ready=ready)
    in_language(phone, language, ready)
    phone.get_by_label(said["patient"]).fill("P-7001")
    phone.locator("[name=procedure_label]").fill("Ostéosynthèse du poignet")
    phone.get_by_label(said["minutes"], exact=True).fill("1:15")
    phone.get_by_role("button", name=said["submit"]).tap()
    expect(phone.get_by_text(said["submitted"])).to_be_visible()
    row = Intervention.objects.get(state="requested")

    # The director has a question first; the surgeon answers it.
    site = phone.url.split("/demandes/")[0].split("/mes-interventions/")[0]
    desk = in_language(open_page("/boite/", hospital.director, ready="[data-inbox]"), language, "[data-inbox]")
    expect(desk.locator("[data-detail]:not([aria-busy])")).to_contain_text("P-7001")
    desk.keyboard.press("r")
    desk.locator("#return-reason").fill(said["question"])
    desk.locator(".pop[data-key=r] button.strong").click()
    expect(desk.locator(".toast")).to_be_visible()
    phone.goto(f"{site}/mes-interventions/{row.pk}/")
    expect(phone.locator("main")).to_contain_text(said["question"])
    phone.goto(f"{site}/demandes/{row.pk}/")
    phone.wait_for_selector(ready)
    expect(phone.locator("main")).to_contain_text(said["question"])
    phone.locator("[name=answer]").fill("Oui.")
    phone.get_by_role("button", name=said["submit"]).tap()
    expect(phone.get_by_text(said["submitted"])).to_be_visible()

    # The director accepts it, lets the planner place it, and knows better.
    desk.goto(f"{site}/boite/")
    expect(desk.locator("[data-detail]:not([aria-busy])")).to_contain_text("P-7001")
    desk.keyboard.press("a")
    expect(desk.locator(".toast")).to_be_visible()
    row.refresh_from_db()
    assert row.state == "accepted"

    desk.goto(site + GRID)
    desk.wait_for_selector("#week:not([aria-busy])")
    desk.get_by_role("button", name=said["propose"]).first.click()
    desk.get_by_role("dialog").get_by_label(said["seconds"]).fill("2")
    desk.get_by_role("button", name=said["start"]).click()
    expect(desk.locator("#run")).to_contain_text("Directrice")
    work_on_run(run_id=PlanningRun.objects.get().pk, worker=str(uuid.uuid4()), clock=timezone.now)
    desk.locator("#run").get_by_role("button", name=said["take"], exact=True).click()
    expect(block(desk, row)).to_be_visible()
    # Opened anew, nothing above the grid folds away while the block is carried.
    desk.reload()
    desk.wait_for_selector("#week:not([aria-busy])")
    carry(desk, block(desk, row), column(desk, hospital, room=1, day=1), 600)
    expect(desk.locator("#carry")).to_contain_text("€")
    desk.mouse.up()
    expect(desk.locator("#toasts")).to_contain_text("P-7001")
    assert where(row) == ("SO2", TUESDAY.isoformat(), 600)

    # What is being prepared is nobody else's business yet.
    follow = open_page(reverse("own-intervention", kwargs={"pk": row.pk}), hospital.surgeon_user, ready="main")
    assert "SO2" not in follow.locator("main").inner_text()

    # The sign-off, then the approval.
    desk.get_by_role("button", name=said["approve…"]).click()
    expect(desk.get_by_role("button", name=said["approve"], exact=True)).to_be_disabled()
    desk.get_by_role("link", name=said["see"]).click()
    desk.get_by_role("button", name=said["ask"]).click()
    reader = in_language(open_page("/visas/", doctor, ready="main"), language, "main")
    reader.get_by_text(said["yours"]).first.click()
    reader.get_by_role("button", name=said["sign"], exact=True).click()
    assert SignOff.objects.filter(user=doctor).exists()
    desk.goto(site + GRID)
    desk.wait_for_selector("#week:not([aria-busy])")
    desk.get_by_role("button", name=said["approve…"]).click()
    desk.get_by_role("button", name=said["approve"], exact=True).click()
    expect(desk.locator("#toasts")).to_contain_text("Version")
    approved = Plan.objects.get(status="approved")
    assert SignOff.objects.get(plan=approved, kind="anaesthetist").user == doctor

    # The surgeon reads where, when, and that it is planned; the bell says so too.
    phone.goto(f"{site}/mes-interventions/{row.pk}/")
    main = phone.locator("main")
    expect(main).to_contain_text("SO2")
    expect(main).to_contain_text("10:00")
    expect(main).to_contain_text(said["planned"])
    expect(main).to_contain_text(said["question"])
    # The acceptance and the publication; the question went when it was answered.
    expect(phone.locator(".bell")).to_contain_text("2")
