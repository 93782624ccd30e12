"""What the bloc decides, by whom the second is told, and what can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from planning.access import Role
from planning.calendar import at_minute
from planning.models import Intervention, JournalEntry, Placement, Plan, User
from planning.services.decisions import NoDuplicate, accept_requests, merge_duplicates, send_back
from planning.services.interventions import InterventionRefused, cancel_intervention
from planning.services.placements import move_placement
from planning.services.plans import open_draft
from planning.services.replanning import assign_responsible, mark_done, plan_again
from planning.services.undoing import undo_decisions
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user, small_hospital
from tests.factories.plans import make_plan, place
from tests.services.test_races import at_once, kinds

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def colleague(hospital: Hospital) -> User:
    return make_user("regulatrice", Role.PLANNER)


def request_of(hospital: Hospital, **fields: Any) -> Intervention:
    return make_intervention(hospital.surgeons[0], **({"state": "requested"} | fields))


def state(row: Intervention) -> str:
    return Intervention.objects.values_list("state", flat=True).get(pk=row.pk)


def draft_with(hospital: Hospital, *items: Intervention) -> Plan:
    draft = open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)
    for number, item in enumerate(items):
        place(draft, item, hospital, start=480 + 120 * number)
    return draft


# --- Accept, send back, refuse -----------------------------------------------------------------------------------


def test_requests_are_accepted_together_each_with_its_line(hospital: Hospital) -> None:
    rows = [request_of(hospital), request_of(hospital)]

    outcome = accept_requests(interventions=[row.pk for row in rows], user=hospital.director, now=NOW)

    assert [state(row) for row in rows] == ["accepted", "accepted"]
    lines = JournalEntry.objects.filter(action="accept").order_by("pk")
    assert [line.pk for line in outcome.entries] == [line.pk for line in lines]
    assert [(line.intervention, line.user, line.at) for line in lines] == [
        (row, hospital.director, NOW) for row in rows
    ]
    assert lines[0].before == {"state": "requested", "return_reason": ""}


def test_the_duration_kept_replaces_the_one_asked_and_the_journal_says_both(hospital: Hospital) -> None:
    row = request_of(hospital, minutes=90)

    accept_requests(interventions=[row.pk], user=hospital.director, now=NOW, minutes=140)

    row.refresh_from_db()
    assert (row.state, row.planned_minutes) == ("accepted", 140)
    line = JournalEntry.objects.get()
    assert line.before
    assert line.after
    assert (line.before["planned_minutes"], line.after["planned_minutes"]) == (90, 140)


def test_a_request_decided_meanwhile_is_refused_alone_and_says_by_whom(hospital: Hospital, colleague: User) -> None:
    first, second = request_of(hospital), request_of(hospital)
    send_back(interventions=[first.pk], reason="Quel côté ?", user=colleague, now=NOW)

    outcome = accept_requests(interventions=[first.pk, second.pk], user=hospital.director, now=LATER)

    assert (state(first), state(second)) == ("returned", "accepted")
    [refused] = outcome.refused
    assert refused.intervention == first
    assert refused.last is not None
    assert (refused.last.user, refused.last.at, refused.last.action) == (colleague, NOW, "return")


def test_a_request_sent_back_keeps_the_question(hospital: Hospital) -> None:
    row = request_of(hospital)
    send_back(interventions=[row.pk], reason="Quel côté ?", user=hospital.director, now=NOW)

    row.refresh_from_db()
    assert (row.state, row.return_reason) == ("returned", "Quel côté ?")
    assert JournalEntry.objects.get(action="return").reason == "Quel côté ?"


def test_one_sent_back_is_accepted_only_by_whoever_saw_it_so(hospital: Hospital) -> None:
    row = request_of(hospital, state="returned", return_reason="Quel côté ?")

    assert accept_requests(interventions=[row.pk], user=hospital.director, now=NOW).refused
    assert state(row) == "returned"
    outcome = accept_requests(interventions=[row.pk], shown_as="returned", user=hospital.director, now=NOW)
    assert not outcome.refused
    row.refresh_from_db()
    assert (row.state, row.return_reason) == ("accepted", "")


def test_a_surgeons_draft_is_nobodys_to_decide(hospital: Hospital) -> None:
    row = request_of(hospital, state="draft")

    assert accept_requests(interventions=[row.pk], user=hospital.director, now=NOW).refused
    assert send_back(interventions=[row.pk], reason="?", user=hospital.director, now=NOW).refused
    assert state(row) == "draft"
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(("was", "action"), [("requested", "refuse"), ("returned", "refuse"), ("planned", "cancel")])
def test_cancelling_a_request_is_a_refusal(was: str, action: str, hospital: Hospital) -> None:
    row = request_of(hospital, state=was)

    cancel_intervention(intervention=row, reason="Sans objet", user=hospital.director, now=NOW)

    assert state(row) == "cancelled"
    assert JournalEntry.objects.get().action == action


def test_a_refusal_of_what_is_not_as_it_was_shown_changes_nothing(hospital: Hospital) -> None:
    row = request_of(hospital, state="accepted")
    with pytest.raises(InterventionRefused):
        cancel_intervention(
            intervention=row, reason="Non", user=hospital.director, now=NOW, shown_as="requested"
        )  # fmt: skip
    assert state(row) == "accepted"


# --- Merge -------------------------------------------------------------------------------------------------------


def test_duplicates_become_one_and_the_other_says_which(hospital: Hospital) -> None:
    kept, double = request_of(hospital, patient_code="P-1"), request_of(hospital, patient_code="P-1", state="accepted")
    draft = draft_with(hospital, double)

    outcome = merge_duplicates(kept=kept.pk, dropped=[double.pk], user=hospital.director, now=NOW)

    assert outcome.refused == ()
    double.refresh_from_db()
    assert (state(kept), double.state, double.cancel_reason) == ("requested", "cancelled", f"Doublon de {kept.code}")
    assert not draft.placements.exists()
    line = JournalEntry.objects.get(action="merge")
    assert line.after
    assert line.after["kept"] == kept.code


def test_two_patients_are_never_merged(hospital: Hospital) -> None:
    kept, other = request_of(hospital), request_of(hospital)
    with pytest.raises(NoDuplicate):
        merge_duplicates(kept=kept.pk, dropped=[other.pk], user=hospital.director, now=NOW)
    assert state(other) == "requested"


def test_nothing_is_merged_into_what_is_closed(hospital: Hospital) -> None:
    kept = request_of(hospital, patient_code="P-1", state="cancelled")
    other = request_of(hospital, patient_code="P-1")
    with pytest.raises(InterventionRefused):
        merge_duplicates(kept=kept.pk, dropped=[other.pk], user=hospital.director, now=NOW)
    assert state(other) == "requested"


# --- Re-programme ------------------------------------------------------------------------------------------------


def approved_with(hospital: Hospital, item: Intervention, day: int = 0) -> Plan:
    plan = make_plan("approved")
    place(plan, item, hospital, day=day)
    Intervention.objects.filter(pk=item.pk).update(state="planned")
    return plan


def test_one_to_plan_again_leaves_the_draft_and_waits_from_now_on(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0])
    approved = approved_with(hospital, item)
    draft = open_draft(monday=WEEK.monday, user=hospital.director, now=NOW)
    assert draft.placements.count() == 1

    plan_again(intervention=item.pk, reason="Chirurgien absent", user=hospital.director, now=NOW)

    item.refresh_from_db()
    assert (item.state, item.to_replan_since) == ("accepted", NOW)
    assert (draft.placements.count(), approved.placements.count()) == (0, 1)


def test_one_never_done_waits_since_its_day(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0])
    approved_with(hospital, item)
    afterwards = NOW + timedelta(days=9)

    plan_again(intervention=item.pk, reason="Non réalisée", user=hospital.director, now=afterwards)

    item.refresh_from_db()
    assert item.to_replan_since == at_minute(WEEK.monday, 480)


def test_only_what_is_planned_is_planned_again(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="done")
    with pytest.raises(InterventionRefused):
        plan_again(intervention=item.pk, reason="?", user=hospital.director, now=NOW)


def test_someone_is_responsible_and_aims_at_a_week(hospital: Hospital, colleague: User) -> None:
    item = make_intervention(hospital.surgeons[0], to_replan_since=NOW)

    assign_responsible(
        intervention=item.pk, responsible=colleague, monday=WEEK.next.monday, note="", seen=None,
        user=hospital.director, now=NOW,
    )  # fmt: skip

    item.refresh_from_db()
    assert (item.responsible, item.replan_monday) == (colleague, WEEK.next.monday)
    with pytest.raises(InterventionRefused):  # shown without anyone, taken in charge meanwhile
        assign_responsible(
            intervention=item.pk, responsible=hospital.director, monday=None, note="", seen=None,
            user=hospital.director, now=LATER,
        )  # fmt: skip
    item.refresh_from_db()
    assert item.responsible == colleague


def test_what_took_place_leaves_the_drafts_of_the_days_to_come_and_comes_back_to_them(hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], state="planned")
    draft = draft_with(hospital, row)
    past = WEEK.days[2]

    line = mark_done(interventions=[row.pk], user=hospital.director, now=NOW).entries[0]

    assert not draft.placements.exists()
    draft.refresh_from_db()
    assert draft.revision == 1
    undo_decisions(entries=[line.pk], user=hospital.director, now=LATER)
    assert (state(row), draft.placements.count()) == ("planned", 1)
    # Of a day gone by the draft keeps what took place.
    mark_done(interventions=[row.pk], user=hospital.director, now=at_minute(past, 480))
    assert (state(row), draft.placements.count()) == ("done", 1)


def test_what_took_place_unstamped_is_marked_done(hospital: Hospital) -> None:
    item, other = make_intervention(hospital.surgeons[0], state="planned"), request_of(hospital)

    outcome = mark_done(interventions=[item.pk, other.pk], user=hospital.director, now=NOW)

    assert (state(item), state(other)) == ("done", "requested")
    assert [one.intervention for one in outcome.refused] == [other]


# --- Undo --------------------------------------------------------------------------------------------------------


def numbers(outcome: Any) -> list[int]:
    return [line.pk for line in outcome.entries]


def test_an_acceptance_is_taken_back_whole_and_the_journal_keeps_both(hospital: Hospital) -> None:
    row = request_of(hospital, minutes=90)
    done = accept_requests(interventions=[row.pk], user=hospital.director, now=NOW, minutes=140)

    outcome = undo_decisions(entries=numbers(done), user=hospital.director, now=LATER)

    row.refresh_from_db()
    assert (row.state, row.planned_minutes) == ("requested", 90)
    assert [line.action for line in JournalEntry.objects.order_by("pk")] == ["accept", "undo"]
    assert not outcome.refused
    # Once only.
    assert undo_decisions(entries=numbers(done), user=hospital.director, now=LATER).refused
    assert state(row) == "requested"


def test_what_followed_keeps_a_decision_from_being_taken_back(hospital: Hospital, colleague: User) -> None:
    row = request_of(hospital)
    done = accept_requests(interventions=[row.pk], user=hospital.director, now=NOW)
    draft = draft_with(hospital)
    move_placement(
        plan=draft, intervention=row.pk, room=hospital.rooms[0].pk, day=WEEK.monday, start=480, revision=draft.revision,
        user=colleague, now=NOW,
    )  # fmt: skip

    outcome = undo_decisions(entries=numbers(done), user=hospital.director, now=LATER)

    assert state(row) == "accepted"
    [refused] = outcome.refused
    assert refused.last is not None
    assert refused.last.user == colleague


def test_a_proposal_that_placed_it_keeps_an_acceptance_too(hospital: Hospital) -> None:
    row = request_of(hospital)
    done = accept_requests(interventions=[row.pk], user=hospital.director, now=NOW)
    draft_with(hospital, row)

    assert undo_decisions(entries=numbers(done), user=hospital.director, now=LATER).refused
    assert state(row) == "accepted"


def test_a_cancelled_intervention_comes_back_where_the_draft_had_it(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0])
    draft = draft_with(hospital, item)
    line = cancel_intervention(intervention=item, reason="Erreur", user=hospital.director, now=NOW)
    assert not draft.placements.exists()

    outcome = undo_decisions(entries=[line.pk], user=hospital.director, now=LATER)

    assert not outcome.refused
    item.refresh_from_db()
    assert (item.state, item.cancel_reason) == ("accepted", "")
    assert Placement.objects.get(plan=draft).starts_at == at_minute(WEEK.monday, 480)
    assert Plan.objects.get(pk=draft.pk).revision == 2


def test_a_draft_that_went_on_keeps_a_cancellation(hospital: Hospital) -> None:
    item, other = make_intervention(hospital.surgeons[0]), make_intervention(hospital.surgeons[1])
    draft = draft_with(hospital, item)
    line = cancel_intervention(intervention=item, reason="Erreur", user=hospital.director, now=NOW)
    move_placement(
        plan=Plan.objects.get(pk=draft.pk), intervention=other.pk, room=hospital.rooms[0].pk, day=WEEK.monday,
        start=480, revision=1, user=hospital.director, now=NOW,
    )  # fmt: skip

    assert undo_decisions(entries=[line.pk], user=hospital.director, now=LATER).refused
    assert state(item) == "cancelled"


def test_two_merged_into_one_come_back_together(hospital: Hospital) -> None:
    kept, *doubles = [request_of(hospital, patient_code="P-1", state="accepted") for _ in range(3)]
    draft = draft_with(hospital, *doubles)
    done = merge_duplicates(kept=kept.pk, dropped=[one.pk for one in doubles], user=hospital.director, now=NOW)

    outcome = undo_decisions(entries=numbers(done), user=hospital.director, now=LATER)

    assert not outcome.refused
    assert [state(one) for one in doubles] == ["accepted", "accepted"]
    assert draft.placements.count() == 2


def test_who_was_responsible_and_since_when_come_back(hospital: Hospital, colleague: User) -> None:
    item = make_intervention(
        hospital.surgeons[0], to_replan_since=NOW, responsible=colleague, replan_monday=WEEK.monday
    )  # fmt: skip
    line = assign_responsible(
        intervention=item.pk, responsible=None, monday=None, note="attend les plaques", seen=colleague.pk,
        user=hospital.director, now=LATER,
    )  # fmt: skip
    assert line is not None
    undo_decisions(entries=[line.pk], user=hospital.director, now=LATER)
    item.refresh_from_db()
    assert (item.responsible, item.replan_monday, item.replan_note) == (colleague, WEEK.monday, "")

    gone = cancel_intervention(intervention=item, reason="Erreur", user=hospital.director, now=LATER)
    undo_decisions(entries=[gone.pk], user=hospital.director, now=LATER)
    item.refresh_from_db()
    assert (item.state, item.to_replan_since) == ("accepted", NOW)


def test_the_correction_of_a_form_is_no_decision_to_take_back(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 90)
    line = JournalEntry.objects.create(
        at=NOW, user=hospital.director, action="edit", intervention=item, before={"planned_minutes": 60},
        after={"planned_minutes": 90},
    )  # fmt: skip

    outcome = undo_decisions(entries=[line.pk, 9999], user=hospital.director, now=LATER)

    assert outcome.entries == ()
    item.refresh_from_db()
    assert item.planned_minutes == 90


# --- Two at once -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_does_and_the_other_is_told() -> None:
    hospital = small_hospital()
    row = make_intervention(hospital.surgeons[0], state="requested")
    people = [make_user(f"personne{number}", "planner") for number in range(4)]

    def act(number: int) -> Any:
        if number % 2:
            return send_back(interventions=[row.pk], reason="?", user=people[number], now=NOW)
        return accept_requests(interventions=[row.pk], user=people[number], now=NOW)

    answers = at_once(act)

    assert kinds(answers) == {"Outcome": 4}
    [done] = [answer for answer in answers if answer.entries]
    winner = done.entries[0].user
    assert {answer.refused[0].last.user for answer in answers if answer.refused} == {winner}
    assert JournalEntry.objects.filter(intervention=row).count() == 1
    assert state(row) == ("returned" if done.entries[0].action == "return" else "accepted")


@pytest.mark.django_db(transaction=True)
def test_many_decided_at_once_by_two_people_go_to_one_of_them_each() -> None:
    hospital = small_hospital()
    rows = [make_intervention(hospital.surgeons[0], state="requested") for _ in range(20)]
    numbers_of = [row.pk for row in rows]

    answers = at_once(
        lambda number: accept_requests(
            interventions=numbers_of if number else numbers_of[::-1], user=hospital.director, now=NOW
        ),
        2,
    )

    assert kinds(answers) == {"Outcome": 2}
    assert sum(len(answer.entries) for answer in answers) == 20
    assert JournalEntry.objects.filter(action="accept").count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_decision_undone_twice_at_once_is_undone_once() -> None:
    hospital = small_hospital()
    row = make_intervention(hospital.surgeons[0], state="requested")
    done = accept_requests(interventions=[row.pk], user=hospital.director, now=NOW)

    answers = at_once(lambda _: undo_decisions(entries=numbers(done), user=hospital.director, now=LATER))

    assert sum(len(answer.entries) for answer in answers) == 1
    assert state(row) == "requested"
    assert JournalEntry.objects.filter(action="undo").count() == 1
