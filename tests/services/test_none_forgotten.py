"""Whatever makes a planned intervention fall, the inbox has it until a version plans it anew, or it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from planning.models import Intervention, Plan, Room, Surgeon
from planning.selectors.inbox import inbox
from planning.selectors.inbox_count import waiting_count
from planning.services.change_requests import answer_change, ask_change
from planning.services.interventions import cancel_intervention
from planning.services.placements import move_placement, unplan_interventions
from planning.services.plans import approve_plan, open_draft
from planning.services.replanning import mark_done, plan_again
from planning.services.rooms import close_room
from planning.services.specialties import close_specialty
from planning.services.surgeons import add_absence
from planning.services.undoing import undo_decisions
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import place

TODAY = WEEK.monday - timedelta(days=3)
LATER, LATER_STILL = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
TUESDAY = WEEK.days[1]


@pytest.fixture
def draft(hospital: Hospital) -> Plan:
    return open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)


@pytest.fixture
def item(hospital: Hospital, draft: Plan) -> Intervention:
    """Planned on Tuesday in SO1, in the week's first approved version and in its draft."""
    row = make_intervention(hospital.surgeons[0])
    place(draft, row, hospital, day=1)
    approve(hospital, draft)
    return row


def approve(hospital: Hospital, draft: Plan) -> None:
    draft.refresh_from_db()
    approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=LATER)


def move(hospital: Hospital, draft: Plan, item: Intervention, day: date) -> None:
    """To SO2, and approved there."""
    draft.refresh_from_db()
    move_placement(
        plan=draft, intervention=item.pk, room=hospital.rooms[1].pk, day=day, start=480, revision=draft.revision,
        user=hospital.director, now=LATER, reason="Accord",
    )  # fmt: skip
    approve(hospital, draft)


def listed(hospital: Hospital, today: date = TODAY) -> list[Intervention]:
    """What the inbox lists; the menu counts the same."""
    found = [one.intervention for one in inbox(hospital.director, today=today, now=LATER_STILL)]
    assert len(found) == waiting_count(today)
    return found


def absent(hospital: Hospital, draft: Plan, item: Intervention) -> None:
    add_absence(
        surgeon=item.surgeon, starts_on=TUESDAY, ends_on=TUESDAY, reason="Congrès", user=hospital.director, now=LATER
    )


def room_closed(hospital: Hospital, draft: Plan, item: Intervention) -> None:
    close_room(
        room=hospital.rooms[0], starts_on=TUESDAY, ends_on=TUESDAY, reason="Panne", user=hospital.director, now=LATER
    )


def room_out_of_service(hospital: Hospital, draft: Plan, item: Intervention) -> None:
    Room.objects.filter(pk=hospital.rooms[0].pk).update(in_service=False)


def taken_out(hospital: Hospital, draft: Plan, item: Intervention) -> None:
    """From the grid of an approved week, and approved so."""
    draft.refresh_from_db()
    unplan_interventions(
        plan=draft, interventions=[item.pk], revision=draft.revision, user=hospital.director, now=LATER
    )
    approve(hospital, draft)


def postponed(hospital: Hospital, draft: Plan, item: Intervention) -> None:
    plan_again(intervention=item.pk, reason="Fièvre", user=hospital.director, now=LATER)


def asked(hospital: Hospital, item: Intervention, kind: str, **given: date) -> None:
    change = ask_change(
        intervention=item, kind=kind, reason="Voyage", user=hospital.surgeon_user, now=NOW, **given  # type: ignore[arg-type]
    )  # fmt: skip
    answer_change(change=change, accept=True, answer="", user=hospital.director, now=LATER)


def move_agreed(hospital: Hospital, draft: Plan, item: Intervention) -> None:
    asked(hospital, item, "move", wished_date=WEEK.days[3])


Fall = Callable[[Hospital, Plan, Intervention], None]
FALLS: list[Fall] = [absent, room_closed, room_out_of_service, taken_out, postponed, move_agreed]


@pytest.mark.parametrize("fall", FALLS)
def test_what_falls_is_listed_until_a_version_plans_it_anew(
    fall: Fall, item: Intervention, draft: Plan, hospital: Hospital
) -> None:
    assert listed(hospital) == []

    fall(hospital, draft, item)

    assert listed(hospital) == [item]
    # Its day goes by, and nothing was done about it.
    assert listed(hospital, WEEK.days[6]) == [item]
    move(hospital, draft, item, WEEK.days[3])
    assert listed(hospital) == []


@pytest.mark.parametrize("fall", FALLS)
def test_what_falls_is_listed_until_it_is_over(fall: Fall, item: Intervention, draft: Plan, hospital: Hospital) -> None:
    fall(hospital, draft, item)

    line = cancel_intervention(intervention=item, reason="Décès", user=hospital.director, now=LATER)

    assert listed(hospital) == []
    undo_decisions(entries=[line.pk], user=hospital.director, now=LATER_STILL)
    assert listed(hospital) == [item]


def test_one_whose_surgeon_operates_no_more_here_is_a_conflict(
    item: Intervention, draft: Plan, hospital: Hospital
) -> None:
    Surgeon.objects.filter(pk=item.surgeon_id).update(active=False)
    assert listed(hospital) == [item]


def test_one_of_a_closed_specialty_is_a_conflict(item: Intervention, draft: Plan, hospital: Hospital) -> None:
    close_specialty(
        specialty=hospital.orthopaedics, closed_on=TUESDAY, reason="Fermée", user=hospital.director, now=LATER
    )
    assert listed(hospital) == [item]


def test_a_cancellation_that_the_surgeon_asked_for_closes_it(
    item: Intervention, draft: Plan, hospital: Hospital
) -> None:
    asked(hospital, item, "cancel")
    item.refresh_from_db()
    assert (item.state, listed(hospital)) == ("cancelled", [])


def test_what_was_cancelled_before_the_draft_was_opened_is_not_in_it(
    item: Intervention, draft: Plan, hospital: Hospital
) -> None:
    draft.delete()
    cancel_intervention(intervention=item, reason="Décès", user=hospital.director, now=LATER)
    assert not open_draft(monday=WEEK.monday, user=hospital.director, now=LATER).placements.exists()


def test_what_took_place_is_listed_no_more(item: Intervention, draft: Plan, hospital: Hospital) -> None:
    assert listed(hospital, WEEK.days[2]) == [item]
    mark_done(interventions=[item.pk], user=hospital.director, now=LATER)
    assert listed(hospital, WEEK.days[2]) == []
