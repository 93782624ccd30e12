"""One method or rival on one seeded week, in a process of its own: a JSON order on stdin, a JSON race on stdout.

A process each, because highspy and ortools cannot share one and so that peak memory is that of the contender alone.
The clock starts when the week is in memory and the libraries are loaded, and runs through the building of the model.
The rivals get the aggregated model of ``planning.solver.exact``: interchangeable interventions and slots counted once.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from math import inf, isfinite
from typing import Any

import numpy as np
from scipy.optimize import LinearConstraint
from scipy.sparse import csc_array, csr_array, vstack

from benchmarks.weeks import Ownership, WeekShape, generate_week
from planning.solver.costs import breakdown
from planning.solver.exact.constraints import constraints
from planning.solver.exact.objective import objective
from planning.solver.exact.variables import choose_variables, expand
from planning.solver.grid import grid_of
from planning.solver.observer import Observer
from planning.solver.problem import WeekProblem
from planning.solver.solve import METHODS, solve
from planning.solver.stopping import Stop

THREADS = 2  # of each rival; the cores that all contenders share


@dataclass(slots=True)
class Race:
    """``path`` is each better plan's (seconds, cost); ``bound`` no plan can beat; ``seconds`` until the end."""

    contender: str
    path: list[tuple[float, float]] = field(default_factory=list)
    bound: float | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    memory_mib: float = 0.0
    assignments: dict[str, str] = field(default_factory=dict)

    @property
    def cost(self) -> float:
        return self.path[-1][1] if self.path else inf

    @property
    def proven(self) -> bool:
        return self.bound is not None and self.cost - self.bound <= 1e-6 * max(1.0, self.cost)

    def first(self) -> float:
        return self.path[0][0] if self.path else inf

    def within(self, limit: float) -> float:
        """Seconds until the first plan that costs no more than ``limit``."""
        return next((seconds for seconds, cost in self.path if cost <= limit + 1e-6), inf)


@dataclass(slots=True)
class _Path(Observer):
    stop: Stop
    race: Race

    def incumbent(self, assignments: Mapping[str, str], cost: float) -> None:
        self.race.path.append((self.stop.elapsed, cost))


def run_method(problem: WeekProblem, race: Race, seconds: float) -> None:
    stop = Stop(seconds=seconds)
    result = solve(problem, method=race.contender, stop=stop, observer=_Path(stop, race))  # type: ignore[arg-type]
    race.assignments, race.bound = dict(result.assignments), result.lower_bound
    race.path.append((result.seconds, result.cost.total))


def run_highs(problem: WeekProblem, race: Race, seconds: float) -> None:
    from highspy import Highs, HighsLp, HighsVarType, MatrixFormat

    stop = Stop(seconds=seconds)
    variables = choose_variables(grid_of(problem))
    goal = objective(variables)
    rows = constraints(variables)
    matrix = csc_array(vstack([_sparse(one) for one in rows]))
    lp = HighsLp()
    lp.num_col_, lp.num_row_ = variables.size, matrix.shape[0]
    lp.col_cost_ = goal.coefficients
    lp.col_lower_ = np.zeros(variables.size)
    lp.col_upper_ = np.concatenate([variables.group_sizes[variables.group], variables.group_sizes]).astype(float)
    lp.row_lower_ = np.concatenate([np.broadcast_to(one.lb, one.ub.shape) for one in rows]).astype(float)
    lp.row_upper_ = np.concatenate([one.ub for one in rows]).astype(float)
    lp.a_matrix_.format_ = MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    lp.integrality_ = [HighsVarType.kInteger] * variables.size
    highs: Any = Highs()  # type: ignore[no-untyped-call]  # highspy is partly typed
    highs.silent()
    highs.setOptionValue("threads", THREADS)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("time_limit", max(0.01, stop.remaining))
    best: list[Any] = [None]

    def better(event: Any) -> None:
        race.path.append((stop.elapsed, goal.cost(float(event.data_out.objective_function_value))))
        best[0] = np.array(event.data_out.mip_solution)

    highs.cbMipImprovingSolution += better
    highs.passModel(lp)
    highs.run()
    info = highs.getInfo()
    found = np.array(highs.getSolution().col_value) if isfinite(info.objective_function_value) else best[0]
    race.bound = goal.cost(goal.rounded_up(info.mip_dual_bound)) if isfinite(info.mip_dual_bound) else None
    _keep(problem, race, stop, None if found is None or not len(found) else expand(variables, found))


def run_cp_sat(problem: WeekProblem, race: Race, seconds: float) -> None:
    from ortools.sat.python import cp_model

    stop = Stop(seconds=seconds)
    variables = choose_variables(grid_of(problem))
    goal = objective(variables)
    if not goal.step:
        raise ValueError("CP-SAT counts in whole numbers: the week's costs have no common unit")
    model = cp_model.CpModel()
    upper = np.concatenate([variables.group_sizes[variables.group], variables.group_sizes])
    cells = [model.new_int_var(0, int(most), "") for most in upper]
    for number, one in enumerate(constraints(variables)):
        matrix = _sparse(one)
        for row, most in enumerate(one.ub):
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            terms = [cells[index] for index in matrix.indices[part]]
            total = cp_model.LinearExpr.weighted_sum(terms, [int(value) for value in matrix.data[part]])
            model.add(total == int(most) if number == 0 else total <= int(most))
    model.minimize(cp_model.LinearExpr.weighted_sum(cells, [int(value) for value in goal.coefficients]))

    class Better(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            race.path.append((stop.elapsed, goal.cost(self.objective_value)))

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = THREADS
    solver.parameters.max_time_in_seconds = max(0.01, stop.remaining)
    status = solver.solve(model, Better())
    race.bound = goal.cost(goal.rounded_up(solver.best_objective_bound))
    known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    values = np.array([solver.value(cell) for cell in cells], dtype=float) if known else None
    _keep(problem, race, stop, None if values is None else expand(variables, values))


def _sparse(rows: LinearConstraint) -> csr_array:
    matrix: Any = rows.A  # SciPy's stubs allow several kinds of matrix here
    return csr_array(matrix)


def _keep(problem: WeekProblem, race: Race, stop: Stop, plan: dict[str, str] | None) -> None:
    if plan is not None:
        race.assignments = plan
        race.path.append((stop.elapsed, breakdown(problem, plan).total))


RIVALS: dict[str, Callable[[WeekProblem, Race, float], None]] = {"HiGHS": run_highs, "CP-SAT": run_cp_sat}
CONTENDERS = (*METHODS, *RIVALS)


def run(contender: str, shape: WeekShape, seconds: float) -> Race:
    race = Race(contender)
    go = RIVALS.get(contender, run_method)
    # What a worker has done once: compiled code ready, libraries loaded.
    if go is run_method:
        from planning.solver.warm import warm_up  # rivals are not charged for its libraries

        warm_up()
    go(generate_week(WeekShape(seed=0, size=20)), Race(contender), 1.0)
    problem = generate_week(shape)
    began, cpu = time.monotonic(), time.process_time()
    go(problem, race, seconds)
    race.seconds, race.cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    race.memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return race


def main() -> None:
    order = json.load(sys.stdin)
    shape = WeekShape(**{**order["shape"], "ownership": Ownership(order["shape"]["ownership"])})
    json.dump(asdict(run(order["contender"], shape, order["seconds"])), sys.stdout)


if __name__ == "__main__":
    main()
