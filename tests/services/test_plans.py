"""Versions of a week: opened, taken from a proposal in whole or line by line, approved for ever."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from planning.calendar import at_minute, minute_of
from planning.models import Intervention, JournalEntry, Placement, Plan, PlanStep, Slot
from planning.selectors.approval import approval_check
from planning.selectors.differences import difference, summary
from planning.selectors.journal import journal_page
from planning.services.placements import redo_step, undo_step
from planning.services.plans import UnableToApprove, add_version, approve_plan, open_draft
from planning.services.steps import Stale
from planning.services.taking import Taken, UnableToTakeProposal, take_proposal
from planning.wording import sentence
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, WEDNESDAY = WEEK.days[:3]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def draft(hospital: Hospital) -> Plan:
    return open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)


@pytest.fixture
def proposal(draft: Plan) -> Plan:
    return add_version(
        Plan(
            monday=WEEK.monday, status="proposed", policy="open", parameters={"hospital_day_euros": 300, "seed": 4},
            created_at=NOW, lower_bound=100.0,
        )
    )  # fmt: skip


def put(plan: Plan, item: Intervention, room: str, day: date, start: int, **fields: Any) -> Placement:
    slot = Slot.objects.get(room__code=room, date=day, kind="regular")
    return Placement.objects.create(
        plan=plan, intervention=item, slot=slot, starts_at=at_minute(day, start), minutes=item.planned_minutes, **fields
    )


def take(hospital: Hospital, draft: Plan, proposal: Plan, *items: Intervention, now: datetime = LATER) -> Taken:
    draft.refresh_from_db()
    return take_proposal(
        plan_id=draft.pk, proposal_id=proposal.pk, interventions=[item.pk for item in items] or None,
        revision=draft.revision, user=hospital.director, now=now,
    )  # fmt: skip


def where(plan: Plan) -> dict[str, tuple[str, date, int]]:
    rows = plan.placements.select_related("intervention", "slot__room")
    return {
        row.intervention.code: (row.slot.room.code, row.slot.date, minute_of(row.starts_at, row.slot.date))
        for row in rows
    }


def approve(hospital: Hospital, draft: Plan, now: datetime = LATER) -> Plan:
    draft.refresh_from_db()
    return approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=now)


# --- The draft ---------------------------------------------------------------------------------------------------


def test_a_week_has_one_draft_however_often_it_is_opened(hospital: Hospital, draft: Plan) -> None:
    assert (draft.number, draft.status, draft.policy, draft.placements.count()) == (1, "draft", "specialty", 0)
    assert open_draft(monday=WEEK.monday, user=hospital.director, now=LATER) == draft


def test_a_draft_opened_after_an_approval_starts_from_the_approved_version(hospital: Hospital, draft: Plan) -> None:
    item = make_intervention(hospital.surgeons[0])
    put(draft, item, "SO1", MONDAY, 480, pinned_by=hospital.director, pinned_at=NOW, pin_reason="Enfant")
    approved = approve(hospital, draft)
    draft.delete()
    again = open_draft(monday=WEEK.monday, user=hospital.director, now=LATER)
    assert (again.base, again.number) == (approved, 3)
    row = again.placements.get()
    assert (row.intervention, row.pinned_by, row.pin_reason) == (item, hospital.director, "Enfant")


# --- Taking a proposal -------------------------------------------------------------------------------------------


def test_a_proposal_taken_whole_replaces_the_draft_and_brings_its_policy(
    hospital: Hospital, draft: Plan, proposal: Plan
) -> None:
    moved, removed, added = (make_intervention(hospital.surgeons[0]) for _ in range(3))
    put(draft, moved, "SO1", MONDAY, 480)
    put(draft, removed, "SO1", MONDAY, 600)
    put(proposal, moved, "SO2", TUESDAY, 480)
    put(proposal, added, "SO1", MONDAY, 480)
    taken = take(hospital, draft, proposal)
    assert (len(taken.taken), taken.refused, taken.revision) == (3, {}, 1)
    assert where(draft) == {moved.code: ("SO2", TUESDAY, 480), added.code: ("SO1", MONDAY, 480)}
    draft.refresh_from_db()
    assert (draft.base, draft.policy, draft.lower_bound, draft.parameters["seed"], draft.revision) == (
        proposal, "open", 100.0, 4, 1,
    )  # fmt: skip


def test_a_proposal_taken_line_by_line_changes_those_lines_only(
    hospital: Hospital, draft: Plan, proposal: Plan
) -> None:
    chosen, other = (make_intervention(hospital.surgeons[0]) for _ in range(2))
    put(draft, chosen, "SO1", MONDAY, 480)
    put(draft, other, "SO1", MONDAY, 600)
    put(proposal, chosen, "SO1", TUESDAY, 480)
    put(proposal, other, "SO1", WEDNESDAY, 480)
    taken = take(hospital, draft, proposal, chosen)
    assert taken.taken == (chosen.pk,)
    assert where(draft) == {chosen.code: ("SO1", TUESDAY, 480), other.code: ("SO1", MONDAY, 600)}
    draft.refresh_from_db()
    assert (draft.base, draft.policy, draft.lower_bound) == (proposal, "specialty", None)


def test_two_interventions_that_change_places_are_taken_together(
    hospital: Hospital, draft: Plan, proposal: Plan
) -> None:
    one, two = (make_intervention(hospital.surgeons[0], 400) for _ in range(2))
    put(draft, one, "SO1", MONDAY, 480)
    put(draft, two, "SO1", TUESDAY, 480)
    put(proposal, one, "SO1", TUESDAY, 480)
    put(proposal, two, "SO1", MONDAY, 480)
    assert take(hospital, draft, proposal, one, two).refused == {}
    assert where(draft) == {one.code: ("SO1", TUESDAY, 480), two.code: ("SO1", MONDAY, 480)}


def test_half_of_an_exchange_no_longer_fits_and_is_told(hospital: Hospital, draft: Plan, proposal: Plan) -> None:
    one, two = (make_intervention(hospital.surgeons[0], 400) for _ in range(2))
    put(draft, one, "SO1", MONDAY, 480)
    put(draft, two, "SO1", TUESDAY, 480)
    put(proposal, one, "SO1", TUESDAY, 480)
    put(proposal, two, "SO1", MONDAY, 480)
    before = where(draft)
    taken = take(hospital, draft, proposal, one)
    assert (taken.taken, taken.refused[str(one.pk)].rule) == ((), "slot_capacity")
    assert where(draft) == before


def test_a_line_pinned_since_the_proposal_stays_where_the_person_put_it(
    hospital: Hospital, draft: Plan, proposal: Plan
) -> None:
    item = make_intervention(hospital.surgeons[0])
    put(draft, item, "SO1", MONDAY, 480, pinned_by=hospital.director, pinned_at=NOW)
    put(proposal, item, "SO2", TUESDAY, 480)
    taken = take(hospital, draft, proposal)
    assert taken.refused[str(item.pk)].rule == "pinned_since"
    assert where(draft) == {item.code: ("SO1", MONDAY, 480)}


def test_a_line_that_would_put_the_surgeon_in_two_rooms_is_not_taken(
    hospital: Hospital, draft: Plan, proposal: Plan
) -> None:
    here, there = (make_intervention(hospital.surgeons[0]) for _ in range(2))
    put(draft, here, "SO1", MONDAY, 480, pinned_by=hospital.director, pinned_at=NOW)
    put(proposal, there, "SO2", MONDAY, 500)
    taken = take(hospital, draft, proposal, there)
    assert taken.refused[str(there.pk)].rule == "surgeon_overlap"
    assert where(draft) == {here.code: ("SO1", MONDAY, 480)}


def test_a_line_that_would_hinder_another_names_the_other_and_leaves_nothing_to_undo(
    hospital: Hospital, draft: Plan, proposal: Plan
) -> None:
    early, stays = (make_intervention(hospital.surgeons[0]) for _ in range(2))
    put(draft, early, "SO1", TUESDAY, 480)
    put(draft, stays, "SO1", MONDAY, 510)
    put(proposal, early, "SO1", MONDAY, 480)
    taken = take(hospital, draft, proposal, early)
    found = taken.refused[str(early.pk)]
    assert (found.rule, found.facts["hinders"]) == ("room_overlap", str(stays.pk))
    assert sentence(taken.loaded, found).startswith(f"gênerait {stays.code} (Salle SO1 prête à ")
    assert not PlanStep.objects.exists()
    assert not JournalEntry.objects.filter(action="take").exists()


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"state": "cancelled"}, "not_to_plan"), ({"admission_date": MONDAY}, "hospitalised")],
    ids=["cancelled since", "admitted later"],
)
def test_a_line_whose_intervention_changed_since_is_not_taken(
    hospital: Hospital, draft: Plan, proposal: Plan, change: dict[str, Any], rule: str
) -> None:
    item = make_intervention(hospital.surgeons[0])
    put(proposal, item, "SO1", MONDAY, 480)
    Intervention.objects.filter(pk=item.pk).update(**change)
    assert take(hospital, draft, proposal).refused[str(item.pk)].rule == rule
    assert where(draft) == {}


def test_a_forced_placement_of_the_proposal_stays_forced_with_its_reason(
    hospital: Hospital, draft: Plan, proposal: Plan
) -> None:
    item = make_intervention(hospital.surgeons[0], admission_date=MONDAY)
    put(
        proposal, item, "SO1", MONDAY, 480,
        pinned_by=hospital.director, pinned_at=NOW, pin_reason="Déjà hospitalisée", forced=True,
    )  # fmt: skip
    assert take(hospital, draft, proposal).refused == {}
    row = draft.placements.get()
    assert (row.forced, row.pin_reason, row.pinned_by) == (True, "Déjà hospitalisée", hospital.director)


def test_taking_is_one_step_that_can_be_undone_and_done_again(hospital: Hospital, draft: Plan, proposal: Plan) -> None:
    kept, added = (make_intervention(hospital.surgeons[0]) for _ in range(2))
    put(draft, kept, "SO1", MONDAY, 480)
    put(proposal, kept, "SO1", TUESDAY, 480)
    put(proposal, added, "SO1", WEDNESDAY, 480)
    before = where(draft)
    take(hospital, draft, proposal)
    after = where(draft)
    step = PlanStep.objects.get(plan=draft)
    assert (step.action, step.facts["number"], step.user) == ("take", proposal.number, hospital.director)
    undo_step(plan=draft, revision=1, user=hospital.director, now=LATER)
    assert where(draft) == before
    redo_step(plan=draft, revision=2, user=hospital.director, now=LATER)
    assert where(draft) == after


def test_taking_into_a_draft_that_changed_meanwhile_is_refused(hospital: Hospital, draft: Plan, proposal: Plan) -> None:
    put(proposal, make_intervention(hospital.surgeons[0]), "SO1", MONDAY, 480)
    take(hospital, draft, proposal)
    with pytest.raises(Stale):
        take_proposal(
            plan_id=draft.pk, proposal_id=proposal.pk, interventions=None, revision=0, user=hospital.director, now=LATER
        )
    assert JournalEntry.objects.filter(action="take").count() == 1


def test_another_week_s_version_is_not_taken(hospital: Hospital, draft: Plan) -> None:
    other = open_draft(monday=WEEK.next.monday, user=hospital.director, now=NOW)
    with pytest.raises(UnableToTakeProposal):
        take(hospital, draft, other)


def test_the_journal_tells_what_taking_cost(hospital: Hospital, draft: Plan, proposal: Plan) -> None:
    put(proposal, make_intervention(hospital.surgeons[0]), "SO1", TUESDAY, 480)
    take(hospital, draft, proposal)
    entry = JournalEntry.objects.get(action="take")
    # One day waited at 300 euros, instead of 3000 for leaving it out in the week of its deadline.
    assert entry.after is not None
    placements = entry.after.pop("placements")
    assert (entry.plan, entry.cost_delta, entry.after) == (
        draft, -2700.0, {"number": 2, "lines": 1, "refused": 0, "revision": 1, "total_cost": 300.0},
    )  # fmt: skip
    assert [(place["room"], place["minute"]) for place in placements.values()] == [("SO1", 480)]


# --- Approving ---------------------------------------------------------------------------------------------------


def test_approving_copies_the_draft_and_plans_its_interventions(hospital: Hospital, draft: Plan) -> None:
    item, left_out = (make_intervention(hospital.surgeons[0]) for _ in range(2))
    put(draft, item, "SO1", TUESDAY, 480)
    approved = approve(hospital, draft)
    draft.refresh_from_db()
    assert (draft.status, draft.number, approved.status, approved.number) == ("draft", 1, "approved", 2)
    assert (approved.approved_by, approved.approved_at, approved.total_cost) == (hospital.director, LATER, 3300.0)
    assert where(approved) == where(draft) == {item.code: ("SO1", TUESDAY, 480)}
    item.refresh_from_db()
    left_out.refresh_from_db()
    assert (item.state, left_out.state) == ("planned", "accepted")


def test_an_approved_version_never_changes(hospital: Hospital, draft: Plan) -> None:
    put(draft, make_intervention(hospital.surgeons[0]), "SO1", TUESDAY, 480)
    approved = approve(hospital, draft)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        approved.placements.update(minutes=10)


def test_a_second_approval_replaces_the_first_and_frees_what_fell_out(hospital: Hospital, draft: Plan) -> None:
    stays, leaves = (make_intervention(hospital.surgeons[0]) for _ in range(2))
    put(draft, stays, "SO1", MONDAY, 480)
    row = put(draft, leaves, "SO1", MONDAY, 600)
    first = approve(hospital, draft)
    row.delete()
    Plan.objects.filter(pk=draft.pk).update(revision=1)
    second = approve(hospital, draft)
    first.refresh_from_db()
    stays.refresh_from_db()
    leaves.refresh_from_db()
    assert (first.status, second.status, second.number) == ("superseded", "approved", 3)
    assert (stays.state, leaves.state) == ("planned", "accepted")
    assert summary(difference(second, first))["removed"] == 1


def test_approving_twice_the_same_draft_is_refused_and_names_who_did_it(hospital: Hospital, draft: Plan) -> None:
    approved = approve(hospital, draft)
    with pytest.raises(UnableToApprove) as caught:
        approve(hospital, draft)
    assert (caught.value.approved, caught.value.approved.approved_by) == (approved, hospital.director)
    assert Plan.objects.filter(status="approved").count() == 1


def test_approving_a_draft_that_changed_meanwhile_is_refused(hospital: Hospital, draft: Plan) -> None:
    Plan.objects.filter(pk=draft.pk).update(revision=5)
    with pytest.raises(Stale):
        approve_plan(plan_id=draft.pk, revision=4, user=hospital.director, now=LATER)
    assert not Plan.objects.filter(status="approved").exists()


def test_an_operation_already_done_is_not_planned_again_by_an_approval(hospital: Hospital, draft: Plan) -> None:
    item = make_intervention(hospital.surgeons[0])
    put(draft, item, "SO1", MONDAY, 480)
    Intervention.objects.filter(pk=item.pk).update(state="done")
    approve(hospital, draft)
    item.refresh_from_db()
    assert item.state == "done"


def test_what_to_read_before_approving(hospital: Hospital, draft: Plan) -> None:
    forced = make_intervention(hospital.surgeons[0], admission_date=MONDAY)
    put(
        draft, forced, "SO1", MONDAY, 480,
        pinned_by=hospital.director, pinned_at=NOW, pin_reason="Déjà là", forced=True,
    )  # fmt: skip
    left_out = make_intervention(hospital.surgeons[1])
    overlapping = make_intervention(hospital.surgeons[1])
    put(draft, overlapping, "SO1", MONDAY, 500)
    found = approval_check(draft)
    said = {(one["intervention"], one["severity"]) for one in found["warnings"]}
    assert said == {(forced.pk, "forced"), (left_out.pk, "deadline"), (overlapping.pk, "rule")}
    assert (found["placed"], found["unplanned"], found["differences"]) == (2, 1, None)


# --- Differences and journal -------------------------------------------------------------------------------------


def test_the_difference_says_moved_retimed_added_and_removed_with_their_cost(
    hospital: Hospital, draft: Plan, proposal: Plan
) -> None:
    moved, retimed, added, removed, same = (make_intervention(hospital.surgeons[0], 60) for _ in range(5))
    for plan, item, room, day, start in (
        (draft, moved, "SO1", MONDAY, 480), (proposal, moved, "SO2", TUESDAY, 540),
        (draft, retimed, "SO1", MONDAY, 600), (proposal, retimed, "SO1", MONDAY, 660),
        (proposal, added, "SO1", MONDAY, 480),
        (draft, removed, "SO1", WEDNESDAY, 480),
        (draft, same, "SO2", WEDNESDAY, 700), (proposal, same, "SO2", WEDNESDAY, 700),
    ):  # fmt: skip
        put(plan, item, room, day, start)
    lines = {line.intervention.id: (line.kind, line.delta) for line in difference(proposal, draft)}
    assert lines == {
        moved.pk: ("moved", 300.0),
        retimed.pk: ("retimed", 0.0),
        added.pk: ("added", -3000.0),
        removed.pk: ("removed", 2400.0),
    }


def test_the_difference_asks_as_many_queries_for_one_line_as_for_many(
    hospital: Hospital, draft: Plan, proposal: Plan, django_assert_max_num_queries: Any
) -> None:
    put(proposal, make_intervention(hospital.surgeons[0], 30), "SO1", MONDAY, 480)
    with CaptureQueriesContext(connection) as one:
        difference(proposal, draft)
    for number in range(1, 9):
        put(proposal, make_intervention(hospital.surgeons[0], 30), "SO1", MONDAY, 480 + 60 * number)
    with django_assert_max_num_queries(len(one)):
        assert len(difference(proposal, draft)) == 9


def test_the_journal_reads_the_latest_first_page_by_page(hospital: Hospital, draft: Plan) -> None:
    for number in range(60):
        JournalEntry.objects.create(
            at=NOW + timedelta(minutes=number), user=hospital.director, action="propose", monday=WEEK.monday,
            after={"number": number, "total_cost": 1500.0},
        )  # fmt: skip
    first, second = journal_page(WEEK), journal_page(WEEK, 2)
    assert (len(first["entries"]), first["next"], len(second["entries"]), second["next"]) == (50, 2, 10, None)
    assert first["entries"][0]["text"].startswith("Version 59, 1")
    assert first["entries"][0]["user"] == str(hospital.director)
