"""The life of a planning run. The row is the truth: every change of state is a conditional UPDATE and its row count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from planning.models import JournalEntry, ParameterVersion, PlanningRun, Site, User
from planning.services.parameters import version_in_force
from planning.services.plans import open_draft

State = PlanningRun.State
LOST_WORKER = "lost-worker"
NO_SLOT = "no-slot"


class UnableToRequestRun(Exception):
    """A run of this week is already active: ``run`` says whose."""

    def __init__(self, run: PlanningRun) -> None:
        self.run = run
        super().__init__(f"run {run.pk} of {run.monday} is active")


class UnableToRetryRun(Exception):
    """Only a failed, infeasible or cancelled run can be run again."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What the row answered a worker: whether the run is still its own, and whether a person asked to stop."""

    held: bool
    cancelled: bool = False


def request_run(
    *,
    monday: date,
    user: User,
    policy: str,
    now: datetime,
    replan: bool = False,
    move_euros: int | None = None,
    tie_rule: str | None = None,
    time_limit_seconds: int | None = None,
    seed: int = 0,
    version: ParameterVersion | None = None,
) -> PlanningRun:
    """A queued run, with the parameters in force or those of ``version``.

    With ``replan`` what is placed already moves only for a gain above ``move_euros`` each (None: the site's); at 0, for
    any gain.
    The caller sends its id to a worker once the transaction is committed.
    """
    site = Site.objects.filter(pk=1).first() or Site(pk=1)
    parameters = {
        "tie_rule": tie_rule or site.tie_rule,
        "replan": replan,
        "move_euros": (site.move_euros if move_euros is None else move_euros) if replan else 0,
    }
    return _queue(
        PlanningRun(
            monday=monday,
            policy=policy,
            parameters=parameters,
            parameter_version=version or version_in_force(now=now),
            seed=seed,
            time_limit_seconds=time_limit_seconds or site.time_limit_seconds,
            requested_by=user,
            requested_at=now,
        ),
        user=user,
        now=now,
    )


def retry_run(*, run: PlanningRun, user: User, now: datetime) -> PlanningRun:
    """The same request as a new row, so that what happened to the first stays readable."""
    if run.state not in (State.FAILED, State.INFEASIBLE, State.CANCELLED):
        raise UnableToRetryRun
    return repeat_run(run=run, user=user, now=now)


def repeat_run(*, run: PlanningRun, user: User, now: datetime) -> PlanningRun:
    """The same question with the parameters of then, on the week as it is now; its seed too. As a new row."""
    return request_run(
        monday=run.monday,
        user=user,
        policy=run.policy,
        now=now,
        replan=bool(run.parameters.get("replan")),
        move_euros=run.parameters.get("move_euros", 0),
        tie_rule=run.parameters.get("tie_rule"),
        time_limit_seconds=run.time_limit_seconds,
        seed=run.seed,
        version=run.parameter_version,
    )


def _queue(run: PlanningRun, *, user: User, now: datetime) -> PlanningRun:
    run.heartbeat_at = now  # of a queued row: when a worker was last sent its id
    try:
        with transaction.atomic():
            open_draft(monday=run.monday, user=user, now=now)
            run.save(force_insert=True)
            JournalEntry.objects.create(
                at=now,
                user=user,
                action=JournalEntry.Action.RUN,
                monday=run.monday,
                after={
                    "run": run.pk,
                    "policy": run.policy,
                    "version": run.parameter_version.number if run.parameter_version else None,
                    **run.parameters,
                },
            )
    except IntegrityError:
        # one_active_run_a_week: another request of this week was committed first.
        active = active_run(run.monday)
        if active is None:
            raise
        raise UnableToRequestRun(active) from None
    return run


def active_run(monday: date) -> PlanningRun | None:
    return (
        PlanningRun.objects.filter(monday=monday, state__in=PlanningRun.ACTIVE).select_related("requested_by").first()
    )


def claim_run(*, run_id: int, worker: str, now: datetime) -> PlanningRun | None:
    """The run, now ``worker``'s; None when another worker has it or it needs none any more."""
    claimed = PlanningRun.objects.filter(pk=run_id, state=State.QUEUED, cancel_requested=False).update(
        state=State.RUNNING,
        worker=worker,
        attempts=F("attempts") + 1,
        started_at=now,
        heartbeat_at=now,
        phase="",
        best_cost=None,
        moves_cost=0,
        lower_bound=None,
        elapsed_seconds=0,
    )
    return PlanningRun.objects.get(pk=run_id) if claimed else None


def beat(*, run_id: int, worker: str, now: datetime, **progress: Any) -> Beat:
    """Say that the worker lives and how far it is. Not ``held``: the run was given to another one meanwhile."""
    held = _held(run_id, worker).update(heartbeat_at=now, **progress)
    if not held:
        return Beat(held=False)
    return Beat(held=True, cancelled=PlanningRun.objects.filter(pk=run_id, cancel_requested=True).exists())


def end_run(*, run_id: int, worker: str, state: State, now: datetime, **fields: Any) -> bool:
    """Whether the run was still ``worker``'s to end."""
    return bool(_held(run_id, worker).update(state=state, finished_at=now, heartbeat_at=now, **fields))


def fail_run(*, run_id: int, worker: str, reason: str, now: datetime) -> bool:
    return end_run(run_id=run_id, worker=worker, state=State.FAILED, now=now, failure=reason[:500])


def _held(run_id: int, worker: str) -> Any:
    return PlanningRun.objects.filter(pk=run_id, worker=worker, state=State.RUNNING)


def cancel_run(*, run_id: int, keep_best: bool, now: datetime) -> None:
    """A queued run is cancelled at once; a running one is asked to stop and does so within seconds."""
    active = PlanningRun.objects.filter(pk=run_id)
    if not active.filter(state=State.QUEUED).update(
        state=State.CANCELLED, cancel_requested=True, keep_best=False, finished_at=now
    ):
        # A worker may have claimed it in between, or ended it: then this changes a running row, or none.
        active.filter(state=State.RUNNING).update(cancel_requested=True, keep_best=keep_best)


def reap_runs(*, now: datetime, stale_seconds: int) -> Sequence[int]:
    """Take up what lost its worker or its message; the ids to send to a worker.

    Every UPDATE names the state and the heartbeat that were read, so of several reapers one wins each row and a worker
    that was only slow keeps it.
    """
    limit = now - timedelta(seconds=stale_seconds)
    stale = PlanningRun.objects.filter(Q(heartbeat_at__lt=limit) | Q(heartbeat_at=None), state__in=PlanningRun.ACTIVE)
    return [run.pk for run in stale.order_by("requested_at") if _take_up(run, now)]


def _take_up(run: PlanningRun, now: datetime) -> bool:
    same = PlanningRun.objects.filter(pk=run.pk, state=run.state, worker=run.worker, heartbeat_at=run.heartbeat_at)
    if run.state == State.QUEUED:
        return bool(same.update(heartbeat_at=now))
    if run.cancel_requested:
        same.update(state=State.CANCELLED, finished_at=now)
        return False
    if run.attempts >= PlanningRun.MAXIMUM_ATTEMPTS:
        same.update(state=State.FAILED, finished_at=now, failure=LOST_WORKER)
        return False
    return bool(same.update(state=State.QUEUED, worker="", heartbeat_at=now, phase=""))
