"""The work of a cell: one frozen week under one policy, solved outside any transaction, kept by one UPDATE."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection

from planning.models import ComparisonCell, ComparisonWeek
from planning.selectors.comparison_weeks import problem_of
from planning.services.comparisons import State, beat_cell, claim_cell, fail_cell, held, release_cell
from planning.solver.figures import figures_of
from planning.solver.policies import POLICIES, apply
from planning.solver.problem import WeekProblem
from planning.solver.result import SolveResult, Status
from planning.solver.solve import solve
from planning.solver.stopping import Stop
from planning.solver.week_json import write_intervention

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
BEAT_SECONDS = 2.0


def work_on_next_cell(
    *, comparison_id: int, worker: str, clock: Clock, beat_seconds: float | None = BEAT_SECONDS
) -> ComparisonCell | None:
    """Claim the next cell and bring it to its end; None when there is none to take.

    ``worker`` must be new at each call. ``beat_seconds`` None works without the heartbeat's thread.
    """
    cell = claim_cell(comparison_id=comparison_id, worker=worker, now=clock())
    if cell is None:
        return None
    try:
        _fill(cell, clock, beat_seconds)
    except OperationalError:
        # The database went away: the cell goes stale and is taken up again, which a verdict now would prevent.
        raise
    except Exception as error:
        logger.exception("cell %s failed", cell)
        fail_cell(cell=cell, reason=f"{type(error).__name__}: {error}", now=clock())
    return cell


def _fill(cell: ComparisonCell, clock: Clock, beat_seconds: float | None) -> None:
    week = ComparisonWeek.objects.get(comparison_id=cell.comparison_id, monday=cell.monday)
    problem = problem_of(week, cell)
    with Heartbeat(cell, clock, beat_seconds) as heartbeat:
        began = time.monotonic()
        result = solve_cell(problem, cell.policy, cell.comparison.parameters, heartbeat.stopped)
        seconds = time.monotonic() - began
    if heartbeat.stopped() or not beat_cell(cell=cell, now=clock()):
        # Cut short, so not what the same comparison would give again.
        release_cell(cell=cell)
        return
    left_over = [write_intervention(problem.intervention_by_id[key]) for key in result.unplanned]
    held(cell).update(
        state=State.DONE,
        finished_at=clock(),
        seconds=round(seconds, 3),
        proven=result.status is Status.OPTIMAL,
        lower_bound=result.lower_bound,
        figures=figures_of(problem, result.assignments, week.opening_minutes, result.cost),
        assignments=dict(result.assignments),
        left_over=left_over if cell.comparison.parameters["carry_over"] else [],
    )


def solve_cell(
    problem: WeekProblem, policy_id: str, parameters: dict[str, Any], cancelled: Callable[[], bool]
) -> SolveResult:
    """Ended by rounds or by a proof and never by the clock: the same week gives the same plan on any machine."""
    policy = POLICIES[policy_id]
    return solve(
        apply(policy, problem),
        method=policy.method,  # type: ignore[arg-type]  # the policies name methods of solve()
        stop=Stop(seconds=None, rounds=parameters["rounds"], cancelled=cancelled),
        seed=parameters["seed"],
        tie_rule=parameters["tie_rule"],
    )


class Heartbeat:
    """A thread that says that the worker lives, and hears that it is to stop."""

    def __init__(self, cell: ComparisonCell, clock: Clock, seconds: float | None) -> None:
        self._cell, self._clock, self._seconds = cell, clock, seconds
        self._ended, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, daemon=True)

    def __enter__(self) -> Heartbeat:
        if self._seconds is not None:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._seconds is not None:
            self._thread.join()

    def stopped(self) -> bool:
        return self._stopped.is_set()

    def _keep_alive(self) -> None:
        try:
            while not self._ended.wait(self._seconds):
                try:
                    if not beat_cell(cell=self._cell, now=self._clock()):
                        self._stopped.set()
                except OperationalError:
                    logger.warning("cell %s: the heartbeat could not be written", self._cell)
        finally:
            connection.close()
