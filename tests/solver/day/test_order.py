"""A day in order: what it may not do, what it costs, and that nothing better exists where everything can be tried."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given, settings

from planning.solver.day.bounds import least_cost
from planning.solver.day.kernel import LEFT_OUT, PINNED_LEFT_OUT
from planning.solver.day.order import QUICK, THOROUGH, Effort, order_day
from planning.solver.day.problem import DayProblem, Schedule
from planning.solver.day.search import Search
from planning.solver.stopping import Stop
from tests.solver.day.days import a_case, a_day, best_rank, days, faults

SOME = settings(max_examples=40, deadline=None, derandomize=True)


def ordered(problem: DayProblem, effort: Effort = THOROUGH) -> dict[str, int]:
    schedule = order_day(problem, seed="0", stop=Stop(None), effort=effort).schedule
    assert faults(problem, schedule.starts) == []
    return {case.id: start for case, start in schedule.starts.items()}


@SOME
@given(days())
def test_no_order_breaks_a_rule(problem: DayProblem) -> None:
    for effort in (QUICK, THOROUGH):
        order = order_day(problem, seed="0", stop=Stop(None), effort=effort)
        assert faults(problem, order.schedule.starts) == []
        assert {case.id for case, _ in problem.fixed} <= {case.id for case in order.schedule.starts}


@SOME
@given(days())
def test_the_bound_never_exceeds_the_cost(problem: DayProblem) -> None:
    order = order_day(problem, seed="0", stop=Stop(None))
    if not order.schedule.unplaced:
        assert least_cost(problem) <= order.bound <= order.schedule.minutes.cost


@SOME
@given(days(most=4, pins=1))
def test_a_tiny_day_is_as_good_as_trying_everything(problem: DayProblem) -> None:
    order = order_day(problem, seed="0", stop=Stop(None))
    assert order.schedule.rank[1:] == best_rank(problem)


@SOME
@given(days(most=4, pins=1))
def test_the_bound_is_below_the_best_of_a_tiny_day(problem: DayProblem) -> None:
    left_out, cost = best_rank(problem)
    if left_out == 0:
        assert least_cost(problem) <= cost


def test_a_surgeon_starts_later_rather_than_wait_between_two_rooms() -> None:
    problem = a_day(
        a_case("A", room="SO1", surgeon="K", duration=30),
        a_case("B", room="SO2", surgeon="L", duration=60, early=2),
        a_case("C", room="SO2", surgeon="K", duration=60),
    )
    assert ordered(problem) == {"A": 510, "B": 480, "C": 540}


def test_children_come_first_then_day_patients_and_septic_interventions_last() -> None:
    problem = a_day(
        a_case("septic", duration=30, septic=True),
        a_case("adult", duration=30),
        a_case("day patient", duration=30, early=1),
        a_case("child", duration=30, early=2),
    )
    assert sorted(ordered(problem), key=ordered(problem).__getitem__) == ["child", "day patient", "adult", "septic"]


def test_a_day_patient_goes_before_who_may_stay_the_night_though_the_surgeon_then_waits() -> None:
    cases = [
        a_case("A", surgeon="K", duration=30),
        a_case("B", surgeon="L", duration=90, recovery=30, leave_by=600),
        a_case("C", surgeon="K", room="SO2", duration=30, closing=510),
    ]
    assert ordered(a_day(*cases)) == {"B": 480, "A": 570, "C": 480}
    stays = [cases[0], a_case("B", surgeon="L", duration=90, recovery=30), cases[2]]
    assert ordered(a_day(*stays))["A"] == 510


def test_a_septic_intervention_is_last_in_its_room_though_a_surgeon_waits_for_it() -> None:
    problem = a_day(
        a_case("A", surgeon="K", septic=True, duration=60),
        a_case("B", surgeon="L", duration=120),
        a_case("C", surgeon="K", room="SO2", duration=60, closing=540),
    )
    assert ordered(problem) == {"C": 480, "B": 480, "A": 600}


def test_who_was_fixed_early_though_septic_keeps_nobody_out() -> None:
    problem = a_day(a_case("A", septic=True, fixed=480, pinned=True), a_case("B"))
    assert ordered(problem) == {"A": 480, "B": 540}


def test_a_full_recovery_room_delays_the_next_to_finish() -> None:
    rooms = [a_case(f"I{n}", room=f"SO{n}", surgeon=s, duration=30, recovery=60) for n, s in enumerate("KLM")]
    assert sorted(ordered(a_day(*rooms, beds=3)).values()) == [480, 480, 480]
    assert sorted(ordered(a_day(*rooms, beds=2)).values()) == [480, 480, 540]
    assert sorted(ordered(a_day(*rooms, beds=1)).values()) == [480, 540, 600]


def test_two_rooms_share_one_arm_one_after_the_other() -> None:
    cases = [a_case(f"I{n}", room=f"SO{n}", surgeon=s, equipment=frozenset({"arm"})) for n, s in enumerate("KL")]
    assert sorted(ordered(a_day(*cases, arm=1)).values()) == [480, 540]
    assert sorted(ordered(a_day(*cases, arm=2)).values()) == [480, 480]


def test_a_patient_fixed_to_wait_for_a_bed_holds_the_room() -> None:
    problem = a_day(
        a_case("A", room="SO1", surgeon="K", duration=30, recovery=60, fixed=480, pinned=True),
        a_case("B", room="SO2", surgeon="L", duration=30, recovery=60, fixed=480, pinned=True),
        a_case("C", room="SO2", surgeon="M", duration=30),
        beds=1,
    )
    assert problem.held == {"A": 0, "B": 60}
    assert ordered(problem)["C"] == 570


def test_known_starts_are_kept_where_nothing_is_better() -> None:
    problem = a_day(a_case("A", surgeon="K"), a_case("B", surgeon="L"))
    order = order_day(problem, seed="0", stop=Stop(None), known={"A": 540, "B": 480})
    assert {case.id: start for case, start in order.schedule.starts.items()} == {"A": 540, "B": 480}


def test_a_room_opens_on_time_though_another_start_would_cost_the_same() -> None:
    """The wait for M's second room leaves a gap in SO1 anyway: it comes after K, who has no reason to be late."""
    problem = a_day(
        a_case("A", surgeon="K", duration=30),
        a_case("B", surgeon="M", duration=30, opening=570),
    )
    late = order_day(problem, seed="0", stop=Stop(None), known={"A": 510, "B": 570})
    assert {case.id: start for case, start in late.schedule.starts.items()} == {"A": 480, "B": 570}


