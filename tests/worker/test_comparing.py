"""A comparison through real worker processes: shared, never solved twice, taken up when one dies."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from planning.models import Comparison, ComparisonCell, Slot
from planning.services.comparisons import request_comparison, stop_comparison
from planning.tasks import call_workers
from tests.factories.hospital import WEEK, Hospital, make_intervention, small_hospital
from tests.worker.processes import Worker

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
State = ComparisonCell.State


def eight_weeks(items: int, rounds: int) -> Comparison:
    """The same demand each week, in lengths that never fit evenly, so that the planner uses all its rounds."""
    hospital: Hospital = small_hospital()
    week = WEEK
    slots = list(Slot.objects.all())
    for number in range(8):
        if number:
            for slot in slots:
                slot.pk = None
                slot.date, slot.starts_at = slot.date + week_later(), slot.starts_at + week_later()
                slot.ends_at += week_later()
            Slot.objects.bulk_create(slots)
        for item in range(items):
            make_intervention(hospital.surgeons[item % 3], 47 + item * 37 % 171, week=week)
        week = week.next
    return request_comparison(
        first=WEEK.monday, last=week.previous.monday, policies=["open"], user=None, now=timezone.now(), rounds=rounds
    )


def week_later() -> timedelta:
    return timedelta(days=7)


def count(comparison: Comparison, state: str) -> int:
    return comparison.cells.filter(state=state).count()


def test_two_workers_share_the_weeks_and_solve_each_once(tmp_path: Path) -> None:
    comparison = eight_weeks(items=30, rounds=30)
    with Worker(tmp_path, "one") as one, Worker(tmp_path, "two"):
        call_workers(comparison.pk)
        one.wait_for(lambda: count(comparison, State.DONE) == 8, "all done", seconds=90)
    workers = set(comparison.cells.values_list("worker", flat=True))
    assert len({name.split(":")[1] for name in workers}) == 2
    assert set(comparison.cells.values_list("attempts", flat=True)) == {1}


def test_a_killed_worker_s_week_is_taken_up_again_and_the_others_stay(tmp_path: Path) -> None:
    comparison = eight_weeks(items=60, rounds=60)
    with Worker(tmp_path, "first") as first:
        call_workers(comparison.pk)
        first.wait_for(lambda: count(comparison, State.DONE) >= 1 and count(comparison, State.RUNNING) == 1, "at work")
        first.kill()
    done = dict(comparison.cells.filter(state=State.DONE).values_list("pk", "worker"))
    with Worker(tmp_path, "second") as second:
        second.wait_for(lambda: count(comparison, State.DONE) == 8, "all done", seconds=90)
    assert max(comparison.cells.values_list("attempts", flat=True)) <= 2
    assert dict(comparison.cells.filter(pk__in=done).values_list("pk", "worker")) == done


def test_a_week_under_way_gives_up_within_seconds_of_a_stop(tmp_path: Path) -> None:
    comparison = eight_weeks(items=90, rounds=5000)
    with Worker(tmp_path, "only") as worker:
        call_workers(comparison.pk)
        worker.wait_for(lambda: count(comparison, State.RUNNING) == 1, "at work")
        stop_comparison(comparison=comparison, now=timezone.now())
        worker.wait_for(lambda: count(comparison, State.RUNNING) == 0, "stopped", seconds=15)
    assert count(comparison, State.QUEUED) == 8
