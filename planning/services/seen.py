"""Nobody's work is written over unseen: whoever saves a thing says what of it they were shown.

The facts are those that the journal keeps of the thing. Compared on the row that the service has locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planning.selectors.fingerprints import fingerprint_of

Facts = Mapping[str, Any]


class ChangedSince(Exception):
    """Somebody else saved it meanwhile: ``shown`` is what the person saw of it, ``now`` what it is."""

    def __init__(self, shown: Facts, now: Facts) -> None:
        self.shown, self.now = shown, now
        super().__init__(", ".join(sorted(differences(shown, now))))


def require_seen(shown: Facts | None, now: Facts) -> None:
    """Raises ``ChangedSince``. None: the caller has compared already, or makes something new."""
    if shown is not None and fingerprint_of(shown) != fingerprint_of(now):
        raise ChangedSince(shown, now)


def differences(shown: Facts, now: Facts) -> set[str]:
    return {name for name in now if fingerprint_of(shown.get(name)) != fingerprint_of(now[name])}
