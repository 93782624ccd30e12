"""The last decision, kept in the session until the next page offers to take it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from planning.models import JournalEntry

_KEY = "inbox_undo"


def offer_undo(request: HttpRequest, text: str, entries: Iterable[JournalEntry | None]) -> None:
    numbers = [entry.pk for entry in entries if entry is not None]
    request.session[_KEY] = {"text": text, "entries": numbers}


def take_undo(request: HttpRequest) -> dict[str, Any] | None:
    """Once: a page read again says nothing of it."""
    kept: dict[str, Any] | None = request.session.pop(_KEY, None)
    return kept
