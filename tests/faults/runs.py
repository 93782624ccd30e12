"""Runs that must end in a true state whatever falls: asked over HTTP, checked in the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from planning.calendar import Week
from tests.faults.client import Client
from tests.faults.house import wait_until

API = "/api/v1"
FIRST_MONDAY = date(2026, 11, 23)
WEEKS = [str(Week.of(FIRST_MONDAY + timedelta(weeks=number))) for number in range(4)]
RUN_SECONDS = 3
LONGEST_SECONDS = 240


def ask(client: Client, week: str) -> int:
    """The new run's id. One run a week: the caller waits for the one before."""
    status, answer = client.post(f"{API}/weeks/{week}/runs/", {"policy": "open", "time_limit": RUN_SECONDS})
    assert status == 202, f"a run was asked and {status} answered: {answer}"
    return int(answer["id"])


def states(ids: Iterable[int]) -> list[str]:
    from planning.models import PlanningRun

    return list(PlanningRun.objects.filter(pk__in=list(ids)).values_list("state", flat=True))


def all_ended(ids: Iterable[int]) -> bool:
    return not {"queued", "running"} & set(states(ids))


def wait_for_end(ids: Iterable[int]) -> float:
    """The seconds that it took; infinite when some never ended, which ``check`` names."""
    try:
        return wait_until(lambda: all_ended(ids), "every run has ended", LONGEST_SECONDS)
    except AssertionError:
        return float("inf")


def check(ids: list[int]) -> tuple[dict[str, Any], list[str]]:
    """Each run done has one whole proposal; each other one has none and says why."""
    from planning.models import Plan, PlanningRun

    wrong = []
    runs = list(PlanningRun.objects.filter(pk__in=ids).select_related("plan"))
    for run in runs:
        if run.state in PlanningRun.ACTIVE:
            wrong.append(f"run {run.pk} is {run.state} for ever")
        elif run.state == "done":
            wrong += faults_of(run)
        elif run.plan is not None or not run.failure:
            wrong.append(f"run {run.pk} is {run.state} with plan {run.plan_id} and reason {run.failure!r}")
    orphans = Plan.objects.filter(status="proposed", run=None, monday__gte=FIRST_MONDAY).count()
    if orphans:
        wrong.append(f"{orphans} proposals belong to no run")
    ended = [run.state for run in runs]
    figures = {
        "runs asked": len(ids),
        **{f"ended {state}": ended.count(state) for state in sorted(set(ended))},
        "attempts in all": sum(run.attempts for run in runs),
        "most attempts of one run": max(run.attempts for run in runs),
    }
    return figures, wrong


def faults_of(run: Any) -> list[str]:
    from planning.selectors.loaded import load_week_problem
    from planning.solver.costs import breakdown

    if run.plan is None:
        return [f"run {run.pk} is done without a proposal"]
    loaded = load_week_problem(Week(run.monday), run.plan)
    total = breakdown(loaded.problem, loaded.assignments).total
    if abs(total - run.plan.total_cost) > 0.01 or not loaded.assignments:
        return [f"the proposal of run {run.pk} says {run.plan.total_cost}, its lines {total}"]
    return []
