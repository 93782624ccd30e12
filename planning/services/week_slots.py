"""One week's slots, changed by hand without touching the pattern.

A slot that holds placements of any plan keeps its room and day, and cannot go.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from planning.calendar import Week, at_minute, minute_of
from planning.models import EditedRoomDay, JournalEntry, Room, Slot, Specialty, Surgeon, User
from planning.services.draft_totals import DraftTotals, draft_totals
from planning.services.slots import Generated, generate_slots, touch_drafts


class SlotRefused(Exception):
    """What cannot be done to a slot, worded, and the ``field`` of the request it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        self.message, self.field = message, field
        super().__init__(message)


@dataclass(frozen=True)
class SlotValues:
    """All that a person says of a slot. ``start_minute`` and ``end_minute`` are the wall clock's."""

    date: date
    room: Room
    start_minute: int
    end_minute: int
    kind: str
    specialty: Specialty | None = None
    surgeon: Surgeon | None = None
    positions: int = 12
    longest_minutes: int | None = None


@transaction.atomic
def save_slot(*, slot: Slot | None, week: Week, values: SlotValues, user: User, now: datetime) -> Slot:
    """Add a slot to the week, or change one: for this week only. Raises ``SlotRefused``."""
    starts_at, ends_at = _check_values(week, values)
    totals = draft_totals([week.monday])
    before = None
    if slot is not None:
        before = slot_facts(slot)
        _check_placements_stay(slot, values, starts_at, ends_at)
    _check_free(slot, values, starts_at, ends_at)
    row = slot or Slot()
    row.date, row.room, row.starts_at, row.ends_at = values.date, values.room, starts_at, ends_at
    row.kind, row.specialty, row.surgeon = values.kind, values.specialty, values.surgeon
    row.positions, row.longest_minutes, row.origin = values.positions, values.longest_minutes, Slot.Origin.MANUAL
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        # Another request wrote an overlapping slot between our check and our write; the database held.
        raise SlotRefused(_overlap_text(slot, values), "start_minute") from error
    after = slot_facts(row)
    if before != after:
        _note(week, before, after, totals, user, now)
    return row


@transaction.atomic
def remove_slot(*, slot: Slot, user: User, now: datetime) -> None:
    """Take a slot out of its week. Raises ``SlotRefused`` when a plan of any version has placed something in it."""
    before, week = slot_facts(slot), Week.of(slot.date)
    totals = draft_totals([week.monday])
    users = _users_of(slot)
    if users:
        message = _("Cette plage sert encore : %(users)s. Déplacez d'abord ces interventions.")
        raise SlotRefused(message % {"users": users})
    try:
        slot.delete()
    except ProtectedError as error:
        message = _("Une intervention vient d'y être placée : rechargez la page.")
        raise SlotRefused(message) from error
    _note(week, before, None, totals, user, now)


@transaction.atomic
def restore_pattern(*, week: Week, user: User, now: datetime) -> Generated:
    """Give the whole week back to the master plan: what was changed by hand and holds no placement goes."""
    days = (week.monday, week.days[-1])
    totals = draft_totals([week.monday])
    EditedRoomDay.objects.filter(date__range=days).delete()
    Slot.objects.filter(date__range=days, placements=None).exclude(origin=Slot.Origin.PATTERN).delete()
    result = generate_slots(week=week)
    touch_drafts([week.monday])
    _write(week, None, {"restored": True}, totals, user, now)
    return result


def slot_facts(slot: Slot) -> dict[str, Any]:
    """The slot as the journal keeps it, readable without the row."""
    return {
        "slot": slot.pk,
        "room": slot.room.code,
        "date": slot.date.isoformat(),
        "start": minute_of(slot.starts_at, slot.date),
        "end": minute_of(slot.ends_at, slot.date),
        "kind": slot.kind,
        "specialty": slot.specialty.code if slot.specialty else None,
        "surgeon": slot.surgeon.trigram if slot.surgeon else None,
        "positions": slot.positions,
        "longest_minutes": slot.longest_minutes,
    }


