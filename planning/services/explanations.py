"""The honest figures of an explanation: asked for by a page, computed once a state of the plan by a worker.

The row is the truth. A page that waits asks again every second or so: that is also what sends a lost message again,
takes a row up from a worker that died, and tells a worker whether anybody still waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet

from planning.calendar import Week
from planning.models import Explanation, Plan
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.solver.explain import explain, rearrange
from planning.solver.explanation import to_json
from planning.solver.policies import POLICIES
from planning.solver.stopping import Stop

logger = logging.getLogger(__name__)
State = Explanation.State
Clock = Callable[[], datetime]

# All the figures of one explanation together.
MOST_SECONDS = 8.0
# Nobody has asked for so long: whoever did looks at something else now.
PATIENCE = timedelta(seconds=15)
# A queued message or a worker not heard of for so long is lost.
LOST = timedelta(seconds=20)


@transaction.atomic
def request_explanation(*, loaded: LoadedWeek, intervention: int, now: datetime) -> tuple[Explanation, bool]:
    """The row of this state of the plan, and whether its id is to be sent to a worker once this is committed."""
    plan = loaded.plan
    if plan is None:
        raise ValueError("an explanation is of a plan")
    row, created = Explanation.objects.get_or_create(
        plan=plan,
        intervention_id=intervention,
        revision=plan.revision,
        digest=loaded.digest,
        defaults={"asked_at": now, "heartbeat_at": now},
    )
    if created:
        # Other states of a draft will not come back but by an undo.
        Explanation.objects.filter(plan=plan, intervention_id=intervention).exclude(pk=row.pk).delete()
        return row, True
    Explanation.objects.filter(pk=row.pk).update(asked_at=now)
    # Of several that ask, one takes up what was lost; a worker that was only slow then ends nothing.
    lost = Explanation.objects.filter(pk=row.pk, state__in=[State.QUEUED, State.RUNNING], heartbeat_at__lt=now - LOST)
    return row, bool(lost.update(state=State.QUEUED, worker="", heartbeat_at=now))


def work_on_explanation(*, explanation_id: int, worker: str, clock: Clock) -> State | None:
    """Claim the row and compute it; None when it is not ours, nobody waits, or the plan has moved on."""
    now = clock()
    waiting = Q(pk=explanation_id, state=State.QUEUED, asked_at__gte=now - PATIENCE)
    if not Explanation.objects.filter(waiting).update(state=State.RUNNING, worker=worker, heartbeat_at=now):
        return None
    row = Explanation.objects.select_related("plan").get(pk=explanation_id)
    try:
        return _compute(row, clock)
    except OperationalError:
        # The database went away: the row goes stale and is taken up again.
        raise
    except Exception:
        logger.exception("explanation %s failed", row.pk)
        _held(row).update(state=State.FAILED, heartbeat_at=clock())
        return State.FAILED


def _compute(row: Explanation, clock: Clock) -> State | None:
    plan: Plan = row.plan
    loaded = load_week_problem(Week(plan.monday), plan)
    key = str(row.intervention_id)
    if (plan.revision, loaded.digest) != (row.revision, row.digest) or key not in loaded.interventions:
        _held(row).delete()
        return None

    def tick(done: int, of: int) -> None:
        _held(row).update(figures_done=done, figures=of, heartbeat_at=clock())

    first = explain(loaded.problem, loaded.assignments, key)
    found = rearrange(
        loaded.problem,
        loaded.assignments,
        first,
        method=POLICIES[loaded.policy].method,  # type: ignore[arg-type]  # the policies name methods of solve()
        stop=Stop(MOST_SECONDS),
        tick=tick,
    )
    result = {name: [to_json(one) for one in getattr(found, name)] for name in ("alternatives", "changes")}
    done = _held(row).update(state=State.DONE, result=result, heartbeat_at=clock())
    return State.DONE if done else None


def _held(row: Explanation) -> QuerySet[Explanation]:
    return Explanation.objects.filter(pk=row.pk, worker=row.worker, state=State.RUNNING)
