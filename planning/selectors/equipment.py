"""Equipment with its use: the rooms that have it, the interventions that ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from planning.models import Equipment
from planning.selectors.specialties import OPEN_STATES


@dataclass(frozen=True, slots=True)
class Use:
    """Rooms that have it; interventions that need it, ``still_open`` of them to come."""

    rooms: int
    interventions: int
    still_open: int


def with_use() -> QuerySet[Equipment]:
    """Each with its rooms read and its open interventions counted."""
    still_open = Count("interventions", filter=Q(interventions__state__in=OPEN_STATES), distinct=True)
    return Equipment.objects.prefetch_related("rooms").annotate(needed_by=still_open)


def use_of(equipment: Equipment) -> Use:
    needed = equipment.interventions
    return Use(equipment.rooms.count(), needed.count(), needed.filter(state__in=OPEN_STATES).count())
