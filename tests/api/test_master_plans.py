from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from planning.models import MasterPlan, Slot
from planning.services.master_plan_drafts import draft_from_activity
from planning.services.slots import generate_slots
from tests.factories.hospital import WEEK, Hospital, make_user, small_hospital
from tests.factories.master_plans import START, TODAY, current_plan, make_pattern, some_activity

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_day_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def hospital() -> Hospital:
    hospital = small_hospital()
    Slot.objects.all().delete()
    current_plan(hospital)
    return hospital


@pytest.fixture
def draft(hospital: Hospital) -> MasterPlan:
    first, last = some_activity(hospital)
    return draft_from_activity(
        name="Plan 2027", valid_from=START.monday, first=first, last=last, cycle_weeks=1, fill_percent=100,
        reserve_hours=0, more_hours=0,
    )  # fmt: skip


@pytest.fixture
def director(hospital: Hospital) -> Client:
    client = Client()
    client.force_login(hospital.director)
    return client


def url(name: str, plan: MasterPlan) -> str:
    return reverse(f"api-master-plan-{name}", kwargs={"pk": plan.pk})


def post(client: Client, name: str, plan: MasterPlan, **body: Any) -> Any:
    return client.post(url(name, plan), body, content_type="application/json")


def board(client: Client, plan: MasterPlan) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(url("board", plan)).json()
    return answer


def slot_of(shown: dict[str, Any], weekday: int, room: Any) -> dict[str, Any]:
    found: dict[str, Any] = next(s for s in shown["slots"] if (s["weekday"], s["room"]) == (weekday, room.pk))
    return found


def placed(one: dict[str, Any], **changes: Any) -> dict[str, Any]:
    names = ("owner", "week", "weekday", "room", "start", "end")
    return {"slot": one["id"], "revision": 0, **{name: one[name] for name in names}} | changes


def test_the_board_says_the_need_the_hours_and_the_use(director: Client, hospital: Hospital, draft: MasterPlan) -> None:
    shown = board(director, draft)

    needs = {need["owner"]: (need["low"], need["now"], need["given"]) for need in shown["needs"]}
    assert needs == {
        f"specialty:{hospital.ent.pk}": (2400, 2400, 2400), f"specialty:{hospital.orthopaedics.pk}": (1200, 2400, 2400),
    }  # fmt: skip
    assert (shown["figures"]["covered"], shown["figures"]["changed"], shown["figures"]["count"]) == (1.0, 0, 8)
    slot = slot_of(shown, 0, hospital.rooms[0])
    assert (slot["use"], slot["weeks"], slot["verdict"]["status"]) == (0.5, [0.5] * 4, "ok")
    assert shown["study"]["weeks"] == 4


def test_a_lifted_vacation_is_answered_for_every_room_and_day(
    director: Client, hospital: Hospital, draft: MasterPlan
) -> None:
    hospital.surgeons[2].availabilities.filter(weekday=4).delete()
    slot = slot_of(board(director, draft), 0, hospital.rooms[1])
    asked = {"slot": slot["id"], "owner": slot["owner"], "week": 1, "minutes": 600, "step": 0}

    cells = post(director, "lift", draft, **asked).json()["cells"]

    assert len(cells) == 10
    first, second = (room.pk for room in hospital.rooms)
    assert [(one["start"], one["status"]) for one in cells[f"1-{second}"]] == [(480, "ok")]
    assert cells[f"4-{first}"][0]["chip"] == "pas de chirurgien"
    assert "Aucun chirurgien de ORL n'opère à ces heures le vendredi" in cells[f"4-{first}"][0]["text"]
    half = post(director, "lift", draft, **(asked | {"slot": 0, "minutes": 300, "step": 60})).json()["cells"]
    assert [one["start"] for one in half[f"0-{first}"]] == [480, 540, 600, 660, 720, 780]


def test_a_drop_answers_the_fresh_board(director: Client, hospital: Hospital, draft: MasterPlan) -> None:
    slot = slot_of(board(director, draft), 0, hospital.rooms[0])

    answer = post(director, "place", draft, **placed(slot, weekday=4))

    shown = answer.json()
    assert (answer.status_code, shown["revision"], shown["figures"]["changed"], shown["undo"]) == (
        200, 1, 1, {"label": "vacation changée (ORT)"}
    )  # fmt: skip
    assert slot_of(shown, 4, hospital.rooms[0])["id"] == slot["id"]
    assert [one["gone"] for one in shown["now"]].count(True) == 1
    back = post(director, "undo", draft, revision=1).json()
    assert (back["figures"]["changed"], back["revision"], back["undo"], back["redo"]) == (
        0, 2, None, {"label": "vacation changée (ORT)"}
    )  # fmt: skip
    again = post(director, "redo", draft, revision=2).json()
    assert (again["figures"]["changed"], again["redo"]) == (1, None)
    assert post(director, "redo", draft, revision=3).json()["type"] == "nothing-left"


def test_what_a_rule_forbids_is_answered_with_its_reason(
    director: Client, hospital: Hospital, draft: MasterPlan
) -> None:
    slot = slot_of(board(director, draft), 0, hospital.rooms[0])

    answer = post(director, "place", draft, **placed(slot, end=1260))

    assert answer.status_code == 422
    assert answer.json()["detail"] == "La salle SO1 est ouverte de 08:00 à 20:00"


