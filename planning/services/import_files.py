"""Keeps an uploaded file between the steps of an import, outside the sources, and forgets it afterwards."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

_KEPT_FOR = timedelta(hours=24)
_TOKEN = re.compile(r"^[0-9a-f]{32}$")


def keep_file(*, data: bytes, now: datetime) -> str:
    """The token to find it by. Files that nobody came back for are removed on the way."""
    _sweep(now)
    token = secrets.token_hex(16)
    path = _path(token)
    path.touch(mode=0o600)
    path.write_bytes(data)
    return token


def kept_file(token: str) -> bytes | None:
    path = _path(token)
    return path.read_bytes() if path.exists() else None


def drop_file(token: str) -> None:
    _path(token).unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.VAR_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _path(token: str) -> Path:
    if not _TOKEN.match(token):
        raise ValueError("an import's token is 32 hexadecimal digits")
    return _folder() / token


def _sweep(now: datetime) -> None:
    for path in _folder().iterdir():
        if path.stat().st_mtime < (now - _KEPT_FOR).timestamp():
            path.unlink(missing_ok=True)
