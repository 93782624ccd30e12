"""/api/v1/plans/{plan}/explanations/{intervention}/"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from planning.models import Explanation, Intervention, Plan, Site, SurgeonPreference, User
from planning.services.explanations import work_on_explanation
from planning.tasks import explain_placement
from tests.factories.hospital import NOW, WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(explain_placement, "apply_async", lambda arguments, **_: ids.extend(arguments))
    return ids


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(plan: Plan, item: Intervention) -> str:
    return f"/api/v1/plans/{plan.pk}/explanations/{item.pk}/"


def get(user: User, plan: Plan, item: Intervention) -> dict[str, Any]:
    answer = signed_in(user).get(address(plan, item))
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def text_of(said: dict[str, Any]) -> str:
    return str(said["text"]).replace("\u00a0", " ")


def test_a_placement_says_its_place_its_cost_and_the_next_best_one(hospital: Hospital) -> None:
    plan = make_plan()
    item = make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital, room=1, start=500)
    said = get(hospital.director, plan, item)
    assert said["placed"] is True
    assert text_of(said) == (
        "Opérée lundi 23 novembre à 08:20 en SO2, dans une plage ORT : sans attente ni heures supplémentaires. "
        "Aucune place ne coûte moins à la semaine ; lundi 23 novembre à 08:00 en SO1 reviendrait au même."
    )
    first, second, _third = said["alternatives"]
    assert (first["room"], first["date"], first["start"]) == (hospital.rooms[0].pk, "2026-11-23", 480)
    assert (first["delta"], first["delta_text"], first["detail"]) == (0, "0\u00a0€", [])
    assert (first["apply"], first["text"]) == ("move", "SO1 lun. 23")
    assert (second["delta"], second["detail"]) == (200, ["+1\u00a0h d'heures sup."])
    assert said["basis"] == "alone"
    assert said["background"] == {"state": "none", "text": ""}
    assert said["decision"] is None


def test_a_wish_that_costs_is_named_beside_what_another_place_would_save(hospital: Hospital) -> None:
    Site.objects.update(rule_levels={"surgeon_wish": "soft"}, rule_costs={"surgeon_wish": 120})
    for half in ("morning", "afternoon"):
        SurgeonPreference.objects.create(surgeon=hospital.surgeons[2], weekday=0, half=half, wish="unwanted")
    plan = make_plan()
    item = make_intervention(hospital.surgeons[2], 60)
    place(plan, item, hospital)
    said = get(hospital.director, plan, item)
    assert text_of(said).startswith(
        "Opérée lundi 23 novembre à 08:00 en SO1, dans une plage ouverte à tous : sans attente ni heures "
        "supplémentaires ; la règle « Souhaits du chirurgien » compte 120 €. "
    )
    tuesday = next(one for one in said["alternatives"] if one["date"] == "2026-11-24")
    assert tuesday["delta"] == 300 - 120


def test_a_place_in_overtime_is_said_to_be_one_with_its_hour_too(hospital: Hospital) -> None:
    plan = make_plan()
    item = make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital, start=1080)
    text = text_of(get(hospital.director, plan, item))
    assert text.startswith("Opérée lundi 23 novembre à 18:00 en SO1 (heures sup.), dans une plage")


def test_a_placement_that_waits_names_whom_it_gave_way_to(hospital: Hospital) -> None:
    plan = make_plan()
    long, item = make_intervention(hospital.surgeons[2], 470), make_intervention(hospital.surgeons[2], 60)
    place(plan, long, hospital)
    place(plan, item, hospital, day=1)
    said = get(hospital.director, plan, item)
    assert "1 jour d'attente (300 €)" in text_of(said)
    assert f"Elle a cédé à {long.code} la place de lundi 23 novembre en SO1" in text_of(said)
    monday = said["alternatives"][0]
    assert (monday["text"], monday["delta"], monday["apply"]) == ("SO1 lun. 23", 0, "make-room")
    assert monday["detail"] == [f"{long.code} irait en SO1 mar. 24"]
    asked = {"intervention": item.pk, "slot": monday["slot"], "revision": 0}
    made = signed_in(hospital.director).post(f"/api/v1/plans/{plan.pk}/make-room/", asked, "application/json").json()
    days = {one["intervention"]: one["date"] for one in made["state"]["placements"]}
    assert days == {item.pk: "2026-11-23", long.pk: "2026-11-24"}


def test_one_left_out_says_what_closes_each_slot_and_what_would_open_one(hospital: Hospital) -> None:
    plan = make_plan()
    for day in range(5):
        full = make_intervention(hospital.surgeons[0], 580)
        place(plan, full, hospital, day=day)
    item = make_intervention(hospital.surgeons[2], 150)
    said = get(hospital.director, plan, item)
    assert said["placed"] is False
    closed = [one["text"].replace("\u00a0", " ") for one in said["barred"]]
    assert "toute la semaine, SO2 : plage d'une autre spécialité (ORT)" in closed
    assert any(text.startswith("toute la semaine, SO1 : plages pleines, il manque au moins") for text in closed)
    changes = {one["text"].replace("\u00a0", " "): one for one in said["changes"]}
    assert "SO2 lun. 23 : une place dans la plage ORT" in changes
    assert changes["SO2 lun. 23 : une place dans la plage ORT"]["delta"] == -3000


def test_a_place_that_sends_another_back_to_the_list_is_no_plain_move(hospital: Hospital) -> None:
    plan = make_plan()
    monday = {"deadline_date": WEEK.monday}
    holder, item = (make_intervention(hospital.surgeons[2], minutes, **monday) for minutes in (470, 60))
    place(plan, holder, hospital)
    first = get(hospital.director, plan, item)["alternatives"][0]
    assert (first["detail"], first["apply"], first["start"]) == ([f"{holder.code} serait reportée"], "make-room", None)


def test_a_person_s_choice_is_said_first_with_its_reason(hospital: Hospital) -> None:
    plan = make_plan()
    item = make_intervention(hospital.surgeons[2], 60)
    place(plan, item, hospital, room=1, pinned_by=hospital.director, pin_reason="Accord du service", forced=True)
    said = get(hospital.director, plan, item)
    assert said["decision"].replace("\u00a0", " ") == (
        "Directrice l'a placée ici le vendredi 20 novembre malgré une règle : « Accord du service »."
    )


def test_the_honest_figures_are_asked_once_and_shown_once_known(
    hospital: Hospital, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    plan = make_plan()
    item = make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital, day=1)
    client = signed_in(hospital.director)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address(plan, item))
    row = Explanation.objects.get()
    assert (answer.status_code, sent) == (202, [row.pk])
    assert answer.json()["background"]["state"] == "queued"
    assert answer.json()["basis"] == "alone"
    Explanation.objects.update(asked_at=NOW)
    work_on_explanation(explanation_id=row.pk, worker="w", clock=lambda: NOW)
    answer = client.post(address(plan, item))
    assert (answer.status_code, sent) == (200, [row.pk])
    assert answer.json()["basis"] == "proven"
    assert answer.json()["basis_text"].startswith("Écarts exacts")
    assert text_of(answer.json()).endswith(
        "Une autre place vaudrait mieux : lundi 23 novembre à 08:00 en SO1 ferait gagner 300 € à la semaine."
    )


def test_a_surgeon_reads_why_of_their_own_in_the_approved_week_without_the_others_names(hospital: Hospital) -> None:
    approved = make_plan("approved")
    own, other = make_intervention(hospital.surgeons[0], 200), make_intervention(hospital.surgeons[2], 470)
    place(approved, own, hospital, day=1)
    place(approved, other, hospital)
    for day in range(5):
        blocker = make_intervention(hospital.surgeons[1], 470)
        place(approved, blocker, hospital, room=1, day=day)
    answer = signed_in(hospital.surgeon_user).get(address(approved, own))
    assert answer.status_code == 200
    for hidden in Intervention.objects.exclude(pk=own.pk):
        assert hidden.code not in answer.content.decode()
        assert hidden.patient_code not in answer.content.decode()
    assert "une autre intervention" in answer.json()["text"]
    assert not any(one["apply"] for one in answer.json()["alternatives"])
    assert signed_in(hospital.surgeon_user).get(address(approved, other)).status_code == 404


def test_drafts_are_for_those_who_may_see_them(hospital: Hospital) -> None:
    plan = make_plan()
    item = make_intervention(hospital.surgeons[0], 60)
    place(plan, item, hospital)
    for user in (hospital.surgeon_user, hospital.viewer):
        assert signed_in(user).get(address(plan, item)).status_code == 404
        assert signed_in(user).post(address(plan, item)).status_code == 404
    assert Client().get(address(plan, item)).status_code == 401


def test_an_unknown_plan_or_intervention_is_not_found(hospital: Hospital) -> None:
    plan = make_plan()
    item = make_intervention(hospital.surgeons[0], 60)
    client = signed_in(hospital.director)
    assert client.get(f"/api/v1/plans/999999/explanations/{item.pk}/").status_code == 404
    assert client.get(f"/api/v1/plans/{plan.pk}/explanations/999999/").status_code == 404
    assert client.get(f"/api/v1/plans/{plan.pk}/explanations/{10**30}/").status_code == 404


def test_the_answer_asks_the_same_number_of_queries_whatever_the_week_holds(hospital: Hospital) -> None:
    plan, client = make_plan(), signed_in(hospital.director)
    asked = []
    for count in (1, 3, 20):
        items = [make_intervention(hospital.surgeons[0], 10) for _ in range(count)]
        for index, item in enumerate(items):
            place(plan, item, hospital, start=480 + index)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(plan, items[0]))
        asked.append(len(queries))
    assert len(set(asked)) == 1
    assert asked[0] <= 20
