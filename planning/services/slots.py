"""Slots written from the master plan, week by week.

A room-day that a person changed carries an ``EditedRoomDay``: the master plan leaves it alone until it is given back
(services/week_slots.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.db.models import F

from planning.calendar import Week, at_minute
from planning.models import EditedRoomDay, MasterPlan, Placement, Plan, Slot, SlotPattern


@dataclass(frozen=True)
class Generated:
    """What writing the pattern did; ``kept`` counts slots that differ from it but hold placements."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0

    def __add__(self, other: Generated) -> Generated:
        return Generated(
            self.added + other.added, self.changed + other.changed, self.removed + other.removed, self.kept + other.kept
        )


def patterns_of(week: Week) -> list[tuple[date, SlotPattern]]:
    """Each pattern slot that falls in the week, with its date. Of two valid master plans the one begun last wins."""
    validated = MasterPlan.objects.filter(status=MasterPlan.Status.VALIDATED)
    plans = validated.filter(valid_from__lte=week.days[-1]).exclude(valid_until__lt=week.monday)
    found: list[tuple[date, SlotPattern]] = []
    patterns: dict[int, list[SlotPattern]] = defaultdict(list)
    plans_by_start = list(plans.order_by("-valid_from", "-pk"))
    for pattern in SlotPattern.objects.filter(master_plan__in=plans_by_start).select_related("room"):
        patterns[pattern.master_plan_id].append(pattern)
    for day in week.days:
        plan = next((plan for plan in plans_by_start if _valid_on(plan, day)), None)
        if plan is not None:
            cycle_week = cycle_week_of(plan, week)
            found += [(day, p) for p in patterns[plan.pk] if p.cycle_week == cycle_week and p.weekday == day.weekday()]
    return found


def cycle_week_of(plan: MasterPlan, week: Week) -> int:
    """1 for the week of ``valid_from``, then up to the length of the cycle, and over again."""
    weeks = (week.monday - Week.of(plan.valid_from).monday).days // 7
    return weeks % plan.cycle_weeks + 1


def _valid_on(plan: MasterPlan, day: date) -> bool:
    return plan.valid_from <= day and (plan.valid_until is None or day <= plan.valid_until)


@transaction.atomic
def generate_slots(*, week: Week) -> Generated:
    """Write the master plan's slots of the week. Doing it again changes nothing.

    Room-days changed by hand and slots that hold placements stay as they are. A closed room keeps its slots: the
    closure is shown above them and the planner does not use them.
    """
    edited = set(EditedRoomDay.objects.filter(date__range=(week.monday, week.days[-1])).values_list("room_id", "date"))
    wanted: dict[tuple[int, date], list[SlotPattern]] = defaultdict(list)
    for day, pattern in patterns_of(week):
        wanted[pattern.room_id, day].append(pattern)
    existing: dict[tuple[int, date], list[Slot]] = defaultdict(list)
    slots = Slot.objects.filter(date__range=(week.monday, week.days[-1]))
    for slot in slots.order_by("starts_at"):
        existing[slot.room_id, slot.date].append(slot)
    held = set(Placement.objects.filter(slot__in=slots).values_list("slot_id", flat=True))
    total = Generated()
    # In one order whoever runs it, so that two generations meet on the same row and never in a ring.
    for room_id, day in sorted({*wanted, *existing} - edited):
        total += _write_room_day(day, wanted[room_id, day], existing[room_id, day], held)
    if total.added or total.changed or total.removed:
        touch_drafts([week.monday])
    return total


def _write_room_day(day: date, patterns: Sequence[SlotPattern], slots: Sequence[Slot], held: set[int]) -> Generated:
    """One room-day made to look like its patterns."""
    result = Generated()
    staying: list[Slot] = []
    missing = {(at_minute(day, p.start_minute), at_minute(day, p.end_minute)): p for p in patterns}
    for slot in slots:
        pattern = missing.pop((slot.starts_at, slot.ends_at), None)
        if pattern is None and slot.origin == Slot.Origin.PATTERN and slot.pk not in held:
            slot.delete()
            result = replace(result, removed=result.removed + 1)
            continue
        staying.append(slot)
        if pattern is None or slot.origin != Slot.Origin.PATTERN or _same_terms(slot, pattern):
            result = replace(result, kept=result.kept + (pattern is None and slot.origin == Slot.Origin.PATTERN))
        elif slot.pk in held:
            result = replace(result, kept=result.kept + 1)
        else:
            _copy_terms(slot, pattern)
            slot.save()
            result = replace(result, changed=result.changed + 1)
    for (starts_at, ends_at), pattern in missing.items():
        if any(slot.starts_at < ends_at and starts_at < slot.ends_at for slot in staying):
            continue
        new = Slot(date=day, room_id=pattern.room_id, starts_at=starts_at, ends_at=ends_at)
        _copy_terms(new, pattern)
        new.save()
        staying.append(new)
        result = replace(result, added=result.added + 1)
    return result


_TERMS = ("kind", "specialty_id", "surgeon_id", "positions", "longest_minutes")


def _same_terms(slot: Slot, pattern: SlotPattern) -> bool:
    return all(getattr(slot, name) == getattr(pattern, name) for name in _TERMS)


def _copy_terms(slot: Slot, pattern: SlotPattern) -> None:
    for name in _TERMS:
        setattr(slot, name, getattr(pattern, name))


def touch_drafts(mondays: Iterable[date]) -> None:
    """What a draft stands on has changed: whoever has it open learns so at their next step."""
    Plan.objects.filter(monday__in=list(mondays), status=Plan.Status.DRAFT).update(revision=F("revision") + 1)


def weeks_between(first: Week, count: int) -> list[Week]:
    weeks = [first]
    for _number in range(count - 1):
        weeks.append(weeks[-1].next)
    return weeks
