"""The API's description, and what it says of each answer: held against every answer that the tests of this folder get.

``BLOCWEB_RECORD_ANSWERS=1`` keeps the answers as the examples of the description: planning/api/answers.json.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

import planning.api

RECORDS = bool(os.environ.get("BLOCWEB_RECORD_ANSWERS"))
KEPT = Path(planning.api.__file__).with_name("answers.json")
# Long lists are cut to so many, so that an example is read at a glance.
MOST_SHOWN = 2


@cache
def description() -> dict[str, Any]:
    with translation.override("fr"):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Address, method, operation."""
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


@cache
def by_address() -> dict[tuple[str, str], dict[str, Any]]:
    return {(re.sub(r"{\w+}", "{}", path), method): operation for path, method, operation in operations()}


def plain(schema: Any, *, strict: bool = False) -> Any:
    """OpenAPI 3.0 says ``nullable`` where JSON Schema lists null. ``strict``: nothing that is not described."""
    if isinstance(schema, list):
        return [plain(one, strict=strict) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: plain(value, strict=strict) for name, value in schema.items() if name not in ("nullable", "format")}
    if strict and isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        found["additionalProperties"] = False
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found


@cache
def components(strict: bool) -> dict[str, Any]:
    found: dict[str, Any] = plain(description()["components"], strict=strict)
    return found


def check(schema: dict[str, Any], value: Any, *, strict: bool = False) -> None:
    whole = plain(schema, strict=strict) | {"components": components(strict)}
    jsonschema.Draft202012Validator(whole).validate(value)


def content_of(operation: dict[str, Any], status: int) -> dict[str, Any] | None:
    """What is described of a JSON answer; None of one that is none."""
    found: dict[str, Any] | None = (
        operation["responses"].get(str(status), {}).get("content", {}).get("application/json")
    )
    return found


def check_answer(request: Any, response: Any) -> None:
    """The answer is what is described, key by key. A refusal says more than its shape: it is not looked at here."""
    if response.status_code >= 300 or not response.headers.get("Content-Type", "").startswith("application/json"):
        return
    route = "/" + re.sub(r"<[^>]+>", "{}", request.resolver_match.route)
    operation = by_address().get((route, request.method.lower()))
    if operation is None:
        return
    content = content_of(operation, response.status_code)
    assert content is not None, f"{operation['operationId']}: {response.status_code} is not described"
    answer = json.loads(response.content)
    check(content["schema"], answer, strict=True)
    if RECORDS:
        record(operation["operationId"], content["schema"], answer)


def record(name: str, schema: dict[str, Any], answer: Any) -> None:
    """Kept when it tells more than the one before, or that one is no longer as described."""
    known = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    new, old = cut(answer), known.get(name)
    if old is None or not is_described(schema, old) or richness(new) > richness(old):
        KEPT.write_text(json.dumps(dict(sorted((known | {name: new}).items())), ensure_ascii=False, indent=1) + "\n")


def is_described(schema: dict[str, Any], value: Any) -> bool:
    try:
        check(schema, value, strict=True)
    except jsonschema.ValidationError:
        return False
    return True


def cut(value: Any) -> Any:
    if isinstance(value, list):
        return [cut(one) for one in value[:MOST_SHOWN]]
    return {name: cut(one) for name, one in value.items()} if isinstance(value, dict) else value


def richness(value: Any) -> int:
    if isinstance(value, list | dict):
        return sum(map(richness, value.values() if isinstance(value, dict) else value))
    return value not in (None, "", 0, False)
