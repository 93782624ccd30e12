"""The description holds without a warning, every operation has its examples, and they are what it describes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from planning.api.examples import REQUESTS, answers
from tests.api.described import check, operations

BODIES = ("application/json", "multipart/form-data")
NAMED = {operation["operationId"]: operation for _path, _method, operation in operations()}


def contents(described: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    return [described["content"][kind] for kind in kinds if kind in described.get("content", {})]


def test_the_description_is_made_without_a_warning(tmp_path: Path) -> None:
    path = str(tmp_path / "schema.json")
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", path)


def test_every_operation_says_what_it_does() -> None:
    assert [name for name, one in NAMED.items() if not one.get("description")] == []


def test_every_example_is_of_an_operation_there_is() -> None:
    assert sorted({*REQUESTS, *answers()} - NAMED.keys()) == []


@pytest.mark.parametrize("name", NAMED)
def test_an_operation_has_an_example_of_what_it_takes_and_one_of_what_it_answers(name: str) -> None:
    operation = NAMED[name]
    for content in contents(operation.get("requestBody", {}), *BODIES):
        check(content["schema"], content["examples"]["Request"]["value"])
    for status, described in operation["responses"].items():
        if status in ("200", "201", "202"):
            for content in contents(described, "application/json"):
                check(content["schema"], content["examples"]["Answer"]["value"], strict=True)
