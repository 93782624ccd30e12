"""``Idempotency-Key``: a POST that is sent again is answered again, and done once.

The answer is kept in the transaction of what was asked. A refusal wrote nothing and is not kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from planning.api.errors import Problem
from planning.models import User
from planning.services.idempotency import KeyInUse, KeyReused, claim_key, keep_answer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("ETag", "Location")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def answered_once(handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any) -> Response:
    key = request.headers[HEADER]
    if not _KEY.fullmatch(key):
        text = _("« %(header)s » doit compter de 1 à 200 caractères ASCII visibles.") % {"header": HEADER}
        raise Problem(status.HTTP_400_BAD_REQUEST, "malformed", _("La demande est incomplète ou mal formée"), text)
    now, user = timezone.now(), cast("User", request.user)
    oldest = now - timedelta(hours=settings.IDEMPOTENCY_KEPT_HOURS)
    digest = digest_of(request)
    try:
        with transaction.atomic():
            row = claim_key(user=user, key=key, digest=digest, oldest=oldest, now=now)
            if row.status:
                return Response(row.body, status=row.status, headers={**row.headers, REPLAYED: "true"})
            answer = handler(request, *args, **kwargs)
            headers = {name: answer[name] for name in KEPT_HEADERS if answer.has_header(name)}
            body = json.loads(json.dumps(answer.data, cls=JSONEncoder))
            keep_answer(row=row, status=answer.status_code, headers=headers, body=body)
            return answer
    except KeyInUse:
        title = _("La première demande de cette clé est en cours : réessayez dans un instant")
        raise Problem(status.HTTP_409_CONFLICT, "key-in-use", title) from None
    except KeyReused:
        title = _("Cette clé a déjà servi pour une autre demande : prenez-en une nouvelle")
        raise Problem(status.HTTP_422_UNPROCESSABLE_ENTITY, "key-reused", title) from None


def digest_of(request: Request) -> str:
    """Of the method, the address and what was sent; a file counts by its content."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for name, file in sorted(request.FILES.items()):
        found.update(f"{name} {_content(file)}\n".encode())
    data = request.data
    if request.FILES and isinstance(data, dict):
        data = {name: value for name, value in data.items() if name not in request.FILES}
    found.update(json.dumps(data, sort_keys=True, default=str).encode())
    return found.hexdigest()


def _content(file: UploadedFile[Any]) -> str:
    digest = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    return digest
