from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from planning.access import Role
from planning.calendar import at_minute
from planning.models import Absence, ChangeRequest, InboxVisit, Intervention, JournalEntry, PatientRead, User
from planning.services.decisions import send_back
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention, make_user
from tests.factories.plans import make_plan, place
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
TODAY = WEEK.monday - timedelta(days=3)


@pytest.fixture(autouse=True)
def three_days_before_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def colleague(hospital: Hospital) -> User:
    return make_user("regulatrice", Role.PLANNER)


def ask(hospital: Hospital, **fields: Any) -> Intervention:
    values: dict[str, Any] = {
        "state": "requested", "procedure_code": "NEKA020", "procedure_label": "Hanche",
        "deadline_date": WEEK.monday + timedelta(days=30),
    }  # fmt: skip
    return make_intervention(hospital.surgeons[0], **(values | fields))


def seen(hospital: Hospital, *minutes: int) -> None:
    for number, one in enumerate(minutes):
        begun = at_minute(TODAY - timedelta(days=20 + number), 480)
        make_intervention(
            hospital.surgeons[0], state="done", procedure_label="Hanche", entered_at=begun,
            left_at=begun + timedelta(minutes=one),
        )  # fmt: skip


def post(client: Client, name: str, row: Intervention | None = None, **data: Any) -> Any:
    kwargs = {"pk": row.pk} if row is not None else {}
    return client.post(reverse(name, kwargs=kwargs), data)


def told(answer: Any) -> list[str]:
    return [str(one) for one in get_messages(answer.wsgi_request)]


def fresh(row: Intervention) -> Intervention:
    row.refresh_from_db()
    return row


def rows_of(answer: Any) -> list[Intervention]:
    return [row.item.intervention for section in answer.context["sections"] for row in section.rows]


# --- The list ----------------------------------------------------------------------------------------------------


def test_the_list_is_searched_filtered_and_sorted(director: Client, hospital: Hospital) -> None:
    near = ask(hospital, deadline_date=WEEK.days[4], requested_at=NOW)
    far = ask(hospital, procedure_label="Genou", requested_at=NOW - timedelta(days=3))
    fallen = make_intervention(hospital.surgeons[2], to_replan_since=NOW)

    def found(query: str = "") -> list[Intervention]:
        return rows_of(director.get(reverse("inbox") + query))

    assert found() == [fallen, near, far]
    assert found("?group=new") == [near, far]
    assert found("?group=new&sort=age") == [far, near]
    assert found("?q=genou martin") == [far]
    assert found(f"?q={near.patient_code}") == [near]
    assert found("?q=absent") == []
    assert found("?group=zzz&sort=zzz&sel=abc") == [fallen, near, far]


def test_the_page_says_what_is_odd_and_what_can_be_taken_together(director: Client, hospital: Hospital) -> None:
    seen(hospital, *[90] * 6)
    sound, short = ask(hospital), ask(hospital, planned_minutes=45)

    answer = director.get(reverse("inbox"))

    page = answer.content.decode()
    assert "45\u00a0min demandée, médiane 1\u00a0h\u00a030" in page
    [section] = answer.context["sections"]
    assert {row.item.intervention: row.sound for row in section.rows} == {sound: True, short: False}
    assert "Sélectionner la seule sans réserve" in page
    assert page.count("checked") == 0
    ticked = director.get(reverse("inbox") + "?check=sound").content.decode()
    assert ticked.count(" checked ") == 1


def test_one_that_is_asked_for_twice_is_never_taken_with_many_others(director: Client, hospital: Hospital) -> None:
    seen(hospital, *[90] * 6)
    first = ask(hospital, patient_code="P-1")
    assert director.get(reverse("inbox")).context["sound"] == 1
    double = ask(hospital, patient_code="P-1")
    assert director.get(reverse("inbox")).context["sound"] == 0
    assert "Durée retenue" not in item(director, double).content.decode()
    assert "Durée retenue" in item(director, first).content.decode()


