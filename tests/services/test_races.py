"""Two people or two workers at the same instant, each with a connection of its own: one wins, the other is told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from planning.access import Role
from planning.calendar import at_minute
from planning.models import Intervention, JournalEntry, Placement, Plan, PlanningRun, Slot, User
from planning.selectors.accounts import working_administrators
from planning.services.accounts import change_account, close_account, invite_account
from planning.services.interventions import edit_intervention, fingerprint
from planning.services.placements import move_placement
from planning.services.plans import UnableToApprove, add_version, approve_plan, open_draft
from planning.services.proposing import work_on_run
from planning.services.runs import UnableToRequestRun, claim_run, reap_runs, request_run
from planning.services.steps import Stale
from planning.services.taking import take_proposal
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import place

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)
PEOPLE = 4


def at_once(act: Callable[[int], Any], times: int = PEOPLE) -> list[Any]:
    """What each call answered; an exception counts as its answer."""
    barrier = threading.Barrier(times)
    answers: list[Any] = [None] * times

    def run(number: int) -> None:
        try:
            barrier.wait(10)
            answers[number] = act(number)
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def kinds(answers: list[Any]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


def ask(hospital: Hospital) -> PlanningRun:
    return request_run(monday=WEEK.monday, user=hospital.director, policy="open", now=NOW, time_limit_seconds=1)


def draft_and_proposal(hospital: Hospital) -> tuple[Plan, Plan]:
    draft = open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)
    proposal = add_version(Plan(monday=WEEK.monday, status="proposed", policy="open", created_at=NOW))
    day = WEEK.days[1]
    slot = Slot.objects.get(room__code="SO1", date=day, kind="regular")
    item = make_intervention(hospital.surgeons[0])
    Placement.objects.create(plan=proposal, intervention=item, slot=slot, starts_at=at_minute(day, 480), minutes=90)
    return draft, proposal


def test_requests_at_once_make_one_run_and_the_others_learn_whose(hospital: Hospital) -> None:
    people = [make_user(f"personne{number}", "planner") for number in range(PEOPLE)]
    answers = at_once(lambda n: request_run(monday=WEEK.monday, user=people[n], policy="open", now=NOW))
    assert kinds(answers) == {"PlanningRun": 1, "UnableToRequestRun": PEOPLE - 1}
    winner = next(answer for answer in answers if isinstance(answer, PlanningRun))
    told = {answer.run.requested_by for answer in answers if isinstance(answer, UnableToRequestRun)}
    assert told == {winner.requested_by}
    assert Plan.objects.filter(status="draft").count() == 1


def test_of_workers_that_claim_at_once_one_gets_the_run(hospital: Hospital) -> None:
    run = ask(hospital)
    answers = at_once(lambda n: claim_run(run_id=run.pk, worker=f"w{n}", now=LATER))
    assert kinds(answers) == {"PlanningRun": 1, "NoneType": PEOPLE - 1}
    run.refresh_from_db()
    assert run.attempts == 1


def test_workers_that_work_at_once_make_one_proposal(hospital: Hospital) -> None:
    make_intervention(hospital.surgeons[0])
    run = ask(hospital)
    answers = at_once(lambda n: work_on_run(run_id=run.pk, worker=f"w{n}", clock=lambda: LATER))
    assert sorted(str(answer) for answer in answers) == ["None"] * (PEOPLE - 1) + ["done"]
    assert Plan.objects.filter(status="proposed").count() == 1


def test_reapers_at_once_send_a_stale_run_once(hospital: Hospital) -> None:
    run = ask(hospital)
    claim_run(run_id=run.pk, worker="w1", now=NOW)
    answers = at_once(lambda _: list(reap_runs(now=LATER, stale_seconds=20)))
    assert sorted(answers) == [[]] * (PEOPLE - 1) + [[run.pk]]


def test_a_proposal_taken_by_several_at_once_is_taken_once(hospital: Hospital) -> None:
    draft, proposal = draft_and_proposal(hospital)
    answers = at_once(
        lambda _: take_proposal(
            plan_id=draft.pk, proposal_id=proposal.pk, interventions=None, revision=0, user=hospital.director, now=LATER
        )
    )
    assert kinds(answers) == {"Taken": 1, "Stale": PEOPLE - 1}
    draft.refresh_from_db()
    assert (draft.revision, draft.placements.count(), draft.steps.count()) == (1, 1, 1)


def test_a_draft_approved_by_several_at_once_is_one_version(hospital: Hospital) -> None:
    draft, _ = draft_and_proposal(hospital)
    answers = at_once(lambda _: approve_plan(plan_id=draft.pk, revision=0, user=hospital.director, now=LATER))
    assert kinds(answers) == {"Plan": 1, UnableToApprove.__name__: PEOPLE - 1}
    assert Plan.objects.filter(status="approved").count() == 1


def test_what_is_approved_is_the_draft_before_or_after_a_take_never_half_of_it(hospital: Hospital) -> None:
    draft, proposal = draft_and_proposal(hospital)

    def act(number: int) -> Any:
        if number:
            return approve_plan(plan_id=draft.pk, revision=0, user=hospital.director, now=LATER)
        return take_proposal(
            plan_id=draft.pk, proposal_id=proposal.pk, interventions=None, revision=0, user=hospital.director, now=LATER
        )

    _, approval = at_once(act, 2)
    draft.refresh_from_db()
    assert draft.revision == 1
    if isinstance(approval, Plan):
        assert approval.placements.count() == 0, "approved as it was at revision 0"
    else:
        assert isinstance(approval, Stale)


def test_versions_written_at_once_have_different_numbers(hospital: Hospital) -> None:
    answers = at_once(
        lambda _: add_version(Plan(monday=WEEK.monday, status="proposed", policy="open", created_at=NOW)).number
    )
    assert sorted(answers) == [1, 2, 3, 4]


def test_drops_at_once_move_one_block_and_the_others_are_told_of_it(hospital: Hospital) -> None:
    draft = open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)
    items = [make_intervention(hospital.surgeons[0], minutes=60) for _ in range(PEOPLE)]

    def drop(number: int) -> Any:
        return move_placement(
            plan=Plan.objects.get(pk=draft.pk),
            intervention=items[number].pk,
            room=hospital.rooms[0].pk,
            day=WEEK.days[number],
            start=480,
            revision=draft.revision,
            user=hospital.director,
            now=NOW,
        )

    answers = at_once(drop)
    assert kinds(answers) == {"Change": 1, "Stale": PEOPLE - 1}
    moved = Placement.objects.get(plan=draft)
    assert moved.intervention == items[[type(answer).__name__ for answer in answers].index("Change")]
    assert Plan.objects.get(pk=draft.pk).revision == draft.revision + 1
    assert draft.steps.count() == 1
    assert JournalEntry.objects.filter(plan=draft, action="move").count() == 1


def test_nobody_waits_for_ever_when_a_request_is_corrected_while_its_week_is_approved(hospital: Hospital) -> None:
    """The two write the same rows: taken in another order, PostgreSQL would end one of them as a deadlock."""
    draft = open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)
    items = [make_intervention(hospital.surgeons[number % 3], 30) for number in range(12)]
    for number, item in enumerate(items):
        place(draft, item, hospital, start=480 + 30 * number)

    def act(number: int) -> Any:
        if number == 0:
            return approve_plan(plan_id=draft.pk, revision=0, user=hospital.director, now=LATER)
        item = Intervention.objects.get(pk=items[number].pk)
        seen = fingerprint(item)
        item.planned_minutes += 5
        return edit_intervention(intervention=item, equipment=[], seen=seen, user=hospital.director, now=LATER)

    approval, *edits = at_once(act, len(items))
    assert edits == [True] * len(edits)
    assert isinstance(approval, Plan | Stale)


# --- Accounts ----------------------------------------------------------------------------------------------------


def test_two_administrators_who_close_one_another_leave_one(hospital: Hospital) -> None:
    people = [make_user(f"admin-{number}", Role.ADMINISTRATOR) for number in range(2)]
    answers = at_once(
        lambda number: close_account(
            account=people[1 - number], seen=0, reason="Départ", user=people[number], now=NOW
        ),
        2,
    )  # fmt: skip
    assert kinds(answers) == {"NoneType": 1, "UnableToChangeAccount": 1}
    assert working_administrators().count() == 1


def test_one_of_several_changes_of_an_account_is_kept(hospital: Hospital) -> None:
    boss = make_user("admin", Role.ADMINISTRATOR)

    def rename(number: int) -> User:
        account = User.objects.get(pk=hospital.director.pk)
        account.last_name = f"Nom {number}"
        return change_account(account=account, surgeon=None, seen=0, user=boss, now=NOW)

    assert kinds(at_once(rename)) == {"User": 1, "UnableToChangeAccount": PEOPLE - 1}
    assert JournalEntry.objects.filter(action="account").count() == 1


def test_a_person_invited_by_several_has_one_account(hospital: Hospital) -> None:
    boss = make_user("admin", Role.ADMINISTRATOR)
    answers = at_once(
        lambda number: invite_account(
            email="jeanne@example.org", first_name="", last_name="Lenoir", role=Role.PLANNER, surgeon=None,
            user=boss, now=NOW,
        )
    )  # fmt: skip
    assert kinds(answers) == {"User": 1, "UnableToChangeAccount": PEOPLE - 1}
    assert User.objects.filter(email="jeanne@example.org").count() == 1
