"""What waits for the bloc's decision in the demonstration hospital: a handful in each group of the inbox."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from planning.calendar import at_minute
from planning.exchange.demo.catalogue import PROCEDURES, Procedure
from planning.exchange.demo.draws import Case
from planning.models import (
    Absence,
    ChangeRequest,
    Equipment,
    Intervention,
    JournalEntry,
    Placement,
    Plan,
    Slot,
    Surgeon,
    User,
)

State, Side, Anaesthesia, Action = Intervention.State, Intervention.Side, Intervention.Anaesthesia, JournalEntry.Action
_POLICY = "specialty"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; ``share`` of the median that was seen is what is asked, ``deadline`` counts days from today."""

    surgeon: str
    procedure: str
    patient: str
    days_ago: int
    # Of the wall clock.
    minute: int
    deadline: int
    share: float = 1.0
    wish: int | None = None
    side: str = ""
    anaesthesia: str = ""
    priority: str = "elective"
    # Instead of the catalogue's: an act that nobody has coded.
    label: str = ""


_NEW = (
    # Far shorter than what the same surgeon took.
    Ask("MAR", "NEKA020", "D-4821", 0, 525, 27, share=0.72, wish=10, side=Side.LEFT, anaesthesia=Anaesthesia.SPINAL),
    Ask("SCH", "LFAA002", "D-9354", 0, 510, 6, priority="expedited", anaesthesia=Anaesthesia.GENERAL),
    Ask("REN", "LBFA002", "D-6338", 0, 495, 49),
    Ask("BEN", "HHFA010", "D-8550", 1, 1045, 64, anaesthesia=Anaesthesia.GENERAL),
    Ask("ROY", "BFGA004", "D-5044", 1, 940, 40, side=Side.LEFT, anaesthesia=Anaesthesia.LOCAL),
    Ask("DIA", "JKFE001", "D-6906", 1, 885, 33, wish=12),
    Ask("GIR", "JCNE001", "D-7741", 2, 1010, 36, side=Side.RIGHT),
    Ask("KON", "EJSA003", "D-7120", 2, 640, 60, side=Side.LEFT),
)
_DOUBLE = Ask("KON", "EJSA003", "D-7120", 2, 652, 60, side=Side.BOTH)
_UNCODED = Ask("FON", "LMMA006", "D-8018", 1, 605, 24, label="Reprise de cicatrice abdominale")
_RETURNED = Ask("LEF", "NFMC003", "D-5307", 3, 990, 46, side=Side.RIGHT)
_FALLEN = (
    (Ask("VID", "LBPA001", "D-5590", 40, 560, 49), 9, "Plaques non livrées", None, "livraison annoncée des plaques"),
    (Ask("ROU", "JKFC005", "D-3871", 30, 700, 28), 3, "Anémie à corriger", "regulatrice", ""),
)


