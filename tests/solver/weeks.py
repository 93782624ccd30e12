"""Tiny weeks for the solver's tests: the instance files, builders with defaults, and Hypothesis strategies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from planning.solver.levels import Level, RuleSettings
from planning.solver.problem import Costs, Half, Intervention, Room, Slot, SlotKind, Surgeon, WeekProblem
from planning.solver.week_json import read_week

# The same examples on every machine.
FEW = settings(max_examples=25, deadline=None, derandomize=True)

INSTANCES = Path(__file__).parent.parent / "instances"


def instance(name: str) -> WeekProblem:
    return read_week((INSTANCES / f"{name}.json").read_text(encoding="utf-8"))


def a_slot(id: str = "S", **changes: Any) -> Slot:  # noqa: A002
    """A regular slot of four hours on day 1 in SO1, open to all."""
    values: dict[str, Any] = {
        "day": 1,
        "room": "SO1",
        "start": 480,
        "end": 720,
        "kind": SlotKind.REGULAR,
        "specialty": None,
        "surgeon": None,
        "positions": 9,
        "max_duration": 240,
    }
    return Slot(id=id, **{**values, **changes})


def an_item(id: str = "I", **changes: Any) -> Intervention:  # noqa: A002
    """An hour of surgeon K, admitted on day 0, to be operated by day 3."""
    values: dict[str, Any] = {
        "duration": 60,
        "surgeon": "K",
        "specialty": "ORL",
        "equipment": frozenset(),
        "admission_day": 0,
        "deadline_day": 3,
    }
    return Intervention(id=id, **{**values, **changes})


def a_week(
    slots: Iterable[Slot] = (), items: Iterable[Intervention] = (), *, turnover: int = 0, **surgeons: tuple[int, ...]
) -> WeekProblem:
    """Four days, rooms SO1 (with a microscope) and SO2, surgeons K (ORL) and L (ORT)."""
    minutes = {"K": (480, 480, 0, 480), "L": (480, 480, 480, 480), **surgeons}
    specialty = {"K": "ORL", "L": "ORT"}
    return WeekProblem(
        days=4,
        rooms=(Room("SO1", frozenset({"microscope"})), Room("SO2")),
        surgeons=tuple(Surgeon(name, specialty[name], days) for name, days in minutes.items()),
        slots=tuple(slots),
        interventions=tuple(items),
        costs=Costs(hospital_day=300.0, overtime_hour=(100.0, 200.0, 100.0, 100.0), unplanned=3000.0),
        turnover=turnover,
    )


def fit(problem: WeekProblem, plan: Mapping[str, str]) -> bool:
    """Whether a plan is feasible, (2) to (8), written once more from the equations and independently of ``rules``."""
    slots, rooms = {slot.id: slot for slot in problem.slots}, {room.id: room for room in problem.rooms}
    surgeons = {surgeon.id: surgeon for surgeon in problem.surgeons}
    minutes: dict[object, int] = {}
    pinned_minutes: dict[object, int] = {}
    for item in problem.interventions:
        if item.pinned is not None and plan.get(item.id) != item.pinned:
            return False
        if item.id not in plan:
            continue
        slot = slots[plan[item.id]]
        maxi = surgeons[item.surgeon].daily_minutes[slot.day]
        if item.pinned is None and not (
            item.admission_day < slot.day <= item.deadline_day
            and item.duration <= slot.max_duration
            and maxi > 0
            and all(name in rooms[slot.room].equipment for name in item.equipment)
            and (slot.specialty is None or slot.specialty == item.specialty)
            and (slot.surgeon is None or slot.surgeon == item.surgeon)
        ):
            return False
        uses = {
            ("positions", slot.id): 1,
            ("minutes", slot.id): item.duration + problem.turnover,
            (item.surgeon, slot.day): item.duration,
        }
        for key, amount in uses.items():
            minutes[key] = minutes.get(key, 0) + amount
            if item.pinned is not None:
                pinned_minutes[key] = pinned_minutes.get(key, 0) + amount
    limits: dict[object, int] = {("positions", slot.id): slot.positions for slot in problem.slots}
    limits.update({("minutes", slot.id): slot.end - slot.start for slot in problem.slots})
    limits.update({(one.id, day): minutes for one in problem.surgeons for day, minutes in enumerate(one.daily_minutes)})
    return all(used <= max(limits[key], pinned_minutes.get(key, 0)) for key, used in minutes.items())


def cost(problem: WeekProblem, plan: Mapping[str, str]) -> float:
    """(1) with (9), written once more and independently of ``costs``."""
    slots, total = {slot.id: slot for slot in problem.slots}, 0.0
    for item in problem.interventions:
        if item.id not in plan:
            total += problem.costs.unplanned if item.unplanned_cost is None else item.unplanned_cost
            continue
        slot = slots[plan[item.id]]
        total += max(0, slot.day - item.admission_day - 1) * problem.costs.hospital_day
        if slot.kind == "overtime":
            total += item.duration / 60 * problem.costs.overtime_hour[slot.day]
        total += wish_cost(problem, item, slot)
    return total


def wish_cost(problem: WeekProblem, item: Intervention, slot: Slot) -> float:
    """The amount of a wish where every start in the slot is in a half-day to avoid, found by trying each minute."""
    (surgeon,) = [one for one in problem.surgeons if one.id == item.surgeon]
    if surgeon.avoids is None or problem.rules.levels.get("surgeon_wish") != "soft":
        return 0.0
    starts = range(slot.start, slot.end - item.duration + 1)
    halves = {"morning" if start < 780 else "afternoon" for start in starts}
    return 0.0 if halves - surgeon.avoids[slot.day] else problem.rules.costs.get("surgeon_wish", 0.0)


def every_plan(problem: WeekProblem) -> Iterator[dict[str, str]]:
    """Every feasible plan, by trying everything: for weeks with a handful of interventions."""
    choices = [
        [item.pinned] if item.pinned is not None else [None, *(slot.id for slot in problem.slots)]
        for item in problem.interventions
    ]
    for chosen in product(*choices):
        plan = {item.id: slot for item, slot in zip(problem.interventions, chosen, strict=True) if slot is not None}
        if fit(problem, plan):
            yield plan


def optimum(problem: WeekProblem) -> float:
    return min(cost(problem, plan) for plan in every_plan(problem))


DURATIONS = (30, 45, 60, 90, 120)


@st.composite
def tiny_weeks(draw: st.DrawFn, *, items: int = 5, slots: int = 4, pins: bool = True) -> WeekProblem:
    """At most ``items`` interventions and ``slots`` slots over two days, tight enough for every rule to matter."""
    rooms = (Room("SO1", frozenset({"microscope"})), Room("SO2"))
    surgeons = tuple(
        Surgeon(name, name * 3, (draw(st.sampled_from((0, 60, 120, 240))), draw(st.sampled_from((60, 120, 240)))))
        for name in "KL"
    )
    days = draw(st.lists(st.integers(0, 1), min_size=1, max_size=slots))
    places = tuple(
        Slot(
            id=f"S{index}",
            day=day,
            room=draw(st.sampled_from(("SO1", "SO2"))),
            start=480,
            end=480 + draw(st.sampled_from((60, 120, 180))),
            kind=draw(st.sampled_from(SlotKind)),
            specialty=draw(st.sampled_from((None, None, "KKK"))),
            surgeon=draw(st.sampled_from((None, None, "L"))),
            positions=draw(st.integers(0, 3)),
            max_duration=draw(st.sampled_from((60, 120, 240))),
        )
        for index, day in enumerate(days)
    )
    count = draw(st.integers(0, items))
    operations = tuple(
        Intervention(
            id=f"I{index}",
            duration=draw(st.sampled_from(DURATIONS)),
            surgeon=(surgeon := draw(st.sampled_from("KL"))),
            specialty=surgeon * 3,
            equipment=frozenset(draw(st.sampled_from(((), (), ("microscope",))))),
            admission_day=draw(st.integers(-2, 0)),
            deadline_day=draw(st.integers(0, 2)),
            unplanned_cost=draw(st.sampled_from((None, 200.0, 1000.0))),
            pinned=draw(st.sampled_from((None, None, None, "S0"))) if pins else None,
        )
        for index in range(count)
    )
    costs = Costs(300.0, (draw(st.sampled_from((60.0, 123.45))), 200.0), 2000.0)
    return WeekProblem(2, rooms, surgeons, places, operations, costs, draw(st.sampled_from((0, 15))))


@st.composite
def wished_weeks(draw: st.DrawFn, *, items: int = 4, slots: int = 3) -> WeekProblem:
    """Tiny weeks in the morning, in the afternoon and around noon, of surgeons who would rather avoid some of it."""
    week = draw(tiny_weeks(items=items, slots=slots))
    halves = st.frozensets(st.sampled_from(Half))
    surgeons = tuple(replace(one, avoids=draw(st.none() | st.tuples(halves, halves))) for one in week.surgeons)
    later = [draw(st.sampled_from((0, 210, 300))) for _ in week.slots]
    spread = tuple(
        replace(one, start=one.start + more, end=one.end + more) for one, more in zip(week.slots, later, strict=True)
    )
    price = draw(st.sampled_from((0.0, 50.0, 450.0)))
    rules = RuleSettings(levels={"surgeon_wish": Level.SOFT}, costs={"surgeon_wish": price})
    return replace(week, surgeons=surgeons, slots=spread, rules=rules)
