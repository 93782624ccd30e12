"""Each indicator of the strip leads to what makes it what it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from planning.models import Intervention, Plan
from planning.selectors.causes import CAUSES, causes
from planning.selectors.indicators import measure, strip
from planning.selectors.loaded import load_week_problem
from tests.factories.hospital import WEEK, Hospital, make_intervention
from tests.factories.plans import make_plan, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(hospital: Hospital) -> Plan:
    return make_plan()


def told(plan: Plan, indicator: str) -> dict[str, Any]:
    return causes(load_week_problem(WEEK, plan), indicator)


def placed(plan: Plan, hospital: Hospital, minutes: int, surgeon: int = 0, **where: Any) -> Intervention:
    item = make_intervention(hospital.surgeons[surgeon], minutes)
    place(plan, item, hospital, **where)
    return item


def test_every_indicator_of_the_strip_and_the_gap_have_their_causes(hospital: Hospital, plan: Plan) -> None:
    loaded = load_week_problem(WEEK, plan)
    shown = strip(measure(loaded, {}, {}, conflicts=0), None)
    assert set(CAUSES) == {one["key"] for one in shown} | {"gap"}


def test_overtime_leads_to_the_interventions_the_longest_first(hospital: Hospital, plan: Plan) -> None:
    short, longer = placed(plan, hospital, 30, start=1080), placed(plan, hospital, 45, room=1, day=2, start=1090)
    placed(plan, hospital, 60)
    answer = told(plan, "overtime")
    assert answer["title"] == "2 interventions en heures supplémentaires"
    assert [(one["intervention"], one["amount"], one["detail"]) for one in answer["lines"]] == [
        (longer.pk, "45\u00a0min", "SO2 mer. 25 18:10"), (short.pk, "30\u00a0min", "SO1 lun. 23 18:00"),
    ]  # fmt: skip


def test_rooms_overrunning_lead_to_their_days(hospital: Hospital, plan: Plan) -> None:
    first, last = placed(plan, hospital, 30, start=1080), placed(plan, hospital, 30, 1, start=1110)
    [line] = told(plan, "rooms_overrunning")["lines"]
    assert (line["text"], line["amount"], line["intervention"]) == ("SO1 lun. 23", "1\u00a0h", last.pk)
    assert line["detail"] == f"jusqu'à 19:00, avec {first.code}, {last.code}"
    assert (line["room"], line["date"]) == (hospital.rooms[0].pk, "2026-11-23")


def test_the_share_planned_leads_to_the_list_the_dearest_wait_first(hospital: Hospital, plan: Plan) -> None:
    later = make_intervention(hospital.surgeons[0], 60, deadline_date=WEEK.monday + timedelta(days=30))
    soon = make_intervention(hospital.surgeons[0], 60)
    never = make_intervention(hospital.surgeons[0], 900)
    answer = told(plan, "planned")
    assert [one["intervention"] for one in answer["lines"]] == [soon.pk, never.pk, later.pk]
    assert answer["lines"][0]["detail"] == "possible cette semaine, laissée en attente"
    assert answer["lines"][1]["detail"].startswith("Aucune plage possible.")
    assert answer["lines"][2]["amount"] == "600\u00a0€"


def test_occupancy_and_slot_fill_lead_to_the_emptiest_first(hospital: Hospital, plan: Plan) -> None:
    placed(plan, hospital, 600)
    placed(plan, hospital, 300, room=1, day=1)
    days = told(plan, "occupancy")["lines"]
    assert len(days) == 9
    assert (days[-1]["text"], days[-1]["amount"]) == ("SO2 mar. 24", "50\u00a0%")
    slots = told(plan, "slot_fill")["lines"]
    assert {one["room"] for one in slots} == {hospital.rooms[1].pk}
    assert (slots[0]["amount"], slots[0]["detail"]) == ("0\u00a0%", "Orthopédie : 10\u00a0h sans intervention")


def test_the_cost_leads_to_the_interventions_that_cost_and_adds_up(hospital: Hospital, plan: Plan) -> None:
    placed(plan, hospital, 60)
    waited = placed(plan, hospital, 60, day=2, start=1080)
    left = make_intervention(hospital.surgeons[1], 60)
    answer = told(plan, "total_cost")
    assert answer["title"] == "Les 2 interventions qui coûtent"
    assert [(one["intervention"], one["amount"]) for one in answer["lines"]] == [
        (left.pk, "3\u00a0000\u00a0€"), (waited.pk, "800\u00a0€")
    ]  # fmt: skip
    detail = "attente 600\u00a0€ · heures sup. 200\u00a0€ · SO1 mer. 25 18:00"
    assert answer["lines"][1]["detail"] == detail
    assert "reports 3\u00a0000\u00a0€" in answer["note"]


def test_conflicts_lead_to_the_rule_in_words(hospital: Hospital, plan: Plan) -> None:
    item = placed(plan, hospital, 60, 2, room=1, forced=True, pin_reason="Accord", pinned_by=hospital.director)
    [line] = told(plan, "conflicts")["lines"]
    assert (line["intervention"], line["detail"]) == (
        item.pk, "Plage réservée à ORT, l'intervention est en ORL"
    )  # fmt: skip


def test_the_gap_says_what_it_means_or_why_it_is_unknown(hospital: Hospital, plan: Plan) -> None:
    assert told(plan, "gap")["title"] == "Écart à calculer"
    item = make_intervention(hospital.surgeons[0], 60)
    digest = load_week_problem(WEEK, plan).digest
    proposal = make_plan("proposed", 2, lower_bound=250.0, total_cost=300.0, parameters={"digest": digest})
    Plan.objects.filter(pk=plan.pk).update(base=proposal)
    place(plan, item, hospital, day=1)
    answer = told(Plan.objects.select_related("base__base").get(pk=plan.pk), "gap")
    assert "ne peut coûter moins de 250\u00a0€. Celui-ci coûte 300\u00a0€ : il y a au plus 50\u00a0€" in answer["note"]
    Plan.objects.filter(pk=proposal.pk).update(lower_bound=None, parameters={"digest": digest, "move_euros": 100})
    answer = told(Plan.objects.select_related("base__base").get(pk=plan.pk), "gap")
    assert answer["title"] == "Pas de borne du seul coût"
    assert "chaque intervention déplacée comptait 100\u00a0€" in answer["note"]


def test_the_api_answers_those_who_see_drafts_and_refuses_an_unknown_indicator(
    hospital: Hospital, plan: Plan, client: Client
) -> None:
    url = f"/api/v1/plans/{plan.pk}/causes/"
    client.force_login(hospital.viewer)
    assert client.get(url, {"indicator": "overtime"}).status_code == 403
    client.force_login(hospital.director)
    for indicator in CAUSES:
        answer = client.get(url, {"indicator": indicator})
        assert (answer.status_code, answer.json()["key"]) == (200, indicator)
    for query in ({}, {"indicator": "meteo"}):
        answer = client.get(url, query)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["indicator"])
    assert client.get("/api/v1/plans/999/causes/", {"indicator": "gap"}).status_code == 404
