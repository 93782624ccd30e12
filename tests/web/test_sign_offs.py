"""The page of a week's sign-offs: who reads what, signs, refuses, and what the director is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from planning.calendar import Week
from planning.models import Intervention, JournalEntry, PatientRead, Plan, SignOff, Site
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import make_plan, place
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
PAGE = f"/semaines/{WEEK}/visas/"


@pytest.fixture
def draft(hospital: Hospital) -> Plan:
    """Martin on Monday, Durand on Tuesday, each with a note of their own; the anaesthetist and each must sign."""
    Site.objects.update(surgeon_sign_off="each", anaesthetist_sign_off=True)
    draft = make_plan()
    for day, surgeon in enumerate(hospital.surgeons[:2]):
        place(draft, make_intervention(surgeon, 60, procedure_label=f"Acte du {surgeon.trigram}"), hospital, day=day)
    return draft


@pytest.fixture
def anaesthetist(hospital: Hospital, sign_in: SignIn) -> Client:
    return sign_in(make_user("renard", "anaesthetist"))


def ask(director: Client, draft: Plan) -> None:
    draft.refresh_from_db()
    director.post(reverse("sign-off-ask", kwargs={"week": WEEK}), {"revision": draft.revision})
    draft.refresh_from_db()
    assert draft.sign_offs_asked_at is not None


def card(client: Client, label: str) -> dict[str, Any]:
    return next(one for one in client.get(PAGE).context["cards"] if one["label"] == label)


def give(client: Client, label: str, decision: str = "signed", comment: str = "", **fields: Any) -> Any:
    one = card(client, label)["standing"]
    facts = {"kind": one.kind, "surgeon": one.surgeon.pk if one.surgeon else "", "seen": one.digest}
    return client.post(PAGE + "viser/", facts | {"decision": decision, "comment": comment} | fields)


def test_a_surgeon_reads_nothing_of_a_draft_before_it_is_asked(surgeon: Client, draft: Plan) -> None:
    page = surgeon.get(PAGE).content.decode()

    assert "Les visas ne sont pas encore demandés" in page
    assert "Acte du" not in page
    assert not PatientRead.objects.exists()


def test_a_surgeon_reads_their_own_interventions_in_detail_and_nothing_of_the_others(
    director: Client, surgeon: Client, hospital: Hospital, draft: Plan
) -> None:
    ask(director, draft)
    own, other = Intervention.objects.order_by("pk")
    PatientRead.objects.all().delete()

    page = surgeon.get(PAGE).content.decode()

    assert all(part in page for part in (own.code, own.patient_code, "Acte du MAR", "08:00–09:00", "SO1"))
    assert not any(part in page for part in (other.code, other.patient_code, "Acte du DUR"))
    read = PatientRead.objects.get()
    assert (read.user, read.source, read.interventions) == (hospital.surgeon_user, "sign_off", f",{own.pk},")


def test_one_surgeon_who_signs_for_all_reads_the_others_as_occupied_time(
    director: Client, surgeon: Client, draft: Plan
) -> None:
    Site.objects.update(surgeon_sign_off="one")
    ask(director, draft)
    _, other = Intervention.objects.order_by("pk")

    page = surgeon.get(PAGE).content.decode()

    assert "Occupé" in page
    assert "Dr Durand" in page
    assert not any(part in page for part in (other.code, other.patient_code, "Acte du DUR"))


def test_the_anaesthetist_reads_the_week_with_its_remarks_and_signs(
    director: Client, anaesthetist: Client, hospital: Hospital, draft: Plan
) -> None:
    late = make_intervention(hospital.surgeons[0], 60, admission_date=WEEK.monday)
    place(draft, late, hospital, day=0, start=700)
    ask(director, draft)

    page = anaesthetist.get(PAGE)
    assert [one["intervention"] for one in page.context["remarks"]] == [late.pk]
    assert "Acte du DUR" in page.content.decode()
    assert give(anaesthetist, "Anesthésie", comment="Vu").status_code == 302

    row = SignOff.objects.get()
    assert (row.kind, row.user.username, row.comment) == ("anaesthetist", "renard", "Vu")
    assert card(director, "Anesthésie")["state_label"] == "Visé"
    assert "Renard" in card(director, "Anesthésie")["said"]


def test_a_refusal_without_a_reason_is_told_and_with_one_reaches_the_director(
    director: Client, surgeon: Client, draft: Plan
) -> None:
    ask(director, draft)

    refused = give(surgeon, "Dr Martin", "refused")
    assert (refused.status_code, "Écrivez pourquoi" in refused.content.decode()) == (409, True)
    give(surgeon, "Dr Martin", "refused", "Je suis en congrès lundi")

    page = director.get(PAGE).content.decode()
    assert "Je suis en congrès lundi" in page
    assert card(director, "Dr Martin")["state_label"] == "Refusé"


def test_what_someone_wrote_is_not_read_by_another_surgeon(
    director: Client, surgeon: Client, hospital: Hospital, draft: Plan, sign_in: SignIn
) -> None:
    other = make_user("durand", "surgeon")
    hospital.surgeons[1].user = other
    hospital.surgeons[1].save()
    ask(director, draft)
    give(surgeon, "Dr Martin", "refused", "Mon patient du lundi")

    assert "Mon patient du lundi" not in sign_in(other).get(PAGE).content.decode()


def test_what_moved_since_it_was_read_is_not_signed_and_the_page_says_so(
    director: Client, anaesthetist: Client, draft: Plan
) -> None:
    ask(director, draft)
    seen = card(anaesthetist, "Anesthésie")["standing"].digest
    Intervention.objects.update(planned_minutes=75)

    answer = give(anaesthetist, "Anesthésie", seen=seen)

    assert answer.status_code == 409
    assert "rien n'est signé" in answer.content.decode().replace("&#x27;", "'")
    assert not SignOff.objects.exists()


def test_the_director_notes_a_sign_off_received_on_paper(director: Client, draft: Plan) -> None:
    ask(director, draft)
    assert card(director, "Dr Durand")["may_record"]
    assert not card(director, "Dr Martin")["may_record"]

    assert give(director, "Dr Durand").status_code == 409
    give(director, "Dr Durand", comment="Papier signé")

    assert card(director, "Dr Durand")["state_label"] == "Visé"


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "surgeon", "surgeon": "abc"}, {"kind": "surgeon", "surgeon": "9" * 30}, {"kind": ""}, {"kind": "\0"},
        {"seen": ""}, {"seen": "\0"}, {"decision": "x", "kind": "organiser"},
    ],
    ids=["no number", "no row", "no kind", "zero", "nothing seen", "zero seen", "not required"],
)  # fmt: skip
def test_a_form_that_is_not_ours_signs_nothing(
    director: Client, anaesthetist: Client, draft: Plan, facts: dict[str, str]
) -> None:
    ask(director, draft)
    assert give(anaesthetist, "Anesthésie", **facts).status_code == 409
    assert not SignOff.objects.exists()


def test_a_comment_is_cut_and_its_null_characters_leave(director: Client, anaesthetist: Client, draft: Plan) -> None:
    ask(director, draft)
    give(anaesthetist, "Anesthésie", comment="a\0" + "b" * 400)
    assert SignOff.objects.get().comment == "a" + "b" * 299


def test_a_stale_page_does_not_ask(director: Client, draft: Plan) -> None:
    answer = director.post(PAGE + "demander/", {"revision": "99"}, follow=True)
    assert "Le planning a changé entre-temps" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.sign_offs_asked_at is None


def test_a_planner_asks_but_signs_nothing(draft: Plan, sign_in: SignIn) -> None:
    planner = sign_in(make_user("cellule", "planner"))
    ask(planner, draft)
    assert planner.post(PAGE + "viser/", {"kind": "anaesthetist"}).status_code == 403


def test_the_list_says_what_awaits_whom(director: Client, surgeon: Client, anaesthetist: Client, draft: Plan) -> None:
    assert "Aucun visa n'est attendu" in surgeon.get("/visas/").content.decode().replace("&#x27;", "'")
    ask(director, draft)
    for client in (surgeon, anaesthetist):
        assert "Votre visa est attendu" in client.get("/visas/").content.decode()
    give(surgeon, "Dr Martin")
    page = surgeon.get("/visas/").content.decode()
    assert "Votre visa est attendu" not in page
    assert "attendus : Dr Durand, Anesthésie" in page


@pytest.mark.parametrize("weeks", [1, 3])
def test_the_list_costs_as_many_queries_for_three_weeks_as_for_one(
    weeks: int, surgeon: Client, hospital: Hospital, draft: Plan
) -> None:
    week: Week = WEEK
    for _ in range(weeks - 1):
        week = week.next
        make_plan(week=week)
    Plan.objects.update(sign_offs_asked_at=NOW, sign_offs_asked_by=hospital.director)
    with CaptureQueriesContext(connection) as asked:
        assert len(surgeon.get("/visas/").context["lines"]) == weeks
    assert len(asked) == 9


def test_whoever_asks_sees_the_drafts_to_come_and_nobody_else(
    director: Client, surgeon: Client, draft: Plan, hospital: Hospital
) -> None:
    Plan.objects.filter(pk=draft.pk).update(monday=Week.of(timezone.localdate()).next.monday)
    assert [line["own"] for line in director.get("/visas/").context["lines"]] == [False]
    assert "Pas encore demandés" in director.get("/visas/").content.decode()
    assert surgeon.get("/visas/").context["lines"] == []


@pytest.mark.parametrize("more", [0, 2])
def test_the_page_costs_as_many_queries_for_three_surgeons_as_for_two(
    more: int, surgeon: Client, director: Client, hospital: Hospital, draft: Plan
) -> None:
    for number in range(more):
        place(draft, make_intervention(hospital.surgeons[2], 60), hospital, day=2 + number)
    ask(director, draft)
    with CaptureQueriesContext(connection) as asked:
        assert len(surgeon.get(PAGE).context["cards"]) == (3 if not more else 4)
    assert len(asked) == 13


def test_approving_without_a_sign_off_is_a_conflict_that_names_who_is_awaited(
    director: Client, anaesthetist: Client, surgeon: Client, draft: Plan
) -> None:
    ask(director, draft)
    give(surgeon, "Dr Martin")
    url = f"/api/v1/plans/{draft.pk}/approve/"
    answer = director.post(url, {"revision": draft.revision}, content_type="application/json")
    body = answer.json()
    assert (answer.status_code, body["detail"]) == (409, "Attendus : Dr Durand, Anesthésie.")
    assert body["type"].endswith("sign-offs-missing")
    assert [(line["label"], line["state"]) for line in body["sign_offs"]] == [
        ("Dr Durand", "awaited"), ("Dr Martin", "signed"), ("Anesthésie", "awaited"),
    ]  # fmt: skip
    check = director.get(f"/api/v1/plans/{draft.pk}/approval/").json()["sign_offs"]
    assert check["missing"] == 2


def test_the_journal_tells_who_was_asked_who_signed_and_who_refused_in_both_languages(
    director: Client, surgeon: Client, anaesthetist: Client, draft: Plan
) -> None:
    ask(director, draft)
    give(surgeon, "Dr Martin")
    give(anaesthetist, "Anesthésie", "refused", "Trop de lits")

    def texts() -> list[str]:
        page = director.get(reverse("journal", kwargs={"week": WEEK}), {"sort": "at"})
        return [line["text"] for line in page.context["lines"]]

    assert texts() == [
        "Visas demandés : Dr Durand, Dr Martin, Anesthésie",
        "Visa donné : Dr Martin, 1 intervention",
        "Visa refusé : Anesthésie, 2 interventions",
    ]
    refusal = JournalEntry.objects.get(action="refuse")
    assert refusal.after is not None
    assert (refusal.reason, refusal.after["total_cost"] > 0) == ("Trop de lits", True)
    director.post(reverse("set_language"), {"language": "en"})
    assert texts()[2] == "Sign-off refused: Anaesthesia, 2 interventions"


def test_an_english_reader_has_the_page_in_english(director: Client, anaesthetist: Client, draft: Plan) -> None:
    ask(director, draft)
    anaesthetist.post(reverse("set_language"), {"language": "en"})
    page = anaesthetist.get(PAGE).content.decode()
    assert all(part in page for part in ("Sign off", "I cannot sign", "Awaited: Dr Durand, Dr Martin, Anaesthesia."))
