"""Days to order, drawn from a seed: rooms chosen, surgeons shared between rooms, recovery beds, two C-arms.

Durations and recovery stays are lognormal; the rooms are filled to 85 % of their regular hours on average, each case
going to a room, and to a surgeon, with little work so far. What share is of children, day patients, septic or needs a
C-arm is an assumption.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from planning.solver.day.problem import CHILD, DAY_PATIENT, Case, DayProblem

OPENING, REGULAR_END, CLOSING = 480, 960, 1200
TURNOVER = 15
SPREAD, RECOVERY_MEAN, RECOVERY_SPREAD = 0.6, 90, 0.42
ARMS = 2
CASES_A_SURGEON = 2.2


@dataclass(frozen=True, slots=True)
class DayShape:
    seed: int
    size: int
    rooms: int
    beds: int
    load: float = 0.85

    @property
    def label(self) -> str:
        return f"{self.size} in {self.rooms} rooms, {self.beds} beds"


def generate_day(shape: DayShape) -> DayProblem:
    draw = random.Random(f"{shape.seed}/{shape.size}/{shape.rooms}")
    surgeons = max(3, round(shape.size / CASES_A_SURGEON))
    mean = (REGULAR_END - OPENING) * shape.rooms * shape.load / shape.size - TURNOVER
    load = dict.fromkeys(range(shape.rooms), 0)
    busy = dict.fromkeys(range(surgeons), 0)
    cases = []
    for number in range(shape.size):
        duration = _lognormal(draw, mean, SPREAD, 20, 300)
        room = min(load, key=lambda one: load[one] + 60 * draw.random())
        load[room] += duration + TURNOVER
        surgeon = min(busy, key=lambda one: busy[one] + 120 * draw.random())
        busy[surgeon] += duration
        early = draw.choices((0, DAY_PATIENT, CHILD), (55, 37, 8))[0]
        cases.append(
            Case(
                id=f"I{number + 1:02d}",
                room=f"SO{room + 1}",
                slot=f"SO{room + 1}",
                surgeon=f"K{surgeon + 1}",
                duration=duration,
                opening=OPENING,
                closing=CLOSING,
                turnover=TURNOVER,
                recovery=_lognormal(draw, RECOVERY_MEAN, RECOVERY_SPREAD, 30, 240),
                equipment=frozenset({"arm"}) if draw.random() < 0.2 else frozenset(),
                early=early,
                septic=not early and draw.random() < 0.06,
            )
        )
    rooms = [f"SO{room + 1}" for room in load]
    return DayProblem(
        tuple(cases), dict.fromkeys(rooms, OPENING), dict.fromkeys(rooms, REGULAR_END), shape.beds, {"arm": ARMS}
    )


def _lognormal(draw: random.Random, mean: float, variation: float, least: int, most: int) -> int:
    sigma = math.sqrt(math.log(1 + variation**2))
    minutes = draw.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)
    return min(most, max(least, 5 * round(minutes / 5)))
