"""A tiny hospital, built in a few rows: two rooms, two specialties, three surgeons, one week of slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from django.utils import timezone

from planning.access import Role
from planning.calendar import Week, at_minute
from planning.models import Equipment, Intervention, Room, Site, Slot, Specialty, Surgeon, SurgeonAvailability, User

WEEK = Week.parse("2026-W48")
NOW = timezone.make_aware(datetime(2026, 11, 20, 9, 0))
PASSWORD = "correct-horse-battery"
_serial = count(1)


@dataclass(frozen=True)
class Hospital:
    """Rooms SO1 (microscope, open to all) and SO2 (owned by ORT), 8:00 to 20:00, overtime from 18:00."""

    rooms: tuple[Room, Room]
    orthopaedics: Specialty
    ent: Specialty
    surgeons: tuple[Surgeon, Surgeon, Surgeon]
    director: User
    surgeon_user: User
    viewer: User


def make_user(username: str, role: str) -> User:
    return User.objects.create_user(
        username, f"{username}@example.org", PASSWORD, role=role, last_name=username.title()
    )


def small_hospital(*, week: Week = WEEK) -> Hospital:
    Site.objects.get_or_create(pk=1, defaults={"name": "Essai", "turnover_minutes": 0})
    microscope = Equipment.objects.create(code="microscope", name="Microscope")
    first = Room.objects.create(code="SO1", position=1)
    second = Room.objects.create(code="SO2", position=2)
    first.equipment.add(microscope)
    orthopaedics = Specialty.objects.create(code="ORT", name="Orthopédie", colour="ort")
    ent = Specialty.objects.create(code="ORL", name="ORL", colour="orl")
    surgeon_user = make_user("martin", Role.SURGEON)
    surgeons = (
        Surgeon.objects.create(code="S1", trigram="MAR", last_name="Martin", specialty=orthopaedics, user=surgeon_user),
        Surgeon.objects.create(code="S2", trigram="DUR", last_name="Durand", specialty=orthopaedics),
        Surgeon.objects.create(code="S3", trigram="HAD", last_name="Haddad", specialty=ent),
    )
    for surgeon in surgeons:
        for weekday in range(5):
            SurgeonAvailability.objects.create(surgeon=surgeon, weekday=weekday)
    for day in week.days[:5]:
        for room, owner in ((first, None), (second, orthopaedics)):
            make_slot(day, room, 480, 1080, specialty=owner)
            make_slot(day, room, 1080, 1200, kind="overtime", specialty=owner)
    return Hospital(
        rooms=(first, second),
        orthopaedics=orthopaedics,
        ent=ent,
        surgeons=surgeons,
        director=make_user("directrice", Role.DIRECTOR),
        surgeon_user=surgeon_user,
        viewer=make_user("lecteur", Role.VIEWER),
    )


def make_slot(
    day: date,
    room: Room,
    start: int,
    end: int,
    *,
    kind: str = "regular",
    specialty: Specialty | None = None,
    surgeon: Surgeon | None = None,
) -> Slot:
    return Slot.objects.create(
        date=day,
        room=room,
        starts_at=at_minute(day, start),
        ends_at=at_minute(day, end),
        kind=kind,
        specialty=specialty,
        surgeon=surgeon,
    )


def make_intervention(surgeon: Surgeon, minutes: int = 90, *, week: Week = WEEK, **fields: object) -> Intervention:
    serial = next(_serial)
    values: dict[str, object] = {
        "code": f"I{serial}",
        "patient_code": f"P-{serial}",
        "procedure_label": f"Acte {serial}",
        "surgeon": surgeon,
        "specialty": surgeon.specialty,
        "planned_minutes": minutes,
        "admission_date": week.monday - timedelta(days=1),
        "deadline_date": week.monday + timedelta(days=4),
        "requested_at": NOW,
    }
    return Intervention.objects.create(**(values | fields))
