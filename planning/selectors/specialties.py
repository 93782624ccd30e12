"""Specialties in service, and what the closing of one would leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from planning.models import Intervention, Slot, Specialty

State = Intervention.State
OPEN_STATES = (State.REQUESTED, State.RETURNED, State.ACCEPTED, State.PLANNED)


@dataclass(frozen=True, slots=True)
class Rest:
    """What still bears the name of a specialty: surgeons at work, interventions not done, slots from a day on."""

    surgeons: int
    interventions: int
    slots: int


def open_on(day: date, *, keep: int | None = None) -> QuerySet[Specialty]:
    """The specialties to choose from on ``day``; ``keep`` is the one that an edited row already has."""
    return Specialty.objects.filter(Q(closed_on=None) | Q(closed_on__gt=day) | Q(pk=keep))


def rest_of(specialty: Specialty, day: date) -> Rest:
    return Rest(
        surgeons=specialty.surgeons.filter(active=True).count(),
        interventions=specialty.interventions.filter(state__in=OPEN_STATES).count(),
        slots=Slot.objects.filter(specialty=specialty, date__gte=day).count(),
    )
