"""When to stop: a budget of seconds, a cancellation, or both."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


def _never() -> bool:
    return False


@dataclass(slots=True)
class Stop:
    """``seconds`` is the budget (None: no limit); ``cancelled`` is asked now and then; ``clock`` is monotonic.

    ``rounds`` bounds the improvement phase by count instead of time, so that a test or a replay gives the same
    plan on any machine.
    """

    seconds: float | None = 10.0
    cancelled: Callable[[], bool] = _never
    clock: Callable[[], float] = time.monotonic
    rounds: int | None = None
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def elapsed(self) -> float:
        return self.clock() - self.started

    @property
    def remaining(self) -> float:
        """Seconds left; infinite without a budget."""
        return float("inf") if self.seconds is None else self.seconds - self.elapsed

    def share(self, share: float) -> Stop:
        """The same stop, counting from the same start, with a share of the time that is left."""
        seconds = None if self.seconds is None else self.elapsed + self.remaining * share
        part = Stop(seconds, self.cancelled, self.clock, self.rounds)
        part.started = self.started
        return part

    def before(self, done: Callable[[], bool]) -> Stop:
        """The same stop, reached earlier when ``done`` says so."""
        part = self.share(1.0)
        part.cancelled = lambda: done() or self.cancelled()
        return part

    def reached(self) -> bool:
        return self.remaining <= 0 or self.cancelled()
