"""One week read once: light rows for the pages, and the same week as the planner's problem.

The only place, with ``services/translate.py``, that knows both rows and the solver's dataclasses. The number of
queries does not depend on how many interventions there are.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from planning.calendar import Week, minute_of
from planning.models import Plan, Site
from planning.models.slots import SlotKind
from planning.selectors import pricing
from planning.selectors.week_rows import (
    FROZEN,
    InterventionRow,
    PlacementRow,
    RoomRow,
    SlotRow,
    SpecialtyRow,
    SurgeonDay,
    SurgeonRow,
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
from planning.solver.day.problem import usual_beds

PARAMETERS = (
    "hospital_day_euros",
    "overtime_hour_euros",
    "weekday_overtime_euros",
    "late_overtime_euros",
    "late_from_minute",
    "unplanned_euros",
    "expedited_unplanned_euros",
    "urgent_unplanned_euros",
    "deferred_euros",
    "expedited_deferred_euros",
    "urgent_deferred_euros",
    "turnover_minutes",
    "recovery_beds",
    "specialty_turnover_minutes",
    "most_positions",
    "longest_overtime_minutes",
    "most_surgeon_minutes",
    "rule_levels",
    "rule_costs",
    "tie_rule",
    "version",
)


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
        slot = _solver_slot(self.parameters, row, (row.date - self.week.monday).days, 1)
        problem = replace(self.problem, slots=(*self.problem.slots, slot))
        problem = policies.apply(policies.POLICIES[self.policy], problem)
        return replace(self, problem=problem, slots=self.slots | {str(row.id): row})

    def equipment_named(self, codes: Iterable[str]) -> list[str]:
        return sorted(self.equipment_names.get(code, code) for code in codes)

    def is_overdue(self, row: InterventionRow) -> bool:
        return row.deadline < self.week.monday


def load_week_problem(
    week: Week, plan: Plan | None, policy: str | None = None, parameters: Mapping[str, Any] | None = None
) -> LoadedWeek:
    """Read the week as ``plan`` sees it (its parameters, its pins), under its policy and parameters or those given.

    ``plan`` None: the week's candidates with nothing placed. Raises ``ProblemError`` when the rows make no week.
    """
    site = Site.objects.filter(pk=1).first() or Site(pk=1)
    own = parameters if parameters is not None else plan.parameters if plan is not None else {}
    parameters = {name: own[name] if name in own else getattr(site, name) for name in PARAMETERS}
    chosen = policy or (plan.policy if plan is not None else site.default_policy)
    if chosen not in policies.POLICIES:
        raise solver.ProblemError("policy", chosen, f"one of {', '.join(policies.POLICIES)}")
    rooms = read_rooms()
    closures = read_closures(week, rooms)
    placements = read_placements(plan)
    slots, hidden = read_slots(week, closures, placements)
    surgeons, surgeon_days, surgeon_hours = read_surgeons(week)
    last_day = max((row.date for row in slots.values()), default=week.days[4])
    interventions = read_interventions(week, plan, placements, last_day)
    equipment = read_equipment(interventions)
    specialties = read_specialties()
    problem = solver.WeekProblem(
        days=7,
        rooms=tuple(solver.Room(key, equipment.codes[f"room {key}"]) for key in rooms),
        surgeons=tuple(
            solver.Surgeon(
                key,
                str(row.specialty),
                tuple(pricing.ceiling(parameters, "most_surgeon_minutes", day.minutes) for day in surgeon_days[key]),
                surgeon_hours[key],
            )
            for key, row in surgeons.items()
        ),
        slots=_solver_slots(week, parameters, slots, closures, placements),
        interventions=tuple(
            _solver_intervention(
                week, parameters, row, placements.get(key), plan, equipment.codes[key], specialties[str(row.specialty)]
            )
            for key, row in interventions.items()
        ),
        costs=pricing.costs_of(parameters),
        turnover=parameters["turnover_minutes"],
        recovery_beds=parameters["recovery_beds"] or usual_beds(sum(room.in_service for room in rooms.values())),
        equipment_units=equipment.units,
        rules=pricing.rule_settings(parameters),
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
        hidden=hidden,
    )


def _solver_slots(
    week: Week,
    parameters: Mapping[str, Any],
    slots: Mapping[str, SlotRow],
    closures: Mapping[tuple[str, int], str],
    placements: Mapping[str, PlacementRow],
) -> tuple[solver.Slot, ...]:
    """A closed room or an exceptional opening serves those a person put there and nobody else."""
    held = Counter(row.slot for row in placements.values())
    found = []
    for row in slots.values():
        day = (row.date - week.monday).days
        only_held = row.for_nobody or (str(row.room), day) in closures
        positions = held[row.id] if only_held else pricing.ceiling(parameters, "most_positions", row.positions)
        found.append(_solver_slot(parameters, row, day, positions))
    return tuple(found)


def _solver_slot(parameters: Mapping[str, Any], row: SlotRow, day: int, positions: int) -> solver.Slot:
    start, end = minute_of(row.starts_at, row.date), minute_of(row.ends_at, row.date)
    longest = end - start if row.longest_minutes is None else row.longest_minutes
    if row.kind == solver.SlotKind.OVERTIME:
        longest = pricing.ceiling(parameters, "longest_overtime_minutes", longest)
    return solver.Slot(
        id=str(row.id),
        day=day,
        room=str(row.room),
        start=start,
        end=end,
        kind=solver.SlotKind.OVERTIME if row.kind == SlotKind.OVERTIME else solver.SlotKind.REGULAR,
        specialty=None if row.specialty is None else str(row.specialty),
        surgeon=None if row.surgeon is None else str(row.surgeon),
        positions=positions,
        max_duration=longest,
        overtime_hour=pricing.overtime_hour(parameters, row.kind, day, start, end),
    )


def _solver_intervention(
    week: Week,
    parameters: Mapping[str, Any],
    row: InterventionRow,
    placement: PlacementRow | None,
    plan: Plan | None,
    equipment: frozenset[str],
    specialty: SpecialtyRow,
) -> solver.Intervention:
    """A past deadline counts as the week's last day: overdue is a warning, never a reason to leave it out."""
    pinned = placement is not None and placement.pinned_by is not None
    frozen = plan is not None and plan.status in FROZEN
    deadline = (row.deadline - week.monday).days
    within = deadline <= 6
    return solver.Intervention(
        id=str(row.id),
        duration=placement.minutes if placement is not None and frozen else row.minutes,
        surgeon=str(row.surgeon),
        specialty=str(row.specialty),
        equipment=equipment,
        admission_day=(row.admission - week.monday).days,
        deadline_day=6 if deadline < 0 else deadline,
        recovery=row.recovery_minutes,
        septic=row.septic,
        child=row.child,
        ambulatory=row.ambulatory,
        unplanned_cost=pricing.unplanned_cost(parameters, row.priority, within=within),
        pinned=str(placement.slot) if placement is not None and pinned else None,
        pinned_start=minute_of(placement.starts_at, week.monday) % 1440 if placement is not None and pinned else None,
        turnover=pricing.turnover(parameters, row.specialty),
        closed_from=None if specialty.closed_on is None else max(0, (specialty.closed_on - week.monday).days),
    )
