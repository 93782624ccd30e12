"""The one place where exceptions become API answers (RFC 9457 problem details)."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    return exception_handler(error, context)
