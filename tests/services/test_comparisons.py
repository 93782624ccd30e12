"""The life of a comparison: frozen once, each cell claimed once, stopped, resumed, taken up when its worker is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from planning.calendar import Week, at_minute
from planning.models import Comparison, ComparisonCell, Intervention, Site
from planning.selectors.comparison_weeks import problem_of
from planning.selectors.comparisons import comparisons, progress_of, report
from planning.services import comparing
from planning.services.comparing import work_on_next_cell
from planning.services.comparisons import (
    EARLIER_WEEK,
    LOST_WORKER,
    UnableToCompare,
    claim_cell,
    reap_cells,
    request_comparison,
    resume_comparison,
    stop_comparison,
)
from planning.services.proposing import work_on_run
from planning.services.runs import request_run
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, small_hospital

pytestmark = pytest.mark.django_db
State = ComparisonCell.State
STALE = 20


@pytest.fixture
def hospital() -> Hospital:
    """Six requests that can be operated in W48, two more in W49; slots in W48 only."""
    hospital = small_hospital()
    for number in range(6):
        make_intervention(hospital.surgeons[number % 3], 120)
    for surgeon in hospital.surgeons[:2]:
        make_intervention(surgeon, 90, week=WEEK.next)
    return hospital


def ask(hospital: Hospital, **fields: Any) -> Comparison:
    values: dict[str, Any] = {
        "first": WEEK.monday,
        "last": WEEK.monday,
        "policies": ["open", "specialty-fcfs"],
        "rounds": 20,
        "now": NOW,
    }
    return request_comparison(user=hospital.director, **(values | fields))


def later(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def work(comparison: Comparison, worker: str = "w1", now: datetime = NOW) -> ComparisonCell | None:
    return work_on_next_cell(comparison_id=comparison.pk, worker=worker, clock=lambda: now, beat_seconds=None)


def work_to_the_end(comparison: Comparison) -> None:
    number = 0
    while work(comparison, f"w{number}") is not None:
        number += 1


def states(comparison: Comparison) -> list[str]:
    return list(comparison.cells.order_by("monday", "pk").values_list("state", flat=True))


def test_a_request_freezes_the_demand_and_queues_a_cell_for_each_week_and_policy(hospital: Hospital) -> None:
    comparison = ask(hospital, last=WEEK.next.monday, seed=5)
    assert states(comparison) == [State.QUEUED] * 4
    assert (comparison.first_monday, comparison.last_monday) == (WEEK.monday, WEEK.next.monday)
    assert (comparison.parameters["seed"], comparison.parameters["rounds"]) == (5, 20)
    week = comparison.weeks.get(monday=WEEK.monday)
    assert len(week.problem["interventions"]) == 6
    assert week.opening_minutes == {"SO1": 5 * 720, "SO2": 5 * 720}


def test_what_changes_after_the_request_changes_no_figure(hospital: Hospital) -> None:
    comparison = ask(hospital)
    Intervention.objects.update(planned_minutes=30)
    work_to_the_end(comparison)
    rooms = report(comparison).figures["open"][WEEK.monday]["rooms"].values()
    assert sum(room["used"] for room in rooms) == 6 * 120


def test_every_policy_plans_the_same_interventions(hospital: Hospital) -> None:
    comparison = ask(hospital)
    work_to_the_end(comparison)
    figures = report(comparison).figures
    assert [figures[policy][WEEK.monday]["planned"] for policy in comparison.policies] == [[6, 6], [6, 6]]


def test_the_same_request_gives_the_same_plans(hospital: Hospital) -> None:
    first, second = ask(hospital), ask(hospital)
    work_to_the_end(first)
    work_to_the_end(second)
    assert [c.assignments for c in first.cells.all()] == [c.assignments for c in second.cells.all()]
    assert [c.figures for c in first.cells.all()] == [c.figures for c in second.cells.all()]


@pytest.mark.parametrize(
    ("fields", "field", "kind"),
    [
        ({"last": WEEK.previous.monday}, "last", "ends-before-start"),
        ({"last": WEEK.monday + timedelta(weeks=156)}, "last", "too-many-weeks"),
        ({"policies": []}, "policies", "no-policy"),
        ({"policies": ["open", "fate"]}, "policies", "unknown-policy"),
        ({"first": WEEK.monday - timedelta(weeks=30), "last": WEEK.monday - timedelta(weeks=20)}, "first", "no-demand"),
        ({"first": WEEK.next.monday, "last": WEEK.next.monday}, "first", "no-slot"),
    ],
)
def test_what_makes_no_comparison_is_refused(hospital: Hospital, fields: dict[str, Any], field: str, kind: str) -> None:
    with pytest.raises(UnableToCompare) as caught:
        ask(hospital, **fields)
    assert (caught.value.field, caught.value.kind) == (field, kind)
    assert not Comparison.objects.exists()


def test_two_workers_never_take_the_same_cell(hospital: Hospital) -> None:
    comparison = ask(hospital)
    first = claim_cell(comparison_id=comparison.pk, worker="w1", now=NOW)
    second = claim_cell(comparison_id=comparison.pk, worker="w2", now=NOW)
    assert first is not None
    assert second is not None
    assert first.pk != second.pk
    assert claim_cell(comparison_id=comparison.pk, worker="w3", now=NOW) is None


def test_a_worker_that_read_a_row_just_taken_takes_the_next(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison = ask(hospital)
    before = comparison.cells.order_by("pk").first()
    assert before is not None
    ready = comparing.claim_cell.__globals__["_ready"]
    asked = 0

    def overtaken(row: Comparison) -> Any:
        nonlocal asked
        found, asked = ready(row), asked + 1
        if asked == 1:
            list(found)
            chosen = found.first()
            ComparisonCell.objects.filter(pk=before.pk).update(state=State.RUNNING, worker="w0")
            return type("Read", (), {"first": staticmethod(lambda: chosen)})
        return found

    monkeypatch.setitem(comparing.claim_cell.__globals__, "_ready", overtaken)
    taken = claim_cell(comparison_id=comparison.pk, worker="w1", now=NOW)
    assert taken is not None
    assert taken.pk != before.pk
    before.refresh_from_db()
    assert before.worker == "w0"


def test_a_lost_worker_s_cell_is_taken_up_at_most_three_times_and_then_fails(hospital: Hospital) -> None:
    comparison = ask(hospital, policies=["open"])
    for attempt in (1, 2, 3):
        now = later(attempt * 100)
        cell = claim_cell(comparison_id=comparison.pk, worker=f"w{attempt}", now=now)
        assert cell is not None
        assert cell.attempts == attempt
        assert not reap_cells(now=now + timedelta(seconds=STALE), stale_seconds=STALE), "not stale yet"
        called = reap_cells(now=now + timedelta(seconds=STALE + 1), stale_seconds=STALE)
        assert list(called) == ([comparison.pk] if attempt < 3 else [])
    cell.refresh_from_db()
    assert (cell.state, cell.failure, cell.attempts) == (State.FAILED, LOST_WORKER, 3)


def test_a_worker_that_lost_its_cell_writes_nothing(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = ask(hospital, policies=["open"])
    solved = comparing.solve_cell

    def slowly(*arguments: Any) -> Any:
        reap_cells(now=later(60), stale_seconds=STALE)
        assert claim_cell(comparison_id=comparison.pk, worker="w2", now=later(61)) is not None
        return solved(*arguments)

    monkeypatch.setattr(comparing, "solve_cell", slowly)
    work(comparison)
    cell = comparison.cells.get()
    assert (cell.state, cell.worker, cell.attempts, cell.figures) == (State.RUNNING, "w2", 2, None)


def test_a_comparison_whose_messages_were_lost_is_sent_again_once_a_period(hospital: Hospital) -> None:
    comparison = ask(hospital)
    assert not reap_cells(now=later(STALE), stale_seconds=STALE)
    assert list(reap_cells(now=later(STALE + 1), stale_seconds=STALE)) == [comparison.pk]
    assert not reap_cells(now=later(STALE + 2), stale_seconds=STALE)


def test_a_stopped_comparison_keeps_what_is_done_and_resumes(hospital: Hospital) -> None:
    comparison = ask(hospital)
    work(comparison)
    stop_comparison(comparison=comparison, now=later(1))
    assert work(comparison, "w2") is None
    assert not reap_cells(now=later(90), stale_seconds=STALE)
    assert progress_of(comparisons().get()).state == "stopped"
    resume_comparison(comparison=comparison, now=later(100))
    work_to_the_end(comparison)
    assert states(comparison) == [State.DONE] * 2
    assert progress_of(comparisons().get()).state == "done"


def test_a_cell_stopped_in_its_middle_goes_back_to_the_queue_uncounted(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison = ask(hospital, policies=["open"])
    solved = comparing.solve_cell

    def while_a_person_stops(*arguments: Any) -> Any:
        stop_comparison(comparison=comparison, now=later(1))
        return solved(*arguments)

    monkeypatch.setattr(comparing, "solve_cell", while_a_person_stops)
    work(comparison)
    cell = comparison.cells.get()
    assert (cell.state, cell.attempts, cell.worker, cell.figures) == (State.QUEUED, 0, "", None)


def test_an_error_fails_its_cell_alone_and_resuming_tries_it_again(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison = ask(hospital)
    with monkeypatch.context() as patch:
        solved = comparing.solve_cell

        def no_pivot(problem: Any, policy: str, *rest: Any) -> Any:
            if policy == "open":
                raise ArithmeticError("no pivot")
            return solved(problem, policy, *rest)

        patch.setattr(comparing, "solve_cell", no_pivot)
        work_to_the_end(comparison)
    assert states(comparison) == [State.FAILED, State.DONE]
    assert report(comparison).failures[0].failure == "ArithmeticError: no pivot"
    assert report(comparison).mondays == ()
    resume_comparison(comparison=comparison, now=later(9))
    work_to_the_end(comparison)
    assert states(comparison) == [State.DONE, State.DONE]


# --- The same figures as the planner's ----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["open", "surgeon", "specialty-fcfs"])
def test_a_compared_week_costs_what_a_run_of_that_week_costs(hospital: Hospital, policy: str) -> None:
    """With an evening price, a weekday's price, cleaning by specialty and a priced rule: each moves the total."""
    Site.objects.update(
        weekday_overtime_euros=[90, 100, None, None, None, None, None],
        late_overtime_euros=[240, None, None, None, None, None, None],
        late_from_minute=1140,
        specialty_turnover_minutes={str(hospital.ent.pk): 45},
        rule_levels={"slot_specialty": "soft"},
        rule_costs={"slot_specialty": 35},
    )
    for number in range(6):
        deadline = WEEK.days[number % 2]
        make_intervention(hospital.surgeons[2], 110, deadline_date=deadline, requested_at=later(-number))
        make_intervention(hospital.surgeons[number % 2], 110, deadline_date=deadline, priority="expedited")
    comparison = ask(hospital, policies=[policy], rounds=200, tie_rule="fill")
    work_to_the_end(comparison)
    run = request_run(monday=WEEK.monday, user=hospital.director, policy=policy, tie_rule="fill", now=NOW)
    work_on_run(run_id=run.pk, worker="w", clock=lambda: NOW, silent_seconds=None)

    run.refresh_from_db()
    figures = comparison.cells.get().figures
    costs = {name: figures[f"{name}_cost"] for name in ("hospital", "overtime", "unplanned", "rules")}
    assert costs["overtime"] > 0
    assert sum(costs.values()) == pytest.approx(run.best_cost)
    assert comparison.parameters["version"] == run.parameter_version.number


