"""Where a request could go under the plans of the coming weeks, before it is asked for: an answer that binds nobody.

Each day is judged by the very functions of the grid (``evaluation.lift``); of the other interventions only the room
they take counts, and nothing of them is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from planning.calendar import LAST_DAY, Week, at_minute
from planning.models import Intervention, Plan, Surgeon
from planning.selectors.evaluation import Target, lift
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.week_rows import InterventionRow, candidates
from planning.solver.costs import hospital_cost, overtime_cost, rule_cost
from planning.solver.problem import ProblemError
from planning.solver.result import Violation

MOST_WEEKS = 6
FIRST = 3
# What nobody's row is called.
ASKED = 0


class Status(StrEnum):
    OK = "ok"
    OVERTIME = "overtime"
    FULL = "full"
    TOO_LONG = "too_long"
    EQUIPMENT = "equipment"
    NOT_YOURS = "not_yours"
    OFF = "off"
    ABSENT = "absent"
    CLOSED = "closed"
    EARLY = "early"
    LATE = "late"
    PAST = "past"


class Owner(StrEnum):
    """Whose slot it is."""

    SURGEON = "surgeon"
    SPECIALTY = "specialty"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the surgeon has written so far, and what is not said yet as it usually is."""

    surgeon: Surgeon
    minutes: int
    admission: date
    deadline: date
    priority: str = "elective"
    ambulatory: bool = False
    child: bool = False
    septic: bool = False
    recovery_minutes: int = 0
    equipment: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A start that no rule forbids; costs in euros. ``remarks`` are soft rules that it would break."""

    room: str
    start: int
    end: int
    slot: int
    owner: Owner
    overtime_minutes: int
    waited_days: int
    hospital: float
    overtime: float
    rules: float
    remarks: tuple[Violation, ...]

    @property
    def cost(self) -> float:
        return self.hospital + self.overtime + self.rules


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """``left`` are the minutes of the surgeon's slots that day when too few; ``missing`` the equipment not there."""

    day: date
    status: Status
    place: Place | None = None
    left: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeekAnswer:
    """``plan`` is the state of the version that was read; None: nobody has planned the week yet."""

    week: Week
    plan: str | None
    days: tuple[DayAnswer, ...]


@dataclass(frozen=True, slots=True)
class FirstPlaces:
    """``waiting`` counts the accepted requests of the specialty that no plan holds yet: they compete."""

    asked: Asked
    weeks: tuple[WeekAnswer, ...]
    waiting: int

    @property
    def possible(self) -> tuple[DayAnswer, ...]:
        return tuple(day for week in self.weeks for day in week.days if day.place is not None)

    @property
    def first(self) -> tuple[DayAnswer, ...]:
        return self.possible[:FIRST]

    @property
    def judged(self) -> int:
        """How many days could have been: neither past, nor before the admission, nor after the deadline."""
        outside = (Status.PAST, Status.EARLY, Status.LATE)
        return sum(day.status not in outside for week in self.weeks for day in week.days)


def first_places(asked: Asked, today: date) -> FirstPlaces:
    """From the first possible day to the deadline, six weeks at the most. Nothing is written."""
    weeks = list(_weeks(asked, today))
    plans = _plans(weeks)
    answers = tuple(_week_answer(asked, week, plans.get(week.monday), today) for week in weeks)
    return FirstPlaces(asked, answers, _waiting(asked.surgeon, weeks))


def _waiting(surgeon: Surgeon, weeks: Sequence[Week]) -> int:
    if not weeks:
        return 0
    last = weeks[-1]
    return Intervention.objects.filter(candidates(last, last.days[-1]), specialty=surgeon.specialty_id).count()


def _weeks(asked: Asked, today: date) -> Iterable[Week]:
    first = min(max(today, asked.admission) + timedelta(days=1), LAST_DAY)
    week = Week.of(first)
    for _number in range(MOST_WEEKS):
        if week.monday > asked.deadline:
            return
        yield week
        if week.is_last:
            return
        week = week.next


def _plans(weeks: Sequence[Week]) -> dict[date, Plan]:
    """The draft of each week, else its approved version."""
    living = (Plan.Status.DRAFT, Plan.Status.APPROVED)
    rows = Plan.objects.filter(monday__in=[week.monday for week in weeks], status__in=living)
    return {plan.monday: plan for plan in sorted(rows, key=lambda one: one.status == Plan.Status.DRAFT)}


