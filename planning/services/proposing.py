"""The work of a run: read the week, solve it outside any transaction, write the proposal in one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from planning.calendar import Week
from planning.models import JournalEntry, Placement, Plan, PlanningRun
from planning.selectors.runs import UNEXPECTED
from planning.services.plans import add_version, current_draft
from planning.services.runs import NO_SLOT, Beat, State, beat, claim_run, end_run, fail_run
from planning.services.translate import LoadedWeek, load_week_problem, placement_rows
from planning.solver.observer import Observer, Progress
from planning.solver.policies import POLICIES
from planning.solver.problem import ProblemError
from planning.solver.result import SolveResult, Status, Violation
from planning.solver.solve import solve
from planning.solver.stopping import Stop

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]

WRITE_SECONDS = 0.5
# The solver may be silent for long (a proof): a thread then says that the worker lives.
SILENT_SECONDS = 2.0


def work_on_run(
    *, run_id: int, worker: str, clock: Clock, silent_seconds: float | None = SILENT_SECONDS
) -> State | None:
    """Claim the run and bring it to its end; None when it is not ours to work on.

    ``worker`` must be new at each call. ``silent_seconds`` None works without the heartbeat's thread.
    """
    run = claim_run(run_id=run_id, worker=worker, now=clock())
    if run is None:
        return None
    try:
        return _propose(run, clock, silent_seconds)
    except OperationalError:
        # The database went away: its row goes stale and is taken up again, which a verdict now would prevent.
        raise
    except ProblemError as error:
        fail_run(run_id=run.pk, worker=worker, reason=str(error), now=clock())
    except Exception as error:
        logger.exception("run %s failed", run.pk)
        fail_run(run_id=run.pk, worker=worker, reason=f"{UNEXPECTED}: {type(error).__name__}: {error}", now=clock())
    return State.FAILED


def _propose(run: PlanningRun, clock: Clock, silent_seconds: float | None) -> State | None:
    began = time.monotonic()
    version = run.parameter_version
    values = {**version.values, "version": version.number} if version else None
    loaded = load_week_problem(Week(run.monday), current_draft(run.monday), run.policy, values)
    if loaded.problem.interventions and not loaded.problem.slots:
        end_run(run_id=run.pk, worker=run.worker, state=State.INFEASIBLE, now=clock(), failure=NO_SLOT)
        return State.INFEASIBLE
    policy = POLICIES[run.policy]
    loaded_seconds = time.monotonic() - began
    with Heartbeat(run, clock, silent_seconds) as observer:
        result = solve(
            loaded.problem,
            method=policy.method,  # type: ignore[arg-type]  # the policies name methods of solve()
            stop=Stop(seconds=run.time_limit_seconds, cancelled=observer.stopped),
            seed=run.seed,
            tie_rule=run.parameters["tie_rule"],
            reference=loaded.assignments if run.parameters.get("replan") else None,
            reference_starts=loaded.starts if run.parameters.get("replan") else None,
            move_cost=run.parameters.get("move_euros", 0),
            observer=observer,
            with_starts=True,
            prove=policy.method == "hungarian",
        )
    timings = {"load": round(loaded_seconds, 3), "solve": round(result.seconds, 3)}
    last = beat(run_id=run.pk, worker=run.worker, now=clock())
    if not last.held:
        return None
    run.refresh_from_db(fields=["cancel_requested", "keep_best"])
    return finish_run(run=run, loaded=loaded, result=result, timings=timings, now=clock())


def finish_run(
    *, run: PlanningRun, loaded: LoadedWeek, result: SolveResult, timings: dict[str, float], now: datetime
) -> State | None:
    """The proposal and the run's end in one transaction; None when another worker has the run: nothing is written."""
    state = _end_state(run, result)
    fields: dict[str, Any] = {
        "timings": timings,
        "messages": messages_of(result),
        "moves_cost": result.cost.moves,
        "lower_bound": result.lower_bound,
        "elapsed_seconds": sum(timings.values()),
        "phase": "",
    }
    with transaction.atomic():
        # First, for it locks the row: two workers that both believe they hold it cannot both pass.
        if not end_run(run_id=run.pk, worker=run.worker, state=state, now=now, **fields):
            return None
        if state == State.DONE:
            plan = _write_proposal(run, loaded, result, now)
            PlanningRun.objects.filter(pk=run.pk).update(plan=plan, best_cost=result.cost.total)
    return state


