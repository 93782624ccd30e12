from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from planning.api.permissions import PlanningView
from planning.models import User
from tests.api.described import check_answer
from tests.factories.hospital import Hospital


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
def director(hospital: Hospital) -> Api:
    return Api(hospital.director)


@pytest.fixture
def surgeon(hospital: Hospital) -> Api:
    return Api(hospital.surgeon_user)


@pytest.fixture
def viewer(hospital: Hospital) -> Api:
    return Api(hospital.viewer)


@pytest.fixture(autouse=True)
def answers_as_described(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test of the API asks, what is answered is what the description says."""
    answered = PlanningView.dispatch

    def dispatch(self: PlanningView, request: Any, *args: Any, **kwargs: Any) -> Any:
        response: Any = answered(self, request, *args, **kwargs)
        if hasattr(response, "add_post_render_callback"):
            response.add_post_render_callback(lambda rendered: check_answer(request, rendered))
        return response

    monkeypatch.setattr(PlanningView, "dispatch", dispatch)
