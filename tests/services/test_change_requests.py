"""A change asked by a surgeon, and the bloc's one answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from planning.models import ChangeRequest, Intervention, JournalEntry, Notice, Placement, Plan
from planning.selectors.follow_up import follow_up
from planning.selectors.journal import text_of
from planning.selectors.notice_words import title_of
from planning.services.change_requests import ChangeRefused, answer_change, ask_change, withdraw_change
from planning.services.decisions import Outcome, merge_duplicates
from planning.services.interventions import cancel_intervention
from planning.services.plans import approve_plan
from planning.services.replanning import mark_done
from planning.services.slots import touch_drafts
from planning.services.undoing import undo_decisions
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def knee(hospital: Hospital) -> Intervention:
    """Planned on Monday at 8:00 in the approved version, and in the draft."""
    item = make_intervention(hospital.surgeons[0], 60, state="planned", notes="Latex", patient_code="P-SECRET")
    place(make_plan("approved", 1), item, hospital)
    place(make_plan("draft", 2), item, hospital)
    return item


def ask(knee: Intervention, hospital: Hospital, kind: str = "other", **asked: object) -> ChangeRequest:
    values: dict[str, object] = {"reason": "Patient indisponible"}
    return ask_change(intervention=knee, kind=kind, user=hospital.surgeon_user, now=NOW, **(values | asked))  # type: ignore[arg-type]


def answer(change: ChangeRequest, hospital: Hospital, *, accept: bool = True, words: str = "") -> JournalEntry:
    return answer_change(change=change, accept=accept, answer=words, user=hospital.director, now=LATER)


def refusal(**asked: object) -> str:
    with pytest.raises(ChangeRefused) as refused:
        ask(**asked)  # type: ignore[arg-type]
    return refused.value.why


def test_what_is_asked_waits_and_is_journalled_under_its_week_without_the_patient(
    knee: Intervention, hospital: Hospital
) -> None:
    change = ask(knee, hospital, "move", wished_date=WEEK.days[3], minutes=90)

    change.refresh_from_db()
    assert (change.state, change.wished_date, change.minutes) == ("open", WEEK.days[3], None)
    assert (change.asked_by, change.asked_at) == (hospital.surgeon_user, NOW)
    entry = JournalEntry.objects.get(intervention=knee)
    assert (entry.action, entry.monday, entry.reason) == ("change", WEEK.monday, "Patient indisponible")
    assert text_of(entry) == f"{knee.code} : Changer de date : jeudi 26 novembre 2026"
    assert "SECRET" not in f"{entry.before}{entry.after}{entry.reason}"
    knee.refresh_from_db()
    assert (knee.wished_date, knee.to_replan_since) == (None, None)


def test_one_request_is_open_at_a_time(knee: Intervention, hospital: Hospital) -> None:
    first = ask(knee, hospital)

    assert refusal(knee=knee, hospital=hospital, kind="cancel") == "open"
    withdraw_change(change=first, user=hospital.surgeon_user, now=LATER)
    assert ask(knee, hospital, "cancel").state == "open"


@pytest.mark.parametrize("state", ["draft", "requested", "returned", "done", "cancelled"])
def test_nothing_is_asked_before_the_bloc_accepts_nor_after_the_end(
    state: str, knee: Intervention, hospital: Hospital
) -> None:
    Intervention.objects.filter(pk=knee.pk).update(state=state)

    assert refusal(knee=knee, hospital=hospital) == "state"
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize(
    ("kind", "asked", "why"),
    [
        ("other", {"reason": "  "}, "reason"),
        ("move", {}, "day_missing"),
        ("move", {"wished_date": NOW.date() - timedelta(days=1)}, "day_past"),
        ("move", {"wished_date": WEEK.monday - timedelta(days=1)}, "day_early"),
        ("duration", {}, "minutes"),
        ("duration", {"minutes": 4}, "minutes"),
        ("duration", {"minutes": 1441}, "minutes"),
        ("duration", {"minutes": 60}, "same"),
    ],
)
def test_what_is_asked_says_all_it_needs(
    kind: str, asked: dict[str, object], why: str, knee: Intervention, hospital: Hospital
) -> None:
    assert refusal(knee=knee, hospital=hospital, kind=kind, **asked) == why
    assert not JournalEntry.objects.exists()


def test_accepting_a_duration_edits_it_and_tells_the_draft(knee: Intervention, hospital: Hospital) -> None:
    change = ask(knee, hospital, "duration", minutes=90, reason="Reprise")

    answer(change, hospital, words="D'accord")

    knee.refresh_from_db()
    change.refresh_from_db()
    assert (knee.planned_minutes, knee.state) == (90, "planned")
    assert (change.state, change.answer, change.decided_by) == ("accepted", "D'accord", hospital.director)
    assert Plan.objects.get(status="draft").revision > 0
    told = {entry.action: text_of(entry) for entry in JournalEntry.objects.filter(intervention=knee)}
    assert told["edit"] == f"{knee.code} : durée prévue 01:00 → 01:30"
    assert told["answer"] == f"{knee.code} : demande acceptée (Changer la durée : 1\u00a0h\u00a030)"
    approved = Placement.objects.get(plan__status="approved")
    assert approved.minutes == 60


def test_accepting_a_cancellation_cancels_with_the_surgeons_reason(knee: Intervention, hospital: Hospital) -> None:
    answer(ask(knee, hospital, "cancel", reason="Fièvre"), hospital)

    knee.refresh_from_db()
    assert (knee.state, knee.cancel_reason) == ("cancelled", "Fièvre")
    assert list(Placement.objects.values_list("plan__status", flat=True)) == ["approved"]


def test_accepting_a_move_keeps_the_wish_and_asks_to_plan_anew(knee: Intervention, hospital: Hospital) -> None:
    answer(ask(knee, hospital, "move", wished_date=WEEK.days[3]), hospital)

    knee.refresh_from_db()
    assert (knee.wished_date, knee.to_replan_since, knee.state) == (WEEK.days[3], LATER, "planned")
    assert Placement.objects.filter(intervention=knee).count() == 2
    entry = JournalEntry.objects.get(action="answer")
    draft = Plan.objects.get(status="draft")
    assert entry.before == {
        "change": ChangeRequest.objects.get().pk, "wished_date": None, "to_replan_since": None,
        "held": {str(draft.pk): draft.revision},
    }  # fmt: skip


def test_a_move_of_what_is_not_planned_yet_is_only_a_wish(hospital: Hospital) -> None:
    waiting = make_intervention(hospital.surgeons[0], state="accepted")

    answer(ask(waiting, hospital, "move", wished_date=WEEK.days[3]), hospital)

    waiting.refresh_from_db()
    assert (waiting.wished_date, waiting.to_replan_since) == (WEEK.days[3], None)


def test_a_refusal_says_why_and_changes_nothing(knee: Intervention, hospital: Hospital) -> None:
    change = ask(knee, hospital, "duration", minutes=90)

    with pytest.raises(ChangeRefused, match="answer"):
        answer(change, hospital, accept=False)
    answer(change, hospital, accept=False, words="Salle pleine")

    knee.refresh_from_db()
    change.refresh_from_db()
    assert (knee.planned_minutes, change.state, change.answer) == (60, "refused", "Salle pleine")
    entry = JournalEntry.objects.get(action="answer")
    assert (text_of(entry), entry.reason) == (
        f"{knee.code} : demande refusée (Changer la durée : 1\u00a0h\u00a030)", "Salle pleine",
    )  # fmt: skip


def test_it_is_answered_once(knee: Intervention, hospital: Hospital) -> None:
    change = ask(knee, hospital, "cancel")
    answer(ChangeRequest.objects.get(pk=change.pk), hospital, accept=False, words="Non")

    with pytest.raises(ChangeRefused, match="decided"):
        answer(change, hospital)
    with pytest.raises(ChangeRefused, match="decided"):
        withdraw_change(change=change, user=hospital.surgeon_user, now=LATER)

    knee.refresh_from_db()
    assert knee.state == "planned"


# --- What ends the intervention ----------------------------------------------------------------------------------


def cancel(knee: Intervention, hospital: Hospital) -> JournalEntry:
    return cancel_intervention(intervention=knee, reason="Fièvre", user=hospital.director, now=LATER)


def done(knee: Intervention, hospital: Hospital) -> JournalEntry:
    return mark_done(interventions=[knee.pk], user=hospital.director, now=LATER).entries[0]


def merge(knee: Intervention, hospital: Hospital) -> JournalEntry:
    stays = make_intervention(hospital.surgeons[0], patient_code=knee.patient_code)
    return merge_duplicates(kept=stays.pk, dropped=[knee.pk], user=hospital.director, now=LATER).entries[0]


def undo(entry: JournalEntry, hospital: Hospital) -> Outcome:
    return undo_decisions(entries=[entry.pk], user=hospital.director, now=LATER + timedelta(minutes=1))


@pytest.mark.parametrize("end", [cancel, done, merge])
def test_what_ends_the_intervention_closes_what_was_asked_of_it_and_taken_back_opens_it_again(
    end: Callable[[Intervention, Hospital], JournalEntry], knee: Intervention, hospital: Hospital
) -> None:
    change = ask(knee, hospital, "duration", minutes=90)

    entry = end(knee, hospital)

    change.refresh_from_db()
    assert (change.state, change.decided_by, change.decided_at) == ("closed", hospital.director, LATER)
    assert change.answer == entry.reason
    told = JournalEntry.objects.get(action="answer")
    assert text_of(told) == f"{knee.code} : demande sans objet (Changer la durée : 1\u00a0h\u00a030)"
    notice = Notice.objects.get(kind="answered")
    assert (notice.user, title_of(notice)) == (
        hospital.surgeon_user, f"{knee.code} : le changement demandé n'a plus d'objet",
    )  # fmt: skip
    knee.refresh_from_db()
    assert [one.title for one in follow_up(knee) if one.kind == "answered"] == ["Changement sans objet"]
    with pytest.raises(ChangeRefused, match="decided"):
        answer(change, hospital)

    assert len(undo(entry, hospital).entries) == 1

    change.refresh_from_db()
    knee.refresh_from_db()
    assert (knee.state, change.state, change.answer, change.decided_at) == ("planned", "open", "", None)
    assert not Notice.objects.filter(kind="answered").exists()
    assert follow_up(knee)[0].text.endswith("le changement demandé attend à nouveau sa réponse")
    answer(change, hospital)
    knee.refresh_from_db()
    assert knee.planned_minutes == 90


def test_a_surgeon_who_read_that_it_was_closed_is_told_that_it_waits_again(
    knee: Intervention, hospital: Hospital
) -> None:
    ask(knee, hospital)
    entry = done(knee, hospital)
    Notice.objects.update(read_at=LATER)

    undo(entry, hospital)

    assert list(Notice.objects.filter(user=hospital.surgeon_user).values_list("kind", flat=True)) == [
        "undone", "answered",
    ]  # fmt: skip


def test_what_a_version_was_approved_without_is_not_taken_back(knee: Intervention, hospital: Hospital) -> None:
    change = ask(knee, hospital)
    entry = cancel(knee, hospital)
    draft = Plan.objects.get(status="draft")
    approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=LATER + timedelta(seconds=9))

    outcome = undo(entry, hospital)

    knee.refresh_from_db()
    change.refresh_from_db()
    assert ([one.intervention for one in outcome.refused], knee.state, change.state) == (
        [knee], "cancelled", "closed",
    )  # fmt: skip


# --- An answer taken back ----------------------------------------------------------------------------------------

ASKED: dict[str, dict[str, Any]] = {
    "other": {}, "cancel": {}, "duration": {"minutes": 90}, "move": {"wished_date": WEEK.days[3]},
}  # fmt: skip


def look(knee: Intervention) -> tuple[Any, ...]:
    """All that an answer may change."""
    knee.refresh_from_db()
    places = Placement.objects.filter(intervention=knee).order_by("plan").values_list("plan", "slot", "starts_at")
    fields = (knee.state, knee.planned_minutes, knee.wished_date, knee.to_replan_since, knee.cancel_reason)
    return (*fields, *places)


@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize("kind", ASKED)
def test_an_answer_is_taken_back_with_all_that_it_did(
    kind: str, accept: bool, knee: Intervention, hospital: Hospital
) -> None:
    change, was = ask(knee, hospital, kind, **ASKED[kind]), look(knee)

    entry = answer(change, hospital, accept=accept, words="Vu")
    outcome = undo(entry, hospital)

    change.refresh_from_db()
    assert (len(outcome.entries), outcome.refused, look(knee)) == (1, (), was)
    assert (change.state, change.answer, change.decided_by) == ("open", "", None)
    assert text_of(outcome.entries[0]) == f"Répondre à la demande de changement de {knee.code}"
    assert not Notice.objects.filter(kind__in=("answered", "cancelled")).exists()
    assert undo(entry, hospital).entries == ()


@pytest.mark.parametrize("kind", ["cancel", "duration", "move"])
@pytest.mark.parametrize("followed", ["draft", "version"])
def test_what_a_draft_or_a_version_built_on_an_answer_keeps_it(
    followed: str, kind: str, knee: Intervention, hospital: Hospital
) -> None:
    change = ask(knee, hospital, kind, **ASKED[kind])
    entry = answer(change, hospital)
    draft = Plan.objects.get(status="draft")
    if followed == "draft":
        touch_drafts([draft.monday])
    else:
        later = LATER + timedelta(seconds=9)
        approve_plan(plan_id=draft.pk, revision=draft.revision, user=hospital.director, now=later)
    was = look(knee)

    outcome = undo(entry, hospital)

    change.refresh_from_db()
    assert ([one.intervention for one in outcome.refused], change.state, look(knee)) == ([knee], "accepted", was)


def test_an_answer_after_which_another_change_was_asked_stays(knee: Intervention, hospital: Hospital) -> None:
    entry = answer(ask(knee, hospital), hospital, accept=False, words="Non")
    ask(knee, hospital, "cancel")

    outcome = undo(entry, hospital)

    assert [one.intervention for one in outcome.refused] == [knee]
    assert list(ChangeRequest.objects.order_by("pk").values_list("state", flat=True)) == ["refused", "open"]


def test_a_withdrawal_is_told(knee: Intervention, hospital: Hospital) -> None:
    withdraw_change(change=ask(knee, hospital), user=hospital.surgeon_user, now=LATER)

    entry = JournalEntry.objects.first()
    assert entry is not None
    assert (entry.action, text_of(entry)) == ("change", f"{knee.code} : demande retirée (Autre)")
