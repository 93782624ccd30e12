"""How progress leaves the solver: an object whose methods do nothing unless a caller overrides them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """``phase`` is one of assignment, improvement, proof, sequencing. Seconds count from the start of the solve.

    ``moves`` is what the best plan's moves are charged, when moves have a price; ``lower_bound`` then bounds both.
    """

    phase: str
    seconds: float
    best_cost: float | None = None
    lower_bound: float | None = None
    moves: float = 0.0


class Observer:
    def progress(self, progress: Progress) -> None:
        """Called at each new best cost or bound and at least a few times a second."""

    def incumbent(self, assignments: Mapping[str, str], cost: float) -> None:
        """Called with each feasible plan better than all before it."""
