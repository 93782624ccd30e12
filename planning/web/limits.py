"""Pages that one person may send only so often."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from planning.limits import seconds_to_wait
from planning.models import User

View = Callable[..., HttpResponse]


def limited(what: str, *, reading: bool = False) -> Callable[[View], View]:
    """Decorator of a view: beyond the limit what is sent is refused with 429, before anything is read of it.

    ``reading``: what is only asked counts too, for what is asked while somebody types.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            counts = reading or request.method == "POST"
            wait = seconds_to_wait(what, cast("User", request.user).pk) if counts else 0
            if not wait:
                return view(request, *args, **kwargs)
            answer = render(request, "429.html", {"seconds": wait}, status=429)
            answer["Retry-After"] = str(wait)
            return answer

        return counted

    return decorate
