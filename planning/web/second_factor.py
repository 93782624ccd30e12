"""A site may require a second factor: whoever has none yet is led to the page that adds one, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.access import is_self_service
from planning.api.errors import bare_problem, problem_data

GIVEN = "second_factor"


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or is_self_service(match.view_name) or not lacks_second_factor(request):
            return None
        said = _("Votre établissement demande un second facteur : ajoutez-en un pour continuer.")
        if request.path.startswith("/api/"):
            return bare_problem(problem_data(403, "second-factor", said))
        messages.warning(request, said)
        return redirect(reverse("mfa_index"))


def lacks_second_factor(request: HttpRequest) -> bool:
    """Once found, a factor is remembered by the session: taking it away ends the account's sessions."""
    if not request.user.is_authenticated or request.session.get(GIVEN):
        return False
    if not getattr(request.user, "second_factor_required", False):
        return False
    if is_mfa_enabled(request.user):
        request.session[GIVEN] = True
        return False
    return True
