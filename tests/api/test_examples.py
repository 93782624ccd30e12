"""The description holds without a warning, and its examples are what it describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command

from planning.api.examples import ANSWERS, REQUESTS


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("api") / "schema.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(path))
    found: dict[str, Any] = json.loads(Path(path).read_text())
    return found


def operations(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["operationId"]: one for path in described["paths"].values() for one in path.values()}


def plain(schema: Any) -> Any:
    """OpenAPI 3.0 says ``nullable`` where JSON Schema lists null."""
    if isinstance(schema, list):
        return [plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: plain(value) for name, value in schema.items() if name not in ("nullable", "format")}
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") else found


def check(described: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    jsonschema.validate(value, plain(schema | {"components": described["components"]}))


def test_every_operation_says_what_it_does(described: dict[str, Any]) -> None:
    assert [name for name, one in operations(described).items() if not one.get("description")] == []


def test_every_example_of_a_body_is_of_its_shape(described: dict[str, Any]) -> None:
    known = operations(described)
    for name, value in REQUESTS.items():
        content = known[name]["requestBody"]["content"]["application/json"]
        assert content["examples"]["Request"]["value"] == value, name
        check(described, content["schema"], value)


def test_every_example_of_an_answer_is_of_its_shape(described: dict[str, Any]) -> None:
    known = operations(described)
    for name, value in ANSWERS.items():
        [answer] = [one for code, one in known[name]["responses"].items() if code in ("200", "201")]
        content = answer["content"]["application/json"]
        assert content["examples"]["Answer"]["value"] == value, name
        check(described, content["schema"], value)
