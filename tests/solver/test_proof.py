"""With ``prove``, the time that the extended Hungarian method leaves goes into a certificate."""

from benchmarks.weeks import Ownership, WeekShape, generate_week
from planning.solver.result import Status
from planning.solver.rules import plan_violations, timeline_violations
from planning.solver.solve import solve
from planning.solver.stopping import Stop

WEEK = generate_week(WeekShape(seed=2, size=85, ownership=Ownership.SPECIALTY))


def test_the_assignment_bound_alone_leaves_a_gap_and_the_proof_closes_it() -> None:
    alone = solve(WEEK, stop=Stop(30, rounds=400))
    proven = solve(WEEK, stop=Stop(60, rounds=400), prove=True)
    assert alone.gap is not None
    assert alone.gap > 0.0
    assert proven.status is Status.OPTIMAL
    assert proven.gap == 0.0
    assert proven.method == "hungarian"
    assert proven.cost.total <= alone.cost.total
    assert alone.lower_bound is not None
    assert alone.lower_bound <= proven.cost.total + 1e-6


def test_a_proven_plan_with_starts_still_respects_every_rule() -> None:
    result = solve(WEEK, stop=Stop(60, rounds=400), prove=True, with_starts=True)
    assert plan_violations(WEEK, result.assignments) == ()
    assert timeline_violations(WEEK, result.assignments, result.starts) == ()
    assert set(result.starts) == set(result.assignments)
    assert result.lower_bound is not None
    assert result.lower_bound <= result.cost.total + 1e-6
