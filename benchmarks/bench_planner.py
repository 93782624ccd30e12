"""The planner against proven optima: ``python -m benchmarks.bench_planner [--weeks N] [--size N] [--seed N]``.

For each seeded week: the cost of ``hungarian``, the optimum ``exact`` proves, the gap between the two, the seconds to
the first plan and to the last, the seconds of the proof, what start times add to the cost ("timed": no surgeon in two
rooms at once, which the equations do not ask), and how far first come, first served is from the optimum. Every plan is
checked against every rule and its cost computed again. The exit status is 1 when a plan breaks a rule, a cost is
wrong or a bound is above a plan, whatever the times.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.weeks import Ownership, WeekShape, generate_week, paper_shapes
from planning.solver.observer import Observer
from planning.solver.problem import SlotKind, WeekProblem
from planning.solver.result import SolveResult
from planning.solver.rules import plan_violations, timeline_violations
from planning.solver.solve import Method, solve
from planning.solver.stopping import Stop

TARGET_MEAN_GAP, TARGET_GAP, TARGET_FIRST_PLAN_SECONDS = 0.005, 0.02, 0.2


@dataclass(slots=True)
class FirstPlan(Observer):
    """Notes when the first feasible plan is announced."""

    stop: Stop
    seconds: float | None = None

    def incumbent(self, assignments: Mapping[str, str], cost: float) -> None:
        if self.seconds is None:
            self.seconds = self.stop.elapsed


@dataclass(slots=True)
class Measure:
    """One week: costs in euros, times in seconds."""

    shape: WeekShape
    load: float
    hungarian: SolveResult
    timed: SolveResult
    first_plan_seconds: float
    exact: SolveResult
    first_come: SolveResult
    faults: list[str] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        return self.exact.lower_bound is not None and self.exact.cost.total - self.exact.lower_bound < 1e-6

    @property
    def gap(self) -> float:
        """Above the optimum when proven, above the best bound otherwise."""
        return excess(self.hungarian.cost.total, self.exact.lower_bound or 0.0)

    @property
    def timed_gap(self) -> float:
        return excess(self.timed.cost.total, self.exact.lower_bound or 0.0)

    @property
    def first_come_gap(self) -> float:
        return excess(self.first_come.cost.total, self.exact.cost.total)


def excess(cost: float, reference: float) -> float:
    if reference <= 0:
        return 0.0 if cost <= 1e-6 else float("inf")
    return max(0.0, cost / reference - 1)


def measure(shape: WeekShape, *, seconds: float, exact_seconds: float) -> Measure:
    problem = generate_week(shape)
    stop = Stop(seconds=seconds)
    observer = FirstPlan(stop)
    hungarian = solve(problem, method="hungarian", stop=stop, observer=observer, with_starts=False)
    exact = _solved(problem, "exact", exact_seconds)
    first_come = _solved(problem, "first-come", seconds)
    timed = solve(problem, method="hungarian", stop=Stop(seconds=seconds), with_starts=True)
    faults = [fault for one in (hungarian, exact, first_come, timed) for fault in check(problem, one)]
    load = sum(item.duration for item in problem.interventions) / _regular_minutes(problem)
    first_plan = hungarian.seconds if observer.seconds is None else observer.seconds
    return Measure(shape, load, hungarian, timed, first_plan, exact, first_come, faults)


def check(problem: WeekProblem, result: SolveResult) -> list[str]:
    """The rules, the cost computed again from the equations, the bound, and the order of the days."""
    broken = plan_violations(problem, result.assignments)
    broken += timeline_violations(problem, result.assignments, result.starts)
    faults = [f"{one.intervention}: {one.rule}: {one.message}" for one in broken]
    cost = recompute(problem, result.assignments)
    if abs(cost - result.cost.total) > 0.01:
        faults.append(f"cost {result.cost.total}, it is {cost}")
    if result.lower_bound is not None and result.lower_bound > cost + 0.01:
        faults.append(f"bound {result.lower_bound} above the plan's own cost {cost}")
    return [f"{result.method}: {fault}" for fault in faults]


def recompute(problem: WeekProblem, assignments: Mapping[str, str]) -> float:
    """Equations (1) and (9) in one line each, apart from the planner's own code."""
    total = 0.0
    for item in problem.interventions:
        if item.id not in assignments:
            total += problem.costs.unplanned if item.unplanned_cost is None else item.unplanned_cost
            continue
        slot = problem.slot_by_id[assignments[item.id]]
        total += max(0, slot.day - item.admission_day - 1) * problem.costs.hospital_day
        if slot.kind is SlotKind.OVERTIME:
            total += item.duration / 60 * problem.costs.overtime_hour[slot.day]
    return total


