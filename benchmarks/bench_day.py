"""The order of a day against CP-SAT alone: ``python -m benchmarks.bench_day [--days N] [--rival-limit SECONDS]``.

For each seeded day: what ours costs, the bound of the relaxations to one room and one surgeon, the bound it ends with
and its seconds; what CP-SAT alone reaches on the same model within its limit of wall-clock seconds, one worker, from
scratch; overtime, waiting and idle minutes of ours. Then weeks of 60 interventions, ordered in one go. Costs are in
fiftieths of an idle minute (planning/solver/day/problem.py). Seconds are of the processor, both cores added up, so that
what else runs on the machine does not count. The exit status is 1 when a bound is above a cost or an order breaks a
rule.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass, replace

from benchmarks.days import DayShape, generate_day
from benchmarks.weeks import Ownership, WeekShape, generate_week
from planning.solver.day.bounds import least_cost
from planning.solver.day.cp_sat import solve_from_scratch
from planning.solver.day.occupancy import Occupancy
from planning.solver.day.order import DayOrder, order_day
from planning.solver.day.problem import Schedule
from planning.solver.rules import timeline_violations
from planning.solver.sequencing import sequence
from planning.solver.solve import solve
from planning.solver.stopping import Stop

SIZES = ((18, 6, 9), (18, 6, 6), (24, 6, 9), (30, 6, 9), (48, 12, 18))
TARGET_WEEK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Measure:
    shape: DayShape
    ours: DayOrder
    relaxed: int
    seconds: float
    rival: Schedule | None
    rival_bound: int | None

    @property
    def bound(self) -> int:
        return max(self.ours.bound, self.rival_bound or 0)

    @property
    def faults(self) -> list[str]:
        found = []
        if not self.ours.schedule.unplaced and self.ours.bound > self.ours.schedule.minutes.cost:
            found.append("bound above the cost")
        if not _holds(self.ours.schedule):
            found.append("an order that breaks a rule")
        return found


def _holds(schedule: Schedule) -> bool:
    """Each start is one that those before it allow, asked of what the pages ask."""
    occupancy = Occupancy(schedule.problem)
    for case, start in sorted(schedule.starts.items(), key=lambda one: one[1]):
        if case.fixed is None and occupancy.earliest(case, start) != start:
            return False
        occupancy.place(case, start)
    return True


def measure(shape: DayShape, rival_seconds: float) -> Measure:
    problem = generate_day(shape)
    began = time.process_time()
    ours = order_day(problem, seed=str(shape.seed), stop=Stop(None))
    seconds = time.process_time() - began
    rival = solve_from_scratch(problem, seconds=rival_seconds)
    return Measure(shape, ours, least_cost(problem), seconds, rival.schedule, rival.bound)


def row(one: Measure) -> str:
    minutes, left_out = one.ours.schedule.minutes, len(one.ours.schedule.unplaced)
    rival = "none" if one.rival is None else f"{one.rival.minutes.cost}"
    if one.rival is not None and one.rival.unplaced:
        rival = f"{len(one.rival.unplaced)} out"
    cost = f"{left_out} out" if left_out else f"{minutes.cost}"
    proof = "proven" if one.ours.proven else ""
    return (
        f"{one.shape.label:<26}{one.shape.seed:>5}{cost:>11}{one.relaxed:>11}{one.ours.bound:>11} {proof:<7}"
        f"{one.seconds:>6.2f}s{rival:>11}{one.rival_bound or 0:>11}"
        f"{minutes.overtime:>10}{minutes.waiting:>9}{minutes.idle:>6}"
    )


HEADER = (
    f"{'day':<26}{'seed':>5}{'ours':>11}{'relaxed':>11}{'bound':>11} {'':<7}{'cpu':>7}{'CP-SAT':>11}{'its bound':>11}"
    f"{'overtime':>10}{'waiting':>9}{'idle':>6}"
)


def summary(measures: list[Measure]) -> str:
    """Of one size: ours against CP-SAT alone, on the days where both place everyone."""
    both = [
        one for one in measures if one.rival is not None and not one.rival.unplaced and not one.ours.schedule.unplaced
    ]
    ours = sum(one.ours.schedule.minutes.cost for one in both)
    rival = sum(one.rival.minutes.cost for one in both if one.rival is not None)
    better = sum(one.rival is None or one.ours.schedule.rank < one.rival.rank for one in measures)
    same = sum(one.rival is not None and one.ours.schedule.rank == one.rival.rank for one in measures)
    seconds = [one.seconds for one in measures]
    share = f"{ours / rival - 1:+.1%}" if rival else "-"
    return (
        f"  {measures[0].shape.label}: {sum(one.ours.proven for one in measures)} of {len(measures)} proven, "
        f"{statistics.median(seconds):.2f} s median, {max(seconds):.2f} s at most; against CP-SAT alone: better on "
        f"{better}, same on {same}, {share} in all where both place everyone"
    )


def week(seed: int, ownership: Ownership) -> tuple[str, bool]:
    problem = generate_week(WeekShape(seed=seed, size=60, ownership=ownership, turnover=15))
    items = tuple(
        replace(item, recovery=30 + 15 * (number % 9), ambulatory=number % 3 == 0, septic=number % 17 == 5)
        for number, item in enumerate(problem.interventions)
    )
    problem = replace(problem, interventions=items, recovery_beds=9)
    plan = solve(problem, stop=Stop(None, rounds=60)).assignments
    began = time.process_time()
    order = sequence(problem, plan, seed=seed)
    seconds = time.process_time() - began
    closed = sum(order.minutes[day].cost <= order.bound[day] for day in order.minutes)
    broken = timeline_violations(problem, plan, order.starts)
    hard = [one for one in broken if not one.soft]
    said = (
        f"  seed {seed}, {ownership.value:<10}{len(plan)} placed, {len(order.unordered)} without an order, "
        f"{closed} of {len(order.minutes)} days proven, {seconds:.2f} s"
    )
    return said, not hard and seconds <= TARGET_WEEK_SECONDS


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.bench_day", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--days", type=int, default=4, help="days of each size; default 4")
    parser.add_argument("--rival-limit", type=float, default=30.0, help="seconds of CP-SAT alone; default 30")
    options = parser.parse_args(arguments)
    # What a worker has done once: libraries loaded, compiled code ready.
    order_day(generate_day(DayShape(0, 6, 2, 1)), seed="0", stop=Stop(None))
    print(HEADER)
    faulty = False
    said = []
    for size, rooms, beds in SIZES:
        measures = []
        for seed in range(options.days):
            one = measure(DayShape(seed, size, rooms, beds), options.rival_limit)
            measures.append(one)
            print(row(one), *(f"BROKEN {fault}" for fault in one.faults), flush=True)
            faulty |= bool(one.faults)
        said.append(summary(measures))
    print("", *said, sep="\n")
    print("\nweeks of 60 interventions in 6 rooms, 9 beds")
    for index, ownership in enumerate(Ownership):
        text, kept = week(index, ownership)
        print(text + ("" if kept else "  MISSED"), flush=True)
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
