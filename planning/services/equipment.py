"""Equipment: saved with the rooms that have it, removed while nobody needs it. The journal keeps each change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from planning.models import Equipment, JournalEntry, Plan, Room, User
from planning.selectors.equipment import Use, use_of
from planning.services.journal import append_change
from planning.services.seen import Facts, require_seen
from planning.services.slots import touch_drafts

EQUIPMENT = JournalEntry.Action.EQUIPMENT


class EquipmentInUse(Exception):
    """Rooms have it or interventions need it: taking it away would forget that they do."""

    def __init__(self, use: Use) -> None:
        self.use = use
        super().__init__(f"{use.rooms} rooms, {use.interventions} interventions")


@transaction.atomic
def save_equipment(
    *, equipment: Equipment, rooms: Iterable[Room], user: User, now: datetime, shown: Facts | None = None
) -> Equipment:
    """Save a new one, or what a person changed of one: how many there are, and which rooms have it.

    Raises ``ChangedSince`` when it is no longer as they were ``shown`` it.
    """
    kept = Equipment.objects.select_for_update(no_key=True).filter(pk=equipment.pk).first() if equipment.pk else None
    before = equipment_facts(kept) if kept else None
    require_seen(shown, before or {})
    equipment.save()
    equipment.rooms.set(rooms)
    after = equipment_facts(equipment)
    append_change(
        action=EQUIPMENT, of=kept.name if kept else equipment.name, before=before, after=after, user=user, now=now
    )
    if before != after:
        _touch_drafts()
    return equipment


@transaction.atomic
def remove_equipment(*, equipment: Equipment, user: User, now: datetime) -> None:
    """Raises ``EquipmentInUse``."""
    # Locked: an intervention that asks for it meanwhile waits, and finds it gone.
    Equipment.objects.select_for_update().filter(pk=equipment.pk).first()
    use = use_of(equipment)
    if use.rooms or use.interventions:
        raise EquipmentInUse(use)
    facts = equipment_facts(equipment)
    equipment.delete()
    append_change(action=EQUIPMENT, of=equipment.name, before=facts, after=None, user=user, now=now)


def equipment_facts(equipment: Equipment) -> dict[str, Any]:
    """As the journal keeps it."""
    return {
        "code": equipment.code,
        "name": equipment.name,
        "units": equipment.units,
        "rooms": sorted(equipment.rooms.values_list("code", flat=True)),
    }


def _touch_drafts() -> None:
    """Where it can be used, and by how many at once, is part of what every draft is judged by."""
    touch_drafts(Plan.objects.filter(status=Plan.Status.DRAFT).values_list("monday", flat=True))
