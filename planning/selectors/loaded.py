"""One week read once: light rows for the pages, and the same week as the planner's problem.

The only place, with ``services/translate.py``, that knows both rows and the solver's dataclasses. The number of
queries does not depend on how many interventions there are.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any

from planning.calendar import Week, minute_of
from planning.models import Plan, Site
from planning.selectors import pricing
from planning.selectors.week_builder import WeekBuilder
from planning.selectors.week_rows import (
    FROZEN,
    InterventionRow,
    PlacementRow,
    RoomRow,
    SlotRow,
    SpecialtyRow,
    SurgeonDay,
    SurgeonRow,
    read_avoided,
    read_closures,
    read_equipment,
    read_interventions,
    read_placements,
    read_rooms,
    read_slots,
    read_specialties,
    read_surgeons,
)
from planning.solver import policies
from planning.solver import problem as solver


@dataclass(frozen=True)
class LoadedWeek:
    """Everything known of a week and one of its plans. Keys are the solver's ids: ``str(pk)``."""

    week: Week
    plan: Plan | None
    policy: str
    parameters: dict[str, Any]
    problem: solver.WeekProblem
    assignments: dict[str, str]
    starts: dict[str, int]
    rooms: dict[str, RoomRow]
    slots: dict[str, SlotRow]
    surgeons: dict[str, SurgeonRow]
    interventions: dict[str, InterventionRow]
    placements: dict[str, PlacementRow]
    equipment: dict[str, frozenset[str]]
    equipment_names: dict[str, str]
    specialties: dict[str, SpecialtyRow]
    surgeon_days: dict[str, tuple[SurgeonDay, ...]]
    closures: dict[tuple[str, int], str] = field(default_factory=dict)
    # Of the parameters; the plan may be counted with an earlier one.
    version_in_force: int = 0
    # Slots that nobody may use unasked: of a closed room, or opened by exception and unused by this plan.
    hidden: dict[str, SlotRow] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """A fingerprint of all that bounds the cost, pins apart: a proven bound holds as long as it is the same."""
        problem = self.problem
        lasting = [slot for slot in problem.slots if not self.is_exceptional(slot.id)]
        items = [
            (
                i.id,
                i.duration,
                i.surgeon,
                i.specialty,
                sorted(i.equipment),
                i.admission_day,
                i.deadline_day,
                i.unplanned_cost,
                i.closed_from,
                i.turnover,
            )
            for i in sorted(problem.interventions, key=lambda one: int(one.id))
        ]
        surgeons = [(s.id, s.daily_minutes, s.hours) for s in sorted(problem.surgeons, key=lambda one: int(one.id))]
        rooms = [(room.id, sorted(room.equipment)) for room in problem.rooms]
        rules = sorted(problem.rules.levels.items()), sorted(problem.rules.costs.items())
        said = repr((self.policy, lasting, items, surgeons, rooms, problem.costs, problem.turnover, rules))
        if problem.rules.cost("ambulatory_late"):
            stays = [(i.id, i.recovery) for i in problem.interventions if i.ambulatory]
            said += repr((problem.ambulatory_closing, sorted(stays)))
        if problem.rules.cost("surgeon_wish"):
            said += repr([(s.id, [sorted(day) for day in s.avoids]) for s in problem.surgeons if s.avoids])
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def is_exceptional(self, slot_id: str) -> bool:
        """A slot that is there only for the interventions a person put in it: the room is closed, or had no slot."""
        row = self.slots[slot_id]
        day = (row.date - self.week.monday).days
        return row.for_nobody or (str(row.room), day) in self.closures

    @cached_property
    def operating_days(self) -> tuple[date, ...]:
        """Monday to Friday, and the days of the week-end that have a slot."""
        used = {slot.day for slot in self.problem.slots}
        return tuple(day for index, day in enumerate(self.week.days) if index < 5 or index in used)

    @cached_property
    def shown_rooms(self) -> tuple[RoomRow, ...]:
        used = {slot.room for slot in self.problem.slots}
        return tuple(room for key, room in self.rooms.items() if room.in_service or key in used)

    @cached_property
    def room_days(self) -> dict[tuple[str, int], tuple[solver.Slot, ...]]:
        """The slots of each room and day, in the order of their start."""
        found: dict[tuple[str, int], list[solver.Slot]] = defaultdict(list)
        for slot in sorted(self.problem.slots, key=lambda one: one.start):
            found[slot.room, slot.day].append(slot)
        return {key: tuple(slots) for key, slots in found.items()}

    def with_slot(self, row: SlotRow) -> LoadedWeek:
        """The same week with one slot more, for one intervention: a hidden one, or one that does not exist yet."""
        slot = _solver_slot(WeekBuilder(self.week.monday, self.parameters), row, held=1)
        problem = replace(self.problem, slots=(*self.problem.slots, slot))
        problem = policies.apply(policies.POLICIES[self.policy], problem)
        return replace(self, problem=problem, slots=self.slots | {str(row.id): row})

    def with_intervention(self, row: InterventionRow, equipment: frozenset[str]) -> LoadedWeek:
        """The same week with one intervention more, asked about and placed nowhere."""
        builder = WeekBuilder(self.week.monday, self.parameters)
        item = _solver_intervention(builder, row, None, self.plan, equipment, self.specialties)
        problem = replace(self.problem, interventions=(*self.problem.interventions, item))
        return replace(
            self,
            problem=problem,
            interventions=self.interventions | {item.id: row},
            equipment=self.equipment | {item.id: equipment},
        )

    def equipment_named(self, codes: Iterable[str]) -> list[str]:
        return sorted(self.equipment_names.get(code, code) for code in codes)

    def is_overdue(self, row: InterventionRow) -> bool:
        return row.deadline < self.week.monday


