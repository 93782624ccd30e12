"""A file brought in through the API: previewed, corrected, imported."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from planning.models import Intervention, JournalEntry
from tests.api.conftest import Api
from tests.factories.hospital import Hospital

HEADER = "reference;patient;acte;chirurgien;duree;date hospitalisation;date limite"
GOOD = f"{HEADER}\nN1;P-1;Hernie;MAR;60;24/11/2026;04/12/2026\n"


def send(api: Api, path: str, text: str | bytes = GOOD, mapping: Any = None, key: str | None = None) -> Any:
    data = text.encode() if isinstance(text, str) else text
    body: dict[str, Any] = {"target": "interventions", "file": SimpleUploadedFile("demandes.csv", data)}
    if mapping is not None:
        body["mapping"] = mapping if isinstance(mapping, str) else json.dumps(mapping)
    headers = {"Idempotency-Key": key} if key else {}
    return api.client.post(f"/api/v1/{path}", body, headers=headers)


def test_a_preview_says_what_it_would_do_and_does_nothing(director: Api, hospital: Hospital) -> None:
    answer = send(director, "imports/preview/")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["asked"], found["new"], found["problems"], found["order_needed"]) == (1, 1, [], False)
    assert found["mapping"]["columns"]["surgeon"] == "chirurgien"
    assert not Intervention.objects.exists()
    assert not JournalEntry.objects.exists()


def test_the_mapping_answered_is_the_one_to_send(director: Api, hospital: Hospital) -> None:
    mapping = send(director, "imports/preview/").json()["mapping"]
    done = send(director, "imports/", mapping=mapping)
    assert (done.status_code, done.json()) == (
        201, {"created": 1, "updated": 0, "existing": 0, "left_out": 0, "also_created": {}},
    )  # fmt: skip
    assert Intervention.objects.get().source_reference == "import:ref:N1"


def test_what_the_file_names_and_nobody_knows_is_settled_by_the_mapping(director: Api, hospital: Hospital) -> None:
    text = GOOD.replace("MAR", "Lenoir")
    found = send(director, "imports/preview/", text).json()
    assert list(found["missing"]["surgeon"]) == ["Lenoir"]
    refused = send(director, "imports/", text)
    assert (refused.status_code, refused.json()["type"]) == (409, "import-refused")
    assert not Intervention.objects.exists()
    mapping = found["mapping"] | {"matches": {"surgeon": {"Lenoir": "S2"}}}
    assert send(director, "imports/", text, mapping).status_code == 201
    assert Intervention.objects.get().surgeon == hospital.surgeons[1]


def test_an_import_sent_twice_with_its_key_is_done_once(director: Api, hospital: Hospital) -> None:
    first, again = (send(director, "imports/", key="f-1") for _ in range(2))
    assert (first.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    other = send(director, "imports/", GOOD.replace("N1", "N2"), key="f-1")
    assert (other.status_code, other.json()["type"]) == (422, "key-reused")
    assert Intervention.objects.count() == 1


@pytest.mark.parametrize(
    "mapping",
    ["{", "[]", '"x"', '{"columns": []}', '{"columns": {"code": 3}}', '{"who": 1}', '{"matches": {"surgeon": "x"}}',
     '{"columns": {"code": "no such column"}}', '{"order": "ymd"}', '{"first_line": -1}', "[" * 100_000],
)  # fmt: skip
def test_a_mapping_that_is_none_is_refused(director: Api, hospital: Hospital, mapping: str) -> None:
    for path in ("imports/preview/", "imports/"):
        answer = send(director, path, mapping=mapping)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["mapping"]), path
    assert not Intervention.objects.exists()


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"PK\x03\x04x", b"a\n"])
def test_a_file_that_is_none_is_refused(director: Api, hospital: Hospital, data: bytes) -> None:
    answer = send(director, "imports/preview/", data)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["file"])


def test_only_those_who_import_may(viewer: Api, surgeon: Api) -> None:
    assert [send(one, "imports/").status_code for one in (viewer, surgeon)] == [403, 403]


def test_a_body_of_another_kind_is_refused(director: Api) -> None:
    answer = director.post("imports/", {"target": "rooms"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (415, "application/problem+json")