# --- Weeks that carry over ---------------------------------------------------------------------------------------


def two_short_weeks(hospital: Hospital, **fields: Any) -> Comparison:
    """W47 is over and was overbooked: 90 interventions of two hours for rooms open five days."""
    week = WEEK.previous
    for room in hospital.rooms:
        for slot in list(room.slots.all()):
            slot.pk = None
            slot.date -= timedelta(days=7)
            slot.starts_at -= timedelta(days=7)
            slot.ends_at -= timedelta(days=7)
            slot.save()
    for number in range(60):
        item = make_intervention(hospital.surgeons[number % 3], 120, week=week, state=Intervention.State.DONE)
        entered = at_minute(week.monday, 480)
        Intervention.objects.filter(pk=item.pk).update(entered_at=entered, left_at=entered + timedelta(hours=2))
    return ask(hospital, first=week.monday, last=WEEK.monday, policies=["specialty-fcfs"], carry_over=True, **fields)


def test_what_a_policy_leaves_out_goes_to_its_next_week_when_asked(hospital: Hospital) -> None:
    comparison = two_short_weeks(hospital)
    work_to_the_end(comparison)
    first, second = comparison.cells.order_by("monday")
    left = first.figures["planned"][1] - first.figures["planned"][0]
    assert first.figures["planned"][1] == 60
    assert left > 0
    assert second.figures["planned"][1] == 6 + left


