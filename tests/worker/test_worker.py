"""Runs through a real worker process: what the row says is what happens, also when the worker dies."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from planning.models import Explanation, Placement, Plan, PlanningRun, WorkerPulse
from planning.services.explanations import request_explanation
from planning.services.runs import cancel_run, request_run
from planning.services.translate import load_week_problem
from planning.tasks import explain_placement, run_planner
from tests.factories.hospital import WEEK, Hospital, make_intervention, small_hospital
from tests.factories.plans import place
from tests.worker.processes import Worker

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
State = PlanningRun.State


def hard_week() -> tuple[Hospital, PlanningRun]:
    """More work than the week holds, in lengths that never fit evenly: the planner uses all its seconds."""
    hospital = small_hospital()
    for number in range(90):
        make_intervention(hospital.surgeons[number % 3], 47 + number * 37 % 171)
    return hospital, ask(hospital)


def ask(hospital: Hospital, seconds: int = 4) -> PlanningRun:
    return request_run(
        monday=WEEK.monday, user=hospital.director, policy="open", now=timezone.now(), time_limit_seconds=seconds
    )


def state_of(run: PlanningRun) -> str:
    run.refresh_from_db()
    return run.state


def test_a_worker_turns_a_request_into_a_proposal(tmp_path: Path) -> None:
    hospital = small_hospital()
    item = make_intervention(hospital.surgeons[0])
    run = ask(hospital)
    with Worker(tmp_path, "only") as worker:
        run_planner.delay(run.pk)
        worker.wait_for(lambda: state_of(run) == State.DONE, "done")
        worker.wait_for(WorkerPulse.objects.exists, "a sign of life")
    assert run.plan is not None
    assert [row.intervention for row in run.plan.placements.all()] == [item]
    assert run.attempts == 1


def test_a_run_whose_worker_is_killed_is_taken_up_again_and_nothing_is_doubled(tmp_path: Path) -> None:
    _, run = hard_week()
    with Worker(tmp_path, "first") as first:
        run_planner.delay(run.pk)
        first.wait_for(lambda: state_of(run) == State.RUNNING, "running")
        first.kill()
    assert state_of(run) == State.RUNNING, "a killed worker writes nothing"
    with Worker(tmp_path, "second") as second:
        second.wait_for(lambda: state_of(run) == State.DONE, "taken up and done")
    assert run.attempts == 2
    assert Plan.objects.filter(status="proposed").count() == 1
    assert 0 < Placement.objects.count() <= 90


def test_a_run_in_progress_stops_within_seconds_of_being_cancelled(tmp_path: Path) -> None:
    _, run = hard_week()
    PlanningRun.objects.filter(pk=run.pk).update(time_limit_seconds=120)
    with Worker(tmp_path, "only") as worker:
        run_planner.delay(run.pk)
        worker.wait_for(lambda: state_of(run) == State.RUNNING and run.best_cost is not None, "running with a plan")
        assert run.phase
        cancel_run(run_id=run.pk, keep_best=True, now=timezone.now())
        worker.wait_for(lambda: state_of(run) == State.DONE, "stopped", seconds=10)
    assert run.plan is not None
    assert run.elapsed_seconds < 60


def test_a_run_does_not_wait_for_explanations_and_a_worker_of_their_own_makes_them(tmp_path: Path) -> None:
    hospital = small_hospital()
    run = ask(hospital)
    plan = Plan.objects.get(status="draft")
    row = place(plan, make_intervention(hospital.surgeons[0]), hospital, day=1)
    asked, _ = request_explanation(
        loaded=load_week_problem(WEEK, plan), intervention=row.intervention_id, now=timezone.now()
    )
    explain_placement.delay(asked.pk)
    run_planner.delay(run.pk)
    with Worker(tmp_path, "runs") as worker:
        worker.wait_for(lambda: state_of(run) == State.DONE, "done")
        asked.refresh_from_db()
        assert asked.state == Explanation.State.QUEUED
        Explanation.objects.update(asked_at=timezone.now())
        with Worker(tmp_path, "explanations", "-n", "explanations@%h", "-Q", settings.EXPLANATION_QUEUE) as explainer:
            explained = Explanation.objects.filter(state=Explanation.State.DONE)
            explainer.wait_for(explained.exists, "explained")
