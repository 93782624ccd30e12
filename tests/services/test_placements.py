"""A person's changes of a draft: one transaction, one journal line, one undoable step each."""

from __future__ import annotations

from typing import Any

import pytest

from planning.calendar import at_minute
from planning.models import JournalEntry, Placement, Plan, PlanStep, RoomClosure, Site, Slot
from planning.selectors.evaluation import MeaninglessPlace, UnknownIntervention
from planning.selectors.journal import text_of
from planning.selectors.loaded import load_week_problem
from planning.selectors.steps import changes_since, undo_and_redo
from planning.selectors.warnings import conflicts_in, remarks_in, told_of, warnings_by_intervention
from planning.services.interventions import cancel_intervention
from planning.services.placements import (
    Change,
    NothingToUndo,
    NotPlaced,
    ReasonRequired,
    UnableToRestore,
    move_placement,
    pin_placements,
    redo_step,
    undo_step,
    unplan_interventions,
)
from planning.services.steps import KEPT_STEPS, Stale
from planning.services.taking import take_proposal
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


def move(
    plan: Plan, item: Any, hospital: Hospital, *, room: int = 0, day: int = 0, start: int = 480, **more: Any
) -> Change:
    plan.refresh_from_db()
    asked = {"revision": plan.revision, "user": hospital.director, "now": NOW, "reason": ""} | more
    return move_placement(
        plan=plan, intervention=item.pk, room=hospital.rooms[room].pk, day=WEEK.days[day], start=start, **asked
    )


def turn(act: Any, plan: Plan, hospital: Hospital, **more: Any) -> Change:
    plan.refresh_from_db()
    done: Change = act(plan=plan, revision=plan.revision, user=hospital.director, now=NOW, **more)
    return done


def where(plan: Plan) -> dict[str, tuple[str, object, bool]]:
    rows = Placement.objects.filter(plan=plan).select_related("intervention", "slot__room")
    return {row.intervention.code: (row.slot.room.code, row.starts_at, row.pinned_by is not None) for row in rows}


def test_a_drop_places_pins_and_tells_the_journal(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    done = move(plan, item, hospital, day=1, start=600)
    row = Placement.objects.get()
    assert (row.starts_at, row.minutes) == (at_minute(WEEK.days[1], 600), 60)
    assert (row.pinned_by, row.pinned_at, row.forced) == (hospital.director, NOW, False)
    assert done.delta == 300 - 3000
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.user, entry.intervention, entry.before) == ("move", hospital.director, item, None)
    assert entry.after is not None
    assert (entry.after["room"], entry.after["minute"], entry.cost_delta) == ("SO1", 600, -2700)
    plan.refresh_from_db()
    assert plan.revision == 1


def test_a_drop_on_others_pushes_them_in_the_same_step(hospital: Hospital) -> None:
    plan = make_plan()
    first, item = make_intervention(hospital.surgeons[1], 60), make_intervention(hospital.surgeons[0], 30)
    place(plan, first, hospital)
    move(plan, item, hospital, start=480)
    assert where(plan)[first.code] == ("SO1", at_minute(WEEK.days[0], 510), False)
    turn(undo_step, plan, hospital)
    assert where(plan) == {first.code: ("SO1", at_minute(WEEK.days[0], 480), False)}


def test_against_a_rule_a_reason_is_required_and_nothing_changes_without(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[2], 60)
    for blank in ("", "   "):
        with pytest.raises(ReasonRequired) as caught:
            move(plan, item, hospital, room=1, reason=blank)
        assert [one.rule for one in caught.value.violations] == ["slot_specialty"]
    plan.refresh_from_db()
    assert (plan.revision, Placement.objects.count(), JournalEntry.objects.count()) == (0, 0, 0)


