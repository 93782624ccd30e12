"""How many changes one person may make through the API in a minute; questions are free."""

from __future__ import annotations

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from planning.limits import seconds_to_wait


class WriteThrottle(BaseThrottle):
    """A view whose POST changes nothing (a price asked while dragging) says ``asks_only``.

    One whose pages are counted apart says its ``limit``.
    """

    seconds = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS or getattr(view, "asks_only", False) or request.user.pk is None:
            return True
        self.seconds = seconds_to_wait(getattr(view, "limit", "write"), request.user.pk)
        return self.seconds == 0

    def wait(self) -> float:
        return self.seconds