def _end_state(run: PlanningRun, result: SolveResult) -> State:
    if run.cancel_requested and not run.keep_best:
        return State.CANCELLED
    return State.INFEASIBLE if result.status is Status.INFEASIBLE else State.DONE


def _write_proposal(run: PlanningRun, loaded: LoadedWeek, result: SolveResult, now: datetime) -> Plan:
    plan = add_version(
        Plan(
            monday=run.monday,
            status=Plan.Status.PROPOSED,
            policy=run.policy,
            parameters={
                **loaded.parameters,
                "tie_rule": run.parameters["tie_rule"],
                "replan": bool(run.parameters.get("replan")),
                "move_euros": run.parameters.get("move_euros", 0),
                "method": result.method,
                "seed": run.seed,
                "time_limit_seconds": run.time_limit_seconds,
                "digest": loaded.digest,
            },
            base=loaded.plan,
            # Whoever changes the plan changes its moves too: a bound that counts them is the run's alone.
            lower_bound=None if run.parameters.get("move_euros") else result.lower_bound,
            total_cost=result.cost.total,
            created_at=now,
            created_by=run.requested_by,
        )
    )
    Placement.objects.bulk_create(placement_rows(loaded, plan, result.assignments, result.starts))
    JournalEntry.objects.create(
        at=now,
        user=run.requested_by,
        action=JournalEntry.Action.PROPOSE,
        monday=run.monday,
        plan=plan,
        after={"run": run.pk, "number": plan.number, "total_cost": plan.total_cost, "policy": plan.policy},
    )
    return plan


def messages_of(result: SolveResult) -> list[dict[str, Any]]:
    """Why each intervention was left out, and what the pins break; the interface words them."""
    unplanned = [_message("unplanned", one) for key in result.unplanned for one in result.reasons.get(key, ())[:1]]
    return unplanned + [_message("warning", one) for one in result.warnings]


def _message(kind: str, violation: Violation) -> dict[str, Any]:
    return {
        "kind": kind,
        "intervention": int(violation.intervention),
        "rule": violation.rule,
        "slot": None if violation.slot is None else int(violation.slot),
        "facts": {
            key: list(value) if isinstance(value, (tuple, set, frozenset)) else value
            for key, value in violation.facts.items()
        },
    }


class Heartbeat(Observer):
    """The solver's progress on its way to the row, which also says when to stop: cancelled, or no longer ours."""

    def __init__(self, run: PlanningRun, clock: Clock, silent_seconds: float | None) -> None:
        self._run, self._clock, self._silent_seconds = run, clock, silent_seconds
        self._fields: dict[str, Any] = {"phase": "assignment"}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._written = float("-inf")
        self._answer = Beat(held=True)
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Heartbeat:
        self._write(0.0)
        if self._silent_seconds is not None:
            self._thread = threading.Thread(target=self._keep_alive, args=(self._silent_seconds,), daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def progress(self, progress: Progress) -> None:
        self._fields = {"phase": progress.phase, "elapsed_seconds": round(progress.seconds, 2)}
        self._fields |= {"best_cost": progress.best_cost, "lower_bound": progress.lower_bound}
        self._fields["moves_cost"] = progress.moves
        self._write(WRITE_SECONDS)

    def stopped(self) -> bool:
        return self._answer.cancelled or not self._answer.held

    def _write(self, after_seconds: float) -> None:
        """Unless the row heard of us less than ``after_seconds`` ago, or is being told by the other thread."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._written >= after_seconds:
                self._answer = beat(run_id=self._run.pk, worker=self._run.worker, now=self._clock(), **self._fields)
                self._written = time.monotonic()
        finally:
            self._lock.release()

    def _keep_alive(self, seconds: float) -> None:
        try:
            while not self._ended.wait(seconds / 2):
                try:
                    self._write(seconds / 2)
                except OperationalError:
                    logger.warning("run %s: the heartbeat could not be written", self._run.pk)
        finally:
            connection.close()
