"""Slots that their owner leaves unused, given to the specialty's substitute some days ahead, or by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from planning.calendar import Week, minute_of
from planning.models import JournalEntry, Placement, Plan, ReleaseRule, Slot, SlotRelease, Specialty, User
from planning.models.slots import SlotKind
from planning.services.slots import touch_drafts

CURRENT = (Plan.Status.DRAFT, Plan.Status.APPROVED)
_OWNED = (Slot.Origin.PATTERN, Slot.Origin.MANUAL)


class UnableToRelease(Exception):
    """Why: ``past``, ``used``, ``unowned`` or ``gone``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def release_due_slots(*, today: date, now: datetime) -> Sequence[SlotRelease]:
    """What the rules release on ``today``. Doing it again releases nothing more.

    Only in the weeks that have an approved version: before, every slot is empty and says nothing. A slot released
    once, then given back by a person, is not released again.
    """
    done: list[SlotRelease] = []
    for rule in ReleaseRule.objects.select_related("specialty", "substitute"):
        for slot in due_slots(rule, today):
            try:
                done.append(_release(slot, rule.substitute, now=now, user=None))
            except UnableToRelease:
                continue  # used or released meanwhile
    return done


def due_slots(rule: ReleaseRule, today: date) -> list[Slot]:
    """Tomorrow's slots and later ones, up to the rule's days ahead."""
    last = today + timedelta(days=rule.days_ahead)
    decided = set(Plan.objects.filter(status=Plan.Status.APPROVED).values_list("monday", flat=True))
    before = set(SlotRelease.objects.filter(date__gt=today).values_list("room_id", "date", "start_minute"))
    slots = empty_slots().filter(date__gt=today, date__lte=last)
    owned = slots.filter(specialty=rule.specialty) | slots.filter(surgeon__specialty=rule.specialty)
    return [
        slot
        for slot in owned.select_related("room", "specialty", "surgeon__specialty").order_by("date", "starts_at", "pk")
        if Week.of(slot.date).monday in decided
        and (slot.room_id, slot.date, minute_of(slot.starts_at, slot.date)) not in before
    ]


def empty_slots() -> QuerySet[Slot]:
    """Owned regular slots without any placement in a draft or an approved version."""
    used = Placement.objects.filter(plan__status__in=CURRENT).values("slot")
    return Slot.objects.filter(kind=SlotKind.REGULAR, origin__in=_OWNED).exclude(pk__in=used)


def release_slot(*, slot: Slot, substitute: Specialty | None, user: User, now: datetime, today: date) -> SlotRelease:
    """By hand, whatever the rule says, for ``substitute`` or for everyone. Raises ``UnableToRelease``."""
    if slot.date < today:
        raise UnableToRelease("past")
    return _release(slot, substitute, now=now, user=user)


@transaction.atomic
def _release(slot: Slot, substitute: Specialty | None, *, now: datetime, user: User | None) -> SlotRelease:
    """The draft is touched first: whoever is dropping an intervention there waits, then learns of it, or was faster
    and the slot is no longer empty."""
    owner = slot.specialty or (slot.surgeon.specialty if slot.surgeon else None)
    if owner is None:
        raise UnableToRelease("unowned")
    touch_drafts([Week.of(slot.date).monday])
    late = Slot.objects.filter(room=slot.room, starts_at=slot.ends_at, kind=SlotKind.OVERTIME)
    same = Slot.objects.filter(pk=slot.pk, specialty=slot.specialty_id, surgeon=slot.surgeon_id, origin__in=_OWNED)
    if Placement.objects.filter(slot=slot, plan__status__in=CURRENT).exists():
        raise UnableToRelease("used")
    given = {"specialty": substitute, "surgeon": None, "origin": Slot.Origin.RELEASED}
    if not same.update(**given):
        raise UnableToRelease("gone")
    late.filter(specialty=slot.specialty_id, surgeon=slot.surgeon_id, placements=None).update(**given)
    row = SlotRelease.objects.create(
        slot=slot,
        room=slot.room,
        date=slot.date,
        start_minute=minute_of(slot.starts_at, slot.date),
        end_minute=minute_of(slot.ends_at, slot.date),
        specialty=owner,
        surgeon=slot.surgeon,
        substitute=substitute,
        released_at=now,
        released_by=user,
    )
    _note(row, user, now)
    return row


def _note(row: SlotRelease, user: User | None, now: datetime) -> None:
    facts: dict[str, Any] = {
        "room": row.room.code,
        "date": row.date.isoformat(),
        "start": row.start_minute,
        "end": row.end_minute,
    }
    JournalEntry.objects.create(
        at=now,
        user=user,
        action=JournalEntry.Action.RELEASE,
        monday=Week.of(row.date).monday,
        before={**facts, "specialty": row.specialty.code, "surgeon": row.surgeon.trigram if row.surgeon else None},
        after={**facts, "specialty": row.substitute.code if row.substitute else None, "surgeon": None},
    )


@transaction.atomic
def save_rules(*, rules: Iterable[tuple[Specialty, int | None, Specialty | None]]) -> None:
    """Of each specialty: the days ahead (None: never released) and the substitute (None: everyone)."""
    wanted = {specialty.pk: (specialty, days, substitute) for specialty, days, substitute in rules}
    known = {rule.specialty_id: rule for rule in ReleaseRule.objects.filter(specialty__in=wanted)}
    for key, (specialty, days, substitute) in wanted.items():
        if days is None:
            ReleaseRule.objects.filter(specialty=key).delete()
            continue
        rule = known.get(key) or ReleaseRule(specialty=specialty)
        rule.days_ahead, rule.substitute = days, substitute
        rule.save()
