"""How often one person may do something: counted in the cache that all processes share, a minute at a time."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache

WINDOW_SECONDS = 60


def seconds_to_wait(what: str, person: int) -> int:
    """Counts one more ``what`` of the account ``person``; how long to wait when that is one too many, else 0.

    ``settings.LIMITS[what]`` a minute; 0 is no limit.
    """
    most = settings.LIMITS[what]
    if not most:
        return 0
    now = int(time.time())
    key = f"limit:{what}:{person}:{now // WINDOW_SECONDS}"
    cache.add(key, 0, 2 * WINDOW_SECONDS)
    if cache.incr(key) <= most:
        return 0
    return WINDOW_SECONDS - now % WINDOW_SECONDS
