"""What a director should have read before approving a draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from planning import wording
from planning.calendar import Week
from planning.models import Plan
from planning.selectors import sign_off_words
from planning.selectors.differences import difference, summary
from planning.selectors.loaded import LoadedWeek, load_week_problem
from planning.selectors.sign_offs import Kind, Standing, missing, standings
from planning.selectors.warnings import conflicts_in, remarks_in, told_of


@dataclass(frozen=True, slots=True)
class Remark:
    """``severity``: forced (a person gave a reason), rule (broken without one), deadline (missed), info (soft rule)."""

    severity: str
    text: str
    intervention: int


def approval_check(plan: Plan) -> dict[str, Any]:
    loaded = load_week_problem(Week(plan.monday), plan)
    approved = Plan.objects.filter(monday=plan.monday, status=Plan.Status.APPROVED).first()
    remarks = [*_broken(loaded), *_left_out(loaded), *_too_late(loaded)]
    return {
        "warnings": [{"severity": one.severity, "text": one.text, "intervention": one.intervention} for one in remarks],
        "placed": len(loaded.placements),
        "unplanned": len(loaded.interventions) - len(loaded.placements),
        "differences": None if approved is None else summary(difference(plan, approved)),
        "approved": None if approved is None else {"id": approved.pk, "number": approved.number},
        "sign_offs": sign_off_check(plan),
    }


def sign_off_check(plan: Plan) -> dict[str, Any]:
    """The sign-offs that the approval of a draft takes: how each stands, and which keep it from being approved."""
    found = standings(plan) if plan.status == Plan.Status.DRAFT else []
    codes = dict(plan.placements.values_list("intervention_id", "intervention__code")) if found else {}
    asked_at = plan.sign_offs_asked_at
    return {
        "asked_at": asked_at.isoformat() if asked_at else None,
        "missing": len(missing(found)),
        "lines": [
            {
                "kind": one.kind,
                "state": one.state,
                "label": sign_off_words.whose(one.kind, one.surgeon),
                "state_label": _by_approval(one) or str(sign_off_words.STATES[one.state]),
                "text": "" if one.last is None else sign_off_words.said(one, codes),
                "comment": one.last.comment if one.last else "",
            }
            for one in found
        ],
    }


def _by_approval(one: Standing) -> str:
    return "" if one.holds or one.kind != Kind.ORGANISER else _("donné par l'approbation")


def _broken(loaded: LoadedWeek) -> Iterator[Remark]:
    told = told_of(loaded, loaded.assignments, loaded.starts)
    for key, violations in conflicts_in(told).items():
        row, placement = loaded.interventions[key], loaded.placements[key]
        said = " ; ".join(dict.fromkeys(wording.sentence(loaded, one) for one in violations))
        if placement.forced:
            text = _("%(code)s est forcée (%(reason)s) : %(rules)s")
            values = {"code": row.code, "reason": placement.pin_reason, "rules": said}
            yield Remark("forced", text % values, row.id)
        else:
            yield Remark("rule", _("%(code)s : %(rules)s") % {"code": row.code, "rules": said}, row.id)
    for key, violations in remarks_in(told).items():
        row = loaded.interventions[key]
        said = wording.listed(wording.sentence(loaded, one) for one in violations)
        yield Remark("info", _("%(code)s : %(rules)s") % {"code": row.code, "rules": said}, row.id)


def _left_out(loaded: LoadedWeek) -> Iterator[Remark]:
    """Those whose deadline falls within the week, or has passed."""
    for key, row in loaded.interventions.items():
        if key not in loaded.placements and row.deadline <= loaded.week.days[6]:
            text = _("%(code)s n'est pas planifiée et sa date limite est le %(day)s")
            yield Remark("deadline", text % {"code": row.code, "day": wording.day_label(row.deadline)}, row.id)


def _too_late(loaded: LoadedWeek) -> Iterator[Remark]:
    for key, placement in loaded.placements.items():
        row, day = loaded.interventions[key], loaded.slots[str(placement.slot)].date
        if row.deadline < loaded.week.monday and day >= loaded.week.monday:
            text = _("%(code)s est opérée après sa date limite, le %(day)s")
            yield Remark("deadline", text % {"code": row.code, "day": wording.day_label(row.deadline)}, row.id)
