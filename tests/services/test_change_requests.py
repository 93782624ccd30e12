"""A change asked by a surgeon, and the bloc's one answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planning.models import ChangeRequest, Intervention, JournalEntry, Placement, Plan
from planning.selectors.journal import text_of
from planning.services.change_requests import ChangeRefused, answer_change, ask_change, withdraw_change
from planning.services.interventions import cancel_intervention
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, small_hospital
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def hospital() -> Hospital:
    return small_hospital()


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


def answer(change: ChangeRequest, hospital: Hospital, *, accept: bool = True, words: str = "") -> ChangeRequest:
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
    assert JournalEntry.objects.get(action="answer").before == {"wished_date": None}


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


def test_what_ended_meanwhile_cannot_be_changed_but_can_be_answered(knee: Intervention, hospital: Hospital) -> None:
    change = ask(knee, hospital, "duration", minutes=90)
    cancel_intervention(intervention=knee, reason="Autre", user=hospital.director, now=LATER)

    with pytest.raises(ChangeRefused, match="closed"):
        answer(change, hospital)

    change.refresh_from_db()
    assert change.state == "open"
    answer(change, hospital, accept=False, words="Annulée entre-temps")
    change.refresh_from_db()
    assert change.state == "refused"


def test_a_withdrawal_is_told(knee: Intervention, hospital: Hospital) -> None:
    withdraw_change(change=ask(knee, hospital), user=hospital.surgeon_user, now=LATER)

    entry = JournalEntry.objects.first()
    assert entry is not None
    assert (entry.action, text_of(entry)) == ("change", f"{knee.code} : demande retirée (Autre)")