def test_a_room_opens_late_to_spare_its_surgeon_a_wait() -> None:
    problem = a_day(
        a_case("A", room="SO1", surgeon="K", duration=30),
        a_case("B", room="SO2", surgeon="K", duration=30, opening=570),
    )
    assert ordered(problem) == {"A": 540, "B": 570}


@SOME
@given(days(pins=2))
def test_the_compiled_search_counts_as_the_schedule_does(problem: DayProblem) -> None:
    search = Search(problem, seed="0")
    search.rules_of_thumb()
    search.anneal(200, -1)
    pinned, left_out, cost = search.best.rank
    assert search.value == PINNED_LEFT_OUT * pinned + LEFT_OUT * (left_out - pinned) + cost
    assert search.left_out == left_out


def test_a_surgeon_alone_in_two_rooms_is_proven_at_once() -> None:
    problem = a_day(a_case("A", room="SO1"), a_case("B", room="SO2"))
    order = order_day(problem, seed="0", stop=Stop(None), effort=QUICK)
    assert order.proven
    assert order.schedule.minutes.idle == 60


def test_no_time_left_still_places_everyone() -> None:
    problem = a_day(a_case("A"), a_case("B", surgeon="L"))
    assert not order_day(problem, seed="0", stop=Stop(seconds=0)).schedule.unplaced


def test_the_same_seed_gives_the_same_order() -> None:
    cases = [a_case(f"I{n}", room=f"SO{n % 3}", surgeon="KLMN"[n % 4], duration=20 + 7 * n) for n in range(7)]
    first, second = (order_day(a_day(*cases), seed="3", stop=Stop(None)).schedule for _ in range(2))
    assert first.starts == second.starts


def test_a_large_day_is_ordered_in_parts_and_better_than_by_rules_of_thumb() -> None:
    cases = [
        a_case(
            f"I{n:02d}", room=f"SO{n % 6}", surgeon=f"K{n % 7}", duration=30 + 15 * (n % 5), closing=1080, turnover=15
        )
        for n in range(30)
    ]
    problem = a_day(*cases, regular=780)
    quick = order_day(problem, seed="0", stop=Stop(None), effort=Effort(0, 0, 1, 0.0, 0.0)).schedule
    thorough = order_day(problem, seed="0", stop=Stop(None)).schedule
    assert faults(problem, thorough.starts) == []
    assert not thorough.unplaced
    assert thorough.minutes.cost < quick.minutes.cost


def test_the_planner_is_imported_without_the_constraint_solver() -> None:
    """It costs half a second, and few pages need it."""
    code = "import sys, planning.solver.solve; sys.exit(any(n in sys.modules for n in ('ortools', 'highspy', 'numba')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_schedule_ranks_those_without_a_place_before_any_cost() -> None:
    problem = a_day(a_case("A"), a_case("B", surgeon="L"))
    first, second = problem.cases
    assert Schedule(problem, {first: 600, second: 480}).rank < Schedule(problem, {first: 480}).rank
