"""A surgeon reads nothing of another surgeon's patients, wherever they look."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from planning.models import Absence, ChangeRequest, Equipment, Intervention, JournalEntry, Plan
from tests.factories.hospital import NOW, WEEK, make_intervention
from tests.factories.plans import make_plan, place
from tests.factories.theatre import Rows, Theatre, page_address, pages, rows_of, working_theatre
from tests.web.test_access import address_of, walk

pytestmark = pytest.mark.django_db
# In each text that tells something of a patient, and in nothing else.
SECRETS = {
    "code": "ZQSECRETC-{}", "patient_code": "ZQSECRETP-{}", "procedure_label": "Zqsecret label {}",
    "procedure_code": "ZQSECRETA-{}", "notes": "Zqsecret note {}", "cancel_reason": "Zqsecret cancel {}",
    "return_reason": "Zqsecret question {}", "source_reference": "zqsecret-source-{}",
}  # fmt: skip


def secrets_of(number: int) -> dict[str, str]:
    return {name: text.format(number) for name, text in SECRETS.items()}


@pytest.fixture
def theatre() -> Theatre:
    """Others' interventions in every state and version, around one of the surgeon's own in the approved version.

    They break rules together, so that what is said of one could name another.
    """
    theatre = working_theatre()
    hospital, approved = theatre.hospital, theatre.approved
    mine = make_intervention(hospital.surgeons[0], 90, state="planned", code="MINE-1", patient_code="MY-PATIENT")
    place(approved, mine, hospital, day=1, start=600)
    microscope = Equipment.objects.get()
    mine.equipment.add(microscope)
    Equipment.objects.update(units=1)
    for number, other in enumerate(hospital.surgeons[1:]):
        for minute in (480, 540):
            row = make_intervention(other, 120, state="planned", child=True, septic=bool(number))
            row.equipment.add(microscope)
            place(approved, row, hospital, room=number, day=1, start=minute + 60 * number)
            place(theatre.draft, row, hospital, room=number, day=2, start=minute)
    for state in Intervention.State.values:
        row = make_intervention(hospital.surgeons[1], 60, state=state)
        ChangeRequest.objects.create(
            intervention=row, kind="other", reason=f"Zqsecret reason {state}", asked_at=NOW, asked_by=hospital.director
        )
    for number, row in enumerate(Intervention.objects.exclude(surgeon=hospital.surgeons[0])):
        Intervention.objects.filter(pk=row.pk).update(**secrets_of(number))
        JournalEntry.objects.create(
            at=NOW, user=hospital.director, action="move", monday=WEEK.monday, intervention=row,
            reason=f"Zqsecret why {number}", after={"code": f"ZQSECRETC-{number}"},
        )  # fmt: skip
    Absence.objects.create(
        surgeon=hospital.surgeons[1], starts_on=WEEK.days[4], ends_on=WEEK.days[4], reason="Zqsecret absence"
    )
    return theatre


@pytest.fixture
def rows(theatre: Theatre) -> Rows:
    return rows_of(theatre)


@pytest.fixture
def client(theatre: Theatre) -> Client:
    client = Client()
    client.force_login(theatre.hospital.surgeon_user)
    return client


def body(answer: HttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return str(content.decode(errors="replace")).lower()


def told(answer: Any) -> list[str]:
    text = body(answer)
    return sorted({text[at : at + 32] for at in range(len(text)) if text.startswith("zqsecret", at)})[:5]


def test_no_page_tells_of_anothers_patient(client: Client, theatre: Theatre, rows: Rows) -> None:
    leaks, opened = {}, []
    for pattern in pages():
        answer = client.get(page_address(pattern, rows, "0" * 32), follow=True)
        if answer.status_code == 200:
            opened.append(pattern.name)
        if told(answer):
            leaks[pattern.name] = told(answer)

    assert leaks == {}
    assert {"week", "own-interventions", "own-intervention", "availability"} <= set(opened)


def test_no_endpoint_tells_of_anothers_patient(client: Client, theatre: Theatre) -> None:
    """Asked about each version and each row: what a surgeon may not see answers as if it were not there."""
    leaks, opened = {}, set()
    plans = list(Plan.objects.values_list("pk", flat=True))
    items = list(Intervention.objects.values_list("pk", flat=True))
    for pattern in walk():
        if not str(pattern.name).startswith("api-"):
            continue
        for pk in {1, *plans, *items[-2:]} if "pk" in pattern.pattern.converters else {1}:
            for other in items[:6] if "intervention" in pattern.pattern.converters else [1]:
                for method in ("get", "post"):
                    url = address(pattern, pk, other)
                    answer = getattr(client, method)(url, {}, content_type="application/json")
                    if answer.status_code < 300:
                        opened.add(str(pattern.name))
                    if told(answer):
                        leaks[f"{method} {url}"] = told(answer)

    assert leaks == {}
    assert {"api-week-grid", "api-week-pulse", "api-plan-explanation"} <= opened


def address(pattern: Any, pk: int, other: int) -> str:
    kwargs = dict.fromkeys(pattern.pattern.converters, "1") | {
        name: value
        for name, value in {"pk": pk, "intervention": other, "week": str(WEEK)}.items()
        if name in pattern.pattern.converters
    }
    try:
        return reverse(pattern.name, kwargs=kwargs)
    except NoReverseMatch:
        return address_of(pattern)


def test_the_grid_shows_others_as_occupied_time_and_ones_own_in_full(client: Client, theatre: Theatre) -> None:
    grid = client.get(reverse("api-week-grid", kwargs={"week": str(WEEK)})).json()

    own = [one for one in grid["interventions"] if one["code"]]
    others = [one for one in grid["interventions"] if not one["code"]]
    assert [(one["code"], one["patient_code"]) for one in own] == [("MINE-1", "MY-PATIENT")]
    assert {one["label"] for one in others} == {"Occupé"}
    facts = ("patient_code", "notes", "equipment", "admission", "deadline", "recovery_minutes")
    assert {tuple(str(one[name]) for name in facts) for one in others} == {("", "", "[]", "None", "None", "0")}
    assert not any(one["ambulatory"] or one["child"] or one["septic"] or one["overdue"] for one in others)
    shown = {one["intervention"]: one for one in grid["state"]["placements"]}
    assert len(shown) == len(others) + 1
    assert all(not shown[one["id"]]["warnings"] and not shown[one["id"]]["remarks"] for one in others)
    assert all(one["pinned"] is None for one in shown.values())


def test_a_rule_that_ones_own_breaks_with_anothers_names_nobody(client: Client, theatre: Theatre) -> None:
    url = reverse("api-week-grid", kwargs={"week": str(WEEK)})
    director = Client()
    director.force_login(theatre.hospital.director)
    mine = Intervention.objects.get(code="MINE-1").pk

    def warned(who: Client, **asked: int) -> list[Any]:
        shown = who.get(url, asked).json()["state"]["placements"]
        return next(one["warnings"] for one in shown if one["intervention"] == mine)

    assert any(one["other"] for one in warned(director, plan=theatre.approved.pk))
    assert not any(one["other"] for one in warned(client))


def test_another_version_than_the_approved_one_is_not_there(client: Client, theatre: Theatre) -> None:
    week = reverse("week", kwargs={"week": str(WEEK)})
    old = make_plan("superseded", 9)
    for plan in (theatre.draft, theatre.proposal, old):
        assert client.get(f"{week}?plan={plan.pk}").status_code == 404
        grid = reverse("api-week-grid", kwargs={"week": str(WEEK)})
        assert client.get(grid, {"plan": plan.pk}).status_code == 404


def test_a_forced_place_of_anothers_is_an_occupied_one(client: Client, theatre: Theatre) -> None:
    """Why somebody's operation was forced in is between the bloc and its surgeon."""
    hospital = theatre.hospital
    row = make_intervention(hospital.surgeons[1], 60, state="planned")
    place(
        theatre.approved, row, hospital, day=3, pinned_by=hospital.director, pin_reason="Zqsecret forced", forced=True
    )  # fmt: skip

    grid = client.get(reverse("api-week-grid", kwargs={"week": str(WEEK)})).json()

    shown = {one["intervention"]: one for one in grid["state"]["placements"]}
    assert shown[row.pk]["forced"] is False