def test_with_a_reason_it_is_forced_and_keeps_showing_what_it_breaks(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[2], 60)
    move(plan, item, hospital, room=1, reason="Accord du Dr Martin")
    row = Placement.objects.get()
    assert (row.forced, row.pin_reason) == (True, "Accord du Dr Martin")
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.reason) == ("force", "Accord du Dr Martin")
    turn(pin_placements, plan, hospital, interventions=[item.pk], pinned=False)
    row.refresh_from_db()
    assert (row.forced, row.pinned_by, row.pin_reason) == (True, None, "Accord du Dr Martin")
    loaded = load_week_problem(WEEK, plan)
    [warning] = warnings_by_intervention(loaded, loaded.assignments, loaded.starts)[str(item.pk)]
    assert warning.rule == "slot_specialty"


def test_a_legal_drop_afterwards_is_no_longer_forced(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[2], 60)
    move(plan, item, hospital, room=1, reason="Accord")
    move(plan, item, hospital, room=0)
    row = Placement.objects.get()
    assert (row.forced, row.pin_reason) == (False, "")


def test_where_no_slot_is_one_is_opened_by_exception_and_serves_nobody_else(hospital: Hospital) -> None:
    Slot.objects.filter(room=hospital.rooms[1], date=WEEK.days[2]).delete()
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    move(plan, item, hospital, room=1, day=2, start=600, reason="Salle libérée")
    slot = Slot.objects.get(origin="exception")
    assert (slot.kind, slot.starts_at, slot.ends_at) == (
        "overtime", at_minute(WEEK.days[2], 480), at_minute(WEEK.days[2], 1200)
    )  # fmt: skip
    loaded = load_week_problem(WEEK, plan)
    assert loaded.problem.slot_by_id[str(slot.pk)].positions == 1
    [warning] = warnings_by_intervention(loaded, loaded.assignments, loaded.starts)[str(item.pk)]
    assert warning.rule == "no_slot"
    turn(unplan_interventions, plan, hospital, interventions=[item.pk])
    assert str(slot.pk) not in load_week_problem(WEEK, plan).slots
    move(plan, item, hospital, room=1, day=2, start=900, reason="Encore")
    assert Placement.objects.get().slot == slot


def test_a_closed_room_can_be_forced_in_its_own_slot(hospital: Hospital) -> None:
    RoomClosure.objects.create(room=hospital.rooms[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1], reason="Travaux")
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    move(plan, item, hospital, day=1, reason="Travaux finis")
    assert Placement.objects.get().slot.origin == "pattern"
    assert Placement.objects.get().forced


def test_what_is_physically_meaningless_is_refused_even_with_a_reason(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    with pytest.raises(MeaninglessPlace):
        move(plan, item, hospital, start=300, reason="Parce que")
    with pytest.raises(MeaninglessPlace):
        move_placement(
            plan=plan, intervention=item.pk, room=999, day=WEEK.monday, start=600, revision=0,
            user=hospital.director, now=NOW, reason="Parce que",
        )  # fmt: skip
    with pytest.raises(UnknownIntervention):
        move_placement(
            plan=plan, intervention=999, room=hospital.rooms[0].pk, day=WEEK.monday, start=600, revision=0,
            user=hospital.director, now=NOW,
        )  # fmt: skip
    assert Placement.objects.count() == 0


def test_of_two_people_who_saw_the_same_revision_the_second_is_told(hospital: Hospital) -> None:
    plan = make_plan()
    first, second = make_intervention(hospital.surgeons[0], 60), make_intervention(hospital.surgeons[1], 60)
    move(plan, first, hospital)
    with pytest.raises(Stale):
        move(plan, second, hospital, revision=0)
    assert list(where(plan)) == [first.code]
    [change] = changes_since(plan.pk, 0)
    assert (change.user, change.intervention) == (hospital.director, first)
    assert changes_since(plan.pk, 1) == []


@pytest.mark.parametrize("status", ["proposed", "approved", "superseded"])
def test_only_a_draft_is_changed(hospital: Hospital, status: str) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital)
    Plan.objects.update(status=status)
    plan.refresh_from_db()
    for act in (
        lambda: move(plan, item, hospital, day=1),
        lambda: turn(unplan_interventions, plan, hospital, interventions=[item.pk]),
        lambda: turn(pin_placements, plan, hospital, interventions=[item.pk], pinned=True),
        lambda: turn(undo_step, plan, hospital),
    ):
        with pytest.raises(Stale):
            act()
    assert Placement.objects.get().starts_at == at_minute(WEEK.monday, 480)


