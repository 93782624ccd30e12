"""What the publication of a version changes for each surgeon, and for the whole bloc."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planning.models import Placement, Plan

CHANGES = ("moved", "retimed", "added", "removed")


@dataclass(frozen=True, slots=True)
class Place:
    account: int | None
    room: int
    day: date
    starts_at: datetime


def publication_facts(plan: Plan, previous: Plan | None) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """Of the whole version, and of each surgeon's account that it, or the previous one, holds. Two queries at most."""
    new, old = _places(plan), _places(previous) if previous is not None else {}
    whole: Counter[str] = Counter()
    own: dict[int, Counter[str]] = defaultdict(Counter)
    for key in new.keys() | old.keys():
        after, before = new.get(key), old.get(key)
        kinds = [kind for kind in (_change(before, after), "count" if after else None) if kind]
        whole.update(kinds)
        for account in {place.account for place in (before, after) if place is not None and place.account is not None}:
            own[account].update(kinds)
    told = {account: _facts(plan, previous, counts) | {"own": True} for account, counts in own.items()}
    return _facts(plan, previous, whole), told


def _places(plan: Plan) -> dict[int, Place]:
    rows = Placement.objects.filter(plan=plan).values_list(
        "intervention_id", "intervention__surgeon__user_id", "slot__room_id", "slot__date", "starts_at"
    )
    return {row[0]: Place(*row[1:]) for row in rows}


def _change(before: Place | None, after: Place | None) -> str | None:
    """As planning/selectors/differences.py tells them apart."""
    if before is None:
        return "added"
    if after is None:
        return "removed"
    if (before.room, before.day) != (after.room, after.day):
        return "moved"
    return "retimed" if before.starts_at != after.starts_at else None


def _facts(plan: Plan, previous: Plan | None, counts: Counter[str]) -> dict[str, Any]:
    facts: dict[str, Any] = {"number": plan.number, "first": previous is None, "count": counts["count"]}
    return facts if previous is None else facts | {kind: counts[kind] for kind in CHANGES}
