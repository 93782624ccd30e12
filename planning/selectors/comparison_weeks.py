"""Behind the figures of a comparison: its weeks under each policy, then the interventions of one week under one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from planning import wording
from planning.calendar import Week
from planning.models import Comparison, ComparisonCell, ComparisonWeek, Intervention
from planning.selectors import comparison_words as words
from planning.selectors.comparisons import Report
from planning.selectors.frozen_weeks import COPY
from planning.selectors.week_builder import LAST_DAY
from planning.solver.policies import POLICIES, apply
from planning.solver.problem import Intervention as Item
from planning.solver.problem import SlotKind, WeekProblem
from planning.solver.reasons import reasons_for
from planning.solver.week_json import read_intervention, week_of


def problem_of(week: ComparisonWeek, cell: ComparisonCell) -> WeekProblem:
    """The frozen week; before its own demand, what the policy left out the week before when weeks carry over."""
    problem = week_of(week.problem)
    if not cell.comparison.parameters["carry_over"]:
        return problem
    before = ComparisonCell.objects.filter(
        comparison_id=cell.comparison_id, policy=cell.policy, monday=cell.monday - timedelta(days=7)
    ).first()
    late: dict[str, float] = {}
    asked = ComparisonWeek.objects.filter(comparison_id=cell.comparison_id, monday__lt=cell.monday)
    for costs in asked.values_list("late_costs", flat=True):
        late |= costs
    carried = [_a_week_later(read_intervention(one), late) for one in (before.left_over if before else ())]
    return replace(problem, interventions=(*carried, *problem.interventions))


def _a_week_later(item: Item, late_costs: Mapping[str, float]) -> Item:
    """The same seen from the next week. A past deadline counts as the week's last day, as everywhere."""
    deadline = item.deadline_day - 7
    late = late_costs.get(item.id.removesuffix(COPY), item.unplanned_cost)
    return replace(
        item,
        admission_day=item.admission_day - 7,
        deadline_day=LAST_DAY if deadline < 0 else deadline,
        closed_from=None if item.closed_from is None else max(0, item.closed_from - 7),
        unplanned_cost=late if deadline <= LAST_DAY else item.unplanned_cost,
    )


def week_lines(report: Report, criterion: str, room: str | None = None) -> list[dict[str, Any]]:
    """Each week's value under each policy, the latest week first."""
    return [
        {
            "week": Week(monday),
            "values": [
                {"policy": policy, "text": words.written(criterion, report.value(criterion, policy, monday, room))}
                for policy in report.policies
            ],
        }
        for monday in reversed(report.mondays)
    ]


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """An intervention of the week; ``pk`` None when it is no longer in the database."""

    code: str
    pk: int | None
    label: str
    surgeon: str
    specialty: str
    colour: str
    minutes: int
    day: str
    room: str
    slot: str
    overtime: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CellDetail:
    cell: ComparisonCell
    week: Week
    slots_from: str
    placed: list[PlacedLine]
    left_out: list[PlacedLine]


def cell_detail(comparison: Comparison, monday: date, policy: str) -> CellDetail | None:
    """Three queries, five when weeks carry over; None when the comparison has no such cell."""
    cell = comparison.cells.filter(monday=monday, policy=policy).first()
    week = comparison.weeks.filter(monday=monday).first()
    if cell is None or week is None:
        return None
    cell.comparison = comparison
    lines = _lines(problem_of(week, cell), cell) if cell.state == ComparisonCell.State.DONE else []
    return CellDetail(
        cell=cell,
        week=Week(monday),
        slots_from=week.get_slots_from_display(),
        placed=[line for line in lines if line.room],
        left_out=[line for line in lines if not line.room],
    )


def _lines(problem: WeekProblem, cell: ComparisonCell) -> list[PlacedLine]:
    """Placed ones by day, room and slot; then the others in the order of their requests."""
    known = {
        row.code: row
        for row in Intervention.objects.filter(
            code__in=[key.removesuffix(COPY) for key in problem.intervention_by_id]
        ).select_related("surgeon", "specialty")
    }
    applied = apply(POLICIES[cell.policy], problem) if cell.policy in POLICIES else problem
    assignments: Mapping[str, str] = cell.assignments
    reasons = reasons_for(applied, assignments, unordered={})
    rank = {room.id: number for number, room in enumerate(problem.rooms)}

    def key(item: Item) -> tuple[Any, ...]:
        slot = problem.slot_by_id.get(assignments.get(item.id, ""))
        return (slot.day, rank[slot.room], slot.start) if slot else (7,)

    lines = []
    for item in sorted(problem.interventions, key=key):
        row, slot = known.get(item.id.removesuffix(COPY)), problem.slot_by_id.get(assignments.get(item.id, ""))
        why = [wording.chip(one) for one in reasons.get(item.id, ())]
        lines.append(
            PlacedLine(
                code=item.id,
                pk=row.pk if row else None,
                label=row.procedure_label if row else "",
                surgeon=str(row.surgeon) if row else item.surgeon,
                specialty=item.specialty,
                colour=row.specialty.colour if row else "",
                minutes=item.duration,
                day=wording.day_short(cell.monday + timedelta(days=slot.day)) if slot else "",
                room=slot.room if slot else "",
                slot=f"{wording.clock(slot.start)}–{wording.clock(slot.end)}" if slot else "",
                overtime=slot is not None and slot.kind is SlotKind.OVERTIME,
                reason=", ".join(dict.fromkeys(why)),
            )
        )
    return lines
