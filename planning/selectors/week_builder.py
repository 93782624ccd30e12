"""A week's values as the planner counts with them: the one way to its problem, for runs, pages and comparisons.

Ids are the caller's: keys of rows for a week that is planned, codes for one that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planning.models.slots import SlotKind
from planning.selectors import pricing
from planning.selectors.week_rows import Halves, Hours, InterventionRow
from planning.solver import problem as solver
from planning.solver.day.problem import usual_beds
from planning.solver.levels import Level

LAST_DAY = 6


@dataclass(frozen=True)
class WeekBuilder:
    monday: date
    parameters: Mapping[str, Any]

    @property
    def counts_wishes(self) -> bool:
        """Whether surgeons' wishes are a rule, rather than a remark that nothing counts."""
        return pricing.rule_settings(self.parameters).level("surgeon_wish") is not Level.OFF

    def surgeon(
        self, key: str, specialty: str, minutes: Iterable[int], hours: Hours, avoids: Halves | None = None
    ) -> solver.Surgeon:
        """``minutes`` of each day, before the hospital's ceiling."""
        daily = tuple(pricing.ceiling(self.parameters, "most_surgeon_minutes", one) for one in minutes)
        return solver.Surgeon(key, specialty, daily, hours, avoids)

    def slot(
        self,
        key: str,
        *,
        day: date,
        room: str,
        span: tuple[int, int],
        kind: str,
        specialty: str | None,
        surgeon: str | None,
        positions: int,
        longest_minutes: int | None,
        held: int | None = None,
    ) -> solver.Slot:
        """``held``: serves that many interventions that a person put there, whatever it offers otherwise."""
        start, end = span
        number = (day - self.monday).days
        longest = end - start if longest_minutes is None else longest_minutes
        overtime = kind == SlotKind.OVERTIME
        if overtime:
            longest = pricing.ceiling(self.parameters, "longest_overtime_minutes", longest)
        offered = pricing.ceiling(self.parameters, "most_positions", positions)
        return solver.Slot(
            id=key,
            day=number,
            room=room,
            start=start,
            end=end,
            kind=solver.SlotKind.OVERTIME if overtime else solver.SlotKind.REGULAR,
            specialty=specialty,
            surgeon=surgeon,
            positions=offered if held is None else held,
            max_duration=longest,
            overtime_hour=pricing.overtime_hour(self.parameters, kind, number, start, end),
        )

    def intervention(
        self,
        row: InterventionRow,
        key: str,
        *,
        surgeon: str,
        specialty: str,
        closed_on: date | None,
        equipment: frozenset[str],
        minutes: int | None = None,
        pinned: tuple[str, int] | None = None,
    ) -> solver.Intervention:
        """``pinned``: the slot and the minute that a person chose. ``minutes`` other than the planned ones, if any.

        A past deadline counts as the week's last day: overdue is a warning, never a reason to leave it out.
        """
        deadline = (row.deadline - self.monday).days
        return solver.Intervention(
            id=key,
            duration=row.minutes if minutes is None else minutes,
            surgeon=surgeon,
            specialty=specialty,
            equipment=equipment,
            admission_day=(row.admission - self.monday).days,
            deadline_day=LAST_DAY if deadline < 0 else deadline,
            recovery=row.recovery_minutes,
            septic=row.septic,
            child=row.child,
            ambulatory=row.ambulatory,
            unplanned_cost=pricing.unplanned_cost(self.parameters, row.priority, within=deadline <= LAST_DAY),
            pinned=pinned[0] if pinned else None,
            pinned_start=pinned[1] if pinned else None,
            turnover=pricing.turnover(self.parameters, row.specialty),
            closed_from=None if closed_on is None else max(0, (closed_on - self.monday).days),
        )

    def problem(
        self,
        *,
        rooms: Mapping[str, frozenset[str]],
        rooms_in_service: int,
        surgeons: Iterable[solver.Surgeon],
        slots: Iterable[solver.Slot],
        interventions: Iterable[solver.Intervention],
        equipment_units: Mapping[str, int],
    ) -> solver.WeekProblem:
        """``rooms``: what each is equipped with. ``interventions`` in the order in which they were asked for."""
        return solver.WeekProblem(
            days=7,
            rooms=tuple(solver.Room(key, equipment) for key, equipment in rooms.items()),
            surgeons=tuple(surgeons),
            slots=tuple(slots),
            interventions=tuple(interventions),
            costs=pricing.costs_of(self.parameters),
            turnover=self.parameters["turnover_minutes"],
            recovery_beds=self.parameters["recovery_beds"] or usual_beds(rooms_in_service),
            equipment_units=equipment_units,
            ambulatory_closing=self.parameters["ambulatory_closes_minute"],
            rules=pricing.rule_settings(self.parameters),
        )