def test_one_that_waits_for_two_reasons_is_counted_in_both_and_listed_once(
    director: Client, hospital: Hospital
) -> None:
    row = make_intervention(hospital.surgeons[0], state="planned")
    place(make_plan("approved"), row, hospital, day=1)
    Absence.objects.create(surgeon=hospital.surgeons[0], starts_on=WEEK.days[1], ends_on=WEEK.days[1])
    ChangeRequest.objects.create(
        intervention=row, kind="other", reason="Voyage", asked_at=NOW, asked_by=hospital.surgeon_user
    )
    whole = director.get(reverse("inbox"))
    assert {group: count for group, _look, count in whole.context["navigation"] if count} == {
        "conflict": 1, "change": 1
    }  # fmt: skip
    assert (whole.context["total"], rows_of(whole)) == (1, [row])
    [conflicts, changes] = whole.context["sections"]
    assert [look.one for look in conflicts.rows[0].others] == ["Changement"]
    assert (changes.total, changes.elsewhere, changes.rows) == (1, 1, [])
    assert rows_of(director.get(reverse("inbox") + "?group=change")) == [row]
    item = director.get(reverse("inbox-item", kwargs={"pk": row.pk})).content.decode()
    assert item.index("Accepter le changement") > item.index("Reprogrammer…") > item.index("Dr Martin absent")


def test_only_new_requests_can_be_ticked(director: Client, hospital: Hospital) -> None:
    ask(hospital)
    ask(hospital, state="returned")
    ask(hospital, patient_code="P-1")
    ask(hospital, patient_code="P-1")
    make_intervention(hospital.surgeons[2], to_replan_since=NOW)
    answer = director.get(reverse("inbox"))
    ticks = [(row.item.group, row.ticks) for section in answer.context["sections"] for row in section.rows]
    assert ticks == [
        ("replan", ""), ("new", "items"), ("new", "items"), ("incomplete", ""), ("duplicate", "")
    ]  # fmt: skip


def test_the_menu_says_how_many_wait_to_those_who_decide(
    hospital: Hospital, sign_in: SignIn, director: Client, surgeon: Client
) -> None:
    ask(hospital)
    ask(hospital)
    tally = '<b class="tally">2</b>'
    assert tally in director.get(reverse("rooms")).content.decode()
    assert tally not in surgeon.get(reverse("interventions")).content.decode()
    assert surgeon.get(reverse("inbox")).status_code == 403


def test_the_reading_is_noted_with_the_rows_shown(director: Client, hospital: Hospital) -> None:
    first, second = ask(hospital), ask(hospital)
    director.get(reverse("inbox"))
    director.get(reverse("inbox-item", kwargs={"pk": second.pk}) + "?fragment=1")
    noted = list(PatientRead.objects.order_by("pk").values_list("source", "interventions"))
    assert noted == [("inbox", f",{first.pk},{second.pk},"), ("inbox", f",{second.pk},")]


@pytest.mark.parametrize("times", [1, 3])
def test_the_page_costs_as_many_queries_for_one_of_each_as_for_three(
    times: int, director: Client, hospital: Hospital, django_assert_num_queries: Any
) -> None:
    seen(hospital, *[90] * 6)
    approved = make_plan("approved")
    Absence.objects.create(surgeon=hospital.surgeons[1], starts_on=WEEK.days[1], ends_on=WEEK.days[1])
    for number in range(times):
        hit = make_intervention(hospital.surgeons[1], 30, state="planned")
        place(approved, hit, hospital, day=1, start=480 + 60 * number)
        make_intervention(hospital.surgeons[0], to_replan_since=NOW, responsible=hospital.director)
        ChangeRequest.objects.create(
            intervention=make_intervention(hospital.surgeons[0]), kind="cancel", reason="x", asked_at=NOW,
            asked_by=hospital.surgeon_user,
        )  # fmt: skip
        for fields in ({}, {"procedure_code": ""}, {"patient_code": f"D{number}"}, {"patient_code": f"D{number}"}):
            ask(hospital, **fields).equipment.set(hospital.rooms[0].equipment.all())
        row = ask(hospital)
        send_back(interventions=[row.pk], reason="?", user=hospital.surgeon_user, now=NOW)

    with django_assert_num_queries(32):
        director.get(reverse("inbox"))


