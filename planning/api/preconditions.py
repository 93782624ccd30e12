"""``ETag`` and ``If-Match``: whoever changes a thing says which version of it they were shown.

The tag is a hash of the answer, so that everything a reader is shown counts. An answer that a change is made from
holds therefore no text that depends on the reader's language.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from planning.api.errors import Problem
from planning.selectors.fingerprints import fingerprint_of

HEADER = "If-Match"


def etag_of(data: Any) -> str:
    return f'"{fingerprint_of(data)}"'


def tagged(data: Any, status_code: int = status.HTTP_200_OK, **headers: str) -> Response:
    """The answer with its version."""
    return Response(data, status=status_code, headers={"ETag": etag_of(data), **headers})


def require_match(request: Request, data: Any) -> None:
    """428 when the request names no version, 412 when ``data``, what a reader is shown now, is another one.

    Inside the transaction of the change, on the row that it locked or that its service compares again.
    """
    asked = request.headers.get(HEADER, "")
    if not asked.strip():
        title = _("Dites quelle version vous changez")
        detail = _("Lisez la ressource, puis renvoyez son ETag dans l'en-tête « If-Match ».")
        raise Problem(status.HTTP_428_PRECONDITION_REQUIRED, "version-required", title, detail)
    if asked.strip() != "*" and etag_of(data) not in {one.strip() for one in asked.split(",")}:
        title = _("Quelqu'un d'autre l'a changée depuis")
        detail = _("Relisez-la : rien n'a été écrit par-dessus son travail.")
        raise Problem(status.HTTP_412_PRECONDITION_FAILED, "version-changed", title, detail)
