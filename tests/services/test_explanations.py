"""The honest figures are computed once a state of a plan, by one worker, for somebody who still waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from planning.calendar import Week
from planning.models import Explanation, Intervention, Plan
from planning.services import explanations
from planning.services.explanations import request_explanation, work_on_explanation
from planning.services.placements import pin_placements
from planning.services.translate import LoadedWeek, load_week_problem
from tests.factories.hospital import NOW, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
State = Explanation.State


@pytest.fixture
def plan(hospital: Hospital) -> Plan:
    return make_plan()


@pytest.fixture
def hip(hospital: Hospital, plan: Plan) -> Intervention:
    item = make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital, day=1)
    return item


def read(plan: Plan) -> LoadedWeek:
    plan.refresh_from_db()
    return load_week_problem(Week(plan.monday), plan)


def ask(plan: Plan, item: Intervention, now: datetime = NOW) -> tuple[Explanation, bool]:
    return request_explanation(loaded=read(plan), intervention=item.pk, now=now)


def work(row: Explanation, now: datetime = NOW, worker: str = "w1") -> State | None:
    return work_on_explanation(explanation_id=row.pk, worker=worker, clock=lambda: now)


def later(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_it_is_asked_once_worked_on_once_and_then_known(plan: Plan, hip: Intervention) -> None:
    row, to_send = ask(plan, hip)
    assert (row.state, to_send) == (State.QUEUED, True)
    assert ask(plan, hip, later(1)) == (row, False)
    assert work(row) == State.DONE
    assert work(row, worker="w2") is None
    row.refresh_from_db()
    assert row.figures_done == row.figures > 1
    monday = row.result["alternatives"][0]
    # Monday spares it a day, and nobody is there.
    assert monday["difference"] == {"waited_days": -1, "overtime_minutes": 0, "left_out": 0, "cost": -300.0}
    assert monday["basis"] == "proven"
    assert ask(plan, hip, later(60))[1] is False
    assert Explanation.objects.count() == 1


def test_a_change_of_the_plan_makes_it_a_new_question_and_drops_the_old_answer(
    hospital: Hospital, plan: Plan, hip: Intervention
) -> None:
    row, _ = ask(plan, hip)
    pin_placements(plan=plan, interventions=[hip.pk], pinned=True, revision=0, user=hospital.director, now=NOW)
    again, to_send = ask(plan, hip)
    assert (again.pk == row.pk, to_send) == (False, True)
    assert Explanation.objects.get() == again


def test_so_does_a_change_of_the_week_that_leaves_the_plan_alone(
    hospital: Hospital, plan: Plan, hip: Intervention
) -> None:
    row, _ = ask(plan, hip)
    hospital.rooms[1].slots.first().delete()  # type: ignore[union-attr]  # there are ten
    assert work(row) is None
    assert not Explanation.objects.filter(pk=row.pk).exists()
    assert ask(plan, hip)[1] is True


def test_what_nobody_waits_for_any_more_is_left_until_somebody_asks_again(plan: Plan, hip: Intervention) -> None:
    row, _ = ask(plan, hip)
    assert work(row, later(60)) is None
    row.refresh_from_db()
    assert row.state == State.QUEUED
    again, to_send = ask(plan, hip, later(61))
    assert (again.pk, to_send) == (row.pk, True)
    assert work(row, later(61)) == State.DONE


def test_a_worker_that_died_is_replaced_and_a_slow_one_ends_nothing(
    plan: Plan, hip: Intervention, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = ask(plan, hip)
    sent: list[bool] = []

    def while_it_works(*_: object, **__: object) -> None:
        sent.append(ask(plan, hip, later(30))[1])
        raise ZeroDivisionError

    monkeypatch.setattr(explanations, "rearrange", while_it_works)
    assert work(row) == State.FAILED
    row.refresh_from_db()
    # The row had been given to another worker meanwhile: this one's failure is not its end.
    assert (sent, row.state, row.worker) == ([True], State.QUEUED, "")


def test_a_defect_is_told_and_leaves_the_estimate(
    plan: Plan, hip: Intervention, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(explanations, "rearrange", broken)
    row, _ = ask(plan, hip)
    assert work(row) == State.FAILED
    row.refresh_from_db()
    assert row.state == State.FAILED
    assert f"explanation {row.pk} failed" in caplog.text


def test_an_approved_version_is_explained_like_a_draft(hospital: Hospital) -> None:
    approved = make_plan("approved")
    item = make_intervention(hospital.surgeons[0], 60)
    place(approved, item, hospital, day=2)
    row, _ = ask(approved, item)
    assert work(row) == State.DONE
    row.refresh_from_db()
    assert row.result["alternatives"][0]["difference"]["cost"] == -600.0
