"""The API does what its description says: Schemathesis asks every operation, well and badly, as several people.

No crash, no answer that is not described, no body that is not as described. Seeded; each case is taken back.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from planning.models import User
from planning.services.tokens import create_token
from tests.api.described import description
from tests.factories.hospital import NOW, WEEK, make_user
from tests.factories.theatre import Theatre, rows_of, working_theatre

pytestmark = pytest.mark.django_db
SEED = 20261122
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip
# How many cases of each operation: well formed, or not, and as whom the first ones of them are asked. What differs
# between databases shows with fewer.
ASKED = {
    "sqlite": {
        GenerationMode.POSITIVE: {"administrator": 6, "surgeon": 2, "nobody": 1},
        GenerationMode.NEGATIVE: {"administrator": 4, "surgeon": 1},
    },
    "postgresql": {
        GenerationMode.POSITIVE: {"administrator": 3, "surgeon": 1},
        GenerationMode.NEGATIVE: {"administrator": 2},
    },
}
# A copy of its own: Schemathesis writes its mutations into the examples.
SCHEMA = schemathesis.openapi.from_dict(deepcopy(description()))
SCHEMA.app = WSGIHandler()
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
# The part of an address that a row's number stands in, by what comes before it.
HOLES = {
    "rooms": "room", "closures": "closure", "specialties": "specialty", "surgeons": "surgeon", "absences": "absence",
    "interventions": "intervention", "explanations": "intervention", "slots": "slot", "plans": "plan", "runs": "run",
    "master-plans": "master_plan", "patterns": "pattern", "comparisons": "comparison", "versions": "version",
    "weeks": "week", "requests": "request", "accounts": "account", "equipment": "machine", "inbox": "waiting",
}  # fmt: skip


@pytest.fixture(autouse=True)
def connection_kept() -> Iterator[None]:
    """A request ends with its connection; here with the test's."""
    ends = (signals.request_started, signals.request_finished)
    for one in ends:
        one.disconnect(close_old_connections)
    yield
    for one in ends:
        one.connect(close_old_connections)


@pytest.fixture(autouse=True)
def answers_as_described() -> None:
    """Schemathesis compares them itself."""


@pytest.fixture
def theatre() -> Theatre:
    return working_theatre()


@pytest.fixture
def known(theatre: Theatre) -> dict[str, Any]:
    """A row of each kind, by the name that bodies and addresses give it."""
    rows = rows_of(theatre)
    room, master_plan = theatre.hospital.rooms[0].pk, rows["plan-directeur"]
    return {
        "room": room, "other_room": theatre.hospital.rooms[1].pk, "closure": rows["salles"]["closure"],
        "specialty": theatre.hospital.orthopaedics.pk, "surgeon": rows["chirurgiens"]["pk"],
        "absence": rows["chirurgiens"]["absence"], "intervention": theatre.item.pk, "interventions": [theatre.item.pk],
        "first": theatre.item.pk, "second": theatre.item.pk, "slot": rows["semaines"]["pk"], "plan": theatre.draft.pk,
        "proposal": theatre.proposal.pk, "run": theatre.run.pk, "master_plan": master_plan["pk"],
        "pattern": master_plan["pattern"], "comparison": rows["comparaisons"]["pk"], "version": 1, "week": str(WEEK),
        "request": rows["demandes"]["pk"],
        "account": theatre.hospital.viewer.pk, "machine": rows["equipements"]["pk"], "waiting": rows["boite"]["pk"],
        "equipment": [], "date": "2026-11-24", "other_date": "2026-11-25", "revision": 0, "starts_on": "2026-11-24",
        "ends_on": "2026-11-25", "valid_from": "2026-11-23", "owner": "",
    }  # fmt: skip


def tokens_of(theatre: Theatre) -> dict[str, str | None]:
    people: dict[str, User] = {
        "administrator": make_user("admin", "administrator"),
        "surgeon": theatre.hospital.surgeon_user,
    }
    found = {role: create_token(name=role, days=30, user=user, now=NOW)[1] for role, user in people.items()}
    return {**found, "nobody": None}


def led_to_rows(case: Case, known: Mapping[str, Any], chance: random.Random) -> None:
    """Numbers drawn at random lead nowhere: three times in four the address and the body name what is there."""
    parts = case.path.strip("/").split("/")
    holes = {after.strip("{}"): before for before, after in pairwise(parts) if after.startswith("{")}
    for name, before in holes.items():
        if chance.random() < 0.75 and before in HOLES:
            case.path_parameters[name] = known[HOLES[before]]
    if isinstance(case.body, dict):
        for name in case.body:
            if name in known and chance.random() < 0.6:
                case.body[name] = known[name]
    if "If-Match" in case.headers and chance.random() < 0.6:
        case.headers["If-Match"] = "*"


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_an_operation_answers_as_it_is_described(label: str, theatre: Theatre, known: dict[str, Any]) -> None:
    operation, tokens, chance = OPERATIONS[label], tokens_of(theatre), random.Random(SEED)
    for mode, counts in ASKED[connection.vendor].items():
        if mode is GenerationMode.NEGATIVE and not _takes_anything(operation):
            continue
        # Drawing a case costs more than asking it: every role is asked the same ones.
        for number, case in enumerate(drawn(operation, mode, max(counts.values()))):
            led_to_rows(case, known, chance)
            for role in (role for role, count in counts.items() if number < count):
                headers = {"Authorization": f"Bearer {tokens[role]}"} if tokens[role] else {}
                with transaction.atomic():
                    case.call_and_validate(headers=headers, checks=CHECKS)
                    transaction.set_rollback(True)


def _takes_anything(operation: Any) -> bool:
    return any(True for _one in operation.iter_parameters()) or bool(operation.body)


def drawn(operation: Any, mode: GenerationMode, count: int) -> Iterator[Case]:
    cases: list[Case] = []

    @seed(SEED)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def draw(case: Case) -> None:
        cases.append(case)

    draw()
    yield from cases
