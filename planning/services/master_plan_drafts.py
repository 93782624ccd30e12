"""A proposal of master plan, before it is validated: drawn from the activity, adjusted by hand, each step undoable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from planning.models import MasterPlan, MasterPlanStep, SlotPattern
from planning.models.slots import SlotKind
from planning.selectors.activity import study
from planning.selectors.master_plans import LoadedDraft, cycle_week_in, load_draft, plan_in_force, repeated
from planning.solver.master_plan import editing
from planning.solver.master_plan.judging import Status, Verdict
from planning.solver.master_plan.proposing import propose
from planning.solver.master_plan.theatre import Vacation

KEPT_STEPS = 100
# A request waits for it. The demonstration's week is solved in less than one.
SECONDS = 5.0


class UnableToChangeMasterPlan(Exception):
    """Base of what a change of a draft can meet."""


class StaleMasterPlan(UnableToChangeMasterPlan):
    """The draft has changed meanwhile, or it is no draft any more."""


class UnknownVacation(UnableToChangeMasterPlan):
    """Another person has removed it, or it never was in this draft."""


class NothingToUndo(UnableToChangeMasterPlan):
    """No step is left."""


class UnableToPlace(UnableToChangeMasterPlan):
    """A rule forbids it: ``verdict`` says which."""

    def __init__(self, loaded: LoadedDraft, verdict: Verdict) -> None:
        self.loaded, self.verdict = loaded, verdict
        super().__init__(verdict.reason)


class NoActivity(Exception):
    """Nothing was operated in the period: there is nothing to propose from."""


def draft_from_activity(
    *,
    name: str,
    valid_from: date,
    cycle_weeks: int,
    first: date,
    last: date,
    fill_percent: int,
    reserve_hours: int,
    more_hours: int,
) -> MasterPlan:
    """A draft that is today's plan so far, with the study of the period. Raises ``NoActivity``."""
    today = plan_in_force(valid_from)
    rows = list(today.patterns.select_related("surgeon")) if today else []
    now = repeated(today, rows, valid_from, cycle_weeks) if today else ()
    known = study(
        first, last, fill_percent=fill_percent, reserve_hours=reserve_hours, more_hours=more_hours, today=now,
        cycle_start=valid_from, cycle_weeks=cycle_weeks,
    )  # fmt: skip
    if not known["cases"]:
        raise NoActivity
    with transaction.atomic():
        plan = MasterPlan.objects.create(
            name=name, valid_from=valid_from, cycle_weeks=cycle_weeks, status=MasterPlan.Status.DRAFT, study=known
        )
        SlotPattern.objects.bulk_create(
            _copy(row, plan, week)
            for week in range(1, cycle_weeks + 1)
            for row in rows
            if today and row.cycle_week == cycle_week_in(today, valid_from, week)
        )
    return plan


def _copy(row: SlotPattern, plan: MasterPlan, week: int) -> SlotPattern:
    names = (
        "weekday",
        "room_id",
        "start_minute",
        "end_minute",
        "kind",
        "specialty_id",
        "surgeon_id",
        "positions",
        "longest_minutes",
    )
    return SlotPattern(master_plan=plan, cycle_week=week, **{name: getattr(row, name) for name in names})


def propose_vacations(*, plan: MasterPlan, revision: int, most_changes: int | None = None) -> bool:
    """The draft becomes the proposal from its activity; pinned vacations stay. Whether it is proven the best.

    Solved before the transaction begins: nobody waits for a lock meanwhile, and whoever changed the draft is kept.
    """
    if plan.revision != revision:
        raise StaleMasterPlan
    loaded = load_draft(plan)
    found = propose(loaded.theatre, loaded.now, loaded.vacations, loaded.wish(most_changes), seconds=SECONDS)
    with transaction.atomic():
        _claim(plan, revision)
        _write(loaded, found.plan, "propose", {"proven": found.proven})
    return found.proven


@transaction.atomic
def place_vacation(*, plan: MasterPlan, revision: int, vacation: Vacation) -> int:
    """Put a vacation where it says: one of the draft (same number) moved, resized or given, or a new one (0).

    The number of the vacation. Raises ``UnableToPlace`` when a rule forbids it.
    """
    _claim(plan, revision)
    loaded = load_draft(plan)
    wanted = replace(vacation, id=vacation.id or -1)
    old = next((one for one in loaded.vacations if one.id == vacation.id), None)
    if vacation.id and old is None:
        raise UnknownVacation
    after = editing.place(loaded.vacations, wanted)
    verdict = loaded.verdict_of_move(after, wanted)
    if verdict.status is Status.BAD:
        raise UnableToPlace(loaded, verdict)
    numbers = _write(loaded, after, "move" if old else "add", _whose(wanted))
    return numbers[wanted.id]


@transaction.atomic
def remove_vacation(*, plan: MasterPlan, revision: int, number: int) -> None:
    """The room is given to nobody at these hours."""
    _claim(plan, revision)
    loaded = load_draft(plan)
    one = _find(loaded, number)
    _write(loaded, editing.remove(loaded.vacations, number), "remove", _whose(one))


@transaction.atomic
def pin_vacation(*, plan: MasterPlan, revision: int, number: int, pinned: bool) -> None:
    """A pinned vacation stays as it is when a proposal is asked again, and nothing can cut it."""
    _claim(plan, revision)
    loaded = load_draft(plan)
    one = _find(loaded, number)
    after = [replace(one, pinned=pinned) if each.id == number else each for each in loaded.vacations]
    _write(loaded, after, "pin" if pinned else "unpin", _whose(one))


