"""A range of weeks read once and for all, for a comparison: the demand of each week and the slots it had.

Ids are codes, so that what is kept says what it is about without the database. The number of queries does not depend
on how many weeks or interventions there are.

The demand. A week that has begun: the interventions done in it, and those that its approved version still plans. A
week to come: what its approved version plans, and of the waiting list what could be operated in it for the first time;
what could be operated before today counts in the first week to come. So an intervention counts in one week only.
Interventions that were cancelled count nowhere; urgent ones that were done count when asked for, because they were
never planned. Durations are the planned ones. Pins and drafts are ignored: every policy starts from an empty plan.
A demand grown by so many percent has copies of some of the week's interventions, drawn from the seed.

The slots. The week's own where it has some, else those of the master plan in force, else of the first one that came
into force later; or for every week those of one master plan, when one is chosen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from operator import attrgetter
from random import Random

from django.db.models import Q

from planning.calendar import Week, at_minute, local_date, minute_of, mondays_between
from planning.models import (
    Absence,
    ComparisonWeek,
    Intervention,
    MasterPlan,
    Placement,
    Plan,
    Room,
    RoomClosure,
    Site,
    Slot,
    SlotPattern,
    Specialty,
    Surgeon,
    SurgeonAvailability,
)
from planning.models.slots import SlotKind
from planning.selectors import pricing
from planning.selectors.week_builder import LAST_DAY, WeekBuilder
from planning.selectors.week_rows import INTERVENTION_COLUMNS, InterventionRow, read_avoided, read_equipment
from planning.solver import problem as solver

From = ComparisonWeek.Slots
# What the code of a copy ends with.
COPY = "+"


@dataclass(frozen=True, slots=True)
class FrozenWeek:
    """``opening_minutes`` by room code: from opening to closing, on the working days that the room is not closed.

    ``late_costs`` by intervention that a later week may plan: what leaving it out costs once its last week has come.
    """

    monday: date
    problem: solver.WeekProblem
    slots_from: ComparisonWeek.Slots
    opening_minutes: dict[str, int]
    late_costs: dict[str, float]


def frozen_weeks(
    *,
    first: date,
    last: date,
    today: date,
    urgent: bool = False,
    master_plan: int | None = None,
    growth_percent: int = 0,
    seed: int = 0,
) -> list[FrozenWeek]:
    """The weeks from ``first`` to ``last``, both Mondays. Raises ``ProblemError`` when the rows make no week."""
    weeks = _Range(first, last, today, urgent, master_plan).weeks()
    return [_grown(week, growth_percent, seed) for week in weeks] if growth_percent else weeks


def _grown(week: FrozenWeek, percent: int, seed: int) -> FrozenWeek:
    """Each copy was asked for right after its original."""
    items = week.problem.interventions
    drawn = Random(f"{seed} {week.monday}").sample(range(len(items)), round(len(items) * percent / 100))
    copied = set(drawn)
    grown = [
        one
        for index, item in enumerate(items)
        for one in ((item, replace(item, id=item.id + COPY)) if index in copied else (item,))
    ]
    return replace(week, problem=replace(week.problem, interventions=tuple(grown)))


class _Range:
    def __init__(self, first: date, last: date, today: date, urgent: bool, master_plan: int | None) -> None:
        self.mondays = mondays_between(first, last)
        self.days = (first, last + timedelta(days=6))
        self.this_week = Week.of(today).monday
        self.parameters = pricing.parameters_of(Site.objects.filter(pk=1).first() or Site(pk=1), {})
        self.rooms = list(Room.objects.order_by("position", "code"))
        self.closed = self._closed()
        self.surgeons = list(Surgeon.objects.select_related("specialty").order_by("last_name", "first_name", "code"))
        self.surgeon_codes = {one.pk: one.code for one in self.surgeons}
        self.specialties = Specialty.objects.in_bulk()
        self.surgeon_days = self._surgeon_days()
        self.avoided = read_avoided() if WeekBuilder(first, self.parameters).counts_wishes else {}
        self.dated = {} if master_plan else self._dated_slots()
        self.patterns = _Patterns(master_plan)
        self.demand = self._demand(urgent)
        self.equipment = read_equipment(key for rows in self.demand.values() for key in rows)

    def weeks(self) -> list[FrozenWeek]:
        return [self._week(Week(monday)) for monday in self.mondays]

    def _week(self, week: Week) -> FrozenWeek:
        builder = WeekBuilder(week.monday, self.parameters)
        slots, slots_from = self._slots(week, builder)
        rows = self.demand[week.monday].values()
        problem = builder.problem(
            rooms={room.code: self.equipment.codes[f"room {room.pk}"] for room in self.rooms},
            rooms_in_service=sum(room.in_service for room in self.rooms),
            surgeons=(self._surgeon(week, builder, one) for one in self.surgeons),
            slots=slots,
            interventions=(self._intervention(builder, row) for row in rows),
            equipment_units=self.equipment.units,
        )
        late = {row.code: pricing.unplanned_cost(self.parameters, row.priority, within=True) for row in rows}
        return FrozenWeek(
            monday=week.monday,
            problem=problem,
            slots_from=slots_from,
            opening_minutes=self._opening(week, slots),
            late_costs={one.id: late[one.id] for one in problem.interventions if one.deadline_day > LAST_DAY},
        )

    # --- Rooms and people --------------------------------------------------------------------------------------

    def _closed(self) -> set[tuple[int, date]]:
        rows = RoomClosure.objects.filter(starts_on__lte=self.days[1], ends_on__gte=self.days[0])
        closed = {
            (room, day)
            for room, start, end in rows.values_list("room_id", "starts_on", "ends_on")
            for day in self._within(start, end)
        }
        return closed | {
            (room.pk, day) for room in self.rooms if not room.in_service for day in self._within(*self.days)
        }

    def _within(self, start: date, end: date) -> Iterable[date]:
        first, last = max(start, self.days[0]), min(end, self.days[1])
        return (first + timedelta(days=number) for number in range((last - first).days + 1))

    def _surgeon_days(self) -> dict[tuple[int, int], tuple[int, int]]:
        rows = SurgeonAvailability.objects.values_list("surgeon_id", "weekday", "start_minute", "end_minute")
        self.away = {
            (surgeon, day)
            for surgeon, start, end in Absence.objects.filter(
                starts_on__lte=self.days[1], ends_on__gte=self.days[0]
            ).values_list("surgeon_id", "starts_on", "ends_on")
            for day in self._within(start, end)
        }
        return {(surgeon, weekday): (start, end) for surgeon, weekday, start, end in rows}

    def _surgeon(self, week: Week, builder: WeekBuilder, one: Surgeon) -> solver.Surgeon:
        hours = tuple(self.surgeon_days.get((one.pk, weekday)) for weekday in range(7))
        minutes, avoided = (self._minutes(one, day) for day in week.days), self.avoided.get(str(one.pk))
        return builder.surgeon(one.code, one.specialty.code, minutes, hours, avoided)

    def _minutes(self, surgeon: Surgeon, day: date) -> int:
        """0 when away. Whoever no longer operates here did so in the weeks that are over."""
        if (surgeon.pk, day) in self.away or not (surgeon.active or day < self.this_week):
            return 0
        start, end = self.surgeon_days.get((surgeon.pk, day.weekday()), (0, 0))
        return min(surgeon.daily_maximum_minutes, end - start)

    def _opening(self, week: Week, slots: Sequence[solver.Slot]) -> dict[str, int]:
        used = {slot.day for slot in slots}
        days = [day for index, day in enumerate(week.days) if index < 5 or index in used]
        return {
            room.code: sum(room.closes_minute - room.opens_minute for day in days if (room.pk, day) not in self.closed)
            for room in self.rooms
        }

    # --- Slots -------------------------------------------------------------------------------------------------

    def _dated_slots(self) -> dict[date, list[Slot]]:
        rows = Slot.objects.filter(date__range=self.days).exclude(origin=Slot.Origin.EXCEPTION)
        found: dict[date, list[Slot]] = defaultdict(list)
        for row in rows.select_related("room", "specialty", "surgeon").order_by("date", "room__position", "starts_at"):
            found[Week.of(row.date).monday].append(row)
        return found

    def _slots(self, week: Week, builder: WeekBuilder) -> tuple[list[solver.Slot], ComparisonWeek.Slots]:
        dated = self.dated.get(week.monday)
        if dated:
            spans = ((row, minute_of(row.starts_at, row.date), minute_of(row.ends_at, row.date)) for row in dated)
            return self._open(builder, ((row.date, row, (start, end)) for row, start, end in spans)), From.DATED
        drawn = self.patterns.of(week)
        slots = self._open(builder, ((day, row, (row.start_minute, row.end_minute)) for day, row in drawn))
        return slots, From.PATTERN if drawn else From.NONE

    def _open(
        self, builder: WeekBuilder, rows: Iterable[tuple[date, Slot | SlotPattern, tuple[int, int]]]
    ) -> list[solver.Slot]:
        """Those of rooms that are not closed; what is kept for urgent cases takes none of the others."""
        return [
            _solver_slot(builder, row, day, span)
            for day, row, span in rows
            if (row.room_id, day) not in self.closed and row.kind != SlotKind.RESERVE
        ]

    # --- Demand ------------------------------------------------------------------------------------------------

    def _demand(self, urgent: bool) -> dict[date, dict[int, InterventionRow]]:
        """Interventions by week and key, in the order in which they were asked for."""
        placed = dict(
            Placement.objects.filter(
                plan__monday__range=(self.mondays[0], self.mondays[-1]), plan__status=Plan.Status.APPROVED
            ).values_list("intervention_id", "plan__monday")
        )
        elsewhere = Placement.objects.filter(plan__status=Plan.Status.APPROVED).values("intervention_id")
        states = Intervention.State
        start, end = at_minute(self.days[0], 0), at_minute(self.days[1] + timedelta(days=1), 0)
        wanted = Q(state=states.DONE, entered_at__gte=start, entered_at__lt=end)
        if not urgent:
            wanted &= ~Q(priority=Intervention.Priority.URGENT) | Q(pk__in=placed)
        wanted |= Q(state=states.PLANNED, pk__in=placed)
        if self.mondays[-1] > self.this_week:
            wanted |= Q(state=states.ACCEPTED, admission_date__lt=self.days[1]) & ~Q(pk__in=elsewhere)
            wanted |= Q(state=states.ACCEPTED, pk__in=placed)
        found: dict[date, dict[int, InterventionRow]] = {monday: {} for monday in self.mondays}
        columns = (*INTERVENTION_COLUMNS, "entered_at")
        for *values, entered_at in Intervention.objects.filter(wanted).order_by().values_list(*columns):
            row = InterventionRow(*values)
            monday = self._week_of(row, entered_at, placed)
            if monday in found:
                found[monday][row.id] = row
        return {
            monday: {row.id: row for row in sorted(rows.values(), key=attrgetter("arrival"))}
            for monday, rows in found.items()
        }

    def _week_of(self, row: InterventionRow, entered_at: datetime | None, placed: Mapping[int, date]) -> date:
        if row.state == Intervention.State.DONE and entered_at is not None:
            return Week.of(local_date(entered_at)).monday
        if row.id in placed:
            return placed[row.id]
        first = Week.of(row.admission + timedelta(days=1)).monday
        # A first possible day at the week-end is the Monday after.
        if (row.admission + timedelta(days=1)).weekday() > 4:
            first += timedelta(days=7)
        return max(first, self.this_week + timedelta(days=7))

    def _intervention(self, builder: WeekBuilder, row: InterventionRow) -> solver.Intervention:
        specialty = self.specialties[row.specialty]
        return builder.intervention(
            row,
            row.code,
            surgeon=self.surgeon_codes[row.surgeon],
            specialty=specialty.code,
            closed_on=specialty.closed_on,
            equipment=self.equipment.codes[str(row.id)],
        )


class _Patterns:
    """The master plans, or the one that was chosen for every week."""

    def __init__(self, chosen: int | None) -> None:
        self.chosen = chosen
        # No week follows a draft; one may be chosen, to see what it would give.
        followed = {"pk": chosen} if chosen else {"status": MasterPlan.Status.VALIDATED}
        plans = MasterPlan.objects.filter(**followed)
        self.plans = list(plans.order_by("-valid_from", "-pk"))
        self.slots: dict[int, list[SlotPattern]] = defaultdict(list)
        rows = SlotPattern.objects.filter(master_plan__in=self.plans).select_related("room", "specialty", "surgeon")
        for row in rows.order_by("weekday", "room__position", "start_minute"):
            self.slots[row.master_plan_id].append(row)

    def of(self, week: Week) -> list[tuple[date, SlotPattern]]:
        found = []
        for day in week.days:
            plan = self._on(day)
            if plan is not None:
                # Python's remainder is never negative, so the cycle also runs backwards.
                cycle_week = (week.monday - Week.of(plan.valid_from).monday).days // 7 % plan.cycle_weeks + 1
                rows = self.slots[plan.pk]
                found += [(day, row) for row in rows if (row.cycle_week, row.weekday) == (cycle_week, day.weekday())]
        return found

    def _on(self, day: date) -> MasterPlan | None:
        if self.chosen:
            return next(iter(self.plans), None)
        begun = [plan for plan in self.plans if plan.valid_from <= day]
        if not begun:
            return self.plans[-1] if self.plans else None
        return next((plan for plan in begun if plan.valid_until is None or day <= plan.valid_until), None)


def _solver_slot(builder: WeekBuilder, row: Slot | SlotPattern, day: date, span: tuple[int, int]) -> solver.Slot:
    return builder.slot(
        f"{day} {row.room.code} {span[0] // 60:02d}:{span[0] % 60:02d}",
        day=day,
        room=row.room.code,
        span=span,
        kind=row.kind,
        specialty=row.specialty.code if row.specialty else None,
        surgeon=row.surgeon.code if row.surgeon else None,
        positions=row.positions,
        longest_minutes=row.longest_minutes,
    )
