"""A draft of the master plan beside today's, as rows and as the planner's data. The queries do not grow with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from planning.calendar import Week
from planning.models import MasterPlan, Room, SlotPattern, Specialty, Surgeon, SurgeonAvailability
from planning.models.slots import SlotKind
from planning.selectors.activity import after_reserve
from planning.solver.master_plan import theatre as solver
from planning.solver.master_plan.judging import Verdict, judge, judge_move
from planning.solver.master_plan.need import Need, need_of, percentile
from planning.solver.master_plan.proposing import Wish
from planning.solver.master_plan.theatre import Owner, Theatre, Vacation

NO_NEED = Need(0.0, 0.0)


def plan_in_force(day: date) -> MasterPlan | None:
    """The validated plan that the week of ``day`` follows: of several, the one begun last."""
    plans = MasterPlan.objects.filter(status=MasterPlan.Status.VALIDATED, valid_from__lte=day)
    return plans.exclude(valid_until__lt=day).order_by("-valid_from", "-pk").first()


def owner_of(row: SlotPattern) -> Owner:
    if row.kind == SlotKind.RESERVE:
        return solver.RESERVE
    if row.surgeon is not None:
        return Owner(str(row.surgeon.specialty_id), str(row.surgeon.pk))
    return Owner(str(row.specialty_id)) if row.specialty_id else solver.OPEN


def vacation_of(row: SlotPattern, week: int | None = None) -> Vacation:
    return Vacation(
        row.pk, week or row.cycle_week, row.weekday, str(row.room_id), row.start_minute, row.end_minute,
        owner_of(row), row.pinned,
    )  # fmt: skip


def vacations_of(rows: Iterable[SlotPattern]) -> tuple[Vacation, ...]:
    """Without the overtime, which follows the vacation that it prolongs."""
    return tuple(vacation_of(row) for row in rows if row.kind != SlotKind.OVERTIME)


def cycle_week_in(plan: MasterPlan, start: date, week: int) -> int:
    """The week of ``plan``'s cycle that falls in week number ``week`` of a cycle beginning on ``start``."""
    return ((Week.of(start).monday - Week.of(plan.valid_from).monday).days // 7 + week - 1) % plan.cycle_weeks + 1


def repeated(plan: MasterPlan, rows: Iterable[SlotPattern], start: date, over: int) -> tuple[Vacation, ...]:
    """``plan``'s vacations over a cycle of ``over`` weeks from ``start``: a shorter cycle comes round again."""
    known = list(rows)
    return tuple(
        vacation_of(row, week)
        for week in range(1, over + 1)
        for row in known
        if row.kind != SlotKind.OVERTIME and row.cycle_week == cycle_week_in(plan, start, week)
    )


@dataclass(frozen=True)
class LoadedDraft:
    """``today`` is the plan in force at the draft's start, None when there is none."""

    plan: MasterPlan
    today: MasterPlan | None
    rooms: dict[str, Room]
    specialties: dict[str, Specialty]
    surgeons: dict[str, Surgeon]
    rows: tuple[SlotPattern, ...]
    today_rows: tuple[SlotPattern, ...]

    @cached_property
    def vacations(self) -> tuple[Vacation, ...]:
        return vacations_of(self.rows)

    @cached_property
    def now(self) -> tuple[Vacation, ...]:
        if self.today is None:
            return ()
        return repeated(self.today, self.today_rows, self.plan.valid_from, self.plan.cycle_weeks)

    @cached_property
    def overtimes(self) -> frozenset[tuple[int, int]]:
        """From-to of the overtime that today's plan opens after its vacations."""
        late = (row for row in (*self.today_rows, *self.rows) if row.kind == SlotKind.OVERTIME)
        return frozenset((row.start_minute, row.end_minute) for row in late)

    @cached_property
    def theatre(self) -> Theatre:
        known = [*self.now, *self.vacations]
        rooms = {key: (room.opens_minute, room.closes_minute) for key, room in self.rooms.items()}
        opens = min((one.start for one in known), default=min((span[0] for span in rooms.values()), default=480))
        closes = max((one.end for one in known), default=opens + 600)
        return Theatre(
            rooms=rooms,
            surgeons=tuple(_solver_surgeon(row) for row in self.surgeons.values() if row.active),
            suits={_pair(key): share for key, share in self.plan.study.get("suits", {}).items()},
            closed=self.closed,
            cycle_weeks=self.plan.cycle_weeks,
            weekdays=tuple(sorted({0, 1, 2, 3, 4, *(one.weekday for one in known)})),
            opens=opens,
            midday=(opens + closes) // 60 * 30,
            closes=closes,
        )

    @cached_property
    def closed(self) -> frozenset[str]:
        """The specialties that will have stopped when the draft begins."""
        start = self.plan.valid_from
        return frozenset(key for key, one in self.specialties.items() if one.closed_on and one.closed_on <= start)

    @property
    def fill(self) -> float:
        return float(self.plan.study.get("fill_percent", 85)) / 100

    @property
    def reserve_minutes(self) -> float:
        return 60.0 * float(self.plan.study.get("reserve_hours", 0))

    @cached_property
    def weekly(self) -> dict[Owner, list[float]]:
        """Minutes of past activity, week by week, of each specialty that has any."""
        study = self.plan.study
        minutes = after_reserve(study.get("weekly", {}), study.get("urgent", {}), self.reserve_minutes * self.fill)
        return {Owner(key): weeks for key, weeks in minutes.items() if key in self.specialties.keys() - self.closed}

    @cached_property
    def needs(self) -> dict[Owner, Need]:
        """Of all that have activity or a vacation, today or in the draft."""
        found = {owner: need_of(minutes, self.fill) for owner, minutes in self.weekly.items()}
        if self.reserve_minutes:
            found[solver.RESERVE] = Need(self.reserve_minutes, self.reserve_minutes)
        for one in (*self.now, *self.vacations):
            if one.owner != solver.OPEN:
                found.setdefault(Owner(one.owner.specialty, reserve=one.owner.reserve), NO_NEED)
        return found

    def wish(self, most_changes: int | None = None) -> Wish:
        study = self.plan.study
        equipment = {
            _pair(key): share * self.needs.get(Owner(_pair(key)[0]), NO_NEED).low
            for key, share in study.get("equipment", {}).items()
        }
        codes = {code for _specialty, code in equipment}
        owned = {key: {one.code for one in room.equipment.all()} for key, room in self.rooms.items()}
        return Wish(
            needs=self.needs,
            surgeons={key: percentile(minutes, 0.5) for key, minutes in study.get("surgeons", {}).items()},
            equipment=equipment,
            rooms_with={code: frozenset(key for key, codes in owned.items() if code in codes) for code in codes},
            most_minutes=sum(one.length for one in self.now) / self.plan.cycle_weeks + 60 * study.get("more_hours", 0),
            most_changes=most_changes,
        )

    def verdict(self, one: Vacation) -> Verdict:
        return judge(self.theatre, self.vacations, one)

    def verdict_of_move(self, after: tuple[Vacation, ...], moved: Vacation) -> Verdict:
        return judge_move(self.theatre, self.vacations, after, moved)


def load_draft(plan: MasterPlan) -> LoadedDraft:
    today = plan_in_force(plan.valid_from)
    today_rows = tuple(_patterns(today)) if today else ()
    rows = tuple(_patterns(plan))
    used = {row.room_id for row in (*rows, *today_rows)}
    rooms = Room.objects.filter(in_service=True) | Room.objects.filter(pk__in=used)
    available = Prefetch("availabilities", SurgeonAvailability.objects.order_by("weekday"))
    return LoadedDraft(
        plan=plan,
        today=today,
        rooms={
            str(room.pk): room for room in rooms.distinct().order_by("position", "code").prefetch_related("equipment")
        },
        specialties={str(one.pk): one for one in Specialty.objects.all()},
        surgeons={str(one.pk): one for one in Surgeon.objects.prefetch_related(available)},
        rows=rows,
        today_rows=today_rows,
    )


def _patterns(plan: MasterPlan) -> QuerySet[SlotPattern]:
    return plan.patterns.select_related("surgeon", "room").order_by(
        "cycle_week", "weekday", "room__position", "start_minute"
    )


def _solver_surgeon(row: Surgeon) -> solver.Surgeon:
    hours = {one.weekday: (one.start_minute, one.end_minute) for one in row.availabilities.all()}
    return solver.Surgeon(str(row.pk), str(row.specialty_id), row.daily_maximum_minutes, hours)


def _pair(key: str) -> tuple[str, str]:
    first, _dash, second = key.partition("-")
    return first, second
