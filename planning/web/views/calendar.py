"""A person's calendar, for programs that hold its secret address and no session."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.utils.translation import override

from planning.access import public
from planning.exchange.calendar_feed import calendar_file
from planning.exchange.links import absolute
from planning.limits import seconds_to_wait
from planning.models import CalendarFeed
from planning.selectors.calendar_events import calendar_name, events_for
from planning.services.calendar_feeds import feed_behind, note_calendar_read

# All that is unknown is counted together: floods of guesses never stop a calendar that exists.
NOBODY = 0


@public
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return _unlogged(HttpResponseNotAllowed(["GET", "HEAD"]))
    feed = feed_behind(secret)
    wait = seconds_to_wait("calendar", feed.pk if feed is not None else NOBODY)
    if wait:
        return _unlogged(HttpResponse(status=429, headers={"Retry-After": str(wait)}))
    if feed is None:
        return _unlogged(HttpResponse(status=404))
    answer: Any = _answer(request, feed)
    note_calendar_read(feed=feed, now=timezone.now())
    return _unlogged(answer)


def _answer(request: HttpRequest, feed: CalendarFeed) -> Any:
    user = feed.user
    with override(user.language):
        events = events_for(user, today=timezone.localdate(), address=lambda week: absolute("week", week=week))
        body = calendar_file(calendar_name(user), events)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag
    answer["Last-Modified"] = http_date(max([feed.created_at, *(event.stamp for event in events)]).timestamp())
    answer["Content-Disposition"] = 'inline; filename="bloc.ics"'
    patch_cache_control(answer, private=True, no_cache=True)
    # By the ETag alone: a cancellation, or a week gone by, changes the file and not the latest moment in it.
    return get_conditional_response(request, etag=etag, response=answer)


def _unlogged(answer: HttpResponse) -> HttpResponse:
    """Django logs the address of what it refuses, and this one is a secret."""
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