# --- One item ----------------------------------------------------------------------------------------------------


def item(client: Client, row: Intervention, query: str = "?fragment=1") -> Any:
    return client.get(reverse("inbox-item", kwargs={"pk": row.pk}) + query)


def test_the_item_shows_the_asked_duration_among_those_seen(director: Client, hospital: Hospital) -> None:
    seen(hospital, 80, 100, 105, 110, 120, 130, 150)
    row = ask(hospital, planned_minutes=90, side="left", notes="Latex")

    answer = item(director, row)

    page = answer.content.decode()
    assert "<html" not in page
    assert "6 cas sur 7 ont duré plus que la demande." in page
    detail = answer.context["detail"]
    assert [(one.minutes, one.chosen) for one in detail.choices] == [(90, False), (110, False), (130, True)]
    assert (detail.history.median, detail.history.p80) == (110, 128)
    assert "Latex" in page
    assert "1\u00a0h\u00a030 demandée ; vos 7 cas donnent 1\u00a0h\u00a050 en médiane" in detail.question
    bars = detail.chart.bars
    assert sum(bar.height for bar in bars) > 0
    assert all(bar.x >= 0 and bar.x + bar.width <= 396 for bar in bars)
    # The first places are those of the week's own slots.
    assert detail.places[0].place == "lun. 23 nov. · 08:00 · SO1"


def test_the_first_places_are_those_of_the_duration_kept(director: Client, hospital: Hospital) -> None:
    """Asked for 90 minutes where 5 hours are usual: Monday has two hours left in each room."""
    seen(hospital, *[300] * 6)
    draft = make_plan()
    for room in (0, 1):
        place(draft, make_intervention(hospital.surgeons[2 - room], 480), hospital, room=room, start=600)
    row = ask(hospital)
    whole = item(director, row).context["detail"]
    assert (whole.kept, whole.places[0].place[:12]) == (300, "mar. 24 nov.")

    def places(minutes: str) -> Any:
        return item(director, row, f"?fragment=places&minutes={minutes}")

    assert "<span>pour 5" in places("300").content.decode()
    short = places("90")
    assert (short.context["minutes"], short.context["places"][0].place[:12]) == (90, "lun. 23 nov.")
    assert places("1440").context["places"] == []
    # What is no duration is not counted with.
    assert places("abc").context["minutes"] == places("1").context["minutes"] == 90


def test_an_item_by_its_own_address_is_the_whole_page(director: Client, hospital: Hospital) -> None:
    first, row = ask(hospital), ask(hospital)
    page = item(director, row, "").content.decode()
    assert "<html" in page
    assert f'data-item="{first.pk}"' in page
    assert 'id="accept"><input type="hidden" name="csrfmiddlewaretoken"' in page.replace("\n", "")


def test_what_waits_for_nothing_has_no_item(director: Client, hospital: Hospital) -> None:
    assert item(director, make_intervention(hospital.surgeons[0])).status_code == 404
    assert item(director, ask(hospital, state="draft")).status_code == 404


# --- Decide ------------------------------------------------------------------------------------------------------


def test_a_request_is_accepted_with_the_duration_kept_and_the_list_goes_on(
    director: Client, hospital: Hospital
) -> None:
    row, after = ask(hospital, planned_minutes=90), ask(hospital)

    answer = post(
        director, "inbox-accept", row, minutes="140", shown_as="requested", back="group=new", then=after.pk
    )  # fmt: skip

    assert (fresh(row).state, row.planned_minutes) == ("accepted", 140)
    assert answer.headers["Location"] == f"/boite/?group=new&sel={after.pk}"
    page = director.get(answer.headers["Location"]).content.decode()
    assert f"{row.code} est acceptée" in page
    assert "Annuler la décision" in page
    # Said once.
    assert "Annuler la décision" not in director.get("/boite/").content.decode()


