"""Settings: strict in production, with one line for what is missing; every variable explained in .env.example."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PRODUCTION = {
    "BLOCWEB_PRODUCTION": "1",
    "BLOCWEB_SECRET_KEY": "k" * 60,
    "BLOCWEB_HOSTS": "bloc.example.org",
    "DATABASE_URL": "postgres://blocweb@127.0.0.1/blocweb",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
}


def read(tmp_path: Path, expression: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a fresh process makes of these variables and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BLOCWEB", "DATABASE", "CELERY"))}
    code = f"from blocweb import settings; print(repr(({expression})))"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
        env=kept | {"BLOCWEB_VAR_DIR": str(tmp_path)} | variables,
    )  # fmt: skip


@pytest.mark.parametrize("missing", ["BLOCWEB_SECRET_KEY", "BLOCWEB_HOSTS", "DATABASE_URL", "CELERY_BROKER_URL"])
def test_production_says_in_one_line_which_variable_is_missing(tmp_path: Path, missing: str) -> None:
    variables = {name: value for name, value in PRODUCTION.items() if name != missing}
    answer = read(tmp_path, "1", **variables)
    assert answer.returncode == 1
    assert answer.stderr == f"blocweb: {missing} is not set. See .env.example for what it holds.\n"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("BLOCWEB_PRODUCTION", "peut-être", "BLOCWEB_PRODUCTION='peut-être' is neither true nor false. Write 1 or 0."),
        ("BLOCWEB_PORT", "http", "BLOCWEB_PORT='http' is not a whole number."),
    ],
)
def test_a_value_that_cannot_be_read_is_named(tmp_path: Path, name: str, value: str, line: str) -> None:
    assert read(tmp_path, "1", **{name: value}).stderr == f"blocweb: {line}\n"


def test_production_never_debugs_and_keeps_cookies_to_https(tmp_path: Path) -> None:
    expression = "settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.ALLOWED_HOSTS"
    answer = read(tmp_path, expression, **PRODUCTION, BLOCWEB_DEBUG="1")
    assert answer.stdout == "(False, True, True, ['bloc.example.org'])\n"


def test_the_demonstration_needs_no_variable_and_keeps_a_secret_of_its_own(tmp_path: Path) -> None:
    first = read(tmp_path, "settings.SECRET_KEY, settings.DEBUG, settings.DATABASES['default']['ENGINE']")
    assert first.returncode == 0
    key, debug, engine = eval(first.stdout)  # noqa: S307  # our own print
    assert (len(key) > 50, debug, engine) == (True, False, "django.db.backends.sqlite3")
    assert read(tmp_path, "settings.SECRET_KEY").stdout == f"{key!r}\n", "the same at the next start"
    assert read(tmp_path / "other", "settings.SECRET_KEY").stdout != f"{key!r}\n"


def test_postgresql_and_redis_are_chosen_by_their_addresses(tmp_path: Path) -> None:
    expression = (
        "settings.DATABASES['default']['ENGINE'], settings.CELERY_BROKER_TRANSPORT_OPTIONS['visibility_timeout']"
    )
    assert read(tmp_path, expression, **PRODUCTION).stdout == "('django.db.backends.postgresql', 3600)\n"


def test_the_example_lists_every_variable_that_the_settings_read() -> None:
    read_by_settings = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "blocweb" / "settings.py").read_text()))
    explained = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read_by_settings - explained == set()
    assert explained - read_by_settings == {"POSTGRES_PASSWORD"}
