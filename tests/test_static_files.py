"""Static files, as an ASGI server answers them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

PATH = "/static/css/tokens.css"
CONTENT = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_bytes()


def asked(client: Client, method: str = "get", **headers: str) -> Any:
    return getattr(client, method)(PATH, headers=headers)


@pytest.mark.parametrize(
    ("method", "headers", "status", "content"),
    [
        ("get", {}, 200, CONTENT),
        ("head", {}, 200, b""),
        ("get", {"range": "bytes=0-9"}, 206, CONTENT[:10]),
        ("post", {}, 405, b""),
    ],
    ids=["whole", "head", "part", "not to be written"],
)
def test_a_static_file_is_answered_whole_and_not_from_a_synchronous_iterator(
    client: Client, method: str, headers: dict[str, str], status: int, content: bytes
) -> None:
    answer = asked(client, method, **headers)
    assert (answer.status_code, answer.streaming, answer.content) == (status, False, content)


def test_a_static_file_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    first = asked(client)
    assert first["Content-Type"].startswith("text/css")
    again = asked(client, "get", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again.has_header("Content-Type")) == (304, b"", False)