def test_what_comes_to_its_last_week_costs_what_its_priority_makes_it_cost(hospital: Hospital) -> None:
    """A deferred one costs 1200 when expedited; left out again in its last week, 4500, and not the 3000 of others."""
    week = WEEK.previous
    pressing = make_intervention(
        hospital.surgeons[0], 60, week=week, priority="expedited", deadline_date=WEEK.days[2],
        state=Intervention.State.DONE,
    )  # fmt: skip
    entered = at_minute(week.monday, 480)
    Intervention.objects.filter(pk=pressing.pk).update(entered_at=entered, left_at=entered + timedelta(hours=1))
    comparison = ask(hospital, first=week.monday, policies=["open"], carry_over=True)
    work_to_the_end(comparison)
    first, second = comparison.cells.order_by("monday")
    assert first.figures["unplanned_cost"] == 1200

    [carried] = [
        item
        for item in problem_of(comparison.weeks.get(monday=WEEK.monday), second).interventions
        if item.id == pressing.code
    ]
    assert (carried.deadline_day, carried.unplanned_cost) == (2, 4500)


def test_a_week_waits_for_the_one_before_when_they_carry_over(hospital: Hospital) -> None:
    comparison = two_short_weeks(hospital)
    assert claim_cell(comparison_id=comparison.pk, worker="w1", now=NOW) is not None
    assert claim_cell(comparison_id=comparison.pk, worker="w2", now=NOW) is None


def test_later_weeks_fail_with_the_one_they_wait_for(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = two_short_weeks(hospital)

    def no_pivot(*_: Any) -> Any:
        raise ArithmeticError("no pivot")

    monkeypatch.setattr(comparing, "solve_cell", no_pivot)
    work_to_the_end(comparison)
    assert [cell.failure for cell in comparison.cells.order_by("monday")] == [
        "ArithmeticError: no pivot",
        EARLIER_WEEK,
    ]


def test_a_week_is_named_by_its_monday_whatever_day_is_asked(hospital: Hospital) -> None:
    comparison = ask(hospital, first=WEEK.days[3], last=WEEK.days[5])
    assert [Week(week.monday) for week in comparison.weeks.all()] == [WEEK]
