"""Whoever falls out of the planning waits in one list until an approved version holds them again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planning.models import Intervention, Placement, Plan
from planning.selectors.replanning import to_replan
from planning.selectors.week_rows import candidates
from planning.services.placements import unplan_interventions
from planning.services.plans import approve_plan, open_draft
from planning.services.replanning import mark_done, plan_again
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_slot
from tests.factories.plans import make_plan, place

TODAY = WEEK.monday - timedelta(days=3)
AFTERWARDS = WEEK.days[6]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def draft(hospital: Hospital) -> Plan:
    return open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)


@pytest.fixture
def item(hospital: Hospital, draft: Plan) -> Intervention:
    """Planned in the week's first approved version."""
    row = make_intervention(hospital.surgeons[0])
    place(draft, row, hospital)
    approve(draft, hospital)
    return row


def approve(draft: Plan, hospital: Hospital) -> Plan:
    draft.refresh_from_db()
    return approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=LATER)


def waiting() -> list[Intervention]:
    return list(to_replan(TODAY))


def unplan(draft: Plan, item: Intervention, hospital: Hospital) -> None:
    draft.refresh_from_db()
    unplan_interventions(
        plan=draft, interventions=[item.pk], revision=draft.revision, user=hospital.director, now=LATER
    )


def test_what_is_planned_in_a_coming_week_waits_for_nothing(item: Intervention) -> None:
    assert waiting() == []


def test_what_a_new_version_leaves_out_waits_since_then(item: Intervention, draft: Plan, hospital: Hospital) -> None:
    unplan(draft, item, hospital)
    assert waiting() == [], "a draft decides nothing"

    approve(draft, hospital)

    assert waiting() == [item]
    assert waiting()[0].to_replan_since == LATER


def test_it_waits_no_more_once_an_approved_version_holds_it(
    item: Intervention, draft: Plan, hospital: Hospital
) -> None:
    Intervention.objects.filter(pk=item.pk).update(
        state="accepted", to_replan_since=NOW, responsible=hospital.director, replan_monday=WEEK.monday, replan_note="?"
    )
    assert waiting() == [item]
    after = open_draft(monday=WEEK.next.monday, user=hospital.director, now=NOW)
    slot = make_slot(WEEK.next.monday, hospital.rooms[0], 480, 1080)
    Placement.objects.create(plan=after, intervention=item, slot=slot, starts_at=slot.starts_at, minutes=90)

    approve(after, hospital)

    assert waiting() == []
    item.refresh_from_db()
    assert (item.state, item.responsible, item.replan_monday, item.replan_note) == ("planned", None, None, "")


def test_what_was_planned_and_not_done_waits_once_its_day_is_past(item: Intervention) -> None:
    assert list(to_replan(WEEK.monday)) == []
    assert list(to_replan(WEEK.days[1])) == [item]


@pytest.mark.parametrize("state", ["done", "cancelled", "requested", "draft", "returned"])
def test_what_is_done_or_cancelled_or_not_yet_accepted_does_not_wait(state: str, item: Intervention) -> None:
    Intervention.objects.filter(pk=item.pk).update(state=state)
    assert list(to_replan(AFTERWARDS)) == []


def test_what_took_place_is_said_done_and_leaves_the_list(item: Intervention, hospital: Hospital) -> None:
    mark_done(interventions=[item.pk], user=hospital.director, now=LATER)
    assert list(to_replan(AFTERWARDS)) == []


def test_what_a_person_takes_out_waits_and_can_enter_any_week(
    item: Intervention, draft: Plan, hospital: Hospital
) -> None:
    plan_again(intervention=item.pk, reason="Chirurgien absent", user=hospital.director, now=LATER)

    assert waiting() == [item]
    free = Intervention.objects.filter(candidates(WEEK.next, WEEK.next.days[4]))
    assert list(free) == [item], "though the approved version goes on showing it"


def test_it_does_not_come_back_by_itself_in_a_draft_opened_later(item: Intervention, hospital: Hospital) -> None:
    Plan.objects.filter(status="draft").delete()
    plan_again(intervention=item.pk, reason="Chirurgien absent", user=hospital.director, now=LATER)

    again = open_draft(monday=WEEK.monday, user=hospital.director, now=LATER)

    assert not again.placements.exists()


def test_a_move_that_the_bloc_agreed_to_waits_until_it_is_moved(
    item: Intervention, draft: Plan, hospital: Hospital
) -> None:
    """As planning/services/change_requests.py leaves it: planned where it was, and flagged."""
    Intervention.objects.filter(pk=item.pk).update(to_replan_since=NOW)
    assert waiting() == [item]

    unplan_and_put_back = Placement.objects.get(plan=draft)
    Plan.objects.filter(pk=draft.pk).update(revision=5)
    approve(draft, hospital)
    assert waiting() == [item], "approved where it was"

    unplan_and_put_back.delete()
    place(draft, item, hospital, day=2)
    Plan.objects.filter(pk=draft.pk).update(revision=6)
    approve(draft, hospital)
    assert waiting() == []


def test_what_another_weeks_version_took_over_does_not_wait(
    item: Intervention, draft: Plan, hospital: Hospital
) -> None:
    unplan(draft, item, hospital)
    other = make_plan("approved", week=WEEK.next)
    place(other, item, hospital, day=1)

    approve(draft, hospital)

    item.refresh_from_db()
    assert item.state == "planned"
    assert waiting() == []


def test_one_that_no_version_holds_any_more_is_not_forgotten(hospital: Hospital) -> None:
    lost = make_intervention(hospital.surgeons[0], state="planned")
    assert waiting() == [lost]


def test_the_list_is_one_query(item: Intervention, hospital: Hospital, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    make_intervention(hospital.surgeons[0], state="planned")
    with django_assert_num_queries(1):
        waiting()