@transaction.atomic
def undo_change(*, plan: MasterPlan, revision: int) -> None:
    """Take back the last step. Raises ``NothingToUndo``."""
    _claim(plan, revision)
    _cross(plan, plan.steps.filter(undone=False).last())


@transaction.atomic
def redo_change(*, plan: MasterPlan, revision: int) -> None:
    """Do again the step undone last. Raises ``NothingToUndo``."""
    _claim(plan, revision)
    _cross(plan, plan.steps.filter(undone=True).first())


def _cross(plan: MasterPlan, step: MasterPlanStep | None) -> None:
    """The draft goes to the step's other side, and the step keeps this one."""
    if step is None:
        raise NothingToUndo
    here = [_snapshot(row) for row in plan.patterns.order_by("pk")]
    plan.patterns.all().delete()
    SlotPattern.objects.bulk_create(SlotPattern(master_plan=plan, **row) for row in step.slots)
    step.slots, step.undone = here, not step.undone
    step.save(update_fields=["slots", "undone"])


@transaction.atomic
def abandon_draft(*, plan: MasterPlan) -> None:
    """The draft goes, with its steps. Raises ``StaleMasterPlan`` when it has been validated meanwhile."""
    gone, _by_model = MasterPlan.objects.filter(pk=plan.pk, status=MasterPlan.Status.DRAFT).delete()
    if not gone:
        raise StaleMasterPlan


def claim_draft(plan: MasterPlan, revision: int, **fields: Any) -> None:
    """Of two people who saw the same revision, the row count lets one pass; a validation changes the status."""
    same = MasterPlan.objects.filter(pk=plan.pk, revision=revision, status=MasterPlan.Status.DRAFT)
    if not same.update(revision=F("revision") + 1, **fields):
        raise StaleMasterPlan


_claim = claim_draft


def _find(loaded: LoadedDraft, number: int) -> Vacation:
    found = next((one for one in loaded.vacations if one.id == number), None)
    if found is None:
        raise UnknownVacation
    return found


def _whose(one: Vacation) -> dict[str, Any]:
    return {"specialty": one.owner.specialty, "reserve": one.owner.reserve}


def _write(loaded: LoadedDraft, after: Sequence[Vacation], action: str, facts: dict[str, Any]) -> dict[int, int]:
    """The rows made like ``after``, and the step that undoes it. The row's number for each vacation's."""
    _record(loaded, action, facts)
    rows = {row.pk: row for row in loaded.rows}
    before = {one.id: one for one in loaded.vacations}
    SlotPattern.objects.filter(pk__in=before.keys() - {one.id for one in after}).delete()
    numbers: dict[int, int] = {}
    for one in after:
        if before.get(one.id) != one:
            row = rows.get(one.id) or SlotPattern(master_plan=loaded.plan)
            _fill(row, one)
            row.save()
            numbers[one.id] = row.pk
        else:
            numbers[one.id] = one.id
    touched = {one.room_day for one in {*before.values()} ^ {*after}}
    _write_overtime(loaded, after, touched)
    return numbers


def _fill(row: SlotPattern, one: Vacation) -> None:
    row.cycle_week, row.weekday, row.room_id = one.week, one.weekday, int(one.room)
    row.start_minute, row.end_minute, row.pinned = one.start, one.end, one.pinned
    row.kind = SlotKind.RESERVE if one.owner.reserve else SlotKind.REGULAR
    row.surgeon_id = int(one.owner.surgeon) if one.owner.surgeon else None
    row.specialty_id = int(one.owner.specialty) if one.owner.specialty else None


def _write_overtime(loaded: LoadedDraft, after: Sequence[Vacation], touched: set[tuple[int, int, str]]) -> None:
    """In the room-days that changed, the overtime follows the vacation that it prolongs."""
    late = [row for row in loaded.rows if row.kind == SlotKind.OVERTIME]
    old = [row.pk for row in late if (row.cycle_week, row.weekday, str(row.room_id)) in touched]
    SlotPattern.objects.filter(pk__in=old).delete()
    for one in editing.overtime_after((one for one in after if one.room_day in touched), loaded.overtimes):
        if one.end <= loaded.rooms[one.room].closes_minute:
            row = SlotPattern(master_plan=loaded.plan)
            _fill(row, replace(one, pinned=False))
            row.kind = SlotKind.OVERTIME
            row.save()


def _record(loaded: LoadedDraft, action: str, facts: dict[str, Any]) -> None:
    """A new last step: what had been undone cannot be done again."""
    steps = MasterPlanStep.objects.filter(master_plan=loaded.plan)
    steps.filter(undone=True).delete()
    last = steps.aggregate(last=Max("position"))["last"] or 0
    steps.filter(position__lte=last - KEPT_STEPS).delete()
    slots = [_snapshot(row) for row in loaded.rows]
    MasterPlanStep.objects.create(master_plan=loaded.plan, position=last + 1, action=action, facts=facts, slots=slots)


def _snapshot(row: SlotPattern) -> dict[str, Any]:
    """All that undo and redo need, its number included, so that the page's own selection survives."""
    names = (
        "id",
        "cycle_week",
        "weekday",
        "room_id",
        "start_minute",
        "end_minute",
        "kind",
        "specialty_id",
        "surgeon_id",
        "positions",
        "longest_minutes",
        "pinned",
    )
    return {name: getattr(row, name) for name in names}
