"""What a method answers: a plan, its cost, its bound and what it breaks. Outcomes are statuses, not exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True)
class CostBreakdown:
    """Equations (1) and (9), in the currency of the costs given; ``rules`` is what broken soft rules cost.

    ``moves`` is charged for what left its place in the base plan: it decides between plans and is no part of the cost.
    """

    hospital: float = 0.0
    overtime: float = 0.0
    unplanned: float = 0.0
    rules: float = 0.0
    moves: float = 0.0

    @property
    def total(self) -> float:
        return self.hospital + self.overtime + self.unplanned + self.rules

    @property
    def charged(self) -> float:
        """What the methods make small: the cost and the price of the moves."""
        return self.total + self.moves


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken or one slot forbidden. ``rule`` names the function of ``rules``; ``facts`` are its figures.

    A ``soft`` one is a warning: a person needs no reason to go on.
    ``message`` is a plain English sentence for files and logs; the interface words ``rule`` and ``facts`` itself.
    """

    rule: str
    intervention: str
    message: str
    slot: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    soft: bool = False


def binding(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """Those that a person needs a reason for."""
    return tuple(violation for violation in violations if not violation.soft)


@dataclass(frozen=True, slots=True)
class SolveResult:
    """``assignments`` maps intervention id to slot id, ``starts`` to minutes after midnight.

    ``reasons`` maps each unplanned intervention to what forbids the slots it wanted.
    ``lower_bound`` is proven for the assignment model (equations 1 to 9), or None. When moves have a price it bounds
    the cost and that price together (``cost.charged``), and so do ``gap`` and ``OPTIMAL``.
    """

    method: str
    status: Status
    assignments: Mapping[str, str]
    unplanned: tuple[str, ...]
    cost: CostBreakdown
    lower_bound: float | None
    seconds: float
    warnings: tuple[Violation, ...] = ()
    starts: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, tuple[Violation, ...]] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """(charged - lower_bound) / charged; 0 for a free plan; None without a bound."""
        if self.lower_bound is None:
            return None
        total = self.cost.charged
        return 0.0 if total <= 0 else max(0.0, (total - self.lower_bound) / total)
