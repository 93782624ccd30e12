"""Static files under ASGI."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # it has no types
    """WhiteNoise's own answer streams from a synchronous iterator.

    An ASGI server consumes that whole before it sends the first byte, and Django warns of it. The files are small: they
    are read here, in the middleware's own thread.
    """

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file:
                content = found.file.read()
        answer = HttpResponse(content, status=int(found.status))
        del answer["Content-Type"]  # the file's own headers say it, and a 304 has none
        for name, value in found.headers:
            answer[name] = value
        if content:
            answer["Content-Length"] = str(len(content))  # of the file as it is now, should it have been edited since
        return answer
