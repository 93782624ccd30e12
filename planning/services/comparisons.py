"""The life of a comparison. Its cells are the truth: each is claimed, kept and ended by a conditional UPDATE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from planning.calendar import local_date, mondays_between
from planning.models import Comparison, ComparisonCell, ComparisonWeek, CriterionWeights, Site, User
from planning.selectors.frozen_weeks import FrozenWeek, frozen_weeks
from planning.services.parameters import version_in_force
from planning.solver.policies import POLICIES
from planning.solver.week_json import write_week

State = ComparisonCell.State
LOST_WORKER = "lost-worker"
EARLIER_WEEK = "earlier-week"
DEFAULT_ROUNDS = 200
HEAVIEST = 5


class UnableToCompare(Exception):
    """``field`` is the faulty one, ``kind`` what is wrong with it: the pages and the API word it."""

    def __init__(self, field: str, kind: str, **facts: Any) -> None:
        self.field, self.kind, self.facts = field, kind, facts
        super().__init__(f"{field}: {kind}")


def request_comparison(
    *,
    first: date,
    last: date,
    policies: Sequence[str],
    user: User | None,
    now: datetime,
    name: str = "",
    seed: int = 0,
    rounds: int = DEFAULT_ROUNDS,
    tie_rule: str | None = None,
    carry_over: bool = False,
    urgent: bool = False,
    master_plan: int | None = None,
    growth_percent: int = 0,
) -> Comparison:
    """The weeks from ``first``'s to ``last``'s, frozen, and a queued cell for each and each policy.

    ``user`` is None on the command line. The caller calls the workers once the transaction is committed.
    """
    mondays = mondays_between(first, last)
    _refuse(mondays, policies)
    version = version_in_force(now=now)
    frozen = frozen_weeks(
        first=mondays[0],
        last=mondays[-1],
        today=local_date(now),
        urgent=urgent,
        master_plan=master_plan,
        growth_percent=growth_percent,
        seed=seed,
    )
    if not any(week.problem.interventions for week in frozen):
        raise UnableToCompare("first", "no-demand")
    if not any(week.problem.slots for week in frozen):
        raise UnableToCompare("first", "no-slot")
    site = Site.objects.filter(pk=1).first() or Site(pk=1)
    chosen = [one for one in POLICIES if one in policies]
    parameters = {
        "seed": seed,
        "rounds": rounds,
        "tie_rule": tie_rule or site.tie_rule,
        "carry_over": carry_over,
        "urgent": urgent,
        "master_plan": master_plan,
        "growth_percent": growth_percent,
        "version": version.number,
    }
    return _write(
        Comparison(
            name=name,
            first_monday=mondays[0],
            last_monday=mondays[-1],
            policies=chosen,
            parameters=parameters,
            requested_by=user,
            requested_at=now,
            called_at=now,
        ),
        frozen,
    )


def _refuse(mondays: Sequence[date], policies: Sequence[str]) -> None:
    if not mondays:
        raise UnableToCompare("last", "ends-before-start")
    if len(mondays) > Comparison.MOST_WEEKS:
        raise UnableToCompare("last", "too-many-weeks", most=Comparison.MOST_WEEKS)
    if not policies or any(one not in POLICIES for one in policies):
        raise UnableToCompare("policies", "unknown-policy" if policies else "no-policy")


@transaction.atomic
def _write(comparison: Comparison, frozen: Sequence[FrozenWeek]) -> Comparison:
    comparison.save(force_insert=True)
    ComparisonWeek.objects.bulk_create(
        [
            ComparisonWeek(
                comparison=comparison,
                monday=week.monday,
                problem=write_week(week.problem),
                slots_from=week.slots_from,
                opening_minutes=week.opening_minutes,
                late_costs=week.late_costs,
            )
            for week in frozen
        ],
        batch_size=50,
    )
    ComparisonCell.objects.bulk_create(
        ComparisonCell(comparison=comparison, monday=week.monday, policy=policy)
        for week in frozen
        for policy in comparison.policies
    )
    return comparison


def claim_cell(*, comparison_id: int, worker: str, now: datetime) -> ComparisonCell | None:
    """The next cell, now ``worker``'s; None when nothing is left to take, or a person stopped the comparison.

    ``worker`` must be new at each call.
    """
    comparison = Comparison.objects.filter(pk=comparison_id, stopped_at=None).first()
    while comparison is not None:
        cell = _ready(comparison).first()
        if cell is None:
            return None
        # Another worker may have read the same row: one UPDATE finds it queued, the other tries the next row.
        # A person may have stopped the comparison since it was read: the subquery sees it.
        going = Comparison.objects.filter(pk=comparison_id, stopped_at=None)
        claimed = ComparisonCell.objects.filter(Exists(going), pk=cell.pk, state=State.QUEUED).update(
            state=State.RUNNING, worker=worker, attempts=F("attempts") + 1, heartbeat_at=now, failure=""
        )
        if claimed:
            going.update(called_at=now)
            return ComparisonCell.objects.select_related("comparison").get(pk=cell.pk)
        comparison = going.first()
    return None


def _ready(comparison: Comparison) -> QuerySet[ComparisonCell]:
    """Queued cells in order; when weeks carry over, only those whose week before is done under the same policy."""
    cells = comparison.cells.filter(state=State.QUEUED).order_by("monday", "pk")
    if not comparison.parameters["carry_over"]:
        return cells
    earlier = ComparisonCell.objects.filter(
        comparison=comparison, policy=OuterRef("policy"), monday__lt=OuterRef("monday")
    ).exclude(state=State.DONE)
    return cells.filter(~Exists(earlier))


def held(cell: ComparisonCell) -> QuerySet[ComparisonCell]:
    """The row while it is still this worker's."""
    return ComparisonCell.objects.filter(pk=cell.pk, worker=cell.worker, state=State.RUNNING)


