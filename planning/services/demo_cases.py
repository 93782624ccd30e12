"""The interventions of the demonstration: two years of them, the approved weeks, and what its surgeon asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from planning.calendar import Week, at_minute
from planning.exchange.demo import catalogue, presets
from planning.exchange.demo.draws import Case, Place
from planning.exchange.demo.hospital import APPROVED_WEEKS, DemoHospital
from planning.models import Intervention, JournalEntry, Placement, Plan
from planning.services.demo_hospital import HospitalWriter
from planning.services.notices import tell_publication

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


class CasesWriter:
    """``prefix`` begins the reference of every intervention, by which the demonstration is known again."""

    def __init__(self, drawn: DemoHospital, hospital: HospitalWriter, now: datetime, prefix: str) -> None:
        self.drawn, self.hospital, self.now, self.prefix = drawn, hospital, now, prefix

    def write(self) -> int:
        """Returns how many interventions."""
        cases = [*self.drawn.past, *self.drawn.current, *self.drawn.coming]
        rows = Intervention.objects.bulk_create(
            [self._row(case, f"{self.prefix}{number}", number) for number, case in enumerate(cases, start=1)],
            batch_size=500,
        )
        needs = Intervention.equipment.through
        needs.objects.bulk_create(
            [
                needs(intervention=row, equipment=self.hospital.equipment[code])
                for row, case in zip(rows, cases, strict=True)
                for code in case.procedure.equipment
            ],
            batch_size=500,
        )
        self._approve(list(zip(rows, cases, strict=True)))
        return len(rows) + self._surgeons_requests(len(rows))

    def _surgeons_requests(self, known: int) -> int:
        """What Dr Martin is writing, has asked for and must complete, so that none of the portal's pages is empty."""
        surgeon, today = self.hospital.surgeons["MAR"], self.drawn.monday
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
                source_reference=f"{self.prefix}{number}",
                requested_at=self.now,
                requested_by=self.hospital.users["dr.martin"],
                **more,
            )
            row.equipment.set(self.hospital.equipment[code] for code in procedure.equipment)
            self._submitted(row)
        return len(_REQUESTS)

    def _submitted(self, row: Intervention) -> None:
        """The lines that the portal and the inbox would have written; none of a draft."""
        if row.state == Intervention.State.DRAFT:
            return
        actions = JournalEntry.Action
        asked = {"state": Intervention.State.REQUESTED, "procedure_label": row.procedure_label}
        JournalEntry.objects.create(
            at=self.now, user=self.hospital.users["dr.martin"], action=actions.SUBMIT, intervention=row, after=asked
        )
        if row.state == Intervention.State.RETURNED:
            JournalEntry.objects.create(
                at=self.now, user=self.hospital.users["regulatrice"], action=actions.RETURN, intervention=row,
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
            surgeon=self.hospital.surgeons[case.surgeon],
            specialty=self.hospital.specialties[case.specialty],
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
            requested_by=self.hospital.users["regulatrice"],
            actual_room=self.hospital.rooms[case.actual_room] if case.actual_room else None,
            entered_at=moment(case.entered),
            left_at=moment(case.left),
        )

    def _approve(self, pairs: Sequence[tuple[Intervention, Case]]) -> None:
        """One approved version a week: written as a draft first, because a decided plan refuses placements."""
        director = self.hospital.users["directrice"]
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
            slot=self.hospital.slots[place.day, place.slot],
            starts_at=at_minute(place.day, place.start),
            minutes=row.planned_minutes,
        )


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
