"""The life of a planning run: requested once a week, claimed once, taken up again when its worker is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from planning.calendar import at_minute
from planning.models import JournalEntry, Placement, Plan, PlanningRun, Site
from planning.selectors.runs import gap
from planning.services import proposing
from planning.services.plans import current_draft, open_draft
from planning.services.proposing import Heartbeat, finish_run, work_on_run
from planning.services.runs import (
    LOST_WORKER,
    UnableToRequestRun,
    UnableToRetryRun,
    beat,
    cancel_run,
    claim_run,
    fail_run,
    reap_runs,
    request_run,
    retry_run,
)
from planning.services.translate import load_week_problem
from planning.solver.observer import Progress
from planning.solver.solve import solve
from planning.solver.stopping import Stop
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import place

pytestmark = pytest.mark.django_db
State = PlanningRun.State
STALE = 20


def ask(hospital: Hospital, **fields: Any) -> PlanningRun:
    values: dict[str, Any] = {"policy": "open", "time_limit_seconds": 2}
    return request_run(monday=WEEK.monday, user=hospital.director, now=NOW, **(values | fields))


def work(run: PlanningRun, worker: str = "w1", now: datetime = NOW) -> State | None:
    return work_on_run(run_id=run.pk, worker=worker, clock=lambda: now, silent_seconds=None)


def later(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_request_is_a_queued_row_with_the_site_s_defaults(hospital: Hospital) -> None:
    run = request_run(monday=WEEK.monday, user=hospital.director, policy="open", now=NOW)
    assert (run.state, run.attempts, run.time_limit_seconds) == (State.QUEUED, 0, 20)
    assert run.parameters == {"tie_rule": "balance", "replan": False, "move_euros": 0}
    entry = JournalEntry.objects.get(action="run")
    assert (entry.user, entry.monday, entry.after) == (
        hospital.director,
        WEEK.monday,
        {"run": run.pk, "policy": "open", "version": 1, "tie_rule": "balance", "replan": False, "move_euros": 0},
    )


def test_a_second_request_of_the_week_names_who_started_the_first(hospital: Hospital) -> None:
    first = ask(hospital)
    other = make_user("planificatrice", "planner")
    with pytest.raises(UnableToRequestRun) as caught:
        request_run(monday=WEEK.monday, user=other, policy="open", now=NOW)
    assert caught.value.run == first
    assert caught.value.run.requested_by == hospital.director
    assert PlanningRun.objects.count() == 1


def test_two_weeks_may_be_planned_at_once(hospital: Hospital) -> None:
    ask(hospital)
    request_run(monday=WEEK.next.monday, user=hospital.director, policy="open", now=NOW)
    assert PlanningRun.objects.filter(state=State.QUEUED).count() == 2


def test_only_one_worker_claims_a_run(hospital: Hospital) -> None:
    run = ask(hospital)
    claimed = claim_run(run_id=run.pk, worker="w1", now=NOW)
    assert claimed is not None
    assert (claimed.state, claimed.worker, claimed.attempts, claimed.started_at) == (State.RUNNING, "w1", 1, NOW)
    assert claim_run(run_id=run.pk, worker="w2", now=NOW) is None


def test_a_beat_writes_progress_and_answers_a_request_to_stop(hospital: Hospital) -> None:
    run = ask(hospital)
    claim_run(run_id=run.pk, worker="w1", now=NOW)
    answer = beat(run_id=run.pk, worker="w1", now=later(3), phase="improvement", best_cost=900.0)
    assert (answer.held, answer.cancelled) == (True, False)
    run.refresh_from_db()
    assert (run.phase, run.best_cost, run.heartbeat_at) == ("improvement", 900.0, later(3))
    cancel_run(run_id=run.pk, keep_best=True, now=later(4))
    assert beat(run_id=run.pk, worker="w1", now=later(5)).cancelled


def test_a_worker_that_lost_its_run_can_neither_beat_nor_fail_it(hospital: Hospital) -> None:
    run = ask(hospital)
    claim_run(run_id=run.pk, worker="w1", now=NOW)
    assert list(reap_runs(now=later(60), stale_seconds=STALE)) == [run.pk]
    claim_run(run_id=run.pk, worker="w2", now=later(61))
    assert not beat(run_id=run.pk, worker="w1", now=later(62), best_cost=1.0).held
    assert not fail_run(run_id=run.pk, worker="w1", reason="late", now=later(62))
    run.refresh_from_db()
    assert (run.state, run.worker, run.attempts, run.best_cost) == (State.RUNNING, "w2", 2, None)


def test_the_result_is_a_new_proposal_and_the_draft_is_untouched(hospital: Hospital) -> None:
    items = [make_intervention(hospital.surgeons[0]) for _ in range(3)]
    run = ask(hospital, seed=7)
    draft = current_draft(WEEK.monday)
    assert draft is not None
    assert work(run) == State.DONE
    run.refresh_from_db()
    plan = run.plan
    assert plan is not None
    assert (plan.status, plan.number, plan.policy, plan.base) == ("proposed", draft.number + 1, "open", draft)
    assert {row.intervention_id for row in plan.placements.all()} == {item.pk for item in items}
    assert (plan.parameters["seed"], plan.parameters["tie_rule"], plan.parameters["hospital_day_euros"]) == (
        7,
        "balance",
        300,
    )
    assert (plan.total_cost, plan.lower_bound) == (run.best_cost, run.lower_bound)
    assert draft.placements.count() == 0
    assert (run.finished_at, run.failure) == (NOW, "")


def test_the_proposal_breaks_no_rule_and_starts_inside_its_slots(hospital: Hospital) -> None:
    for surgeon in hospital.surgeons:
        for _ in range(3):
            make_intervention(surgeon, 120)
    run = ask(hospital)
    work(run)
    run.refresh_from_db()
    rows = list(Placement.objects.filter(plan=run.plan).select_related("slot"))
    assert len(rows) == 9
    assert all(row.slot.starts_at <= row.starts_at for row in rows)
    assert all(row.starts_at + timedelta(minutes=row.minutes) <= row.slot.ends_at for row in rows)


def test_what_cannot_be_planned_says_which_rule_forbids_it(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 700)
    run = ask(hospital)
    assert work(run) == State.DONE
    run.refresh_from_db()
    assert [(one["kind"], one["intervention"]) for one in run.messages] == [("unplanned", item.pk)]
    assert run.messages[0]["rule"]


def test_pins_of_the_draft_stay_in_the_proposal_with_who_when_and_why(hospital: Hospital) -> None:
    item, _ = make_intervention(hospital.surgeons[0]), make_intervention(hospital.surgeons[0])
    run = ask(hospital)
    draft = current_draft(WEEK.monday)
    day = WEEK.days[3]
    slot = hospital.rooms[1].slots.get(date=day, kind="regular")
    Placement.objects.create(
        plan=draft, intervention=item, slot=slot, starts_at=at_minute(day, 600), minutes=90,
        pinned_by=hospital.director, pinned_at=NOW, pin_reason="Matériel livré mercredi",
    )  # fmt: skip
    work(run)
    run.refresh_from_db()
    kept = Placement.objects.get(plan=run.plan, intervention=item)
    assert (kept.slot, kept.starts_at, kept.pinned_by, kept.pinned_at, kept.pin_reason) == (
        slot, at_minute(day, 600), hospital.director, NOW, "Matériel livré mercredi",
    )  # fmt: skip
    assert Placement.objects.filter(plan=run.plan, pinned_by=None).count() == 1


def test_a_finished_run_is_not_worked_on_again(hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0])
    run = ask(hospital)
    work(run)
    assert work(run, "w2") is None
    assert Plan.objects.filter(status="proposed").count() == 1


def test_a_worker_that_lost_its_run_while_solving_writes_no_plan(hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0])
    run = ask(hospital)
    mine = claim_run(run_id=run.pk, worker="w1", now=NOW)
    assert mine is not None
    loaded = load_week_problem(WEEK, current_draft(WEEK.monday), "open")
    result = solve(loaded.problem, stop=Stop(1), with_starts=True)
    reap_runs(now=later(60), stale_seconds=STALE)
    assert finish_run(run=mine, loaded=loaded, result=result, timings={}, now=later(61)) is None
    assert not Plan.objects.filter(status="proposed").exists()
    assert work(run, "w2", later(62)) == State.DONE
    assert Plan.objects.filter(status="proposed").count() == 1


def test_a_stale_run_is_queued_again_at_most_three_times_and_then_failed(hospital: Hospital) -> None:
    run = ask(hospital)
    for attempt in (1, 2, 3):
        now = later(attempt * 100)
        claimed = claim_run(run_id=run.pk, worker=f"w{attempt}", now=now)
        assert claimed is not None
        assert claimed.attempts == attempt
        assert not reap_runs(now=now + timedelta(seconds=STALE), stale_seconds=STALE), "not stale yet"
        taken_up = list(reap_runs(now=now + timedelta(seconds=STALE + 1), stale_seconds=STALE))
        assert taken_up == ([run.pk] if attempt < 3 else [])
    run.refresh_from_db()
    assert (run.state, run.failure, run.attempts) == (State.FAILED, LOST_WORKER, 3)


def test_a_queued_run_whose_message_was_lost_is_sent_again_once_a_period(hospital: Hospital) -> None:
    run = ask(hospital)
    assert not reap_runs(now=later(STALE), stale_seconds=STALE)
    assert list(reap_runs(now=later(STALE + 1), stale_seconds=STALE)) == [run.pk]
    assert not reap_runs(now=later(STALE + 2), stale_seconds=STALE)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.QUEUED, 0)


def test_a_stale_run_that_was_asked_to_stop_is_cancelled_rather_than_taken_up(hospital: Hospital) -> None:
    run = ask(hospital)
    claim_run(run_id=run.pk, worker="w1", now=NOW)
    cancel_run(run_id=run.pk, keep_best=True, now=later(1))
    assert not reap_runs(now=later(60), stale_seconds=STALE)
    run.refresh_from_db()
    assert run.state == State.CANCELLED


def test_cancelling_a_queued_run_ends_it_at_once(hospital: Hospital) -> None:
    run = ask(hospital)
    cancel_run(run_id=run.pk, keep_best=False, now=later(1))
    run.refresh_from_db()
    assert (run.state, run.finished_at) == (State.CANCELLED, later(1))
    assert work(run) is None


@pytest.mark.parametrize(("keep_best", "state", "proposals"), [(True, State.DONE, 1), (False, State.CANCELLED, 0)])
def test_cancelling_a_running_run_keeps_the_best_plan_on_request(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch, keep_best: bool, state: State, proposals: int
) -> None:
    make_intervention(hospital.surgeons[0])
    run = ask(hospital)

    def solve_while_a_person_cancels(problem: Any, **options: Any) -> Any:
        cancel_run(run_id=run.pk, keep_best=keep_best, now=later(1))
        return solve(problem, **options)

    monkeypatch.setattr(proposing, "solve", solve_while_a_person_cancels)
    assert work(run) == state
    run.refresh_from_db()
    assert (run.state, Plan.objects.filter(status="proposed").count()) == (state, proposals)


def test_an_error_of_the_planner_fails_the_run_with_its_reason_and_it_can_be_run_again(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_intervention(hospital.surgeons[0])
    run = ask(hospital, seed=3, replan=True, move_euros=70)

    def break_down(*_: Any, **__: Any) -> Any:
        raise ArithmeticError("no pivot")

    with monkeypatch.context() as patch:
        patch.setattr(proposing, "solve", break_down)
        assert work(run) == State.FAILED
    run.refresh_from_db()
    assert (run.state, run.failure) == (State.FAILED, "unexpected: ArithmeticError: no pivot")
    again = retry_run(run=run, user=hospital.director, now=later(9))
    assert (again.seed, again.policy, again.parameters) == (
        3, "open", {"tie_rule": "balance", "replan": True, "move_euros": 70}
    )  # fmt: skip
    assert work(again) == State.DONE


def test_a_run_that_is_done_is_not_run_again(hospital: Hospital) -> None:
    run = ask(hospital)
    work(run)
    run.refresh_from_db()
    with pytest.raises(UnableToRetryRun):
        retry_run(run=run, user=hospital.director, now=NOW)


def test_the_heartbeat_stops_the_solver_when_the_run_is_no_longer_ours(hospital: Hospital) -> None:
    run = ask(hospital)
    mine = claim_run(run_id=run.pk, worker="w1", now=NOW)
    assert mine is not None
    with Heartbeat(mine, lambda: later(1), None) as heartbeat:
        assert not heartbeat.stopped()
        PlanningRun.objects.filter(pk=run.pk).update(worker="w2")
        heartbeat._written = 0.0
        heartbeat.progress(Progress("proof", 1.5, 900.0, 800.0))
        assert heartbeat.stopped()
    run.refresh_from_db()
    assert run.best_cost is None


def test_replanning_an_unchanged_week_moves_nothing(hospital: Hospital) -> None:
    for _ in range(4):
        make_intervention(hospital.surgeons[0])
    first = ask(hospital)
    work(first)
    first.refresh_from_db()
    draft = current_draft(WEEK.monday)
    assert draft is not None
    Placement.objects.filter(plan=first.plan).update(plan=draft)
    second = ask(hospital, replan=True, tie_rule="fill")
    work(second)
    second.refresh_from_db()
    assert second.plan is not None
    kept = dict(draft.placements.values_list("intervention_id", "slot_id"))
    assert dict(second.plan.placements.values_list("intervention_id", "slot_id")) == kept
    hours = dict(draft.placements.values_list("intervention_id", "starts_at"))
    assert dict(second.plan.placements.values_list("intervention_id", "starts_at")) == hours


def test_a_replan_leaves_the_hours_of_what_it_does_not_move(hospital: Hospital) -> None:
    draft = open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)
    late = make_intervention(hospital.surgeons[0], 60)
    place(draft, late, hospital, start=720)
    make_intervention(hospital.surgeons[0], 60)
    run = ask(hospital, replan=True)
    work(run)
    run.refresh_from_db()
    assert run.plan is not None
    assert run.plan.placements.get(intervention=late).starts_at == at_minute(WEEK.days[0], 720)
    assert run.plan.placements.count() == 2


def moved_by_a_replan(hospital: Hospital, move_euros: int) -> tuple[int, PlanningRun]:
    """Two interventions wait till Tuesday, at 300 euros each, for no reason."""
    items = [make_intervention(hospital.surgeons[0]) for _ in range(2)]
    draft = open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)
    for item, start in zip(items, (480, 600), strict=True):
        place(draft, item, hospital, day=1, start=start)
    run = ask(hospital, replan=True, move_euros=move_euros)
    work(run)
    run.refresh_from_db()
    assert run.plan is not None
    return run.plan.placements.exclude(slot__date=WEEK.days[1]).count(), run


def test_a_replan_moves_what_saves_more_than_the_price_of_a_move(hospital: Hospital) -> None:
    moved, run = moved_by_a_replan(hospital, 250)
    assert (moved, run.best_cost, run.moves_cost, run.lower_bound, gap(run)) == (2, 0, 500, 500, 0)


def test_a_replan_leaves_in_place_what_saves_less_and_its_bound_counts_the_moves(hospital: Hospital) -> None:
    moved, run = moved_by_a_replan(hospital, 350)
    assert (moved, run.best_cost, run.moves_cost, run.lower_bound, gap(run)) == (0, 600, 0, 600, 0)


def test_the_plan_of_a_priced_replan_keeps_no_bound_for_a_change_of_it_changes_its_moves(hospital: Hospital) -> None:
    _moved, run = moved_by_a_replan(hospital, 350)
    assert run.plan is not None
    assert (run.plan.total_cost, run.plan.lower_bound, run.plan.parameters["move_euros"]) == (600, None, 350)


def test_a_price_of_moves_counts_only_when_planning_again(hospital: Hospital) -> None:
    assert ask(hospital, move_euros=350).parameters["move_euros"] == 0


def test_a_move_costs_what_the_site_says_unless_the_request_does(hospital: Hospital) -> None:
    Site.objects.update_or_create(pk=1, defaults={"move_euros": 140})
    run = ask(hospital, replan=True)
    assert (run.parameters["move_euros"], run.parameter_version.values["move_euros"]) == (140, 140)