def test_an_acceptance_is_taken_back_from_its_message(director: Client, hospital: Hospital) -> None:
    row = ask(hospital)
    post(director, "inbox-accept", row)
    [entry] = director.get("/boite/").context["undo"]["entries"]

    answer = post(director, "inbox-undo", entries=[entry])

    assert fresh(row).state == "requested"
    assert told(answer) == ["1 décision reprise."]
    assert "Une suite a déjà été donnée" in told(post(director, "inbox-undo", entries=[entry]))[-1]


def test_the_second_of_two_who_decide_is_told_by_whom_and_when(
    director: Client, hospital: Hospital, colleague: User
) -> None:
    row = ask(hospital)
    send_back(interventions=[row.pk], reason="Quel côté ?", user=colleague, now=NOW)

    answer = post(director, "inbox-accept", row, shown_as="requested")

    assert fresh(row).state == "returned"
    assert told(answer) == [
        f"Déjà traité entre-temps :\n{row.code} : renvoyée au chirurgien, Regulatrice, 20/11 09:00"
    ]  # fmt: skip


def test_a_request_is_sent_back_with_a_question_and_not_without(director: Client, hospital: Hospital) -> None:
    row = ask(hospital)
    answer = post(director, "inbox-return", row, reason="  ")
    assert fresh(row).state == "requested"
    assert "Message : Écrivez au chirurgien ce qui manque" in told(answer)[0]
    assert answer.headers["Location"] == f"/boite/?sel={row.pk}"

    post(director, "inbox-return", row, reason="Quel côté ?")
    assert (fresh(row).state, row.return_reason) == ("returned", "Quel côté ?")


def test_a_request_is_refused_with_a_reason(director: Client, hospital: Hospital) -> None:
    row = ask(hospital)
    post(director, "inbox-refuse", row, reason="", shown_as="requested")
    assert fresh(row).state == "requested"
    answer = post(director, "inbox-refuse", row, reason="Autre centre", shown_as="requested")
    assert (fresh(row).state, row.cancel_reason) == ("cancelled", "Autre centre")
    assert f"{row.code} est refusée." in director.get(answer.headers["Location"]).content.decode()


def test_a_refusal_of_what_a_colleague_accepted_is_told(director: Client, hospital: Hospital, colleague: User) -> None:
    row = ask(hospital, state="accepted")
    JournalEntry.objects.create(at=NOW, user=colleague, action="accept", intervention=row, before={}, after={})
    answer = post(director, "inbox-refuse", row, reason="Non", shown_as="requested")
    assert fresh(row).state == "accepted"
    assert told(answer) == [f"{row.code} : acceptée, Regulatrice, 20/11 09:00"]


def test_duplicates_are_merged_or_told_apart(director: Client, hospital: Hospital) -> None:
    first, second = ask(hospital, patient_code="P-1"), ask(hospital, patient_code="P-1")
    assert f"Réunir à {first.code}" in item(director, second).content.decode()

    post(director, "inbox-keep-apart", second)
    assert fresh(second).no_duplicate
    post(director, "inbox-merge", second, kept=first.pk)
    assert (fresh(second).state, fresh(first).state) == ("cancelled", "requested")
    answer = post(director, "inbox-merge", ask(hospital), kept=first.pk)
    assert "ne se réunissent plus" in told(answer)[-1]


def test_a_change_is_accepted_or_refused_with_an_answer(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], 90)
    change = ChangeRequest.objects.create(
        intervention=row, kind="duration", minutes=120, reason="Reprise", asked_at=NOW, asked_by=hospital.surgeon_user
    )
    page = item(director, row).content.decode()
    assert "Changer la durée : 2\u00a0h" in page
    assert "« Reprise »" in page

    answer = post(director, "inbox-answer", row, change=change.pk, answer="")
    assert "Écrivez pourquoi vous refusez" in told(answer)[0]
    post(director, "inbox-answer", row, change=change.pk, accept="on")
    assert fresh(row).planned_minutes == 120
    assert "a déjà sa réponse" in told(post(director, "inbox-answer", row, change=change.pk, accept="on"))[-1]