def load_week_problem(
    week: Week,
    plan: Plan | None,
    policy: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    *,
    waiting: bool = True,
) -> LoadedWeek:
    """Read the week as ``plan`` sees it (its parameters, its pins), under its policy and parameters or those given.

    ``plan`` None: the week's candidates with nothing placed. Without ``waiting``: only what the plan holds. Raises
    ``ProblemError`` when the rows make no week.
    """
    site = Site.objects.filter(pk=1).first() or Site(pk=1)
    own = parameters if parameters is not None else plan.parameters if plan is not None else {}
    parameters = pricing.parameters_of(site, own)
    chosen = policy or (plan.policy if plan is not None else site.default_policy)
    if chosen not in policies.POLICIES:
        raise solver.ProblemError("policy", chosen, f"one of {', '.join(policies.POLICIES)}")
    rooms = read_rooms()
    closures = read_closures(week, rooms)
    placements = read_placements(plan)
    slots, hidden = read_slots(week, closures, placements)
    surgeons, surgeon_days, surgeon_hours = read_surgeons(week)
    last_day = max((row.date for row in slots.values()), default=week.days[4])
    interventions = read_interventions(week, plan, placements, last_day, waiting=waiting)
    equipment = read_equipment(row.id for row in interventions.values())
    specialties = read_specialties()
    builder = WeekBuilder(week.monday, parameters)
    avoided = read_avoided() if builder.counts_wishes else {}
    problem = builder.problem(
        rooms={key: equipment.codes[f"room {key}"] for key in rooms},
        rooms_in_service=sum(room.in_service for room in rooms.values()),
        surgeons=(
            builder.surgeon(
                key,
                str(row.specialty),
                (day.minutes for day in surgeon_days[key]),
                surgeon_hours[key],
                avoided.get(key),
            )
            for key, row in surgeons.items()
        ),
        slots=_solver_slots(builder, slots, closures, placements),
        interventions=(
            _solver_intervention(
                builder, row, placements.get(str(row.id)), plan, equipment.codes[str(row.id)], specialties
            )
            for row in sorted(interventions.values(), key=attrgetter("arrival"))
        ),
        equipment_units=equipment.units,
    )
    return LoadedWeek(
        week=week,
        plan=plan,
        policy=chosen,
        parameters=parameters,
        problem=policies.apply(policies.POLICIES[chosen], problem),
        assignments={key: str(row.slot) for key, row in placements.items()},
        starts={key: minute_of(row.starts_at, slots[str(row.slot)].date) for key, row in placements.items()},
        rooms=rooms,
        slots=slots,
        surgeons=surgeons,
        interventions=interventions,
        placements=placements,
        equipment={key: equipment.codes[key] for key in interventions},
        equipment_names=equipment.names,
        specialties=specialties,
        surgeon_days=surgeon_days,
        closures=closures,
        version_in_force=site.version,
        hidden=hidden,
    )


def _solver_slots(
    builder: WeekBuilder,
    slots: Mapping[str, SlotRow],
    closures: Mapping[tuple[str, int], str],
    placements: Mapping[str, PlacementRow],
) -> Iterator[solver.Slot]:
    """A closed room or an exceptional opening serves those a person put there and nobody else."""
    held = Counter(row.slot for row in placements.values())
    for row in slots.values():
        only_held = row.for_nobody or (str(row.room), (row.date - builder.monday).days) in closures
        yield _solver_slot(builder, row, held=held[row.id] if only_held else None)


def _solver_slot(builder: WeekBuilder, row: SlotRow, *, held: int | None) -> solver.Slot:
    return builder.slot(
        str(row.id),
        day=row.date,
        room=str(row.room),
        span=(minute_of(row.starts_at, row.date), minute_of(row.ends_at, row.date)),
        kind=row.kind,
        specialty=None if row.specialty is None else str(row.specialty),
        surgeon=None if row.surgeon is None else str(row.surgeon),
        positions=row.positions,
        longest_minutes=row.longest_minutes,
        held=held,
    )


def _solver_intervention(
    builder: WeekBuilder,
    row: InterventionRow,
    placement: PlacementRow | None,
    plan: Plan | None,
    equipment: frozenset[str],
    specialties: Mapping[str, SpecialtyRow],
) -> solver.Intervention:
    frozen = plan is not None and plan.status in FROZEN
    pinned = None
    if placement is not None and placement.pinned_by is not None:
        pinned = str(placement.slot), minute_of(placement.starts_at, builder.monday) % 1440
    return builder.intervention(
        row,
        str(row.id),
        surgeon=str(row.surgeon),
        specialty=str(row.specialty),
        closed_on=specialties[str(row.specialty)].closed_on,
        equipment=equipment,
        minutes=placement.minutes if placement is not None and frozen else None,
        pinned=pinned,
    )
