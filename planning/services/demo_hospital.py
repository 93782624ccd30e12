"""The demonstration hospital itself: accounts, rooms, specialties, surgeons, the master plan and its dated slots."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from planning.access import Role
from planning.calendar import at_minute
from planning.exchange.demo import catalogue, presets
from planning.exchange.demo.catalogue import SlotCard
from planning.exchange.demo.hospital import APPROVED_WEEKS, DemoHospital
from planning.models import (
    Absence,
    Equipment,
    MasterPlan,
    ReleaseRule,
    Room,
    RoomClosure,
    Site,
    Slot,
    SlotPattern,
    Specialty,
    Surgeon,
    SurgeonAvailability,
    SurgeonPreference,
    User,
)

PASSWORD = "bloc-demo-2026"  # noqa: S105  # printed by the command: the demonstration hides nothing
SITE_NAME = "CHU de Tivoli (démonstration)"
ACCOUNTS = (
    ("directrice", Role.DIRECTOR, "Florence", "Delcourt"),
    ("regulatrice", Role.PLANNER, "Nadia", "Willems"),
    ("dr.martin", Role.SURGEON, "Hélène", "Martin"),
    ("dr.renard", Role.ANAESTHETIST, "Claire", "Renard"),
    ("lecture", Role.VIEWER, "Compte", "Lecture"),
    ("admin", Role.ADMINISTRATOR, "Compte", "Administration"),
)
_WEEKS_OF_SLOTS_AHEAD = 5


class HospitalWriter:
    """Holds the rows by their natural keys, for what is written after them."""

    def __init__(self, drawn: DemoHospital) -> None:
        self.drawn = drawn
        self.users: dict[str, User] = {}
        self.equipment: dict[str, Equipment] = {}
        self.rooms: dict[str, Room] = {}
        self.specialties: dict[str, Specialty] = {}
        self.surgeons: dict[str, Surgeon] = {}
        self.slots: dict[tuple[date, SlotCard], Slot] = {}

    def write(self) -> None:
        self._accounts()
        self._reference()
        self._people()
        self._closures()
        self._slots()

    def _accounts(self) -> None:
        for username, role, first, last in ACCOUNTS:
            boss = role == Role.ADMINISTRATOR
            values = {
                "role": role,
                "first_name": first,
                "last_name": last,
                "password": make_password(PASSWORD),
                "is_staff": boss,
                "is_superuser": boss,
                "is_active": True,
            }
            self.users[username] = User.objects.update_or_create(username=username, defaults=values)[0]

    def _reference(self) -> None:
        Site.objects.update_or_create(
            pk=1,
            defaults={
                "name": SITE_NAME,
                "hospital_day_euros": int(presets.HOSPITAL_DAY_EUROS.value),
                "overtime_hour_euros": int(presets.OVERTIME_HOUR_EUROS.value),
                "turnover_minutes": int(presets.PLANNED_TURNOVER_MINUTES.value),
                # A day patient who cannot go home stays the night.
                "rule_costs": {"ambulatory_late": int(presets.HOSPITAL_DAY_EUROS.value)},
            },
        )
        self.equipment = {
            code: Equipment.objects.create(code=code, name=name, units=catalogue.SHARED_UNITS.get(code))
            for code, name in catalogue.EQUIPMENT.items()
        }
        for position, (code, (name, owned)) in enumerate(catalogue.ROOMS.items(), start=1):
            self.rooms[code] = Room.objects.create(
                code=code,
                name=name,
                position=position,
                opens_minute=int(presets.OPENING_MINUTE.value),
                closes_minute=int(presets.CLOSING_MINUTE.value),
            )
            self.rooms[code].equipment.set(self.equipment[one] for one in owned)
        self.specialties = {
            code: Specialty.objects.create(code=code, name=name, colour=code.lower())
            for code, name in catalogue.SPECIALTIES.items()
        }
        ReleaseRule.objects.bulk_create(
            ReleaseRule(
                specialty=self.specialties[code], days_ahead=days, substitute=self.specialties.get(substitute or "")
            )
            for code, (days, substitute) in catalogue.RELEASES.items()
        )

    def _closures(self) -> None:
        RoomClosure.objects.bulk_create(
            RoomClosure(room=self.rooms[room], starts_on=first, ends_on=last, reason=reason)
            for room, first, last, reason in self.drawn.calendar.closures
        )

    def _people(self) -> None:
        for card in catalogue.SURGEONS:
            self.surgeons[card.trigram] = Surgeon.objects.create(
                code=card.trigram,
                trigram=card.trigram,
                last_name=card.last_name,
                first_name=card.first_name,
                specialty=self.specialties[card.specialty],
                daily_maximum_minutes=card.daily_minutes,
                user=self.users["dr.martin"] if card.trigram == "MAR" else None,
            )
        SurgeonAvailability.objects.bulk_create(
            SurgeonAvailability(surgeon=self.surgeons[trigram], weekday=weekday)
            for trigram, weekdays in self.drawn.weekdays.items()
            for weekday in weekdays
        )
        Absence.objects.bulk_create(
            Absence(surgeon=self.surgeons[trigram], starts_on=first, ends_on=last, reason=reason)
            for trigram, first, last, reason in self.drawn.calendar.absences
        )
        wishes = ((1, "morning", "preferred"), (1, "afternoon", "preferred"), (4, "afternoon", "unwanted"))
        SurgeonPreference.objects.bulk_create(
            SurgeonPreference(surgeon=self.surgeons["MAR"], weekday=weekday, half=half, wish=wish)
            for weekday, half, wish in wishes
        )

    def _slots(self) -> None:
        """The pattern, and its dated slots from the oldest approved week to the last week with requests."""
        first = self.drawn.monday - timedelta(weeks=APPROVED_WEEKS)
        year = date(first.year, 1, 4)
        plan = MasterPlan.objects.create(
            name=f"Plan directeur {first.year}", valid_from=year - timedelta(days=year.weekday()), cycle_weeks=1
        )
        cards = catalogue.weekly_slots()
        SlotPattern.objects.bulk_create(
            SlotPattern(
                master_plan=plan,
                weekday=card.weekday,
                room=self.rooms[card.room],
                start_minute=card.start,
                end_minute=card.end,
                kind=_kind(card),
                specialty=self._owner(card),
                surgeon=self._surgeon(card),
            )
            for card in cards
        )
        weeks = range(APPROVED_WEEKS + _WEEKS_OF_SLOTS_AHEAD + 1)
        dated = [(first + timedelta(weeks=week, days=card.weekday), card) for week in weeks for card in cards]
        rows = Slot.objects.bulk_create(
            [
                Slot(
                    date=day,
                    room=self.rooms[card.room],
                    starts_at=at_minute(day, card.start),
                    ends_at=at_minute(day, card.end),
                    kind=_kind(card),
                    specialty=self._owner(card),
                    surgeon=self._surgeon(card),
                )
                for day, card in dated
            ],
            batch_size=500,
        )
        self.slots = dict(zip(dated, rows, strict=True))

    def _owner(self, card: SlotCard) -> Specialty | None:
        return self.specialties[card.specialty] if card.specialty else None

    def _surgeon(self, card: SlotCard) -> Surgeon | None:
        return self.surgeons[card.surgeon] if card.surgeon else None


def _kind(card: SlotCard) -> str:
    return "overtime" if card.overtime else "regular"