def beat_cell(*, cell: ComparisonCell, now: datetime) -> bool:
    """Say that the worker lives. False: stop, the cell is no longer ours or a person stopped the comparison."""
    going = Comparison.objects.filter(pk=cell.comparison_id, stopped_at=None)
    return bool(held(cell).filter(Exists(going)).update(heartbeat_at=now))


def release_cell(*, cell: ComparisonCell) -> None:
    """Back in the queue as if it had never been taken: a person stopped the comparison."""
    held(cell).update(state=State.QUEUED, worker="", heartbeat_at=None, attempts=F("attempts") - 1)


def fail_cell(*, cell: ComparisonCell, reason: str, now: datetime) -> bool:
    return _fail(held(cell), cell, reason, now)


def _fail(rows: QuerySet[ComparisonCell], cell: ComparisonCell, reason: str, now: datetime) -> bool:
    """And with it, when weeks carry over, the later weeks that wait for it."""
    with transaction.atomic():
        if not rows.update(state=State.FAILED, failure=reason[:500], finished_at=now):
            return False
        if cell.comparison.parameters["carry_over"]:
            later = ComparisonCell.objects.filter(
                comparison_id=cell.comparison_id, policy=cell.policy, monday__gt=cell.monday, state=State.QUEUED
            )
            later.update(state=State.FAILED, failure=EARLIER_WEEK, finished_at=now)
    return True


def stop_comparison(*, comparison: Comparison, now: datetime) -> None:
    """Cells under way give up within seconds; what is done stays. Harmless when stopped or ended."""
    Comparison.objects.filter(pk=comparison.pk, stopped_at=None).update(stopped_at=now)


def resume_comparison(*, comparison: Comparison, now: datetime) -> None:
    """Take up what is left, the failed cells too. The caller calls the workers. Harmless when nothing is left."""
    with transaction.atomic():
        comparison.cells.filter(state=State.FAILED).update(state=State.QUEUED, attempts=0, worker="", failure="")
        Comparison.objects.filter(pk=comparison.pk).update(stopped_at=None, called_at=now)


def reap_cells(*, now: datetime, stale_seconds: int) -> Sequence[int]:
    """Take up the cells that lost their worker; the ids of the comparisons that nobody works on, to call workers for.

    Each UPDATE names what was read, so of several reapers one wins each row.
    """
    limit = now - timedelta(seconds=stale_seconds)
    stale = ComparisonCell.objects.filter(state=State.RUNNING, heartbeat_at__lt=limit).select_related("comparison")
    for cell in stale.defer("figures", "assignments"):
        _take_up(cell, now)
    waiting = ComparisonCell.objects.filter(comparison=OuterRef("pk"), state=State.QUEUED)
    working = ComparisonCell.objects.filter(comparison=OuterRef("pk"), state=State.RUNNING)
    silent = Comparison.objects.filter(Exists(waiting), ~Exists(working), stopped_at=None, called_at__lt=limit)
    return [
        one.pk
        for one in silent
        if Comparison.objects.filter(pk=one.pk, called_at=one.called_at, stopped_at=None).update(called_at=now)
    ]


def _take_up(cell: ComparisonCell, now: datetime) -> None:
    same = held(cell).filter(heartbeat_at=cell.heartbeat_at)
    if cell.attempts >= ComparisonCell.MAXIMUM_ATTEMPTS:
        _fail(same, cell, LOST_WORKER, now)
    else:
        same.update(state=State.QUEUED, worker="", heartbeat_at=None)


def set_weights(*, user: User, weights: dict[str, int]) -> None:
    CriterionWeights.objects.update_or_create(user=user, defaults={"weights": weights})
