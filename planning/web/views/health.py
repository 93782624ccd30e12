"""Whether blocweb works: asked by a load balancer or a container engine, without signing in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from planning.access import public
from planning.models import PlanningRun, WorkerPulse


@public
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """503 without the database. A silent worker is told and answers 200: pages work without it, plans wait."""
    try:
        seen = last_sign_of_life()
    except DatabaseError:
        return JsonResponse({"database": "down", "worker": "unknown", "worker_seen_at": None}, status=503)
    patience = timedelta(seconds=settings.RUN_STALE_SECONDS + settings.RUN_REAP_SECONDS)
    alive = seen is not None and timezone.now() - seen <= patience
    return JsonResponse(
        {
            "database": "up",
            "worker": "up" if alive else "silent",
            "worker_seen_at": seen.isoformat() if seen else None,
        }
    )


def last_sign_of_life() -> datetime | None:
    """The latest tick of the scheduler, or the heartbeat of a run: a worker busy with one takes no tick."""
    tick = WorkerPulse.objects.aggregate(last=Max("seen_at"))["last"]
    running = PlanningRun.objects.filter(state=PlanningRun.State.RUNNING).aggregate(last=Max("heartbeat_at"))["last"]
    return max((seen for seen in (tick, running) if seen is not None), default=None)