def _solved(problem: WeekProblem, method: Method, seconds: float) -> SolveResult:
    return solve(problem, method=method, stop=Stop(seconds=seconds))


def _regular_minutes(problem: WeekProblem) -> int:
    return sum(slot.length for slot in problem.slots if slot.kind is SlotKind.REGULAR)


HEADER = (
    f"{'seed':>4} {'n':>3} {'slots':<10}{'turn':>5}{'pins':>5}{'load':>6}{'out':>4}"
    f"{'hungarian':>11}{'optimum':>11} {'':<8}{'gap':>8}{'first':>8}{'total':>8}{'proof':>8}{'timed':>8}{'fcfs':>7}"
)


def row(one: Measure) -> str:
    shape = one.shape
    return (
        f"{shape.seed:>4} {shape.size:>3} {shape.ownership.value:<10}{shape.turnover:>5}"
        f"{'yes' if shape.pinned_share else '':>5}{one.load:>6.0%}{len(one.hungarian.unplanned):>4}"
        f"{one.hungarian.cost.total:>11.0f}{one.exact.cost.total:>11.0f} {'proven' if one.proven else 'bounded':<8}"
        f"{one.gap:>8.2%}{one.first_plan_seconds:>7.3f}s{one.hungarian.seconds:>7.2f}s{one.exact.seconds:>7.2f}s"
        f"{one.timed_gap:>8.2%}{one.first_come_gap:>+7.0%}"
    )


def summary(measures: list[Measure]) -> list[str]:
    gaps = [one.gap for one in measures]
    timed = [one.timed_gap for one in measures]
    firsts = [one.first_plan_seconds for one in measures]
    first_come = statistics.fmean(one.first_come_gap for one in measures)
    lines = [
        f"weeks proven        {sum(one.proven for one in measures)} of {len(measures)}",
        _target("mean gap", statistics.fmean(gaps), TARGET_MEAN_GAP, "%"),
        _target("largest gap", max(gaps), TARGET_GAP, "%"),
        _target("slowest first plan", max(firsts), TARGET_FIRST_PLAN_SECONDS, "s"),
        f"hungarian           {_spread([one.hungarian.seconds for one in measures])}",
        f"exact               {_spread([one.exact.seconds for one in measures])}",
        f"with start times    mean gap {statistics.fmean(timed):.3%}, largest {max(timed):.3%}",
        f"first-come          {first_come:+.1%} against the best on average",
    ]
    for ownership in Ownership:
        some = [one.gap for one in measures if one.shape.ownership is ownership]
        if some:
            lines.append(f"  {ownership.value:<18}mean gap {statistics.fmean(some):.3%}, largest {max(some):.3%}")
    return lines


def _target(name: str, value: float, most: float, unit: str) -> str:
    said = "met" if value <= most else "MISSED"
    shown = (f"{value:.3%}", f"{most:.1%}") if unit == "%" else (f"{value:.3f} s", f"{most} s")
    return f"{name:<20}{shown[0]} (at most {shown[1]}: {said})"


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} s median, {max(seconds):.2f} s at most"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks.bench_planner", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--weeks", type=int, default=24, help="how many weeks; default 24")
    parser.add_argument("--size", type=int, default=None, help="interventions a week; default 50 to 90")
    parser.add_argument("--seed", type=int, default=0, help="the first week's seed; default 0")
    parser.add_argument("--time-limit", type=float, default=10.0, help="seconds of hungarian; default 10")
    parser.add_argument("--exact-limit", type=float, default=60.0, help="seconds of exact; default 60")
    options = parser.parse_args(arguments)
    print(HEADER)
    measures = []
    for shape in paper_shapes(options.weeks, size=options.size, seed=options.seed):
        one = measure(shape, seconds=options.time_limit, exact_seconds=options.exact_limit)
        measures.append(one)
        print(row(one), flush=True)
        for fault in one.faults:
            print(f"     BROKEN {fault}")
    print("", *summary(measures), sep="\n")
    broken = sum(bool(one.faults) for one in measures)
    print(f"broken plans        {broken}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
