"""Writes the demonstration hospital into an empty database, or takes it out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from planning.access import Role
from planning.calendar import Week, at_minute
from planning.exchange.demo import catalogue, presets
from planning.exchange.demo.catalogue import SlotCard
from planning.exchange.demo.draws import Case, Place
from planning.exchange.demo.hospital import APPROVED_WEEKS, DemoHospital, generate
from planning.models import (
    Absence,
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
    RoomClosure,
    Site,
    Slot,
    SlotPattern,
    SlotRelease,
    Specialty,
    Surgeon,
    SurgeonAvailability,
    SurgeonPreference,
    User,
)
from planning.services.demo_inbox import DemoInbox
from planning.services.journal import erasable_journal
from planning.services.notices import tell_publication

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
_REFERENCE = "demo:"
_POLICY = "specialty"
_STATES = Intervention.State
# State, procedure, minutes, days from Monday to the admission, and the rest.
_REQUESTS: tuple[tuple[str, str, int, int, dict[str, Any]], ...] = (
    (_STATES.DRAFT, "Prothèse totale de hanche", 130, 8, {"side": "left"}),
    (_STATES.REQUESTED, "Méniscectomie sous arthroscopie", 45, 9,
     {"side": "right", "anaesthesia": "spinal", "ambulatory": True}),
    (_STATES.RETURNED, "Réparation de la coiffe des rotateurs", 90, 10,
     {"return_reason": "Quel côté, et avec ou sans ancres résorbables ?"}),
)  # fmt: skip


class OtherDataError(Exception):
    """The database holds a hospital that is not the demonstration: it is never erased."""


def hospital_exists() -> bool:
    return Room.objects.exists() or Surgeon.objects.exists() or Intervention.objects.exists()


@transaction.atomic
def load_demo(*, today: date, now: datetime, preset: str = "load", seed: int = 1) -> int:
    """Everything in one transaction; returns how many interventions. The database must hold no hospital."""
    drawn = generate(today=today, preset=preset, seed=seed)
    loader = _Loader(drawn, now)
    loader.accounts()
    loader.reference()
    loader.slots()
    count = loader.cases(seed)
    waiting = DemoInbox(
        users=loader.users, surgeons=loader.surgeons, equipment=loader.equipment, today=today, now=now,
        prefix=f"{_REFERENCE}{seed}:", number=count,
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


class _Loader:
    """Holds the rows by their natural keys while the demonstration is written."""

    def __init__(self, drawn: DemoHospital, now: datetime) -> None:
        self.drawn, self.now = drawn, now
        self.users: dict[str, User] = {}
        self.equipment: dict[str, Equipment] = {}
        self.rooms: dict[str, Room] = {}
        self.specialties: dict[str, Specialty] = {}
        self.surgeons: dict[str, Surgeon] = {}
        self.slot_rows: dict[tuple[date, SlotCard], Slot] = {}

    def accounts(self) -> None:
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

    def reference(self) -> None:
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
        self._people()
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

    def slots(self) -> None:
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
        self.slot_rows = dict(zip(dated, rows, strict=True))

    def _owner(self, card: SlotCard) -> Specialty | None:
        return self.specialties[card.specialty] if card.specialty else None

    def _surgeon(self, card: SlotCard) -> Surgeon | None:
        return self.surgeons[card.surgeon] if card.surgeon else None

    def cases(self, seed: int) -> int:
        cases = [*self.drawn.past, *self.drawn.current, *self.drawn.coming]
        rows = Intervention.objects.bulk_create(
            [self._row(case, f"{_REFERENCE}{seed}:{number}", number) for number, case in enumerate(cases, start=1)],
            batch_size=500,
        )
        needs = Intervention.equipment.through
        needs.objects.bulk_create(
            [
                needs(intervention=row, equipment=self.equipment[code])
                for row, case in zip(rows, cases, strict=True)
                for code in case.procedure.equipment
            ],
            batch_size=500,
        )
        self._approve(list(zip(rows, cases, strict=True)))
        return len(rows) + self._surgeons_requests(seed, len(rows))

    def _surgeons_requests(self, seed: int, known: int) -> int:
        """What Dr Martin is writing, has asked for and must complete, so that none of the portal's pages is empty."""
        surgeon, today = self.surgeons["MAR"], self.drawn.monday
        procedures = {one.label: one for one in catalogue.PROCEDURES["ORT"]}
        for number, (state, label, minutes, days, more) in enumerate(_REQUESTS, start=known + 1):
            procedure = procedures[label]
            row = Intervention.objects.create(
                code=f"I{self.now:%y}-{number:05d}",
                patient_code=f"P-{7000 + number % 1000}",
                procedure_label=label,
                procedure_code=procedure.code,
                surgeon=surgeon,
                specialty=surgeon.specialty,
                planned_minutes=minutes,
                admission_date=today + timedelta(days=days),
                deadline_date=today + timedelta(days=days + 28),
                state=state,
                source_reference=f"{_REFERENCE}{seed}:{number}",
                requested_at=self.now,
                requested_by=self.users["dr.martin"],
                **more,
            )
            row.equipment.set(self.equipment[code] for code in procedure.equipment)
            self._submitted(row)
        return len(_REQUESTS)

    def _submitted(self, row: Intervention) -> None:
        """The lines that the portal and the inbox would have written; none of a draft."""
        if row.state == Intervention.State.DRAFT:
            return
        actions = JournalEntry.Action
        asked = {"state": Intervention.State.REQUESTED, "procedure_label": row.procedure_label}
        JournalEntry.objects.create(
            at=self.now, user=self.users["dr.martin"], action=actions.SUBMIT, intervention=row, after=asked
        )
        if row.state == Intervention.State.RETURNED:
            JournalEntry.objects.create(
                at=self.now, user=self.users["regulatrice"], action=actions.RETURN, intervention=row,
                before={"state": Intervention.State.REQUESTED, "return_reason": ""},
                after={"state": row.state, "return_reason": row.return_reason}, reason=row.return_reason,
            )  # fmt: skip

    def _row(self, case: Case, reference: str, number: int) -> Intervention:
        def moment(minute: int | None) -> datetime | None:
            return None if minute is None or case.entered is None else at_minute(_operated_on(case), minute)

        return Intervention(
            code=f"I{case.requested_on:%y}-{number:05d}",
            patient_code=case.patient_code,
            procedure_label=case.procedure.label,
            procedure_code=case.procedure.code,
            surgeon=self.surgeons[case.surgeon],
            specialty=self.specialties[case.specialty],
            planned_minutes=case.planned_minutes,
            admission_date=case.admission,
            deadline_date=case.deadline,
            priority=case.priority,
            ambulatory=case.ambulatory,
            child=case.child,
            # What was planned came before anyone asked who is septic.
            septic=case.septic and case.place is None,
            recovery_minutes=case.recovery_minutes,
            state=case.state,
            notes=case.notes,
            cancel_reason=case.cancel_reason,
            source_reference=reference,
            requested_at=min(at_minute(case.requested_on, case.requested_minute), self.now),
            requested_by=self.users["regulatrice"],
            actual_room=self.rooms[case.actual_room] if case.actual_room else None,
            entered_at=moment(case.entered),
            left_at=moment(case.left),
        )

    def _approve(self, pairs: Sequence[tuple[Intervention, Case]]) -> None:
        """One approved version a week: written as a draft first, because a decided plan refuses placements."""
        director = self.users["directrice"]
        by_week: dict[date, list[tuple[Intervention, Place]]] = {
            self.drawn.monday - timedelta(weeks=back): [] for back in range(APPROVED_WEEKS, -1, -1)
        }
        for row, case in pairs:
            if case.place is not None:
                by_week.get(Week.of(case.place.day).monday, []).append((row, case.place))
        for monday, placed in by_week.items():
            decided = min(at_minute(monday - timedelta(days=4), 15 * 60 + 20), self.now)
            plan = Plan.objects.create(
                monday=monday,
                number=1,
                status=Plan.Status.DRAFT,
                policy=_POLICY,
                parameters=_parameters(),
                total_cost=_cost(placed),
                created_at=decided,
                created_by=director,
            )
            Placement.objects.bulk_create([self._placement(plan, row, place) for row, place in placed], batch_size=500)
            Plan.objects.filter(pk=plan.pk).update(
                status=Plan.Status.APPROVED, approved_at=decided, approved_by=director
            )
            JournalEntry.objects.create(
                at=decided,
                user=director,
                action=JournalEntry.Action.APPROVE,
                monday=monday,
                plan=plan,
                after={"number": 1, "placed": len(placed)},
            )
        # Of the last week alone, as if the ones before had been read and were gone.
        tell_publication(plan=plan, previous=None, user=director, now=decided)

    def _placement(self, plan: Plan, row: Intervention, place: Place) -> Placement:
        return Placement(
            plan=plan,
            intervention=row,
            slot=self.slot_rows[place.day, place.slot],
            starts_at=at_minute(place.day, place.start),
            minutes=row.planned_minutes,
        )


def _kind(card: SlotCard) -> str:
    return "overtime" if card.overtime else "regular"


def _operated_on(case: Case) -> date:
    """Urgent interventions were never planned: they follow their request by a day."""
    return case.place.day if case.place is not None else case.admission + timedelta(days=1)


def _parameters() -> dict[str, int]:
    return {
        "hospital_day_euros": int(presets.HOSPITAL_DAY_EUROS.value),
        "overtime_hour_euros": int(presets.OVERTIME_HOUR_EUROS.value),
        "turnover_minutes": int(presets.PLANNED_TURNOVER_MINUTES.value),
    }


def _cost(placed: Iterable[tuple[Intervention, Place]]) -> float:
    """Equation (1) of a week where everything was planned in regular hours: the days waited."""
    waited = (max(0, (place.day - row.admission_date).days - 1) for row, place in placed)
    return sum(waited) * presets.HOSPITAL_DAY_EUROS.value
