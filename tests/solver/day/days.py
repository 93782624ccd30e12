"""Tiny days for the tests: a builder with defaults, a Hypothesis strategy, and the rules written a second time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from planning.solver.day.problem import Case, DayProblem, minutes_of

OPEN, CLOSE = 480, 660
STEP = 30


def a_case(id: str = "I", **changes: Any) -> Case:  # noqa: A002
    """An hour of surgeon K in SO1, between 8:00 and 11:00."""
    values: dict[str, Any] = {"room": "SO1", "surgeon": "K", "duration": 60, "opening": OPEN, "closing": CLOSE}
    values |= changes
    return Case(id=id, slot=values.pop("slot", values["room"]), **values)


def a_day(*cases: Case, beds: int | None = None, regular: int | None = None, **units: int) -> DayProblem:
    """Every slot starts at 8:00; overtime from ``regular`` on, if given."""
    rooms = {} if regular is None else {case.room: regular for case in cases}
    return DayProblem(cases, {case.slot: OPEN for case in cases}, rooms, beds, units)


@st.composite
def days(draw: st.DrawFn, *, most: int = 6, pins: int = 6) -> DayProblem:
    """Up to three rooms and surgeons, one or two beds, one arm, and ``pins`` fixed starts at most."""
    cases = []
    for number in range(draw(st.integers(1, most))):
        early = draw(st.sampled_from((0, 0, 1, 2)))
        fixed = None
        if sum(case.fixed is not None for case in cases) < pins:
            fixed = draw(st.sampled_from((None, None, None, 480, 540, 600)))
        cases.append(
            a_case(
                f"I{number}",
                room=f"SO{draw(st.integers(1, 3))}",
                surgeon=draw(st.sampled_from("KLM")),
                duration=draw(st.sampled_from((30, 60, 90))),
                turnover=draw(st.sampled_from((0, 0, 30))),
                recovery=draw(st.sampled_from((0, 30, 90))),
                equipment=frozenset(draw(st.sampled_from(((), (), ("arm",))))),
                early=early,
                septic=not early and draw(st.integers(0, 3)) == 0,
                wanted=draw(st.sampled_from((None, None, (480, 540), (570, 900)))),
                leave_by=draw(st.sampled_from((None, 600, 660))) if early == 1 else None,
                fixed=fixed,
                pinned=fixed is not None,
            )
        )
    return a_day(*cases, beds=draw(st.sampled_from((1, 2, None))), regular=draw(st.sampled_from((None, 600))), arm=1)


def faults(problem: DayProblem, starts: Mapping[Case, int]) -> list[str]:
    """What these starts break, pair by pair and minute by minute; what fixed cases do to each other is not counted."""
    found = []
    for case, start in starts.items():
        if case.fixed is None and not case.opening <= start <= case.closing - case.duration:
            found.append(f"{case.id} outside its hours")
        if case.fixed is not None and start != case.fixed:
            found.append(f"{case.id} not at its fixed start")
    for one, other in combinations(starts, 2):
        if one.fixed is not None and other.fixed is not None:
            continue
        first, last = sorted((one, other), key=lambda case: starts[case])
        end = starts[first] + first.duration
        if first.room == last.room and starts[last] < end + first.turnover:
            found.append(f"{last.id} in the room of {first.id}")
        if first.surgeon == last.surgeon and starts[last] < end:
            found.append(f"{last.id} while the surgeon of {first.id} operates")
        if first.room == last.room and first.septic and first.fixed is None and not last.septic:
            found.append(f"{last.id} after the septic {first.id}")
    for minute in range(OPEN, CLOSE + 180, STEP):
        found += _too_many(problem, starts, minute)
    return found


def _too_many(problem: DayProblem, starts: Mapping[Case, int], minute: int) -> list[str]:
    """Beds and equipment of one minute, as long as somebody who was not fixed is among those who take them."""
    in_bed = [c for c, s in starts.items() if s + c.duration <= minute < s + c.duration + c.recovery]
    with_arm = [c for c, s in starts.items() if "arm" in c.equipment and s <= minute < s + c.duration]
    found = []
    for name, who, most in (("beds", in_bed, problem.beds), ("arms", with_arm, problem.units.get("arm"))):
        if most is not None and len(who) > most and any(case.fixed is None for case in who):
            found.append(f"{len(who)} {name} at {minute}")
    return found


def best_rank(problem: DayProblem) -> tuple[int, int]:
    """How many are left out at least, and the least cost then, by trying every start of every case."""
    return min(_ranks(problem, list(problem.cases), {}))


def _ranks(problem: DayProblem, rest: list[Case], starts: dict[Case, int]) -> Iterator[tuple[int, int]]:
    if not rest:
        yield len(problem.cases) - len(starts), minutes_of(problem, starts).cost
        return
    case, *others = rest
    choices = range(case.opening, case.closing - case.duration + 1, STEP) if case.fixed is None else (case.fixed,)
    for start in choices:
        tried = {**starts, case: start}
        if not faults(problem, tried):
            yield from _ranks(problem, others, tried)
    if case.fixed is None:
        yield from _ranks(problem, others, starts)
