"""An exchange of places: one transaction, one journal line, one undoable step."""

from __future__ import annotations

from typing import Any

import pytest

from planning.calendar import at_minute
from planning.models import Intervention, JournalEntry, Placement, Plan, Slot
from planning.selectors.evaluation import MeaninglessPlace, UnknownIntervention
from planning.selectors.journal import as_json
from planning.selectors.steps import undo_and_redo
from planning.services.placements import Change, ReasonRequired, undo_step
from planning.services.steps import Stale
from planning.services.swaps import swap_placements, swap_room_days
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


def swap(plan: Plan, one: Intervention, other: Intervention, hospital: Hospital, **more: Any) -> Change:
    plan.refresh_from_db()
    asked = {"revision": plan.revision, "user": hospital.director, "now": NOW} | more
    return swap_placements(plan=plan, first=one.pk, second=other.pk, **asked)


def where(plan: Plan) -> dict[str, tuple[str, object, bool]]:
    rows = Placement.objects.filter(plan=plan).select_related("intervention", "slot__room")
    return {row.intervention.code: (row.slot.room.code, row.starts_at, row.pinned_by is not None) for row in rows}


def two(plan: Plan, hospital: Hospital) -> tuple[Intervention, Intervention, Intervention]:
    """An hour in SO1 on Monday followed by another, and two hours in SO2 on Tuesday."""
    one, next_one, other = (
        make_intervention(hospital.surgeons[index % 2], 60 + 60 * (index == 2)) for index in range(3)
    )
    place(plan, one, hospital)
    place(plan, next_one, hospital, start=540)
    place(plan, other, hospital, room=1, day=1, start=600)
    return one, next_one, other


def test_a_swap_moves_pins_and_pushes_in_one_step_with_one_line(hospital: Hospital) -> None:
    plan = make_plan()
    one, next_one, other = two(plan, hospital)
    before = where(plan)
    done = swap(plan, one, other, hospital)
    assert where(plan) == {
        one.code: ("SO2", at_minute(WEEK.days[1], 600), True),
        other.code: ("SO1", at_minute(WEEK.days[0], 480), True),
        next_one.code: ("SO1", at_minute(WEEK.days[0], 600), False),
    }
    assert (done.action, done.delta) == ("swap", 0)
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.user, entry.intervention, entry.cost_delta) == ("swap", hospital.director, None, 0)
    told = as_json(entry)
    assert told["text"] == f"Échanger {one.code} et {other.code} : SO1 lun. 23 08:00 ↔ SO2 mar. 24 10:00"
    assert set(told["interventions"]) == {one.pk, other.pk, next_one.pk}
    undo, _redo = undo_and_redo(plan)
    assert undo == {"label": f"Échanger {one.code} et {other.code}"}
    plan.refresh_from_db()
    assert plan.revision == 1
    undo_step(plan=plan, revision=1, user=hospital.director, now=NOW)
    assert where(plan) == before


def test_against_a_rule_a_reason_is_required_and_marks_who_breaks_it(hospital: Hospital) -> None:
    plan = make_plan()
    ent, ortho = make_intervention(hospital.surgeons[2], 60), make_intervention(hospital.surgeons[0], 60)
    place(plan, ent, hospital)
    place(plan, ortho, hospital, room=1)
    with pytest.raises(ReasonRequired) as caught:
        swap(plan, ent, ortho, hospital, reason="  ")
    assert [one.rule for one in caught.value.violations] == ["slot_specialty"]
    plan.refresh_from_db()
    assert (plan.revision, JournalEntry.objects.count()) == (0, 0)
    swap(plan, ent, ortho, hospital, reason="Microscope en panne")
    rows = {row.intervention_id: (row.forced, row.pin_reason) for row in Placement.objects.all()}
    assert rows == {ent.pk: (True, "Microscope en panne"), ortho.pk: (False, "Microscope en panne")}
    assert JournalEntry.objects.get().reason == "Microscope en panne"


def test_a_stale_or_meaningless_swap_changes_nothing(hospital: Hospital) -> None:
    plan = make_plan()
    one, _next, other = two(plan, hospital)
    before = where(plan)
    with pytest.raises(Stale):
        swap(plan, one, other, hospital, revision=7)
    with pytest.raises(MeaninglessPlace):
        swap(plan, one, one, hospital, reason="Parce que")
    with pytest.raises(UnknownIntervention):
        swap(plan, one, make_intervention(hospital.surgeons[0], 60), hospital)
    assert (where(plan), JournalEntry.objects.count()) == (before, 0)
    Plan.objects.update(status="approved")
    with pytest.raises(Stale):
        swap(plan, one, other, hospital)


def rooms(plan: Plan, hospital: Hospital, **more: Any) -> Change:
    plan.refresh_from_db()
    asked = {"revision": plan.revision, "user": hospital.director, "now": NOW} | more
    return swap_room_days(
        plan=plan, room=hospital.rooms[0].pk, day=WEEK.days[0], other_room=hospital.rooms[1].pk,
        other_day=WEEK.days[1], **asked,
    )  # fmt: skip


def test_two_room_days_are_exchanged_and_undone_as_one(hospital: Hospital) -> None:
    plan = make_plan()
    one, next_one, other = two(plan, hospital)
    before = where(plan)
    done = rooms(plan, hospital)
    assert where(plan) == {
        one.code: ("SO2", at_minute(WEEK.days[1], 480), True),
        next_one.code: ("SO2", at_minute(WEEK.days[1], 540), True),
        other.code: ("SO1", at_minute(WEEK.days[0], 600), True),
    }
    assert done.delta == 300
    assert as_json(JournalEntry.objects.get())["text"] == "Échanger SO1 lun. 23 et SO2 mar. 24"
    undo_step(plan=plan, revision=1, user=hospital.director, now=NOW)
    assert where(plan) == before


def test_a_room_without_slots_takes_no_room_s_day(hospital: Hospital) -> None:
    plan = make_plan()
    one = make_intervention(hospital.surgeons[0], 60)
    place(plan, one, hospital)
    Slot.objects.filter(room=hospital.rooms[1], date=WEEK.days[1]).delete()
    with pytest.raises(MeaninglessPlace) as caught:
        rooms(plan, hospital, reason="Quand même")
    assert caught.value.why == "slot"
    assert Placement.objects.get().slot.room == hospital.rooms[0]
