from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from planning.models import User
from tests.factories.hospital import Hospital, small_hospital


class Api:
    """Asks as one person, in JSON."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query)

    def send(self, method: str, path: str, data: Any = None, match: str | None = None) -> Any:
        headers = {} if match is None else {"If-Match": match}
        return self.client.generic(method, f"/api/v1/{path}", _json(data), "application/json", headers=headers)

    def post(self, path: str, data: Any = None) -> Any:
        return self.send("POST", path, data)

    def patch(self, path: str, data: Any, match: str | None = "*") -> Any:
        return self.send("PATCH", path, data, match)

    def delete(self, path: str, match: str | None = "*") -> Any:
        return self.send("DELETE", path, match=match)


def _json(data: Any) -> bytes:
    import json

    return b"" if data is None else json.dumps(data).encode()


@pytest.fixture
def house(db: None) -> Hospital:
    return small_hospital()


@pytest.fixture
def director(house: Hospital) -> Api:
    return Api(house.director)


@pytest.fixture
def surgeon(house: Hospital) -> Api:
    return Api(house.surgeon_user)


@pytest.fixture
def viewer(house: Hospital) -> Api:
    return Api(house.viewer)
