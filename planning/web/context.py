"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from planning.access import TABLE
from planning.web.menu import pages_for


def product(request: HttpRequest) -> dict[str, Any]:
    """``may`` names the signed-in user's rights (``{% if may.approve %}``); ``pages`` is the menu.

    ``unread`` counts the notices that wait: read with the account, so that it costs no query.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"may": {}, "pages": []}
    match = request.resolver_match
    name = match.url_name if match is not None and match.url_name else ""
    return {
        "may": {right.value: True for right in TABLE[user.role]},
        "pages": pages_for(user, name),
        "unread": getattr(user, "unread_notices", 0),
    }
