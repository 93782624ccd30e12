"""What a page or an endpoint answers when it cannot: nothing here asks the database."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.defaults import server_error as defect

from planning.api.errors import DATABASE_AWAY, RETRY_SECONDS, away, bare_problem, problem_data


def server_error(request: HttpRequest) -> HttpResponse:
    """503 in words while the database is away, else the page of a defect; a problem (RFC 9457) to the API's callers."""
    missing = isinstance(sys.exc_info()[1], DATABASE_AWAY)
    if request.path.startswith(reverse("api-schema").removesuffix("schema/")):
        data = away() if missing else problem_data(500, "defect", _("Une erreur est survenue"))
        answer: HttpResponse = bare_problem(data)
    elif missing:
        answer = render(None, "503.html", status=503)  # without a request: no context asks who is signed in
    else:
        return defect(request)
    if missing:
        answer["Retry-After"] = RETRY_SECONDS
    return answer
