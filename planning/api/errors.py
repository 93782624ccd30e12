"""The one place where exceptions become API answers (RFC 9457 problem details)."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from planning import wording
from planning.solver.problem import ProblemError

CONTENT_TYPE = "application/problem+json"
# Gone in the middle of a question, unreachable, or with no connection left.
DATABASE_AWAY = (InterfaceError, OperationalError)
RETRY_SECONDS = "5"
logger = logging.getLogger(__name__)


class Problem(Exception):
    """An answer that is not the one asked for: ``kind`` names it for programs, ``detail`` says it to the person."""

    def __init__(self, status_code: int, kind: str, title: str, detail: str = "", **more: Any) -> None:
        self.status_code, self.kind, self.title, self.detail, self.more = status_code, kind, title, detail, more
        super().__init__(f"{kind}: {title}")


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """``errors`` names each faulty field of a 400. None leaves a real defect to Django, which logs it."""
    return _of_this_house(error) or _of_the_framework(error, context)


def _of_this_house(error: Exception) -> Response | None:
    if isinstance(error, Problem):
        return problem(error.status_code, error.kind, error.title, error.detail, **error.more)
    if isinstance(error, ProblemError):
        title = _("Les données de cette semaine ne permettent pas de planifier")
        return problem(status.HTTP_409_CONFLICT, "unusable-week", title, str(error))
    if isinstance(error, RequestDataTooBig):
        return problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too-large", _("La demande est trop longue."))
    if isinstance(error, DATABASE_AWAY):
        logger.error("the database did not answer", exc_info=error)
        return Response(away(), status=503, content_type=CONTENT_TYPE, headers={"Retry-After": RETRY_SECONDS})
    if isinstance(error, IntegrityError) and _is_taken(error):
        title = _("Quelqu'un d'autre vient d'écrire la même chose")
        return problem(status.HTTP_409_CONFLICT, "conflict", title, _("Rien n'a été changé. Relisez, puis réessayez."))
    return None


def _of_the_framework(error: Exception, context: dict[str, Any]) -> Response | None:
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        errors = response.data if isinstance(response.data, dict) else {"": response.data}
        title = _("La demande est incomplète ou mal formée")
        made = problem(response.status_code, "malformed", title, _said(errors), errors=errors)
    else:
        kind, title = _named(error, response.status_code)
        if isinstance(error, exceptions.Throttled):
            seconds = int(getattr(error, "wait", None) or 1)  # the stubs forget it
            said = ngettext("Réessayez dans %(n)d seconde.", "Réessayez dans %(n)d secondes.", seconds)
            return _again(problem(response.status_code, kind, title, said % {"n": seconds}), seconds)
        detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
        made = problem(response.status_code, kind, title, str(detail))
    for name in ("WWW-Authenticate", "Retry-After", "Allow"):
        if name in response.headers:
            made[name] = response.headers[name]
    return made


def _is_taken(error: IntegrityError) -> bool:
    """A name taken between the check and the write; any other broken constraint is a defect."""
    return getattr(error.__cause__, "sqlstate", "") == "23505" or "UNIQUE constraint failed" in str(error)


def _again(response: Response, seconds: int) -> Response:
    response["Retry-After"] = str(seconds)
    return response


def problem(status_code: int, kind: str, title: str, detail: str = "", **more: Any) -> Response:
    data = problem_data(status_code, kind, title, detail, **more)
    return Response(data, status=status_code, content_type=CONTENT_TYPE)


def problem_data(status_code: int, kind: str, title: str, detail: str = "", **more: Any) -> dict[str, Any]:
    return {"type": kind, "title": title, "status": status_code, "detail": detail or title, **more}


def bare_problem(data: dict[str, Any]) -> JsonResponse:
    """The same bytes as ``problem``, for a request that never reached the framework."""
    dumps = {"ensure_ascii": False, "separators": (",", ":")}
    return JsonResponse(data, status=data["status"], content_type=CONTENT_TYPE, json_dumps_params=dumps)


def away() -> dict[str, Any]:
    """The database does not answer: what was asked changed nothing."""
    return problem_data(503, "unavailable", _("La base de données ne répond pas"), _("Rien n'a été changé. Réessayez."))


def _said(errors: dict[str, Any]) -> str:
    """« start : Un entier valide est requis. »"""
    parts = []
    for field, messages in errors.items():
        text = " ".join(str(one) for one in messages) if isinstance(messages, list) else str(messages)
        parts.append(wording.named(field, text) if field else text)
    return " ".join(parts)


def _named(error: Exception, status_code: int) -> tuple[str, str]:
    if kind := getattr(error, "kind", ""):
        return kind, _("Accès refusé")
    if isinstance(error, Http404 | exceptions.NotFound):
        return "not-found", _("Introuvable")
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return "not-signed-in", _("Connexion nécessaire")
    if isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        return "forbidden", _("Accès refusé")
    if status_code == status.HTTP_405_METHOD_NOT_ALLOWED:
        return "method-not-allowed", _("Méthode non permise")
    if isinstance(error, exceptions.Throttled):
        return "too-many", _("Trop de changements en une minute")
    return "malformed", _("La demande est incomplète ou mal formée")