def test_whoever_is_late_gets_the_board_as_it_is(director: Client, hospital: Hospital, draft: MasterPlan) -> None:
    slot = slot_of(board(director, draft), 0, hospital.rooms[0])
    post(director, "remove", draft, slot=slot["id"], revision=0)

    late = post(director, "pins", draft, slot=slot["id"], pinned=True, revision=0)

    assert (late.status_code, late.json()["type"], late.json()["board"]["revision"]) == (409, "stale", 1)
    other = slot_of(board(director, draft), 1, hospital.rooms[0])
    kept = post(director, "pins", draft, slot=other["id"], pinned=True, revision=1).json()
    assert slot_of(kept, 1, hospital.rooms[0])["pinned"] is True
    assert post(director, "remove", draft, slot=slot["id"], revision=2).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("owner", "specialty:999"), ("owner", "surgeon:x"), ("owner", "nobody"), ("room", 999), ("week", 2),
        ("week", 0), ("weekday", 7), ("start", -1), ("end", 1441), ("end", 500), ("slot", -1),
        ("revision", -1), ("owner", None), ("room", 2**63), ("start", "x"),
    ],
)  # fmt: skip
def test_a_hostile_place_is_refused_beside_its_field(
    field: str, value: Any, director: Client, hospital: Hospital, draft: MasterPlan
) -> None:
    slot = slot_of(board(director, draft), 0, hospital.rooms[0])

    answer = post(director, "place", draft, **placed(slot, **{field: value}))

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not draft.steps.exists()


@pytest.mark.parametrize("name", ["lift", "place", "remove", "pins", "undo", "redo", "propose", "validate"])
@pytest.mark.parametrize(
    "body", [{}, {"revision": "x"}, {"revision": 0, "slot": [1]}, {"most_changes": -1, "revision": 0}]
)
def test_no_body_crashes_an_endpoint(name: str, body: dict[str, Any], director: Client, draft: MasterPlan) -> None:
    answer = post(director, name, draft, **body)

    assert answer.status_code in (200, 400, 409)


@pytest.mark.parametrize("start", ["", "hier", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_no_date_crashes_the_effects(start: str, director: Client, draft: MasterPlan) -> None:
    assert director.get(url("effects", draft), {"start": start}).status_code == 400


def test_a_proposal_is_asked_again_with_a_limit(director: Client, draft: MasterPlan) -> None:
    answer = post(director, "propose", draft, revision=0, most_changes=0)

    assert (answer.status_code, answer.json()["figures"]["changed"], answer.json()["proven"]) == (200, 0, True)


def test_a_director_reads_the_effects_and_validates(director: Client, hospital: Hospital, draft: MasterPlan) -> None:
    generate_slots(week=START)
    slot = slot_of(board(director, draft), 0, hospital.rooms[0])
    post(director, "remove", draft, slot=slot["id"], revision=0)

    told = director.get(url("effects", draft), {"start": START.monday.isoformat()}).json()
    texts = [line["text"] for line in told["lines"]]
    body = {"start": told["start"], "previous": told["previous"], "advice": "Favorable.", "revision": 1}
    assert told["possible"]
    assert "Aucune intervention déjà planifiée ne perd sa vacation" in texts
    assert any("« Plan 2026 » s'arrête le dimanche 6 décembre" in text for text in texts)

    assert (
        post(director, "validate", draft, **(body | {"advice": " "})).json()["detail"]
        == "Écrivez l'avis du conseil de bloc."
    )
    assert post(director, "validate", draft, **(body | {"previous": None})).json()["type"] == "other-plan"
    answer = post(director, "validate", draft, **body)
    assert (answer.status_code, answer.json()["editable"]) == (200, False)
    assert Slot.objects.filter(date=START.monday, room=hospital.rooms[0]).count() == 0
    assert post(director, "validate", draft, **body).status_code == 409


def test_a_planner_adjusts_and_does_not_validate(hospital: Hospital, draft: MasterPlan) -> None:
    client = Client()
    client.force_login(make_user("regulatrice", "planner"))
    shown = board(client, draft)

    assert (shown["editable"], shown["may_validate"]) == (True, False)
    assert post(client, "validate", draft, revision=0, start="2026-12-07", previous=None, advice="x").status_code == 403
    assert post(client, "remove", draft, slot=shown["slots"][0]["id"], revision=0).status_code == 200


def test_a_validated_plan_is_shown_and_not_changed(director: Client, hospital: Hospital) -> None:
    current = MasterPlan.objects.get()
    shown = board(director, current)

    assert not shown["editable"]
    answer = post(director, "remove", current, slot=shown["slots"][0]["id"], revision=0)
    assert (answer.status_code, answer.json()["detail"]) == (409, "Ce plan directeur a été validé entre-temps")


def test_the_board_costs_as_many_queries_for_one_vacation_as_for_three(director: Client, hospital: Hospital) -> None:
    plan = MasterPlan.objects.create(name="x", valid_from=START.monday, status="draft")
    counts = []
    for weekday in range(3):
        make_pattern(plan, hospital.rooms[0], weekday, 480, 780, surgeon=hospital.surgeons[weekday])
        with CaptureQueriesContext(connection) as asked:
            director.get(url("board", plan))
        counts.append(len(asked))

    assert len(set(counts)) == 1


def test_the_first_monday_after_the_next_is_the_test_s_start() -> None:
    assert START.monday == WEEK.monday + timedelta(days=14)
