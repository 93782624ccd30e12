"""Whole addresses of pages, for messages and files that are read outside a browser's session."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse


def absolute(name: str, **parts: object) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse(name, kwargs=parts)


def domain() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
