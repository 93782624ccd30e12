"""Single sign-on against a small OpenID Connect server of our own: known people come in, others are told why not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from planning.models import User
from tests.factories.hospital import Hospital

pytestmark = pytest.mark.django_db
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Directory(BaseHTTPRequestHandler):
    """The hospital's: whoever comes is ``server.person``."""

    def do_GET(self) -> None:
        issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        answers = {
            "/.well-known/openid-configuration": {
                "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo", "jwks_uri": f"{issuer}/keys",
            },
            "/keys": {"keys": [public | {"kid": "1", "use": "sig", "alg": "RS256"}]},
            "/userinfo": self.server.person,  # type: ignore[attr-defined]
        }  # fmt: skip
        self._send(answers[urlsplit(self.path).path])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        now = int(time.time())
        claims = {"iss": issuer, "aud": "bloc", "iat": now, "exp": now + 60} | self.server.person  # type: ignore[attr-defined]
        token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "1"})
        self._send({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def _send(self, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def directory(settings: Any) -> Iterator[Any]:
    server = HTTPServer(("127.0.0.1", 0), Directory)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = {
        "provider_id": "hopital", "name": "l'hôpital", "client_id": "bloc", "secret": "s",
        "settings": {"server_url": f"http://127.0.0.1:{server.server_address[1]}"},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield server
    server.shutdown()
    server.server_close()


def come_in(server: Any, client: Client, **person: Any) -> Any:
    """The way a browser goes: to the directory and back."""
    server.person = {"sub": "17", "email_verified": True} | person
    away = client.post(reverse("openid_connect_login", kwargs={"provider_id": "hopital"}))
    state = parse_qs(urlsplit(away["Location"]).query)["state"][0]
    callback = reverse("openid_connect_callback", kwargs={"provider_id": "hopital"})
    return client.get(callback, {"code": "c", "state": state}, follow=True)


def test_somebody_known_comes_in_as_themselves(directory: Any, hospital: Hospital) -> None:
    client = Client()
    come_in(directory, client, email=hospital.director.email)
    assert client.get(reverse("rooms")).context["user"] == hospital.director


def test_somebody_unknown_is_told_whom_to_ask(directory: Any, hospital: Hospital) -> None:
    client, before = Client(), User.objects.count()
    answer = come_in(directory, client, email="personne@example.org")
    assert "Demandez une invitation" in answer.content.decode()
    assert (User.objects.count(), client.get(reverse("rooms")).status_code) == (before, 302)


def test_an_address_that_the_directory_does_not_vouch_for_opens_nothing(directory: Any, hospital: Hospital) -> None:
    client = Client()
    come_in(directory, client, email=hospital.director.email, email_verified=False)
    assert client.get(reverse("rooms")).status_code == 302


def test_a_closed_account_stays_closed(directory: Any, hospital: Hospital) -> None:
    User.objects.filter(pk=hospital.director.pk).update(is_active=False)
    client = Client()
    come_in(directory, client, email=hospital.director.email)
    assert client.get(reverse("rooms")).status_code == 302


def test_the_door_offers_it_by_name(directory: Any) -> None:
    assert "Se connecter avec l&#x27;hôpital" in Client().get(reverse("account_login")).content.decode()
