"""The same request with the same key at the same instant: done once, and nobody is told something else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from planning.models import IdempotentRequest, Room
from planning.services.tokens import create_token
from tests.factories.hospital import NOW, small_hospital
from tests.services.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_several_makes_the_room_and_the_others_are_told_the_same_or_to_wait() -> None:
    hospital = small_hospital()
    headers = {
        "Authorization": f"Bearer {create_token(name='Essai', days=30, user=hospital.director, now=NOW)[1]}",
        "Idempotency-Key": "salle-9",
    }
    body = json.dumps({"code": "SO9", "opens_minute": 480, "closes_minute": 1200})

    def ask(_number: int) -> Any:
        return Client().generic("POST", "/api/v1/rooms/", body, "application/json", headers=headers)

    answers = at_once(ask)
    told = [answer.status_code if answer.status_code != 409 else answer.json()["type"] for answer in answers]
    made = [answer.json() for answer in answers if answer.status_code == 201]
    assert set(told) <= {201, "key-in-use"}
    assert len(made) >= 1
    assert all(one == made[0] for one in made)
    if connection.vendor == "sqlite":  # one writer: the others waited
        assert told == [201] * len(answers)
    assert Room.objects.filter(code="SO9").count() == IdempotentRequest.objects.count() == 1
    # Afterwards, all are told the same.
    assert ask(0).headers["Idempotency-Replayed"] == "true"
