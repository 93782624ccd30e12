"""A session ends so long after signing in, and so long after the person last did something."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from planning.access import is_self_service

BEGAN, SEEN = "began_at", "seen_at"
# So much later at least is a session written again.
STEP_SECONDS = 60


def begin_session(request: HttpRequest, **_facts: Any) -> None:
    """On signing in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


class SessionEndMiddleware:
    """Before the one that asks to sign in, which then does. What a page asks by itself is no sign of a person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        match = request.resolver_match
        if match is None or is_self_service(match.view_name) or match.view_name == "health":
            return
        if not request.user.is_authenticated:
            return
        now = int(time.time())
        if BEGAN not in request.session:  # signed in before sessions kept their beginning
            begin_session(request)
        elif is_over(request, now):
            logout(request)
            messages.info(request, _("Votre session a pris fin : connectez-vous de nouveau."))
        elif now - request.session[SEEN] >= STEP_SECONDS and not asked_by_a_page(request):
            request.session[SEEN] = now


def is_over(request: HttpRequest, now: int) -> bool:
    idle = settings.SESSION_IDLE_SECONDS
    too_old = now - request.session[BEGAN] >= settings.SESSION_COOKIE_AGE
    return too_old or bool(idle and now - request.session[SEEN] >= idle)


def asked_by_a_page(request: HttpRequest) -> bool:
    return request.method == "GET" and request.path.startswith("/api/")