def test_an_answer_to_a_change_is_taken_back_from_its_message(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0])
    change = ChangeRequest.objects.create(
        intervention=row, kind="duration", minutes=45, reason="Reprise", asked_at=NOW, asked_by=hospital.surgeon_user
    )
    post(director, "inbox-answer", row, change=change.pk, accept="on")
    assert fresh(row).planned_minutes == 45
    undo = director.get(reverse("inbox")).context["undo"]
    post(director, "inbox-undo", entries=undo["entries"])
    change.refresh_from_db()
    assert (fresh(row).planned_minutes, change.state) == (90, "open")


def test_what_fell_out_gets_a_responsible_a_week_and_what_holds_it(
    director: Client, hospital: Hospital, colleague: User
) -> None:
    row = make_intervention(hospital.surgeons[0], to_replan_since=NOW - timedelta(days=9))
    page = director.get("/boite/").content.decode()
    assert "sans responsable" in page
    assert "9 jours" in page

    post(
        director, "inbox-follow-up", row, responsible=colleague.pk, day=WEEK.days[2].isoformat(), note="Plaques",
        seen="",
    )  # fmt: skip
    assert (fresh(row).responsible, row.replan_monday, row.replan_note) == (colleague, WEEK.monday, "Plaques")
    stale = post(director, "inbox-follow-up", row, take="1", seen="")
    assert fresh(row).responsible == colleague
    assert "suivie par Regulatrice" in told(stale)[-1]
    post(director, "inbox-follow-up", row, take="1", seen=colleague.pk)
    assert (fresh(row).responsible, row.replan_monday) == (hospital.director, WEEK.monday)


def test_nobody_but_those_who_decide_is_made_responsible(director: Client, hospital: Hospital) -> None:
    row = make_intervention(hospital.surgeons[0], to_replan_since=NOW)
    answer = post(director, "inbox-follow-up", row, responsible=hospital.viewer.pk, seen="")
    assert fresh(row).responsible is None
    assert told(answer)[0].startswith("Responsable")


def test_what_was_not_done_is_planned_again_or_noted_done(
    director: Client, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_intervention(hospital.surgeons[0], 30, state="planned") for _ in range(2)]
    approved = make_plan("approved")
    for number, row in enumerate(rows):
        place(approved, row, hospital, start=480 + 60 * number)
    monkeypatch.setattr(timezone, "localdate", lambda *_: WEEK.days[4])
    assert "Elle a eu lieu" in item(director, rows[0]).content.decode()

    post(director, "inbox-done", rows[0])
    post(director, "inbox-plan-again", rows[1], reason="Pas de lit")

    assert (fresh(rows[0]).state, fresh(rows[1]).state) == ("done", "accepted")
    assert rows_of(director.get("/boite/")) == [rows[1]]


# --- Many at once ------------------------------------------------------------------------------------------------


def test_many_are_accepted_together_and_those_that_failed_are_named(
    director: Client, hospital: Hospital, colleague: User
) -> None:
    rows = [ask(hospital) for _ in range(3)]
    send_back(interventions=[rows[1].pk], reason="?", user=colleague, now=NOW)

    answer = post(director, "inbox-bulk", action="accept", items=[row.pk for row in rows])

    assert [fresh(row).state for row in rows] == ["accepted", "returned", "accepted"]
    assert rows[1].code in told(answer)[0]
    page = director.get("/boite/")
    assert page.context["undo"]["text"] == "2 demandes acceptées."
    assert len(page.context["undo"]["entries"]) == 2


