"""How many changes one person may make through the API in a minute; most questions are free."""

from __future__ import annotations

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from planning.limits import seconds_to_wait


class WriteThrottle(BaseThrottle):
    """A view whose POST changes nothing (a price asked while dragging) says ``asks_only``.

    One that is counted apart, question or not, says its ``limit``.
    """

    seconds = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        what = getattr(view, "limit", None if getattr(view, "asks_only", False) else "write")
        if request.method in SAFE_METHODS or what is None or request.user.pk is None:
            return True
        self.seconds = seconds_to_wait(what, request.user.pk)
        return self.seconds == 0

    def wait(self) -> float:
        return self.seconds
