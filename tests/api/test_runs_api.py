"""Runs and versions through the API: who may, what is answered, and what a conflict says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, TestCase
from django.utils import timezone
from kombu.exceptions import OperationalError

from planning.calendar import at_minute
from planning.models import Placement, Plan, PlanningRun, Slot, User
from planning.services.plans import approve_plan, open_draft
from planning.services.proposing import work_on_run
from planning.services.runs import claim_run, fail_run
from planning.tasks import run_planner
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user

pytestmark = pytest.mark.django_db
RUNS = f"/api/v1/weeks/{WEEK}/runs/"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids that a worker was called for."""
    ids: list[int] = []
    monkeypatch.setattr(run_planner, "apply_async", lambda arguments, **_: ids.extend(arguments))
    return ids


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(user: User, path: str, **data: Any) -> Any:
    return client_of(user).post(path, data, content_type="application/json")


def finished_run(hospital: Hospital, **fields: Any) -> PlanningRun:
    answer = post(hospital.director, RUNS, **({"policy": "open", "time_limit": 2} | fields))
    run = PlanningRun.objects.get(pk=answer.json()["id"])
    work_on_run(run_id=run.pk, worker="w1", clock=timezone.now, silent_seconds=None)
    run.refresh_from_db()
    return run


def test_asking_for_a_plan_answers_the_run_and_calls_a_worker_after_the_commit(
    hospital: Hospital, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        answer = post(hospital.director, RUNS, policy="open", tie_rule="fill", time_limit=5, replan=True, move_euros=80)
    assert sent == [], "not before the commit"
    for callback in callbacks:
        callback()
    run = PlanningRun.objects.get()
    assert answer.status_code == 202
    assert sent == [run.pk]
    assert answer.json() | {"requested_at": None} == {
        "id": run.pk, "state": "queued", "state_label": "En attente", "active": True, "policy": "open", "phase": "",
        "phase_label": "", "best_cost": None, "moves_cost": 0.0, "lower_bound": None, "gap": None, "elapsed": 0.0,
        "time_limit": 5, "attempts": 0, "requested_by": str(hospital.director), "requested_at": None, "plan_id": None,
        "failure": "",
        "messages": [], "cancel_requested": False, "move_euros": 80,
    }  # fmt: skip
    assert run.parameters == {"tie_rule": "fill", "replan": True, "move_euros": 80}


def test_a_second_request_is_told_who_started_the_first(hospital: Hospital, sent: list[int]) -> None:
    first = post(hospital.director, RUNS, policy="open").json()
    answer = post(make_user("regulatrice", "planner"), RUNS, policy="surgeon")
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["run"]["id"]) == (409, "run-active", first["id"])
    assert str(hospital.director) in problem["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"policy": "best"},
        {"policy": "open", "tie_rule": "luck"},
        {"policy": "open", "time_limit": 0},
        {"policy": "open", "time_limit": 86400},
    ],
    ids=["no policy", "unknown policy", "unknown tie rule", "no time", "too much time"],
)
def test_a_request_that_means_nothing_is_refused(hospital: Hospital, sent: list[int], asked: dict[str, Any]) -> None:
    assert post(hospital.director, RUNS, **asked).status_code == 400
    assert not PlanningRun.objects.exists()


def test_an_unknown_week_is_not_found(hospital: Hospital) -> None:
    assert post(hospital.director, "/api/v1/weeks/2026-W60/runs/", policy="open").status_code == 404


def test_a_finished_run_says_what_was_left_out_and_why(hospital: Hospital, sent: list[int]) -> None:
    item = make_intervention(hospital.surgeons[0], 700)
    run = finished_run(hospital)
    report = client_of(hospital.director).get(f"/api/v1/runs/{run.pk}/").json()
    assert (report["state"], report["plan_id"]) == ("done", run.plan_id)
    assert report["messages"][0].startswith(f"{item.code} : ")
    assert report["messages"][-1] == (
        "1 intervention non planifiée. En laisser une pour plus tard compte 600\u00a0€, "
        "ou 3\u00a0000\u00a0€ si sa date limite tombe cette semaine."
    )


