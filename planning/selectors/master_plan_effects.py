"""What validating a draft would do from a Monday on, before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning import wording
from planning.calendar import Week, minute_of
from planning.models import EditedRoomDay, MasterPlan, Placement, Plan, Slot
from planning.selectors.master_plans import LoadedDraft, plan_in_force
from planning.selectors.verdicts import sentence
from planning.solver.master_plan.figures import changed
from planning.solver.master_plan.judging import Status

CURRENT = (Plan.Status.DRAFT, Plan.Status.APPROVED)
SHOWN = 12


@dataclass(frozen=True)
class Effects:
    """``mondays`` are the weeks already written, ``until`` the day before a plan already validated for later.

    ``losing`` are the planned interventions whose slot the draft gives to someone else, takes away or cuts.
    """

    start: date
    previous: MasterPlan | None
    until: date | None
    mondays: tuple[date, ...]
    edited: int
    losing: list[Placement]


def effects(plan: MasterPlan, start: date) -> Effects:
    """No side effect, and as many queries for one planned intervention as for a hundred."""
    later = MasterPlan.objects.filter(status=MasterPlan.Status.VALIDATED, valid_from__gte=start).order_by("valid_from")
    after = later.first()
    until = after.valid_from - timedelta(days=1) if after else None
    dates = Slot.objects.filter(date__gte=start)
    if until is not None:
        dates = dates.filter(date__lte=until)
    mondays = {Week.of(day).monday for day in dates.values_list("date", flat=True).distinct()}
    edited = EditedRoomDay.objects.filter(date__gte=start)
    return Effects(
        start=start,
        previous=plan_in_force(start),
        until=until,
        mondays=tuple(sorted(mondays)),
        edited=edited.count(),
        losing=_losing(plan, start, until, set(edited.values_list("room_id", "date"))),
    )


def _losing(plan: MasterPlan, start: date, until: date | None, edited: set[tuple[int, date]]) -> list[Placement]:
    """Each once, of the draft or else of the approved version."""
    rows = Placement.objects.filter(plan__status__in=CURRENT, slot__date__gte=start, slot__origin=Slot.Origin.PATTERN)
    if until is not None:
        rows = rows.filter(slot__date__lte=until)
    patterns = {
        (one.cycle_week, one.weekday, one.room_id, one.start_minute, one.end_minute): one for one in plan.patterns.all()
    }
    found: dict[int, Placement] = {}
    ordered = rows.select_related("slot__room", "intervention", "plan").order_by("starts_at", "plan__status")
    for row in ordered:
        slot = row.slot
        if (slot.room_id, slot.date) in edited:
            continue
        week = (Week.of(slot.date).monday - start).days // 7 % plan.cycle_weeks + 1
        span = (minute_of(slot.starts_at, slot.date), minute_of(slot.ends_at, slot.date))
        kept = patterns.get((week, slot.date.weekday(), slot.room_id, *span))
        owner = (slot.specialty_id, slot.surgeon_id, slot.kind)
        if kept is None or (kept.specialty_id, kept.surgeon_id, kept.kind) != owner:
            found.setdefault(row.intervention_id, row)
    return list(found.values())


def effects_answer(loaded: LoadedDraft, found: Effects) -> dict[str, Any]:
    """``lines`` are what the director reads before deciding; one that is ``bad`` forbids the validation."""
    return {
        "start": found.start.isoformat(),
        "previous": found.previous.pk if found.previous else None,
        "lines": _lines(loaded, found),
        "losing": [_losing_text(row) for row in found.losing[:SHOWN]],
        "more": max(0, len(found.losing) - SHOWN),
        "possible": not _impossible(loaded) and not same_monday(found),
    }


def same_monday(found: Effects) -> bool:
    """Another plan is already validated for that very Monday."""
    return found.until is not None and found.until < found.start


def _impossible(loaded: LoadedDraft) -> list[str]:
    verdicts = [loaded.verdict(one) for one in loaded.vacations]
    return [sentence(loaded, one) for one in verdicts if one.status is Status.BAD]


def _lines(loaded: LoadedDraft, found: Effects) -> list[dict[str, str]]:
    moved = len(changed(loaded.vacations, loaded.now))
    text = ngettext("%(n)d vacation change", "%(n)d vacations changent", moved) % {"n": moved}
    lines = [_line("ok", text)]
    bad, warn = _impossible(loaded), [v for v in map(loaded.verdict, loaded.vacations) if v.status is Status.WARN]
    if bad:
        lines.append(
            _line(
                "bad",
                ngettext("%(n)d vacation impossible : %(why)s", "%(n)d vacations impossibles, dont : %(why)s", len(bad))
                % {"n": len(bad), "why": bad[0]},
            )
        )
    if warn:
        lines.append(
            _line(
                "warn",
                ngettext("%(n)d avertissement : %(why)s", "%(n)d avertissements, dont : %(why)s", len(warn))
                % {"n": len(warn), "why": sentence(loaded, warn[0])},
            )
        )
    if not bad and not warn:
        lines.append(_line("ok", _("Équipements, ouvertures et chirurgiens respectés")))
    if same_monday(found):
        lines.append(
            _line("bad", _("Un plan directeur est déjà validé à partir de ce lundi : choisissez-en un autre."))
        )
    elif found.until is not None:
        lines.append(
            _line(
                "warn",
                _("Un autre plan est déjà validé pour après : celui-ci vaudra jusqu'au %(day)s.")
                % {"day": wording.day_label(found.until)},
            )
        )
    if found.previous is not None:
        values = {"name": found.previous.name, "day": wording.day_label(found.start - timedelta(days=1))}
        lines.append(_line("ok", _("« %(name)s » s'arrête le %(day)s") % values))
    if found.mondays:
        lines.append(
            _line(
                "ok",
                ngettext(
                    "%(n)d semaine déjà ouverte sera réécrite",
                    "%(n)d semaines déjà ouvertes seront réécrites",
                    len(found.mondays),
                )
                % {"n": len(found.mondays)},
            )
        )
    if found.edited:
        lines.append(
            _line(
                "ok",
                ngettext(
                    "%(n)d journée de salle modifiée à la main reste comme elle est",
                    "%(n)d journées de salle modifiées à la main restent comme elles sont",
                    found.edited,
                )
                % {"n": found.edited},
            )
        )
    return [*lines, _losing_line(len(found.losing))]


def _losing_line(count: int) -> dict[str, str]:
    if not count:
        return _line("ok", _("Aucune intervention déjà planifiée ne perd sa vacation"))
    text = ngettext(
        "%(n)d intervention déjà planifiée perd sa vacation : elle garde place et plage cette semaine-là",
        "%(n)d interventions déjà planifiées perdent leur vacation : elles gardent place et plage ces semaines-là",
        count,
    )
    return _line("warn", text % {"n": count})


def _line(status: str, text: str) -> dict[str, str]:
    return {"status": status, "text": text}


def _losing_text(row: Placement) -> str:
    place = wording.place(row.slot.room.code, row.slot.date.isoformat(), minute_of(row.starts_at, row.slot.date))
    return wording.named(row.intervention.code, place)
