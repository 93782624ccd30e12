"""What nobody should send to the resources of the API: refused in words, and nothing written of it."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.factories.hospital import WEEK
from tests.factories.theatre import Rows, Theatre, rows_of, working_theatre
from tests.test_hostile_input import RAW, SEED, client_of, refusal_of, some, spoilt

pytestmark = pytest.mark.django_db
# Noted whatever is answered: the reading of a page, the session.
UNWATCHED = {"PatientRead", "Session"}
Sent = tuple[str, str, dict[str, Any]]


@pytest.fixture
def theatre() -> Theatre:
    return working_theatre()


@pytest.fixture
def rows(theatre: Theatre) -> Rows:
    return rows_of(theatre)


def resources(theatre: Theatre, rows: Rows) -> list[Sent]:
    """Of each: the method, the address and a well-formed body."""
    room, ent = theatre.hospital.rooms[0].pk, theatre.hospital.ent.pk
    surgeon, item, plan = theatre.hospital.surgeons[0].pk, theatre.item.pk, rows["plan-directeur"]["pk"]
    slot, pattern = rows["semaines"]["pk"], rows["plan-directeur"]["pattern"]
    dates = {"starts_on": "2027-01-04", "ends_on": "2027-01-05", "reason": "Motif"}
    a_room = {"code": "X9", "name": "Nom", "opens_minute": 480, "closes_minute": 1200, "position": 3, "equipment": []}
    a_specialty = {"code": "X9", "name": "Nom", "colour": "ort"}
    hours = [{"weekday": 0, "start_minute": 480, "end_minute": 720}]
    a_surgeon = {"code": "X9", "trigram": "XYZ", "last_name": "Nom", "specialty": ent, "user": None, "hours": hours}
    a_case = {
        "code": "X9", "patient_code": "P-9", "procedure_label": "Acte", "surgeon": surgeon, "specialty": None,
        "planned_minutes": 90, "admission_date": "2026-11-24", "deadline_date": "2026-11-27", "equipment": [],
        "notes": "Note", "recovery_minutes": 90, "ambulatory": True,
    }  # fmt: skip
    span = {"room": room, "start_minute": 480, "end_minute": 720, "specialty": ent, "kind": "regular", "positions": 9}
    a_slot, a_pattern = span | {"date": "2026-11-28"}, span | {"weekday": 5, "cycle_week": 1, "longest_minutes": 90}
    a_plan = {"name": "Plan", "valid_from": "2026-11-23", "valid_until": None, "cycle_weeks": 1}
    week = str(WEEK)
    return [
        ("POST", reverse("api-rooms"), a_room),
        ("PATCH", reverse("api-room", args=[room]), a_room),
        ("POST", reverse("api-room-closures", args=[room]), dates),
        ("POST", reverse("api-specialties"), a_specialty),
        ("PATCH", reverse("api-specialty", args=[ent]), a_specialty),
        ("POST", reverse("api-specialty-close", args=[ent]), {"closed_on": "2027-01-04", "reason": "Motif"}),
        ("POST", reverse("api-surgeons"), a_surgeon),
        ("PATCH", reverse("api-surgeon", args=[surgeon]), a_surgeon),
        ("POST", reverse("api-surgeon-absences", args=[surgeon]), dates),
        ("POST", reverse("api-interventions"), a_case),
        ("PATCH", reverse("api-intervention", args=[item]), a_case | {"reason": "Motif"}),
        ("POST", reverse("api-intervention-cancel", args=[item]), {"reason": "Motif"}),
        ("POST", reverse("api-week-slots", args=[week]), a_slot),
        ("PATCH", reverse("api-slot", args=[week, slot]), a_slot),
        ("POST", reverse("api-slot-release", args=[slot]), {"substitute": ent}),
        ("PATCH", reverse("api-release-rules"), {"rules": [{"specialty": ent, "days_ahead": 3, "substitute": None}]}),
        ("POST", reverse("api-master-plans"), a_plan),
        ("PATCH", reverse("api-master-plan", args=[plan]), a_plan),
        ("POST", reverse("api-master-plan-apply", args=[plan]), {"first": "2026-11-23", "weeks": 2}),
        ("POST", reverse("api-patterns", args=[plan]), a_pattern),
        ("PATCH", reverse("api-pattern", args=[plan, pattern]), a_pattern),
        ("PATCH", reverse("api-parameters"), {
            "hospital_day_euros": 310, "weekday_overtime_euros": [None] * 7, "recovery_beds": None,
            "specialty_turnover_minutes": {str(ent): 15}, "reason": "Motif",
        }),
        ("PATCH", reverse("api-rules"), {"levels": {"deadline": "soft"}, "costs": {"deadline": 5}, "reason": "Motif"}),
    ]  # fmt: skip


def counted() -> dict[str, int]:
    models = [one for one in apps.get_models() if one.__name__ not in UNWATCHED]
    return {one._meta.label: one._default_manager.count() for one in models}


def attack(client: Client, sent: Sent, data: bytes, content_type: str, before: dict[str, int]) -> str | None:
    method, url, _good = sent
    with transaction.atomic():
        answer = client.generic(method, url, data, content_type, headers={"If-Match": "*"})
        wrong = refusal_of(answer)
        if wrong is None and answer.status_code >= 400 and counted() != before:
            wrong = f"{answer.status_code} after writing"
        transaction.set_rollback(True)
    return None if wrong is None else f"{method} {url} {data[:90]!r}: {wrong}"


def test_each_well_formed_body_is_taken(theatre: Theatre, rows: Rows) -> None:
    client, wrong = client_of(theatre.hospital.director), []
    for method, url, good in resources(theatre, rows):
        with transaction.atomic():
            answer = client.generic(method, url, json.dumps(good), "application/json", headers={"If-Match": "*"})
            transaction.set_rollback(True)
        if answer.status_code not in (200, 201, 409):  # 409: the slot of the theatre has no owner to release it
            wrong.append(f"{method} {url}: {answer.status_code} {answer.content.decode()[:200]}")

    assert wrong == []


def test_no_body_crashes_a_resource_nor_leaves_anything_half_written(theatre: Theatre, rows: Rows) -> None:
    chance, wrong, before = random.Random(SEED), [], counted()
    client = client_of(theatre.hospital.director)
    for sent in resources(theatre, rows):
        tries = [(json.dumps(body).encode(), "application/json") for body in spoilt(sent[2])]
        chosen = some(chance, tries, 20) + some(chance, RAW, 1)
        wrong += [attack(client, sent, *one, before) for one in chosen]

    assert [one for one in wrong if one] == []