def test_undo_and_redo_restore_the_placements_pins_included(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital, pinned_by=hospital.viewer, pin_reason="Matin")
    before = where(plan)
    move(plan, item, hospital, room=1, day=1)
    turn(unplan_interventions, plan, hospital, interventions=[item.pk])
    undo, redo = undo_and_redo(plan)
    assert undo == {"label": f"Retirer {item.code} du planning"}
    assert redo is None
    turn(undo_step, plan, hospital)
    assert where(plan)[item.code][0] == "SO2"
    turn(undo_step, plan, hospital)
    assert where(plan) == before
    row = Placement.objects.get()
    assert (row.pinned_by, row.pin_reason) == (hospital.viewer, "Matin")
    undo, redo = undo_and_redo(plan)
    assert (undo, redo) == (None, {"label": f"Déplacer {item.code} vers SO2 mar. 24 08:00"})
    turn(redo_step, plan, hospital)
    assert where(plan)[item.code][0] == "SO2"
    turn(redo_step, plan, hospital)
    assert where(plan) == {}
    with pytest.raises(NothingToUndo):
        turn(redo_step, plan, hospital)
    assert [entry.action for entry in JournalEntry.objects.order_by("pk")] == [
        "move", "unplan", "undo", "undo", "redo", "redo"
    ]  # fmt: skip


