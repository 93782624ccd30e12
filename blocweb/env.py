"""Typed readers of environment variables. What is missing or unreadable stops the start with one clear line."""

from __future__ import annotations

import os

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class Misconfigured(SystemExit):
    """Ends the program with its line on standard error and status 1, be it manage.py, a worker or the web server."""

    def __init__(self, line: str) -> None:
        super().__init__(f"blocweb: {line}")


def text(name: str, default: str | None = None) -> str:
    """The variable, or ``default``; without a default it is required."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise Misconfigured(f"{name} is not set. See .env.example for what it holds.")
    return default


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise Misconfigured(f"{name}={value!r} is neither true nor false. Write 1 or 0.")


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise Misconfigured(f"{name}={value!r} is not a whole number.") from None


def names(name: str, default: str | None = None) -> list[str]:
    """A comma-separated list; without a default at least one entry is required."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]