def test_a_run_can_be_stopped_and_a_stopped_one_run_again(hospital: Hospital, sent: list[int]) -> None:
    run = post(hospital.director, RUNS, policy="open").json()
    stopped = post(hospital.director, f"/api/v1/runs/{run['id']}/cancel/", keep_best=False).json()
    assert (stopped["state"], stopped["cancel_requested"]) == ("cancelled", True)
    again = post(hospital.director, f"/api/v1/runs/{run['id']}/retry/")
    assert (again.status_code, again.json()["state"]) == (202, "queued")
    assert again.json()["id"] != run["id"]


def test_a_failed_run_says_its_reason(hospital: Hospital, sent: list[int]) -> None:
    run = post(hospital.director, RUNS, policy="open").json()
    claim_run(run_id=run["id"], worker="w1", now=NOW)
    fail_run(run_id=run["id"], worker="w1", reason="lost-worker", now=NOW)
    report = client_of(hospital.director).get(f"/api/v1/runs/{run['id']}/").json()
    assert report["failure"] == "Le worker de calcul s'est arrêté trois fois pendant ce calcul."


def test_a_run_that_is_done_cannot_be_run_again(hospital: Hospital, sent: list[int]) -> None:
    run = finished_run(hospital)
    answer = post(hospital.director, f"/api/v1/runs/{run.pk}/retry/")
    assert (answer.status_code, answer.json()["type"]) == (409, "not-ended")


def test_a_proposal_is_compared_taken_and_approved(hospital: Hospital, sent: list[int]) -> None:
    item = make_intervention(hospital.surgeons[0])
    run = finished_run(hospital)
    draft = Plan.objects.get(status="draft")
    director = client_of(hospital.director)
    difference = director.get(f"/api/v1/plans/{run.plan_id}/difference/", {"with": draft.pk}).json()
    assert difference["summary"]["text"] == "1 ajoutée"
    assert [(line["intervention"], line["kind"], line["from"]) for line in difference["lines"]] == [
        (item.pk, "added", None)
    ]
    taken = post(hospital.director, f"/api/v1/plans/{draft.pk}/take/", proposal=run.plan_id, revision=0).json()
    assert (taken["message"], taken["refused"], taken["taken"]) == ("1 ligne reprise.", [], [item.pk])
    assert [row["intervention"] for row in taken["state"]["placements"]] == [item.pk]
    check = director.get(f"/api/v1/plans/{draft.pk}/approval/").json()
    assert (check["warnings"], check["differences"]) == ([], None)
    approved = post(hospital.director, f"/api/v1/plans/{draft.pk}/approve/", revision=1).json()
    assert approved["message"] == "Version 3 approuvée : elle ne changera plus."
    assert Plan.objects.get(pk=approved["plan_id"]).status == "approved"
    again = post(hospital.director, f"/api/v1/plans/{draft.pk}/approve/", revision=1)
    assert (again.status_code, again.json()["type"]) == (409, "approved-already")
    assert str(hospital.director) in again.json()["detail"]


def test_a_line_that_no_longer_fits_is_told_and_left(hospital: Hospital, sent: list[int]) -> None:
    item = make_intervention(hospital.surgeons[0])
    run = finished_run(hospital)
    draft = Plan.objects.get(status="draft")
    day = WEEK.days[4]
    Placement.objects.create(
        plan=draft, intervention=item, slot=Slot.objects.get(room__code="SO1", date=day, kind="regular"),
        starts_at=at_minute(day, 480), minutes=90, pinned_by=hospital.director, pinned_at=NOW,
    )  # fmt: skip
    answer = post(
        hospital.director, f"/api/v1/plans/{draft.pk}/take/", proposal=run.plan_id, revision=0, interventions=[item.pk]
    ).json()
    assert answer["message"] == (
        f"Aucune ligne reprise. 1 ne convient plus : {item.code} : Verrouillée entre-temps par {hospital.director}"
    )
    assert answer["taken"] == []