def gone_by(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> list[Intervention]:
    """Two planned on Monday, one on Tuesday, of which nothing says that they took place; it is Thursday."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: WEEK.days[3])
    plan, rows = make_plan("approved"), []
    for day, start in ((0, 480), (0, 600), (1, 480)):
        rows.append(make_intervention(hospital.surgeons[0], 60, state="planned", entered_at=at_minute(TODAY, 485)))
        place(plan, rows[-1], hospital, day=day, start=start)
    return rows


def test_a_day_gone_by_or_a_selection_of_it_is_noted_done_at_once_and_taken_back(
    director: Client, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday, too, tuesday = gone_by(hospital, monkeypatch)
    page = director.get(reverse("inbox"))
    assert page.context["ticks"] == {"undone"}
    assert page.context["undone_days"] == [(WEEK.monday, [monday.pk, too.pk])]

    post(director, "inbox-bulk", action="done", undone=[monday.pk, too.pk])

    assert [fresh(row).state for row in (monday, too, tuesday)] == ["done", "done", "planned"]
    assert (monday.entered_at, monday.left_at) == (at_minute(TODAY, 485), None)
    lines = JournalEntry.objects.filter(action="edit")
    assert {line.intervention_id for line in lines} == {monday.pk, too.pk}
    undo = director.get(reverse("inbox")).context["undo"]
    assert undo["text"] == "2 interventions notées réalisées."
    post(director, "inbox-undo", entries=undo["entries"])
    assert {fresh(row).state for row in (monday, too)} == {"planned"}


def test_what_is_no_longer_planned_is_not_noted_done_with_many_others(
    director: Client, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, request = gone_by(hospital, monkeypatch)[0], ask(hospital)
    answer = post(director, "inbox-bulk", action="done", undone=[row.pk, request.pk])
    assert (fresh(row).state, fresh(request).state) == ("done", "requested")
    assert told(answer)[0].startswith("Déjà traité entre-temps :")
    nothing = post(director, "inbox-bulk", action="done", items=[request.pk])
    assert told(nothing)[-1] == "Cochez d'abord les interventions qui ont eu lieu."


def test_many_are_sent_back_with_one_reason(director: Client, hospital: Hospital) -> None:
    rows = [ask(hospital) for _ in range(2)]
    items = [row.pk for row in rows]
    assert "Message" in told(post(director, "inbox-bulk", action="return", items=items, reason=""))[0]
    post(director, "inbox-bulk", action="return", items=items, reason="Consultation ?")
    assert [fresh(row).return_reason for row in rows] == ["Consultation ?", "Consultation ?"]


def test_what_is_no_request_is_never_decided_with_many_others(director: Client, hospital: Hospital) -> None:
    planned, fallen = (
        make_intervention(hospital.surgeons[0], state="planned"), make_intervention(hospital.surgeons[0])
    )  # fmt: skip
    post(director, "inbox-bulk", action="return", items=[planned.pk, fallen.pk], reason="?")
    assert (fresh(planned).state, fresh(fallen).state) == ("planned", "accepted")


@pytest.mark.parametrize("items", [[], ["abc", "²", "9" * 30]])
def test_nothing_ticked_is_said(items: list[str], director: Client, hospital: Hospital) -> None:
    assert told(post(director, "inbox-bulk", action="accept", items=items)) == [
        "Cochez d'abord les demandes à décider ensemble."
    ]


# --- Decisions to read -------------------------------------------------------------------------------------------


def test_colleagues_decisions_are_listed_until_read(director: Client, hospital: Hospital, colleague: User) -> None:
    row = ask(hospital)
    send_back(interventions=[row.pk], reason="Quel côté ?", user=colleague, now=NOW)
    page = director.get("/boite/").content.decode()
    assert "Décisions à lire" in page
    assert "Quel côté ?" in page

    post(director, "inbox-read", until=NOW.isoformat())
    assert "Décisions à lire" not in director.get("/boite/").content.decode()
    post(director, "inbox-read", until="hier")
    assert InboxVisit.objects.get().seen_at == NOW


def test_a_back_address_of_another_site_leads_nowhere_else(director: Client, hospital: Hospital) -> None:
    answer = post(director, "inbox-accept", ask(hospital), back="//evil.example/?group=new&next=x", then="//evil")
    assert answer.headers["Location"].startswith("/boite/")
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize("name", ["inbox-accept", "inbox-bulk", "inbox-undo", "inbox-read", "inbox-follow-up"])
def test_a_surgeon_decides_nothing(name: str, surgeon: Client, hospital: Hospital) -> None:
    row = ask(hospital)
    answer = post(surgeon, name, None if name in ("inbox-bulk", "inbox-undo", "inbox-read") else row)
    assert answer.status_code == 403
    assert fresh(row).state == "requested"
