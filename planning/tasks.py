"""What a Celery worker is asked to do: load by id, call one service."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from typing import Any

from celery import Task, shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from planning.services.comparing import work_on_next_cell
from planning.services.comparisons import reap_cells
from planning.services.explanations import work_on_explanation
from planning.services.idempotency import purge_requests
from planning.services.mailing import send_due_mails
from planning.services.notices import purge_notices
from planning.services.proposing import work_on_run
from planning.services.pulse import note_worker
from planning.services.reads import purge_reads
from planning.services.releases import release_due_slots
from planning.services.runs import reap_runs
from planning.services.tokens import purge_tokens

logger = logging.getLogger(__name__)


def wake(task: Task, row_id: int) -> None:
    """Send a worker the id of a row. A broker that is away loses nothing: the reaper sends it again."""
    try:
        task.apply_async((row_id,), retry=False)
    except OperationalError:
        logger.warning("the broker did not take %s %s: the reaper will", task.name, row_id)


@shared_task(name="planning.work_on_run")
def run_planner(run_id: int, **_: Any) -> None:
    work_on_run(run_id=run_id, worker=new_worker(), clock=timezone.now)


def new_worker() -> str:
    """New at each attempt: a message delivered twice to one process must not pass for the first."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


@shared_task(name="planning.work_on_explanation")
def explain_placement(explanation_id: int, **_: Any) -> None:
    work_on_explanation(explanation_id=explanation_id, worker=new_worker(), clock=timezone.now)


@shared_task(name="planning.reap_runs")
def take_up_lost_runs(**_: Any) -> None:
    now = timezone.now()
    note_worker(name=socket.gethostname(), now=now)
    for run_id in reap_runs(now=now, stale_seconds=settings.RUN_STALE_SECONDS):
        wake(run_planner, run_id)
    for comparison_id in reap_cells(now=now, stale_seconds=settings.RUN_STALE_SECONDS):
        call_workers(comparison_id)


@shared_task(name="planning.compare_next_cell")
def compare_next_cell(comparison_id: int, **_: Any) -> None:
    """One cell, then the message again, behind whatever was sent meanwhile: a planning run waits for few cells."""
    if work_on_next_cell(comparison_id=comparison_id, worker=new_worker(), clock=timezone.now) is not None:
        wake(compare_next_cell, comparison_id)


def call_workers(comparison_id: int) -> None:
    """As many messages as workers may share the cells."""
    for _message in range(settings.COMPARISON_LANES):
        wake(compare_next_cell, comparison_id)


@shared_task(name="planning.release_slots")
def release_slots(**_: Any) -> None:
    release_due_slots(today=timezone.localdate(), now=timezone.now())


@shared_task(name="planning.purge_reads")
def purge_old_reads(**_: Any) -> None:
    purge_reads(now=timezone.now(), days=settings.READS_KEPT_DAYS)
    purge_notices(now=timezone.now())


@shared_task(name="planning.send_mails")
def send_mails(**_: Any) -> None:
    send_due_mails(clock=timezone.now)


@shared_task(name="planning.purge_api")
def purge_api(**_: Any) -> None:
    """Answers kept for a second request, and tokens long past their end."""
    purge_requests(now=timezone.now(), hours=settings.IDEMPOTENCY_KEPT_HOURS)
    purge_tokens(now=timezone.now())


@worker_ready.connect
def take_up_at_start(**_: Any) -> None:
    """What was lost, or fell due, while no worker ran should not wait for the first tick."""
    take_up_lost_runs.delay()
    release_slots.delay()