def _check_values(week: Week, values: SlotValues) -> tuple[datetime, datetime]:
    if values.date not in week.days:
        raise SlotRefused(_("Ce jour n'est pas dans la semaine."), "date")
    if not 0 <= values.start_minute < values.end_minute <= 1440:
        raise SlotRefused(_("La fin de la plage doit suivre son début, le même jour."), "end_minute")
    if values.start_minute < values.room.opens_minute:
        raise SlotRefused(_("La salle n'est pas encore ouverte à cette heure."), "start_minute")
    if values.end_minute > values.room.closes_minute:
        raise SlotRefused(_("La salle est déjà fermée à cette heure."), "end_minute")
    return at_minute(values.date, values.start_minute), at_minute(values.date, values.end_minute)


def _check_free(slot: Slot | None, values: SlotValues, starts_at: datetime, ends_at: datetime) -> None:
    others = Slot.objects.filter(room=values.room, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if slot is not None:
        others = others.exclude(pk=slot.pk)
    if others.exists():
        raise SlotRefused(_overlap_text(slot, values), "start_minute")


def _overlap_text(slot: Slot | None, values: SlotValues) -> str:
    near = Slot.objects.filter(
        room=values.room,
        starts_at__lt=at_minute(values.date, values.end_minute),
        ends_at__gt=at_minute(values.date, values.start_minute),
    )
    if slot is not None:
        near = near.exclude(pk=slot.pk)
    spans = ", ".join(
        f"{clock_text(minute_of(one.starts_at, one.date))}–{clock_text(minute_of(one.ends_at, one.date))}"
        for one in near.order_by("starts_at")
    )
    return overlap_text(values.room, spans)


def _check_placements_stay(slot: Slot, values: SlotValues, starts_at: datetime, ends_at: datetime) -> None:
    """A slot in use keeps its room and its day, and goes on covering what it holds."""
    placements = list(slot.placements.all())
    if not placements:
        return
    if (slot.room_id, slot.date) != (values.room.pk, values.date):
        message = _("Des interventions y sont placées (%(users)s) : ni la salle ni le jour ne peuvent changer.")
        raise SlotRefused(message % {"users": _users_of(slot)}, "room")
    for one in placements:
        end = minute_of(one.starts_at, slot.date) + one.minutes
        inside_before = slot.starts_at <= one.starts_at and end <= minute_of(slot.ends_at, slot.date)
        inside_after = starts_at <= one.starts_at and end <= minute_of(ends_at, slot.date)
        if inside_before and not inside_after:
            message = _("Ces heures laisseraient dehors des interventions placées : %(users)s. Déplacez-les d'abord.")
            raise SlotRefused(message % {"users": _users_of(slot)}, "end_minute")


def _users_of(slot: Slot) -> str:
    """ "I12, I13 (version 3)": what the slot holds, draft and decided versions alike."""
    held: dict[int, list[str]] = defaultdict(list)
    rows = slot.placements.order_by("plan__number", "starts_at")
    for number, code in rows.values_list("plan__number", "intervention__code"):
        held[number].append(code)
    text = _("%(codes)s (version %(number)s)")
    return " ; ".join(text % {"codes": ", ".join(codes), "number": number} for number, codes in held.items())


def _note(
    week: Week, before: dict[str, Any] | None, after: dict[str, Any] | None, totals: DraftTotals, user: User,
    now: datetime,
) -> None:  # fmt: skip
    """Remember that a person decided here, and tell the journal and the open drafts."""
    for facts in (before, after):
        if facts is not None:
            room = Room.objects.get(code=facts["room"])
            EditedRoomDay.objects.get_or_create(room=room, date=date.fromisoformat(facts["date"]))
    _write(week, before, after, totals, user, now)
    touch_drafts([week.monday])


def _write(
    week: Week, before: dict[str, Any] | None, after: dict[str, Any] | None, totals: DraftTotals, user: User,
    now: datetime,
) -> None:  # fmt: skip
    """With what the week's draft costs then, when there is one."""
    total, delta = totals.now()
    told = after if total is None else {**(after or {}), "total_cost": total}
    JournalEntry.objects.create(
        at=now, user=user, action=JournalEntry.Action.SLOT, monday=week.monday, before=before, after=told,
        cost_delta=delta,
    )  # fmt: skip


def clock_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def overlap_text(room: Room, spans: str) -> str:
    message = _("La salle %(room)s a déjà une plage à ces heures (%(spans)s) : choisissez d'autres heures.")
    return message % {"room": room.code, "spans": spans}
