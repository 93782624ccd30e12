from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.models import MasterPlan, Slot
from tests.factories.hospital import WEEK, Hospital
from tests.factories.master_plans import START, TODAY, current_plan, some_activity

pytestmark = pytest.mark.django_db
PROPOSE = "/plan-directeur/proposer/"


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def asked(first: object, last: object, **changes: str) -> dict[str, str]:
    values = {
        "name": "Plan 2027", "valid_from": START.monday.isoformat(), "first": str(first), "last": str(last),
        "fill_percent": "85", "reserve_hours": "0", "more_hours": "0", "most_changes": "", "cycle_weeks": "1",
    }  # fmt: skip
    return values | changes


def test_a_proposal_is_drawn_from_the_period_and_opened_on_its_board(director: Client, hospital: Hospital) -> None:
    current_plan(hospital)
    answer = director.post(PROPOSE, asked(*some_activity(hospital)))

    draft = MasterPlan.objects.get(status="draft")
    assert answer["Location"] == reverse("master-plan", kwargs={"pk": draft.pk})
    page = director.get(answer["Location"])
    assert page.templates[0].name == "planning/master_plans/board.html"
    assert page.context["board"]["study"]["cases"] == 32
    assert draft.steps.count() == 1, "the proposal itself can be taken back"
    assert page.context["board"]["mondays"][0]["value"] == WEEK.monday.isoformat()


def test_without_activity_the_form_says_so(director: Client, hospital: Hospital) -> None:
    answer = director.post(PROPOSE, asked(WEEK.previous.monday, WEEK.previous.days[6]))

    assert "Aucune intervention réalisée dans cette période" in answer.context["form"].errors["first"][0]
    assert not MasterPlan.objects.exists()


def test_from_no_plan_at_all_a_first_one_is_drawn(director: Client, hospital: Hospital) -> None:
    director.post(PROPOSE, asked(*some_activity(hospital), more_hours="60", fill_percent="100"))

    draft = MasterPlan.objects.get()
    hours = dict.fromkeys(("ORT", "ORL"), 0.0)
    for row in draft.patterns.select_related("specialty"):
        assert row.specialty is not None
        hours[row.specialty.code] += (row.end_minute - row.start_minute) / 60
    assert hours == {"ORT": 20.0, "ORL": 40.0}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("valid_from", WEEK.days[1].isoformat(), "Choisissez un lundi"),
        ("last", "2026-01-01", "ne peut pas précéder son début"),
        ("first", "2015-01-01", "trois ans au plus"),
        ("fill_percent", "20", "supérieure ou égale à 50"),
        ("cycle_weeks", "5", "Sélectionnez un choix valide"),
        ("reserve_hours", "-1", "supérieure ou égale à 0"),
    ],
)
def test_a_wrong_wish_is_refused_beside_its_field(
    field: str, value: str, message: str, director: Client, hospital: Hospital
) -> None:
    answer = director.post(PROPOSE, asked("2026-05-01", "2026-11-01") | {field: value})

    assert message in answer.context["form"].errors[field][0]


def test_a_draft_is_abandoned_and_a_validated_plan_is_not(director: Client, hospital: Hospital) -> None:
    current = current_plan(hospital)
    draft = MasterPlan.objects.create(name="x", valid_from=START.monday, status="draft")
    for plan in (draft, current):
        director.post(reverse("master-plan-abandon", kwargs={"pk": plan.pk}))

    assert list(MasterPlan.objects.all()) == [current]


def test_the_list_says_which_is_in_force_to_come_or_a_draft(director: Client, hospital: Hospital) -> None:
    current_plan(hospital)
    MasterPlan.objects.create(name="Plan 2027", valid_from=START.monday)
    MasterPlan.objects.create(name="Essai", valid_from=START.monday, status="draft")
    text = director.get(reverse("master-plans")).content.decode()

    assert [word in text for word in ("en vigueur", "à venir", "brouillon")] == [True] * 3


def test_no_week_follows_a_draft(director: Client, hospital: Hospital) -> None:
    Slot.objects.all().delete()
    draft = MasterPlan.objects.create(name="x", valid_from=WEEK.monday, status="draft")
    draft.patterns.create(room=hospital.rooms[0], weekday=0, start_minute=480, end_minute=780)
    director.post(
        reverse("master-plan-apply", kwargs={"pk": draft.pk}), {"first": WEEK.monday.isoformat(), "weeks": "1"}
    )

    assert not Slot.objects.exists()


def test_a_viewer_neither_sees_nor_asks_a_proposal(viewer: Client, hospital: Hospital) -> None:
    assert viewer.get(PROPOSE).status_code == 403
    assert viewer.post(PROPOSE, asked("2026-05-01", "2026-11-01")).status_code == 403
