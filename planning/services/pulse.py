"""That a worker lives: noted at each tick of the scheduler, for the health page."""

from __future__ import annotations

from datetime import datetime

from planning.models import WorkerPulse


def note_worker(*, name: str, now: datetime) -> None:
    WorkerPulse.objects.update_or_create(name=name[:120], defaults={"seen_at": now})
