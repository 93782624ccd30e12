"""The base of every endpoint: the rights of planning/access.py, the limits, and requests that may come twice."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from planning.access import May, allowed, public
from planning.api.idempotency import HEADER, answered_once
from planning.api.parsing import LARGEST
from planning.api.throttling import WriteThrottle
from planning.models import User


def signed_in(request: Request) -> User:
    """Whoever asks: the permission lets nobody else through."""
    return cast(User, request.user)


class MayPermission(IsAuthenticated):
    """The view says what it asks as ``may`` and ``may_change``."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        return any(allowed(request.user, may) for may in rights_asked(view, str(request.method)))


def rights_asked(view: Any, method: str) -> tuple[May, ...]:
    """Any one of them opens the endpoint to ``method``."""
    may: May | tuple[May, ...] = getattr(view, "may", May.SEE_DRAFTS)
    change = getattr(view, "may_change", None)
    asked = change if change is not None and method.upper() not in SAFE_METHODS else may
    return asked if isinstance(asked, tuple) else (asked,)


class PlanningView(APIView):
    """Base of every endpoint; the answer to an anonymous is 401, never a page.

    ``may`` is the right it asks (or several, any of which will do), ``may_change`` the right that changing asks when
    it is another one.
    """

    may: May | tuple[May, ...] = May.SEE_DRAFTS
    may_change: May | tuple[May, ...] | None = None
    # What is sent is answered without changing anything: never refused for its number, never kept.
    asks_only = False
    # A version is asked of whoever changes it (planning/api/preconditions.py).
    conditional = False
    permission_classes: list[type[BasePermission]] = [MayPermission]
    throttle_classes: list[type[BaseThrottle]] = [WriteThrottle]

    @classmethod
    def as_view(cls, **initkwargs: object):  # type: ignore[no-untyped-def]
        # The permission above answers in JSON where the middleware would answer with the login page.
        return public(super().as_view(**initkwargs))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # No row has such a number: a database would not even look for it.
        if any(isinstance(one, int) and one > LARGEST for one in kwargs.values()):
            raise NotFound
        post = getattr(self, "post", None)
        if request.method == "POST" and post is not None and not self.asks_only and HEADER in request.headers:
            setattr(self, "post", partial(answered_once, post))  # noqa: B010  # this request's own handler
