"""GET /api/v1/weeks/{week}/grid/"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from planning.calendar import Week
from planning.models import Absence, Plan, PlanningRun, Site, User
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_slot
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
URL = f"/api/v1/weeks/{WEEK}/grid/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get(user: User, **query: Any) -> dict[str, Any]:
    answer = signed_in(user).get(URL, query)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_week_without_a_plan_shows_its_frame_and_everyone_to_plan(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60)
    data = get(hospital.director)
    assert (data["week"], data["monday"], data["number"], data["plan"]) == ("2026-W48", "2026-11-23", 48, None)
    assert [day["short"] for day in data["days"]] == ["lun. 23", "mar. 24", "mer. 25", "jeu. 26", "ven. 27"]
    assert data["axis"] == {"opens": 480, "closes": 1200, "regular_end": 1080, "step": 5}
    assert [room["code"] for room in data["rooms"]] == ["SO1", "SO2"]
    assert data["rooms"][0]["equipment"] == ["Microscope"]
    assert len(data["slots"]) == 20
    assert data["state"]["placements"] == []
    assert data["state"]["unplanned"] == [{"intervention": item.pk, "cost": 3000, "reason_text": None}]
    assert data["state"]["cost"] == {"total": 3000, "hospital": 0, "overtime": 0, "unplanned": 3000, "rules": 0}
    assert data["rights"] == {"plan": True, "approve": True, "see_drafts": True}
    assert [policy["id"] for policy in data["policies"]] == ["open", "surgeon", "specialty-fcfs", "specialty"]


def test_a_placement_shows_where_it_is_what_it_costs_and_what_it_breaks(hospital: Hospital) -> None:
    plan = make_plan()
    fine = make_intervention(hospital.surgeons[0], 60)
    late = make_intervention(hospital.surgeons[2], 90)
    place(plan, fine, hospital, start=500)
    place(plan, late, hospital, room=1, day=1, start=1080)
    data = get(hospital.director)
    first, second = data["state"]["placements"]
    assert (first["intervention"], first["date"], first["start"], first["minutes"]) == (fine.pk, "2026-11-23", 500, 60)
    assert (first["overtime_minutes"], first["warnings"], first["pinned"], first["forced"]) == (0, [], None, False)
    assert second["overtime_minutes"] == 90
    assert [one["text"] for one in second["warnings"]] == ["Plage réservée à ORT, l'intervention est en ORL"]
    assert data["state"]["cost"] == {"total": 600, "hospital": 300, "overtime": 300, "unplanned": 0, "rules": 0}
    strip = {one["key"]: one["text"] for one in data["state"]["indicators"]}
    assert strip["overtime"] == "1\u00a0h\u00a030"
    assert strip["conflicts"] == "1"
    assert data["state"]["gap"]["text"] == "à calculer"
    assert data["plan"]["editable"] is True


def test_an_intervention_that_no_slot_can_take_says_why(hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0], 700)
    [row] = get(hospital.director)["state"]["unplanned"]
    assert row["reason_text"].startswith(
        "Aucune plage possible. Dure 11\u00a0h\u00a040, la plage accepte 10\u00a0h au plus"
    )


def test_a_surgeon_away_all_week_is_the_reason(hospital: Hospital) -> None:
    Absence.objects.create(surgeon=hospital.surgeons[0], starts_on=WEEK.monday, ends_on=WEEK.days[6], reason="Congés")
    make_intervention(hospital.surgeons[0])
    [row] = get(hospital.director)["state"]["unplanned"]
    assert row["reason_text"] == "Dr Martin n'opère pas cette semaine (Congés)"


def test_a_viewer_reads_the_approved_version_without_patient_codes(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], notes="Latex")
    left_out = make_intervention(hospital.surgeons[0])
    place(make_plan("approved"), item, hospital)
    place(make_plan("draft", 2), left_out, hospital)
    data = get(hospital.viewer)
    [shown] = data["interventions"]
    assert (shown["code"], shown["patient_code"], shown["notes"]) == (item.code, "", "")
    assert data["plan"]["status"] == "approved"
    assert data["state"]["unplanned"] == data["state"]["indicators"] == data["versions"] == data["policies"] == []
    assert data["state"]["cost"] is data["state"]["gap"] is None
    assert data["rights"] == {"plan": False, "approve": False, "see_drafts": False}


def test_a_surgeon_reads_their_own_interventions_and_the_others_as_occupied(hospital: Hospital) -> None:
    plan = make_plan("approved")
    own, other = make_intervention(hospital.surgeons[0]), make_intervention(hospital.surgeons[1])
    place(plan, own, hospital)
    place(plan, other, hospital, start=600)
    shown = {one["id"]: one for one in get(hospital.surgeon_user)["interventions"]}
    assert (shown[own.pk]["code"], shown[own.pk]["patient_code"]) == (own.code, own.patient_code)
    assert (shown[other.pk]["code"], shown[other.pk]["patient_code"], shown[other.pk]["label"]) == ("", "", "Occupé")


def test_nothing_is_approved_yet_so_readers_see_an_empty_week(hospital: Hospital) -> None:
    place(make_plan(), make_intervention(hospital.surgeons[0]), hospital)
    for user in (hospital.viewer, hospital.surgeon_user):
        data = get(user)
        assert data["plan"] is None
        assert data["interventions"] == data["state"]["placements"] == data["state"]["unplanned"] == []


def test_another_version_is_shown_on_request_to_those_who_may_see_it(hospital: Hospital) -> None:
    proposal = make_plan("proposed")
    make_plan("draft", 2)
    assert get(hospital.director)["plan"]["status"] == "draft"
    assert get(hospital.director, plan=proposal.pk)["plan"] == {
        "id": proposal.pk, "number": 1, "status": "proposed", "status_label": "Proposé", "revision": 0,
        "policy": "specialty", "policy_label": "Plages par spécialité", "base_id": None, "editable": False,
    }  # fmt: skip
    assert signed_in(hospital.viewer).get(URL, {"plan": proposal.pk}).status_code == 404


def test_an_unknown_week_or_plan_is_not_found_and_a_malformed_one_is_named(hospital: Hospital) -> None:
    client = signed_in(hospital.director)
    assert client.get("/api/v1/weeks/2026-W99/grid/").status_code == 404
    assert client.get("/api/v1/weeks/next/grid/").status_code == 404
    assert client.get(URL, {"plan": 999999}).status_code == 404
    answer = client.get(URL, {"plan": "first"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == ["plan"]


def test_an_anonymous_visitor_gets_no_grid(hospital: Hospital) -> None:
    answer = Client().get(URL)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["type"] == "not-signed-in"


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_grid_asks_the_same_number_of_queries_whatever_its_size(
    hospital: Hospital, count: int, django_assert_num_queries: Any
) -> None:
    plan = make_plan(base=make_plan("proposed"), number=2)
    for index in range(count):
        place(plan, make_intervention(hospital.surgeons[0], 10), hospital, start=480 + 10 * index)
        make_intervention(hospital.surgeons[1])
    client = signed_in(hospital.director)
    with django_assert_num_queries(23):
        client.get(URL)


def test_an_address_that_the_api_does_not_have_is_answered_as_a_problem(hospital: Hospital) -> None:
    for method in ("get", "post", "delete"):
        answer = getattr(signed_in(hospital.viewer), method)("/api/v1/plans/first/lift/")
        assert (answer.status_code, answer.json()["type"]) == (404, "not-found")
    assert Client().get("/api/v1/nowhere/").status_code == 401
    answer = signed_in(hospital.viewer).put(URL, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["type"]) == (405, "method-not-allowed")


def test_a_policy_that_no_longer_exists_is_said_and_is_no_crash(hospital: Hospital) -> None:
    make_plan(policy="magic")
    answer = signed_in(hospital.director).get(URL)
    assert (answer.status_code, answer.json()["type"]) == (409, "unusable-week")
    assert "magic" in answer.json()["detail"]


def test_a_cancelled_intervention_still_placed_is_shown_as_such(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0])
    place(make_plan(), item, hospital)
    type(item).objects.update(state="cancelled")
    [placement] = get(hospital.director)["state"]["placements"]
    assert [one["rule"] for one in placement["warnings"]] == ["not_to_plan"]


def test_why_a_surgeon_is_away_is_for_those_who_plan(hospital: Hospital) -> None:
    Absence.objects.create(surgeon=hospital.surgeons[1], starts_on=WEEK.monday, ends_on=WEEK.monday, reason="Maladie")
    make_plan("approved")

    def reasons(user: User) -> set[object]:
        return {day["reason"] for one in get(user)["surgeons"] for day in one["days"].values()}

    assert "Maladie" in reasons(hospital.director)
    assert reasons(hospital.viewer) == reasons(hospital.surgeon_user) == {None}


@pytest.mark.parametrize("name", ["2026-W13", "2026-W43"])
def test_the_week_of_a_clock_change_keeps_its_hours(hospital: Hospital, name: str) -> None:
    week = Week.parse(name)
    sunday = week.days[6]
    make_slot(sunday, hospital.rooms[0], 480, 1080)
    plan = make_plan(week=week)
    item = make_intervention(hospital.surgeons[0], 60, week=week, deadline_date=sunday)
    asked = {"intervention": item.pk, "room": hospital.rooms[0].pk, "date": sunday.isoformat(), "start": 600}
    client = signed_in(hospital.director)
    answer = client.post(
        f"/api/v1/plans/{plan.pk}/moves/",
        asked | {"revision": 0, "reason": "Dimanche"},
        content_type="application/json",
    )
    [placement] = answer.json()["state"]["placements"]
    assert (placement["date"], placement["start"], placement["minutes"]) == (sunday.isoformat(), 600, 60)
    data = client.get(f"/api/v1/weeks/{name}/grid/").json()
    assert [(one["start"], one["end"]) for one in data["slots"]] == [(480, 1080)]
    assert len(data["days"]) == 6


def test_an_open_plan_counted_with_earlier_parameters_says_which(hospital: Hospital) -> None:
    Site.objects.update(version=5)
    plan = make_plan(parameters={"version": 3})
    assert get(hospital.director)["outdated"] == {"version": 3, "in_force": 5}
    Site.objects.update(version=3)
    assert get(hospital.director)["outdated"] is None
    Site.objects.update(version=5)
    Plan.objects.filter(pk=plan.pk).update(status="approved")
    assert get(hospital.director)["outdated"] is None
    assert get(hospital.viewer)["outdated"] is None


def test_a_proposal_leads_to_the_run_that_made_it(hospital: Hospital) -> None:
    make_plan()
    proposal = make_plan("proposed", 2)
    run = PlanningRun.objects.create(
        monday=WEEK.monday, policy="open", time_limit_seconds=5, requested_by=hospital.director, requested_at=NOW,
        state="done", plan=proposal,
    )  # fmt: skip
    assert [one["run"] for one in get(hospital.director)["versions"]] == [run.pk, None]


def test_a_soft_rule_broken_is_a_remark_of_the_placement(hospital: Hospital) -> None:
    Site.objects.update(rule_levels={"slot_specialty": "soft"})
    placed = place(make_plan(), make_intervention(hospital.surgeons[2], 90), hospital, room=1)
    (shown,) = get(hospital.director)["state"]["placements"]
    assert (shown["intervention"], shown["warnings"]) == (placed.intervention_id, [])
    assert [one["text"] for one in shown["remarks"]] == ["Plage réservée à ORT, l'intervention est en ORL"]
