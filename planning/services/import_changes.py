"""Interventions that a file knows by their reference and says otherwise: what differs, and the update."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from planning.exchange.fields import Field
from planning.exchange.interventions import TARGET, InterventionRow
from planning.models import Intervention, Placement, Plan, Surgeon, User
from planning.services.import_names import Creator
from planning.services.interventions import InterventionChanged, edit_intervention, fingerprint, lock_drafts_of

State = Intervention.State
OPEN = (State.REQUESTED, State.ACCEPTED)
_PLAIN = (
    "patient_code", "procedure_label", "procedure_code", "planned_minutes", "admission_date", "deadline_date",
    "priority", "side", "anaesthesia", "ambulatory", "child", "septic", "recovery_minutes", "notes",
)  # fmt: skip
_TIMES = ("entered_at", "left_at")


@dataclass(frozen=True, slots=True)
class Change:
    field: Field
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Modified:
    """``kept_because`` says why the intervention stays as it is whatever is asked; "" when it may be updated."""

    row: InterventionRow
    stored: Intervention
    changes: Sequence[Change]
    kept_because: str


def modified_ones(known: Sequence[tuple[InterventionRow, Intervention]], *, done: bool) -> list[Modified]:
    """Those of ``known`` whose line says something else."""
    specialties = dict(Surgeon.objects.values_list("code", "specialty__code")) if known else {}
    differing = [
        (row, stored, changes)
        for row, stored in known
        if (changes := _changes(_held(stored), _said(row, stored, specialties, done=done)))
    ]
    approved = _in_approved_weeks(stored for _row, stored, _changes in differing)
    return [
        Modified(row, stored, changes, _why_kept(stored, done=done, approved=stored.pk in approved))
        for row, stored, changes in differing
    ]


def update(modified: Sequence[Modified], creator: Creator, *, user: User, now: datetime) -> None:
    """Raises ``InterventionChanged`` when somebody edited or planned one of them meanwhile."""
    pks = {one.stored.pk for one in modified}
    lock_drafts_of(pks)
    locked = list(Intervention.objects.select_for_update(no_key=True).filter(pk__in=pks, state__in=OPEN))
    # An approval writes the same rows: it has either ended, and shows here, or waits for us.
    if len(locked) != len(pks) or _in_approved_weeks(locked):
        raise InterventionChanged
    for one in modified:
        seen = fingerprint(one.stored)
        _write_on(one, creator)
        named = one.row.equipment if "equipment" in {change.field.name for change in one.changes} else None
        equipment = one.stored.equipment.all() if named is None else {creator.equipment(each) for each in named}
        edit_intervention(
            intervention=one.stored, equipment=equipment, seen=seen, user=user, now=now, reason=_("Import"),
            priced=False,
        )  # fmt: skip


def _held(stored: Intervention) -> dict[str, Any]:
    """What the database says, by field, as ``_said`` puts it."""
    facts = {name: getattr(stored, name) for name in _PLAIN}
    facts |= {name: _wall(getattr(stored, name)) for name in _TIMES}
    facts["surgeon"], facts["specialty"] = stored.surgeon.code, stored.specialty.code
    facts["equipment"] = tuple(sorted(one.code for one in stored.equipment.all()))
    return facts


def _said(
    row: InterventionRow, stored: Intervention, specialties: AbstractMapping[str, str], *, done: bool
) -> dict[str, Any]:
    """What the line says. An empty cell says nothing, but another surgeon brings their specialty."""
    facts = {name: getattr(row, name) for name in (*_PLAIN, *(_TIMES if done else ()))}
    facts["surgeon"] = row.surgeon.code or row.surgeon.text
    facts["equipment"] = tuple(sorted({one.code or one.text for one in row.equipment}))
    said = {name: value for name, value in facts.items() if row.record.get(name) is not None}
    if row.specialty is not None:
        said["specialty"] = row.specialty.code or row.specialty.text
    elif row.surgeon.code and row.surgeon.code != stored.surgeon.code:
        said["specialty"] = specialties[row.surgeon.code]
    return said


def _changes(held: AbstractMapping[str, Any], said: AbstractMapping[str, Any]) -> list[Change]:
    return [
        Change(one, held[one.name], said[one.name])
        for one in TARGET.fields
        if one.name in said and said[one.name] != held[one.name]
    ]


def _why_kept(stored: Intervention, *, done: bool, approved: bool) -> str:
    if approved or stored.state == State.PLANNED:
        return _("placée dans une semaine approuvée")
    if stored.state not in OPEN:
        return _("%(state)s : elle ne change plus") % {"state": stored.get_state_display()}
    return _("ici, c'est encore une demande") if done else ""


def _in_approved_weeks(interventions: Iterable[Intervention]) -> set[int]:
    pks = [one.pk for one in interventions]
    placed = Placement.objects.filter(intervention__in=pks, plan__status=Plan.Status.APPROVED)
    return set(placed.values_list("intervention_id", flat=True)) if pks else set()


def _write_on(one: Modified, creator: Creator) -> None:
    """The row in memory as the line says, with the surgeon and the specialty it names."""
    row, stored = one.row, one.stored
    for change in one.changes:
        name = change.field.name
        if name == "surgeon":
            stored.surgeon = creator.surgeon(row.surgeon, row.specialty)
        elif name == "specialty":
            stored.specialty = creator.specialty(row.specialty) if row.specialty else stored.surgeon.specialty
        elif name in _PLAIN:
            setattr(stored, name, change.after)


def _wall(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment).replace(tzinfo=None) if moment else None
