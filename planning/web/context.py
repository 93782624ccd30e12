"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from planning.access import TABLE


def product(request: HttpRequest) -> dict[str, Any]:
    """``may`` names the signed-in user's rights: ``{% if may.approve %}``."""
    user = getattr(request, "user", None)
    rights = TABLE[user.role] if user is not None and user.is_authenticated else frozenset()
    return {"may": {right.value: True for right in rights}}