def test_taking_into_a_draft_that_changed_answers_409_with_the_fresh_state(hospital: Hospital, sent: list[int]) -> None:
    run = finished_run(hospital)
    draft = Plan.objects.get(status="draft")
    Plan.objects.filter(pk=draft.pk).update(revision=3)
    answer = post(hospital.director, f"/api/v1/plans/{draft.pk}/take/", proposal=run.plan_id, revision=1)
    assert (answer.status_code, answer.json()["type"], answer.json()["state"]["revision"]) == (409, "stale", 3)


def test_the_journal_tells_the_run_and_its_proposal(hospital: Hospital, sent: list[int]) -> None:
    run = finished_run(hospital)
    entries = client_of(hospital.director).get(f"/api/v1/weeks/{WEEK}/journal/").json()["entries"]
    assert [entry["action"] for entry in entries] == ["propose", "run"]
    assert entries[0]["text"] == f"Version {run.plan.number}, 0\u00a0€"
    assert entries[1]["text"] == "Politique « Ouverte »"
    assert [entry["run"] for entry in entries] == [run.pk, run.pk]


def test_the_journal_is_still_read_once_the_week_is_approved(hospital: Hospital, sent: list[int]) -> None:
    run = finished_run(hospital)
    draft = Plan.objects.get(status="draft")
    post(hospital.director, f"/api/v1/plans/{draft.pk}/take/", proposal=run.plan_id, revision=draft.revision)
    draft.refresh_from_db()
    approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=NOW)
    entries = client_of(hospital.director).get(f"/api/v1/weeks/{WEEK}/journal/").json()["entries"]
    approval = next(entry for entry in entries if entry["action"] == "approve")
    assert (approval["interventions"], approval["intervention"]) == ([], None)


READ = {"director", "planner", "administrator"}
APPROVE = {"director", "administrator"}


@pytest.mark.parametrize("role", ["director", "planner", "surgeon", "viewer", "administrator", None])
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("post", RUNS, READ),
        ("get", "/api/v1/runs/{run}/", READ),
        ("post", "/api/v1/runs/{run}/cancel/", READ),
        ("post", "/api/v1/runs/{run}/retry/", READ),
        ("get", "/api/v1/plans/{plan}/difference/?with={plan}", READ),
        ("post", "/api/v1/plans/{plan}/take/", READ),
        ("get", "/api/v1/plans/{plan}/approval/", APPROVE),
        ("post", "/api/v1/plans/{plan}/approve/", APPROVE),
        ("get", f"/api/v1/weeks/{WEEK}/journal/", READ),
    ],
    ids=["runs", "run", "cancel", "retry", "difference", "take", "approval", "approve", "journal"],
)
def test_each_endpoint_answers_the_roles_that_may(
    hospital: Hospital, sent: list[int], role: str | None, method: str, path: str, allowed: set[str]
) -> None:
    plan = open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)
    run = PlanningRun.objects.create(
        monday=WEEK.monday, policy="open", time_limit_seconds=2, requested_by=hospital.director,
        requested_at=NOW - timedelta(days=1), state="failed", parameters={"tie_rule": "fill", "replan": False},
    )  # fmt: skip
    client = Client() if role is None else client_of(make_user("quelqu.un", role))
    where = path.format(run=run.pk, plan=plan.pk)
    answer = client.get(where) if method == "get" else client.post(where, {}, content_type="application/json")
    # What may be done answers as to content: an empty request is malformed, never forbidden.
    assert (answer.status_code in (401, 403)) == (role not in allowed)


def test_a_run_is_taken_although_the_broker_is_away(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(run_planner, "apply_async", refuse)
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client_of(hospital.director).post(RUNS, {"policy": "open"}, content_type="application/json")
    assert (answer.status_code, PlanningRun.objects.get().state) == (202, "queued")