def test_a_new_step_forgets_what_had_been_undone(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    move(plan, item, hospital)
    turn(undo_step, plan, hospital)
    move(plan, item, hospital, day=1)
    with pytest.raises(NothingToUndo):
        turn(redo_step, plan, hospital)
    assert PlanStep.objects.count() == 1


def test_fifty_steps_can_be_undone(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    for step in range(51):
        move(plan, item, hospital, start=480 + 5 * step)
    assert KEPT_STEPS >= 50
    for _step in range(51):
        turn(undo_step, plan, hospital)
    assert where(plan) == {}


def test_undo_finds_the_slot_that_now_holds_the_hours_and_says_when_there_is_none(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    move(plan, item, hospital)
    turn(unplan_interventions, plan, hospital, interventions=[item.pk])
    Slot.objects.filter(room=hospital.rooms[0], date=WEEK.monday).delete()
    with pytest.raises(UnableToRestore):
        turn(undo_step, plan, hospital)
    assert where(plan) == {}
    slot = Slot.objects.create(
        date=WEEK.monday, room=hospital.rooms[0],
        starts_at=at_minute(WEEK.monday, 480), ends_at=at_minute(WEEK.monday, 720),
    )  # fmt: skip
    turn(undo_step, plan, hospital)
    assert Placement.objects.get().slot == slot


def test_undo_puts_nobody_back_who_has_been_cancelled_since(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    move(plan, item, hospital)
    turn(unplan_interventions, plan, hospital, interventions=[item.pk])
    cancel_intervention(intervention=item, reason="Fièvre", user=hospital.director, now=NOW)

    with pytest.raises(UnableToRestore):
        turn(undo_step, plan, hospital)
    assert where(plan) == {}


def test_an_intervention_that_is_not_placed_is_neither_removed_nor_pinned(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    with pytest.raises(NotPlaced):
        turn(unplan_interventions, plan, hospital, interventions=[item.pk])
    with pytest.raises(NotPlaced):
        turn(pin_placements, plan, hospital, interventions=[item.pk], pinned=True)
    plan.refresh_from_db()
    assert plan.revision == 0


def test_a_pin_says_who_when_and_why_and_is_released(hospital: Hospital) -> None:
    plan, item = make_plan(), make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital)
    turn(pin_placements, plan, hospital, interventions=[item.pk], pinned=True, reason="Patient à jeun")
    row = Placement.objects.get()
    assert (row.pinned_by, row.pinned_at, row.pin_reason) == (hospital.director, NOW, "Patient à jeun")
    turn(pin_placements, plan, hospital, interventions=[item.pk], pinned=False)
    row.refresh_from_db()
    assert (row.pinned_by, row.pinned_at, row.pin_reason) == (None, None, "")
    assert [entry.action for entry in JournalEntry.objects.order_by("pk")] == ["pin", "unpin"]


def test_several_are_pinned_then_removed_in_one_step_each(hospital: Hospital) -> None:
    plan = make_plan()
    items = [make_intervention(hospital.surgeons[0], 60) for _ in range(3)]
    for index, item in enumerate(items):
        place(plan, item, hospital, start=480 + 60 * index, pinned_by=hospital.viewer if index == 0 else None)
    keys = [item.pk for item in items]
    turn(pin_placements, plan, hospital, interventions=keys, pinned=True)
    by = [row.pinned_by for row in Placement.objects.order_by("starts_at")]
    assert by == [hospital.viewer, hospital.director, hospital.director]
    done = turn(unplan_interventions, plan, hospital, interventions=keys)
    assert (where(plan), done.delta) == ({}, 9000)
    undo, _redo = undo_and_redo(plan)
    assert undo == {"label": "Retirer 3 interventions du planning"}
    turn(undo_step, plan, hospital)
    assert len(where(plan)) == 3
    turn(undo_step, plan, hospital)
    assert [row.pinned_by for row in Placement.objects.order_by("starts_at")] == [hospital.viewer, None, None]
    first = JournalEntry.objects.get(action="unplan")
    assert text_of(first) == f"Retirer 3 interventions du planning : {', '.join(item.code for item in items)}"
    with pytest.raises(NotPlaced):
        turn(unplan_interventions, plan, hospital, interventions=[*keys, 999])
    assert len(where(plan)) == 3


def test_undoing_a_taken_proposal_gives_the_draft_its_policy_back(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60)
    proposal = make_plan("proposed", policy="open", parameters={"digest": "d"}, lower_bound=0)
    place(proposal, item, hospital)
    draft = make_plan(number=2)
    take_proposal(
        plan_id=draft.pk, proposal_id=proposal.pk, interventions=None, revision=0, user=hospital.director, now=NOW
    )
    draft.refresh_from_db()
    assert (draft.policy, draft.base) == ("open", proposal)
    turn(undo_step, draft, hospital)
    draft.refresh_from_db()
    assert (draft.policy, draft.base, draft.parameters, where(draft)) == ("specialty", None, {}, {})
    turn(redo_step, draft, hospital)
    draft.refresh_from_db()
    assert (draft.policy, draft.base, list(where(draft))) == ("open", proposal, [item.code])


def test_the_journal_alone_leads_to_the_draft_as_it_is(hospital: Hospital) -> None:
    """What was pushed aside by a drop is told too, not only what was dropped."""
    plan, first, second = make_plan(), *(make_intervention(hospital.surgeons[n], 60) for n in (0, 1))
    move(plan, first, hospital, day=1, start=600)
    move(plan, second, hospital, day=1, start=600, reason="avant")
    told: dict[str, Any] = {}
    for entry in JournalEntry.objects.order_by("pk"):
        told |= (entry.after or {})["placements"]
    rows = Placement.objects.filter(plan=plan)
    assert {key: place["starts_at"] for key, place in told.items()} == {
        str(row.intervention_id): row.starts_at.isoformat() for row in rows
    }


def test_a_drop_against_a_soft_rule_needs_no_reason_and_is_not_forced(hospital: Hospital) -> None:
    Site.objects.update(rule_levels={"slot_specialty": "soft"})
    plan, item = make_plan(), make_intervention(hospital.surgeons[2], 60)

    move(plan, item, hospital, room=1)

    row = Placement.objects.get()
    assert (row.pinned_by, row.forced) == (hospital.director, False)
    loaded = load_week_problem(WEEK, plan)
    told = told_of(loaded, loaded.assignments, loaded.starts)
    assert (conflicts_in(told), [one.rule for one in remarks_in(told)[str(item.pk)]]) == ({}, ["slot_specialty"])
