"""What the description of every endpoint says without being told: how it refuses, versions, keys of idempotency."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from planning.api.errors import CONTENT_TYPE
from planning.api.examples import REQUESTS, answers

ALWAYS = (400, 401, 403, 406, 429, 503)
# The endpoint's own doing, or the shape of what was sent.
CHANGING = (409, 413, 415, 422)
REFUSALS = {
    400: "Incomplete or malformed: `errors` names each field.",
    401: "No token nor session, or a token that opens nothing.",
    403: "The account has not the right to.",
    404: "Not there, or not this account's to read.",
    406: "Only JSON is answered.",
    409: "Somebody else was faster, or the state of things does not allow it: `type` says which.",
    412: "Changed since the version named in `If-Match`.",
    413: "Longer than is read.",
    415: "Not in a format that is read.",
    422: "Understood, and refused by a rule, or an `Idempotency-Key` used for another request.",
    428: "`If-Match` is missing.",
    429: "Too many changes in a minute: `Retry-After` says when to try again.",
    503: "The database does not answer: nothing was changed.",
}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Problem",
            value={
                "type": "malformed",
                "title": "La demande est incomplète ou mal formée",
                "status": 400,
                "detail": "start : Un nombre entier valide est requis.",
                "errors": {"start": ["Un nombre entier valide est requis."]},
            },
            response_only=True,
        )
    ]
)
class Problem(serializers.Serializer[Any]):
    """RFC 9457. ``type`` is for programs, ``title`` and ``detail`` are in the language of ``Accept-Language``."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    # Of a 400: what is wrong with each field.
    errors = serializers.DictField(required=False)  # type: ignore[assignment]  # the name RFC 9457 gives it


class PlanningSchema(AutoSchema):
    # Every endpoint is a PlanningView, which says whether it asks for versions and whether it changes anything.
    view: Any

    def get_override_parameters(self) -> list[Any]:
        return [*super().get_override_parameters(), *self._headers()]

    def get_examples(self) -> list[OpenApiExample]:
        """Those of planning/api/examples.py."""
        name, found = self.get_operation_id(), [*super().get_examples()]
        if name in REQUESTS:
            found += [
                OpenApiExample("Request", value=REQUESTS[name], request_only=True, media_type=kind)
                for kind in ("application/json", "multipart/form-data")
            ]
        if name in answers():
            codes = ["200", "201", "202"]
            value = _row(answers()[name]) if self._is_list_view() else answers()[name]
            found.append(OpenApiExample("Answer", value=value, response_only=True, status_codes=codes))
        return found

    def _headers(self) -> list[OpenApiParameter]:
        found = []
        if self.view.conditional and self.method in ("PUT", "PATCH", "DELETE"):
            text = "The ``ETag`` of the version that was read; ``*`` for whichever it is."
            found.append(OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True, description=text))
        if self.view.conditional and self.method != "DELETE":
            codes = [201] if self.method == "POST" else [200]
            text = "The version of what is answered, for ``If-Match``."
            found.append(OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=codes, description=text))
        if self.method == "POST" and not self.view.asks_only:
            text = "Any text of one's own: the same request with the same key is done once and answered the same."
            found.append(OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description=text))
        return found

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for code in self._refusals():
            told = OpenApiResponse(Problem, REFUSALS[code])
            # drf-spectacular types its public methods only.
            made = self._get_response_for_code(told, str(code), [CONTENT_TYPE], direction)  # type: ignore[no-untyped-call]
            bodies.setdefault(str(code), made)
        return dict(sorted(bodies.items()))

    def _refusals(self) -> list[int]:
        codes = [*ALWAYS]
        if "{" in self.path or self.method == "GET":
            codes.append(404)
        if self.method not in SAFE_METHODS:
            codes += CHANGING
        if self.view.conditional and self.method in ("PUT", "PATCH", "DELETE"):
            codes += [412, 428]
        return sorted(codes)


def _row(answer: Any) -> Any:
    """Of a list's answer: the list around it is described with it."""
    rows = answer["results"] if isinstance(answer, dict) else answer
    return rows[0] if rows else {}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its metaclass has no types
    """How the API's description names it."""

    target_class = "planning.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
