"""What a surgeon follows of one intervention: journal, approved versions, changes asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from planning.calendar import at_minute
from planning.models import Intervention, JournalEntry, Placement, Plan
from planning.selectors.follow_up import Event, Kind, follow_up
from planning.services.change_requests import answer_change, ask_change
from planning.services.decisions import accept_requests, merge_duplicates, send_back
from planning.services.interventions import cancel_intervention
from planning.services.replanning import assign_responsible, mark_done, plan_again
from planning.services.requests import submit_request, withdraw_request
from planning.services.undoing import undo_decisions
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


def hours(number: int) -> datetime:
    return NOW + timedelta(hours=number)


def approved(number: int, hospital: Hospital, *, last: bool = True) -> Plan:
    status = "approved" if last else "superseded"
    return make_plan(status, number, approved_at=hours(number), approved_by=hospital.director)


def told(item: Intervention) -> list[tuple[Kind, str, str]]:
    """Oldest first."""
    item = Intervention.objects.select_related("surgeon", "actual_room").get(pk=item.pk)
    return [(one.kind, one.text, one.why) for one in reversed(follow_up(item))]


def kinds(item: Intervention) -> list[Kind]:
    return [kind for kind, _text, _why in told(item)]


def test_a_request_is_submitted_accepted_and_planned(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="requested", requested_by=hospital.surgeon_user)
    accept_requests(interventions=[item.pk], user=hospital.director, now=hours(1))
    place(approved(2, hospital), item, hospital)

    events = follow_up(Intervention.objects.select_related("surgeon").get(pk=item.pk))

    assert events[0] == Event(
        Kind.PLANNED, hours(2), "Planifiée", "lundi 23 novembre 2026 à 08:00, salle SO1", who="Directrice"
    )
    assert [one.title for one in events[1:]] == ["Acceptée, à planifier", "Soumise au bloc"]


def test_what_the_office_wrote_down_was_not_submitted(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], requested_by=hospital.director)

    assert [one.title for one in follow_up(item)] == ["Inscrite par le bloc"]
    assert follow_up(make_intervention(hospital.surgeons[0], state="draft")) == []


def test_a_question_comes_back_with_its_words(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="requested")
    send_back(interventions=[item.pk], reason="Quel côté ?", user=hospital.director, now=hours(1))

    assert told(item)[-1] == (Kind.RETURNED, "", "Quel côté ?")
    for request in (submit_request, withdraw_request):
        extra = {"equipment": [], "answer": "Gauche"} if request is submit_request else {}
        request(
            request=Intervention.objects.get(pk=item.pk), surgeon=hospital.surgeons[0], user=hospital.surgeon_user,
            now=hours(2), **extra,
        )  # type: ignore[operator]  # fmt: skip
    titles = [(one.title, one.why) for one in follow_up(Intervention.objects.get(pk=item.pk))]
    assert titles[:2] == [("Reprise pour la modifier", ""), ("Complétée et soumise à nouveau", "Gauche")]


def test_a_decision_of_the_bloc_is_told_as_it_is_taken_back(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60, state="requested")
    outcome = accept_requests(interventions=[item.pk], minutes=90, user=hospital.director, now=hours(1))
    undo_decisions(entries=[one.pk for one in outcome.entries], user=hospital.director, now=hours(2))

    assert told(item)[1:] == [
        (Kind.ACCEPTED, "durée prévue 01:00 → 01:30", ""), (Kind.EDITED, "de nouveau : Demandée", ""),
    ]  # fmt: skip


def test_a_duplicate_says_which_one_stays(hospital: Hospital) -> None:
    kept, dropped = (make_intervention(hospital.surgeons[0], state="requested", patient_code="P-1") for _ in range(2))
    merge_duplicates(kept=kept.pk, dropped=[dropped.pk], user=hospital.director, now=hours(1))

    last = follow_up(dropped)[0]

    assert (last.kind, last.title, last.why) == (
        Kind.CANCELLED, f"Réunie à {kept.code}", f"Doublon de {kept.code}",
    )  # fmt: skip


def test_taken_out_to_be_planned_again_is_told_once_and_who_follows_it_is_not(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="planned")
    place(approved(1, hospital, last=False), item, hospital)
    plan_again(intervention=item.pk, reason="Fièvre", user=hospital.director, now=hours(2))
    assign_responsible(
        intervention=item.pk, responsible=hospital.director, monday=None, note="à rappeler", seen=None,
        user=hospital.director, now=hours(3),
    )  # fmt: skip
    approved(4, hospital)

    assert [(kind, why) for kind, _text, why in told(item)[1:]] == [(Kind.PLANNED, ""), (Kind.REMOVED, "Fièvre")]


def test_what_nobody_stamped_is_done_when_the_bloc_says_so(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="planned")
    mark_done(interventions=[item.pk], user=hospital.director, now=hours(1))

    assert kinds(item) == [Kind.SUBMITTED, Kind.DONE]


def test_a_move_is_told_from_one_approved_version_to_the_next_with_its_reason(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="planned")
    place(approved(1, hospital, last=False), item, hospital)
    place(
        approved(2, hospital, last=False), item, hospital, day=1, pinned_by=hospital.director, pin_reason="Le patient",
    )  # fmt: skip
    place(approved(3, hospital), item, hospital, day=2, room=1)

    moves = [(text, why) for kind, text, why in told(item) if kind == Kind.MOVED]

    first = "De lundi 23 novembre 2026 à 08:00, salle SO1 à mardi 24 novembre 2026 à 08:00, salle SO1"
    second = "De mardi 24 novembre 2026 à 08:00, salle SO1 à mercredi 25 novembre 2026 à 08:00, salle SO2"
    assert moves == [(first, "nouvelle version approuvée"), (second, "nouvelle version approuvée")]


def test_the_reason_of_a_move_is_its_pins_else_the_journals(hospital: Hospital) -> None:
    pinned, journalled = (make_intervention(hospital.surgeons[0], state="planned") for _ in range(2))
    old, new = approved(1, hospital, last=False), approved(3, hospital)
    place(old, pinned, hospital)
    place(old, journalled, hospital, start=600)
    row = place(new, journalled, hospital, day=1, start=600)
    slot = row.slot
    Plan.objects.filter(pk=new.pk).update(status="proposed")
    Placement.objects.create(
        plan=new, intervention=pinned, slot=slot, starts_at=at_minute(slot.date, 480), minutes=60,
        pinned_by=hospital.director, pinned_at=hours(2), pin_reason="Le patient ne peut pas lundi",
    )  # fmt: skip
    Plan.objects.filter(pk=new.pk).update(status="approved")
    for at, reason in ((hours(0), "trop tôt"), (hours(2), "Arceau en panne"), (hours(4), "pas encore approuvé")):
        JournalEntry.objects.create(at=at, action="move", intervention=journalled, reason=reason)

    assert told(pinned)[-1][2] == "Le patient ne peut pas lundi"
    assert told(journalled)[-1][2] == "Arceau en panne"


def test_drafts_and_proposals_stay_unknown(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="planned")
    place(approved(1, hospital), item, hospital)
    place(make_plan("draft", 2), item, hospital, day=3)
    place(make_plan("proposed", 3), item, hospital, day=4)
    JournalEntry.objects.create(at=hours(4), action="move", intervention=item, reason="secret du brouillon")

    assert kinds(item) == [Kind.SUBMITTED, Kind.PLANNED]
    assert "secret" not in str(told(item))


def test_the_same_place_in_a_new_version_is_no_news_and_falling_out_is(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="accepted")
    for number in (1, 2):
        place(approved(number, hospital, last=False), item, hospital)
    approved(3, hospital)
    at = hours(2) + timedelta(minutes=5)
    JournalEntry.objects.create(at=at, action="unplan", intervention=item, reason="Lit manquant")

    assert told(item)[1:] == [
        (Kind.PLANNED, "lundi 23 novembre 2026 à 08:00, salle SO1", ""),
        (Kind.REMOVED, "lundi 23 novembre 2026 à 08:00, salle SO1", "Lit manquant"),
    ]


def test_a_cancellation_says_why_and_the_version_after_it_is_no_news(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], state="planned")
    place(approved(1, hospital, last=False), item, hospital)
    cancel_intervention(intervention=item, reason="Fièvre", user=hospital.director, now=hours(2))
    approved(3, hospital)

    assert told(item)[1:] == [
        (Kind.PLANNED, "lundi 23 novembre 2026 à 08:00, salle SO1", ""), (Kind.CANCELLED, "", "Fièvre"),
    ]  # fmt: skip


def test_what_a_file_brought_cancelled_or_done_says_so(hospital: Hospital) -> None:
    gone = make_intervention(hospital.surgeons[0], state="cancelled", cancel_reason="Décision du patient")
    done = make_intervention(
        hospital.surgeons[0], state="done", actual_room=hospital.rooms[0], entered_at=at_minute(WEEK.monday, 490),
        left_at=at_minute(WEEK.monday, 570),
    )  # fmt: skip

    assert told(gone)[-1] == (Kind.CANCELLED, "", "Décision du patient")
    assert told(done)[-1] == (Kind.DONE, "SO1, entrée 08:10, sortie 09:30", "")


def test_a_change_is_asked_answered_and_done(hospital: Hospital) -> None:
    item = make_intervention(hospital.surgeons[0], 60, state="planned")
    place(approved(1, hospital), item, hospital)
    change = ask_change(
        intervention=item, kind="duration", minutes=90, reason="Reprise", user=hospital.surgeon_user, now=hours(2)
    )
    answer_change(change=change, accept=True, answer="D'accord", user=hospital.director, now=hours(3))

    found = told(item)

    assert (Kind.ASKED, "Changer la durée : 1\u00a0h\u00a030", "Reprise") in found
    assert (Kind.ANSWERED, "Changer la durée : 1\u00a0h\u00a030", "D'accord") in found
    assert (Kind.EDITED, "durée prévue 01:00 → 01:30", "Reprise") in found


@pytest.mark.parametrize("versions", [1, 3])
def test_four_queries_however_many_versions(versions: int, hospital: Hospital, django_assert_num_queries: Any) -> None:
    item = make_intervention(hospital.surgeons[0], state="planned")
    for number in range(1, versions + 1):
        place(approved(number, hospital, last=number == versions), item, hospital, day=number)
    item = Intervention.objects.select_related("surgeon").get(pk=item.pk)

    with django_assert_num_queries(4):
        assert len(follow_up(item)) == versions + 1
