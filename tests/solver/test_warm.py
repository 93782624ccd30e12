"""Once warm, every function that Python calls is compiled."""

from planning.solver import kernel, surgeon_weeks
from planning.solver.day import kernel as day_kernel
from planning.solver.warm import warm_up


def test_what_runs_compiled_is_compiled_beforehand() -> None:
    warm_up()
    compiled = (kernel.anneal, kernel.restore, surgeon_weeks.cheapest_weeks, day_kernel.build, day_kernel.anneal)
    for function in compiled:
        assert len(function.signatures) == 1  # type: ignore[attr-defined]  # numba's, which the plain type hides
