"""The planner against HiGHS and CP-SAT, same weeks, same model, same two cores, same run.

    python -m benchmarks.bench_planner [--sizes paper,full,large,very-large] [--weeks N] [--json FILE] [--write PAGE]

Each method and each rival plans each seeded week in a process of its own (``contender.py``), one after the other. Every
plan is checked against every rule, its cost computed again, and every bound compared with the cheapest plan. The exit
status is 1 when a plan breaks a rule, a cost is wrong or a bound is above a plan, whatever the times. The default run
takes about half an hour; ``--sizes paper`` three minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path

from benchmarks.contender import CONTENDERS, RIVALS, Race
from benchmarks.report import summary, table, week_lines, write_page
from benchmarks.weeks import SIZES, Ownership, WeekShape, generate_week, shapes
from planning.solver.problem import SlotKind, WeekProblem
from planning.solver.rules import plan_violations

CORES = 2


@dataclass(frozen=True, slots=True)
class Heat:
    """How many weeks of a size, and the seconds of ``hungarian`` and of the others."""

    weeks: int
    planner_seconds: float
    others_seconds: float

    def seconds(self, contender: str) -> float:
        return self.planner_seconds if contender == "hungarian" else self.others_seconds


HEATS: dict[str, Heat] = {
    "paper": Heat(20, 5.0, 60.0),
    "full": Heat(6, 5.0, 60.0),
    "large": Heat(3, 10.0, 60.0),
    "very-large": Heat(3, 15.0, 60.0),
}


@dataclass(slots=True)
class WeekRaces:
    """One week and what each contender made of it; ``cost`` and ``bound`` are the best known."""

    size: str
    shape: WeekShape
    races: list[Race]
    faults: list[str] = field(default_factory=list)

    @property
    def cost(self) -> float:
        return min(race.cost for race in self.races)

    @property
    def bound(self) -> float:
        return max((race.bound for race in self.races if race.bound is not None), default=-inf)

    def of(self, contender: str) -> Race | None:
        return next((race for race in self.races if race.contender == contender), None)


def run_race(contender: str, shape: WeekShape, seconds: float) -> Race:
    """In a process of its own; a contender that falls over has no plan."""
    order = json.dumps({"contender": contender, "shape": asdict(shape), "seconds": seconds})
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.contender"], input=order, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return Race(contender)
    race = Race(**json.loads(done.stdout))
    race.path = [(seconds, cost) for seconds, cost in race.path]
    return race


def run_week(size: str, shape: WeekShape, heat: Heat, contenders: Sequence[str]) -> WeekRaces:
    races = [run_race(one, shape, heat.seconds(one)) for one in contenders]
    week = WeekRaces(size, shape, races)
    problem = generate_week(shape)
    for race in races:
        if race.path:
            week.faults += check(problem, race, week.cost)
    return week


def check(problem: WeekProblem, race: Race, cheapest: float) -> list[str]:
    """The rules, the cost computed again from the equations, the bound."""
    faults = [f"{one.intervention}: {one.rule}: {one.message}" for one in plan_violations(problem, race.assignments)]
    cost = recompute(problem, race.assignments)
    if abs(cost - race.cost) > 0.01:
        faults.append(f"cost {race.cost}, it is {cost}")
    if race.bound is not None and race.bound > cheapest + 0.01:
        faults.append(f"bound {race.bound} above a plan's cost {cheapest}")
    return [f"{race.contender}: {fault}" for fault in faults]


def recompute(problem: WeekProblem, assignments: dict[str, str]) -> float:
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


def kept(file: Path, weeks: list[WeekRaces]) -> list[WeekRaces]:
    """With the weeks that ``file`` holds of sizes that were not run now, in the order of the sizes."""
    ran = {week.size for week in weeks}
    for one in json.loads(file.read_text()):
        if one["size"] not in ran:
            races = [Race(**race) for race in one["races"]]
            for race in races:
                race.path = [(seconds, cost) for seconds, cost in race.path]
            shape = WeekShape(**{**one["shape"], "ownership": Ownership(one["shape"]["ownership"])})
            weeks.append(WeekRaces(one["size"], shape, races, one["faults"]))
    return sorted(weeks, key=lambda week: list(SIZES).index(week.size))


def use_two_cores() -> None:
    """Whatever the machine has; a system without such a choice runs on all it has."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.bench_planner", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default=",".join(SIZES), help=f"default: {','.join(SIZES)}")
    parser.add_argument("--weeks", type=int, help="weeks of each size; default 20, 6, 3 and 3")
    parser.add_argument("--seed", type=int, default=0, help="the first week's seed; default 0")
    parser.add_argument("--contenders", default=",".join(CONTENDERS), help=f"default: {','.join(CONTENDERS)}")
    parser.add_argument("--limit", type=float, help="seconds of the rivals and of exact; default 60")
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    parser.add_argument("--keep", type=Path, help="take the sizes not run from what an earlier --json wrote")
    parser.add_argument("--write", type=Path, help="put the table in this page, between its two markers")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    contenders = options.contenders.split(",")
    unknown = [*(set(options.sizes.split(",")) - set(SIZES)), *(set(contenders) - set(CONTENDERS))]
    if unknown:
        print(f"unknown: {', '.join(unknown)}", file=sys.stderr)
        return 2
    use_two_cores()
    began, weeks = time.monotonic(), list[WeekRaces]()
    for size in options.sizes.split(","):
        heat = HEATS[size]
        heat = Heat(options.weeks or heat.weeks, heat.planner_seconds, options.limit or heat.others_seconds)
        for shape in shapes(SIZES[size], heat.weeks, seed=options.seed):
            week = run_week(size, shape, heat, contenders)
            weeks.append(week)
            print("\n".join(week_lines(week)), flush=True)
    minutes = (time.monotonic() - began) / 60
    if options.keep:
        weeks = kept(options.keep, weeks)
    print("", *table(weeks, HEATS), "", *summary(weeks, RIVALS), f"{minutes:.0f} minutes in all", sep="\n")
    if options.json:
        options.json.write_text(json.dumps([asdict(week) for week in weeks], indent=1))
    if options.write:
        write_page(options.write, [*table(weeks, HEATS), "", *(f"- {line}" for line in summary(weeks, RIVALS))])
    return 1 if any(week.faults for week in weeks) else 0


if __name__ == "__main__":
    sys.exit(main())
