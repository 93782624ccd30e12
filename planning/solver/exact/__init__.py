"""The model (1) to (9) as a mixed-integer program on HiGHS: a proof, or a bound when time runs out."""

from __future__ import annotations

from planning.solver.exact.search import ExactOutcome, solve_exact

__all__ = ["ExactOutcome", "solve_exact"]