def _week_answer(asked: Asked, week: Week, plan: Plan | None, today: date) -> WeekAnswer:
    state = plan.status if plan is not None else None
    try:
        loaded = load_week_problem(week, plan, waiting=False).with_intervention(_row(asked), asked.equipment)
    except ProblemError:  # the rows of this week make none: the planning office is told on its page
        return WeekAnswer(week, state, tuple(DayAnswer(day, Status.CLOSED) for day in week.days[:5]))
    targets: dict[int, list[Target]] = {}
    for target in lift(loaded, str(ASKED))[0]:
        targets.setdefault(target.day, []).append(target)
    days = [(day - week.monday).days for day in loaded.operating_days]
    answers = (
        DayAnswer(week.days[day], Status.PAST) if week.days[day] <= today else _day(loaded, day, targets.get(day, []))
        for day in days
    )
    return WeekAnswer(week, state, tuple(answers))


def _row(asked: Asked) -> InterventionRow:
    return InterventionRow(
        id=ASKED,
        code="",
        patient_code="",
        label="",
        surgeon=asked.surgeon.pk,
        specialty=asked.surgeon.specialty_id,
        minutes=asked.minutes,
        admission=asked.admission,
        deadline=asked.deadline,
        priority=asked.priority,
        ambulatory=asked.ambulatory,
        state="",
        notes="",
        child=asked.child,
        septic=asked.septic,
        recovery_minutes=asked.recovery_minutes,
        requested_at=at_minute(asked.admission, 0),
    )


def _day(loaded: LoadedWeek, day: int, targets: Sequence[Target]) -> DayAnswer:
    when = loaded.week.days[day]
    places = [place for one in targets if (place := _place(loaded, one)) is not None]
    if places:
        best = min(places, key=lambda one: (one.cost, len(one.remarks), one.start))
        return DayAnswer(when, Status.OVERTIME if best.overtime_minutes else Status.OK, best)
    return _why_not(loaded, when, [one for one in targets if one.status != "closed"])


def _place(loaded: LoadedWeek, target: Target) -> Place | None:
    """None where a rule forbids it."""
    if target.reasons or target.slot is None or target.start is None or target.end is None:
        return None
    problem, row = loaded.problem, loaded.slots[target.slot]
    item, slot = problem.intervention_by_id[str(ASKED)], problem.slot_by_id[target.slot]
    surgeon = int(item.surgeon)
    owner = Owner.SURGEON if row.surgeon == surgeon else Owner.SPECIALTY if row.specialty else Owner.ALL
    return Place(
        room=loaded.rooms[target.room].code,
        start=target.start,
        end=target.end,
        slot=row.id,
        owner=owner,
        overtime_minutes=target.overtime_minutes,
        waited_days=max(0, slot.day - item.admission_day - 1),
        hospital=hospital_cost(problem, item, slot),
        overtime=overtime_cost(problem, item, slot),
        rules=rule_cost(problem, item, slot),
        remarks=target.remarks,
    )


# What holds in every room of a day, in the order in which it is said.
_ALL_DAY = {
    "hospitalised": Status.EARLY,
    "deadline": Status.LATE,
    "specialty_closed": Status.CLOSED,
    "surgeon_absent": Status.ABSENT,
}
_TOO_LONG = frozenset({"longest_duration", "slot_length", "surgeon_day_too_short", "surgeon_hours"})


def _why_not(loaded: LoadedWeek, when: date, targets: Sequence[Target]) -> DayAnswer:
    """One reason a day, from the widest to the narrowest."""
    if not targets:
        return DayAnswer(when, Status.CLOSED)
    broken = [{one.rule: one for one in target.reasons} for target in targets]
    for rule, status in _ALL_DAY.items():
        if all(rule in one for one in broken):
            return DayAnswer(when, _off(loaded, when) if status is Status.ABSENT else status)
    mine = [one for one in broken if not {"slot_specialty", "slot_surgeon"} & one.keys()]
    if not mine:
        return DayAnswer(when, Status.NOT_YOURS)
    equipped = [one for one in mine if "equipment" not in one]
    if not equipped:
        nearest = min(mine, key=len)
        missing = loaded.equipment_named(str(code) for code in _listed(nearest["equipment"].facts["missing"]))
        return DayAnswer(when, Status.EQUIPMENT, missing=tuple(missing))
    if all(_TOO_LONG & one.keys() for one in equipped):
        return DayAnswer(when, Status.TOO_LONG)
    left = max(int(str(one["slot_capacity"].facts["left"])) if "slot_capacity" in one else 0 for one in equipped)
    return DayAnswer(when, Status.FULL, left=left)


def _off(loaded: LoadedWeek, when: date) -> Status:
    """A weekday on which the surgeon never operates is no absence."""
    surgeon = loaded.problem.intervention_by_id[str(ASKED)].surgeon
    reason = loaded.surgeon_days[surgeon][(when - loaded.week.monday).days].reason
    return Status.OFF if reason is None else Status.ABSENT


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, tuple | list) else [value]
