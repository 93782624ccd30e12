"""What makes a secret asks again who is there: a screen left open is not enough."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from planning.web.sessions import BEGAN

View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Decorator of a view: what is sent waits for the password, a code or a passkey, then goes on by itself.

    An account that only the hospital's single sign-on opens has none of them here: it signs in anew.
    """
    asked = reauthentication_required(view, allow_get=True)

    @wraps(view)
    def confirming(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        known = get_adapter(request).get_reauthentication_methods(request.user)
        if request.method != "POST" or known or _has_just_signed_in(request):
            answer: HttpResponse = asked(request, *args, **kwargs)
            return answer
        logout(request)
        messages.info(request, _("Connectez-vous de nouveau pour continuer : votre connexion n'est plus récente."))
        return redirect_to_login(request.path)

    return confirming


def _has_just_signed_in(request: HttpRequest) -> bool:
    longest: int = app_settings.REAUTHENTICATION_TIMEOUT
    began: int = request.session.get(BEGAN, 0)
    return time.time() - began < longest
