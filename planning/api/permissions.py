"""The rights of planning/access.py, asked by the API views."""

from __future__ import annotations

from typing import cast

from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from planning.access import May, allowed, public
from planning.api.throttling import WriteThrottle
from planning.models import User


def signed_in(request: Request) -> User:
    """Whoever asks: the permission lets nobody else through."""
    return cast(User, request.user)


class MayPermission(IsAuthenticated):
    """The view says what it asks as ``may``."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        may = getattr(view, "may", May.SEE_DRAFTS)
        return allowed(request.user, may)


class PlanningView(APIView):
    """Base of every endpoint: ``may`` is the right it asks; the answer to an anonymous is 401 or 403, never a page."""

    may: May = May.SEE_DRAFTS
    # What is sent is answered without changing anything: never refused for its number.
    asks_only = False
    permission_classes: list[type[BasePermission]] = [MayPermission]
    throttle_classes: list[type[BaseThrottle]] = [WriteThrottle]

    @classmethod
    def as_view(cls, **initkwargs: object):  # type: ignore[no-untyped-def]
        # The permission above answers in JSON where the middleware would answer with the login page.
        return public(super().as_view(**initkwargs))
