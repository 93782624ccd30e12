"""A stop counts its own seconds, can be cancelled, and can lend a share of what is left."""

import pytest

from planning.solver.stopping import Stop


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_stop_is_reached_when_its_seconds_are_spent() -> None:
    clock = Clock()
    stop = Stop(10.0, clock=clock)
    clock.now += 9.9
    assert not stop.reached()
    clock.now += 0.1
    assert stop.reached()


def test_a_stop_is_reached_when_someone_cancels() -> None:
    asked = []
    stop = Stop(None, cancelled=lambda: bool(asked))
    assert not stop.reached()
    asked.append(True)
    assert stop.reached()


def test_a_share_counts_from_the_same_start_and_ends_within_it() -> None:
    clock = Clock()
    stop = Stop(10.0, clock=clock, rounds=7)
    clock.now += 4.0
    part = stop.share(0.5)
    assert part.elapsed == pytest.approx(4.0)
    assert part.remaining == pytest.approx(3.0)
    assert part.rounds == 7
    assert Stop(None).share(0.5).remaining == float("inf")


def test_before_ends_with_the_condition_the_cancellation_or_the_clock_of_the_whole() -> None:
    now, cancelled, done = [0.0], [False], [False]
    stop = Stop(10.0, lambda: cancelled[0], lambda: now[0])
    part = stop.before(lambda: done[0])

    assert not part.reached()
    done[0] = True
    assert part.reached()
    assert not stop.reached()
    done[0], cancelled[0] = False, True
    assert part.reached()
    cancelled[0], now[0] = False, 10.0
    assert part.reached()
