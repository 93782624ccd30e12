"""Writes the demonstration hospital into an empty database, or takes it out again."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from planning.exchange.demo import catalogue
from planning.exchange.demo.hospital import generate
from planning.models import (
    Equipment,
    Intervention,
    JournalEntry,
    MasterPlan,
    Notice,
    Placement,
    Plan,
    PlanningRun,
    ReleaseRule,
    Room,
    Slot,
    SlotRelease,
    Specialty,
    Surgeon,
)
from planning.services.demo_cases import CasesWriter
from planning.services.demo_hospital import HospitalWriter
from planning.services.demo_inbox import DemoInbox
from planning.services.journal import erasable_journal

_REFERENCE = "demo:"


class OtherDataError(Exception):
    """The database holds a hospital that is not the demonstration: it is never erased."""


def hospital_exists() -> bool:
    return Room.objects.exists() or Surgeon.objects.exists() or Intervention.objects.exists()


@transaction.atomic
def load_demo(*, today: date, now: datetime, preset: str = "load", seed: int = 1) -> int:
    """Everything in one transaction; returns how many interventions. The database must hold no hospital."""
    drawn = generate(today=today, preset=preset, seed=seed)
    prefix = f"{_REFERENCE}{seed}:"
    hospital = HospitalWriter(drawn)
    hospital.write()
    count = CasesWriter(drawn, hospital, now, prefix).write()
    waiting = DemoInbox(
        users=hospital.users, surgeons=hospital.surgeons, equipment=hospital.equipment, today=today, now=now,
        prefix=prefix, number=count,
    )  # fmt: skip
    return count + waiting.write(drawn.past)


@transaction.atomic
def remove_demo() -> None:
    """Raises ``OtherDataError`` when rows exist that the demonstration did not write."""
    foreign = (
        Intervention.objects.exclude(source_reference__startswith=_REFERENCE).exists()
        or Intervention.objects.filter(source_reference=None).exists()
        or Room.objects.exclude(code__in=catalogue.ROOMS).exists()
        or Specialty.objects.exclude(code__in=catalogue.SPECIALTIES).exists()
        or Surgeon.objects.exclude(code__in=[card.trigram for card in catalogue.SURGEONS]).exists()
    )
    if foreign:
        raise OtherDataError
    with erasable_journal():
        JournalEntry.objects.all().delete()
    Plan.objects.update(base=None)
    for model in (
        PlanningRun,
        Notice,
        Placement,
        Plan,
        SlotRelease,
        ReleaseRule,
        Slot,
        MasterPlan,
        Intervention,
        Surgeon,
        Room,
        Equipment,
        Specialty,
    ):
        model.objects.all().delete()
    # Kept: a person may have signed what other rows still name. load_demo renews their password and role.
