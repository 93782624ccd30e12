"""One person at a browser: a session of their own, over real HTTP."""

from __future__ import annotations

import http.client
import json
import time
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

DEMO_PASSWORD = "bloc-demo-2026"
IDLE_SECONDS = 2


class Client:
    def __init__(self, port: int, *, seconds: float = 60) -> None:
        self.port, self.seconds = port, seconds
        self.cookies: dict[str, str] = {}
        self.connection, self.used_at = self._connect(), 0.0

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)

    def sign_in(self, username: str, password: str = DEMO_PASSWORD) -> None:
        path = "/connexion/"
        self.send("GET", path)
        form = {"login": username, "password": password, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        status, _ = self.send("POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded")
        assert status == 302, f"{username} was not let in: {status}"

    def get(self, path: str) -> tuple[int, Any]:
        return self.ask("GET", path)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        return self.ask("POST", path, json.dumps(body).encode())

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        status, raw = self.send(method, path, body, "application/json")
        try:
            return status, json.loads(raw)
        except ValueError:
            return status, raw

    def send(
        self, method: str, path: str, body: bytes | None = None, content_type: str = "application/json"
    ) -> tuple[int, bytes]:
        status, raw, _ = self.exchange(method, path, body, content_type)
        return status, raw

    def exchange(self, method: str, path: str, body: bytes | None, content_type: str) -> tuple[int, bytes, str]:
        """The status, the body, and where the answer leads."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": content_type,
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
        }
        # The server closes a connection that was silent for long, perhaps while the next question is on its way.
        if time.monotonic() - self.used_at > IDLE_SECONDS:
            self.connection.close()
            self.connection = self._connect()
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            raw = answer.read()
            self.used_at = time.monotonic()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = self._connect()
            raise
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer.status, raw, answer.headers.get("Location", "")
