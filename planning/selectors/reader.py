"""What one person may read of a week."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from planning import wording
from planning.access import May, allowed
from planning.models import User
from planning.selectors.loaded import LoadedWeek
from planning.selectors.week_rows import InterventionRow
from planning.solver.result import Violation


class Reader:
    """What one user may read of the interventions.

    A surgeon reads their own in full and the others as occupied time. A viewer reads no patient code and no note.
    """

    def __init__(self, user: User, loaded: LoadedWeek) -> None:
        self.loaded = loaded
        self.drafts = allowed(user, May.SEE_DRAFTS)
        own = allowed(user, May.SEE_OWN)
        self.surgeon = (
            next((row.id for row in loaded.surgeons.values() if row.user == user.pk), 0) if own else None
        )  # fmt: skip

    def may_read(self, row: InterventionRow) -> bool:
        return self.drafts or self.surgeon is None or row.surgeon == self.surgeon

    def may_identify(self, row: InterventionRow) -> bool:
        return self.drafts or (self.surgeon is not None and row.surgeon == self.surgeon)

    def intervention(self, key: str, row: InterventionRow) -> dict[str, Any]:
        readable, identified = self.may_read(row), self.may_identify(row)
        return {
            "id": row.id,
            "code": row.code if readable else "",
            "patient_code": row.patient_code if identified else "",
            "label": row.label if readable else _("Occupé"),
            "minutes": self.loaded.problem.intervention_by_id[key].duration,
            "surgeon": row.surgeon,
            "specialty": row.specialty,
            "equipment": self.loaded.equipment_named(self.loaded.equipment[key]) if readable else [],
            "admission": row.admission.isoformat() if readable else None,
            "deadline": row.deadline.isoformat() if readable else None,
            "priority": row.priority if readable else "elective",
            "ambulatory": row.ambulatory and readable,
            "child": row.child and readable,
            "septic": row.septic and readable,
            "recovery_minutes": row.recovery_minutes if readable else 0,
            "overdue": self.loaded.is_overdue(row) and readable,
            "notes": row.notes if identified else "",
        }

    def warnings(self, key: str, violations: tuple[Violation, ...]) -> list[dict[str, Any]]:
        if not self.may_read(self.loaded.interventions[key]):
            return []
        return [
            one
            for one in (worded(self.loaded, violation) for violation in violations)
            if one["other"] is None or self.may_read(self.loaded.interventions[str(one["other"])])
        ]


def worded(loaded: LoadedWeek, violation: Violation) -> dict[str, Any]:
    other = violation.facts.get("other")
    return {
        "rule": violation.rule,
        "text": wording.sentence(loaded, violation),
        "other": int(str(other)) if other is not None else None,
        "soft": violation.soft,
    }