class DemoInbox:
    """``cases`` are what the demonstration drew; ``number`` is that of the first row written here."""

    def __init__(
        self, *, users: Mapping[str, User], surgeons: Mapping[str, Surgeon], equipment: Mapping[str, Equipment],
        today: date, now: datetime, prefix: str, number: int,
    ) -> None:  # fmt: skip
        self.users, self.surgeons, self.equipment = users, surgeons, equipment
        self.today, self.now, self.prefix, self.number = today, now, prefix, number
        self.procedures = {one.code: one for rows in PROCEDURES.values() for one in rows}
        self.medians: dict[str, int] = {}

    def write(self, past: Iterable[Case]) -> int:
        """Returns how many interventions."""
        begun = self.number
        self.medians = _medians(past)
        for ask in (*_NEW, _DOUBLE, _UNCODED):
            self._submitted(ask, State.REQUESTED)
        self._sent_back()
        self._fallen()
        self._change()
        self._conflict()
        return self.number - begun

    def _submitted(self, ask: Ask, state: str, **fields: Any) -> Intervention:
        row = self._row(ask, state, **fields)
        row.save()
        if not ask.label:
            row.equipment.set(self.equipment[code] for code in self.procedures[ask.procedure].equipment)
        facts = {"procedure_label": row.procedure_label, "state": State.REQUESTED}
        self._note(row, Action.SUBMIT, row.requested_at, row.requested_by, None, facts)
        return row

    def _row(self, ask: Ask, state: str, **fields: Any) -> Intervention:
        surgeon, procedure = self.surgeons[ask.surgeon], self.procedures[ask.procedure]
        self.number += 1
        deadline = self.today + timedelta(days=ask.deadline)
        values: dict[str, Any] = {
            "code": f"I{self.today:%y}-{self.number:05d}",
            "patient_code": ask.patient,
            "procedure_label": ask.label or procedure.label,
            "procedure_code": "" if ask.label else procedure.code,
            "surgeon": surgeon,
            "specialty": surgeon.specialty,
            "planned_minutes": self._minutes(procedure, ask.share),
            "admission_date": min(self.today + timedelta(days=2), deadline - timedelta(days=1)),
            "deadline_date": deadline,
            "wished_date": self._working_day(ask.wish) if ask.wish else None,
            "priority": ask.priority,
            "side": ask.side,
            "anaesthesia": ask.anaesthesia,
            "ambulatory": procedure.ambulatory >= 0.7,
            "state": state,
            "source_reference": f"{self.prefix}{self.number}",
            "requested_at": self._moment(ask.days_ago, ask.minute),
            "requested_by": surgeon.user or self.users["regulatrice"],
        }
        return Intervention(**values | fields)

    def _minutes(self, procedure: Procedure, share: float) -> int:
        return 5 * round(self.medians.get(procedure.code, procedure.minutes) * share / 5)

    def _working_day(self, days: int) -> date:
        day = self.today + timedelta(days=days)
        return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)

    def _moment(self, days_ago: int, minute: int) -> datetime:
        return min(at_minute(self.today - timedelta(days=days_ago), minute), self.now)

    def _sent_back(self) -> None:
        question = "Quel implant, et la consultation d’anesthésie est-elle faite ?"
        row = self._submitted(_RETURNED, State.RETURNED, return_reason=question)
        before = {"state": State.REQUESTED, "return_reason": ""}
        after = {"state": State.RETURNED, "return_reason": question}
        at = self._moment(2, 545)
        self._note(row, Action.RETURN, at, self.users["regulatrice"], before, after, question)

    def _fallen(self) -> None:
        for ask, days, reason, responsible, note in _FALLEN:
            since = self._moment(days, 1005)
            row = self._submitted(
                ask, State.ACCEPTED, to_replan_since=since, replan_note=note,
                responsible=self.users[responsible] if responsible else None,
            )  # fmt: skip
            before = {"state": State.PLANNED, "to_replan_since": None}
            after = {"state": State.ACCEPTED, "to_replan_since": since.isoformat()}
            self._note(row, Action.UNPLAN, since, self.users["directrice"], before, after, reason)

    def _change(self) -> None:
        """Dr Martin would rather operate one of hers on another day."""
        own = Intervention.objects.filter(surgeon=self.surgeons["MAR"], state=State.ACCEPTED)
        row = own.exclude(pk__in=ChangeRequest.objects.values("intervention")).order_by("-deadline_date", "-pk").first()
        if row is None:
            return
        day, at = row.admission_date + timedelta(days=2), self._moment(0, 480)
        ChangeRequest.objects.create(
            intervention=row, kind=ChangeRequest.Kind.MOVE, wished_date=day, asked_by=self.users["dr.martin"],
            reason="La patiente part en voyage, le lendemain l’arrangerait.", asked_at=at,
        )  # fmt: skip
        facts = {"kind": ChangeRequest.Kind.MOVE, "wished_date": day.isoformat(), "minutes": None}
        self._note(row, Action.CHANGE, at, self.users["dr.martin"], None, facts)

    def _conflict(self) -> None:
        """Begun too early: the draft of a coming week holds one whose surgeon has said since that she is away."""
        for absence in Absence.objects.filter(starts_on__gt=self.today + timedelta(days=9)).select_related("surgeon"):
            for slot in Slot.objects.filter(
                date__range=(absence.starts_on, absence.ends_on), specialty=absence.surgeon.specialty, kind="regular",
                surgeon=None,
            ).order_by("starts_at"):  # fmt: skip
                row = Intervention.objects.filter(
                    surgeon=absence.surgeon, state=State.ACCEPTED, admission_date__lt=slot.date,
                    deadline_date__gte=slot.date, to_replan_since=None, equipment=None,
                ).first()  # fmt: skip
                if row is not None:
                    self._place(row, slot)
                    Absence.objects.filter(pk=absence.pk).update(declared_at=self._moment(1, 1070))
                    return

    def _place(self, row: Intervention, slot: Slot) -> None:
        monday = slot.date - timedelta(days=slot.date.weekday())
        begun = min(self.now - timedelta(days=2), at_minute(monday, 0))
        plan = Plan.objects.create(
            monday=monday, number=1, status=Plan.Status.DRAFT, policy=_POLICY, created_at=begun,
            created_by=self.users["regulatrice"],
        )  # fmt: skip
        Placement.objects.create(
            plan=plan, intervention=row, slot=slot, starts_at=slot.starts_at, minutes=row.planned_minutes,
            pinned_by=self.users["regulatrice"], pinned_at=begun, pin_reason="Patiente prévenue",
        )  # fmt: skip

    def _note(
        self, row: Intervention, action: str, at: datetime, user: User | None, before: dict[str, Any] | None,
        after: dict[str, Any], reason: str = "",
    ) -> None:  # fmt: skip
        JournalEntry.objects.create(
            at=at, user=user, action=action, intervention=row, before=before, after=after, reason=reason
        )


def _medians(past: Iterable[Case]) -> dict[str, int]:
    """How long each procedure took, by its code."""
    found: dict[str, list[int]] = {}
    for case in past:
        if case.entered is not None and case.left is not None:
            found.setdefault(case.procedure.code, []).append(case.left - case.entered)
    return {code: round(statistics.median(minutes)) for code, minutes in found.items()}
