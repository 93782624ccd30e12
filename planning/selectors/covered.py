"""What a sign-off covers: where interventions are placed, when, for how long; and the digest that stands for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from planning.models import Placement, Plan

# As JSON: intervention, room, start, minutes.
Facts = list[list[Any]]


class Covered(NamedTuple):
    """One placement as people sign it; ``surgeon`` says in whose part it is."""

    intervention: int
    surgeon: int
    room: int
    starts_at: datetime
    minutes: int


def placements_of(drafts: Iterable[Plan]) -> dict[int, list[Covered]]:
    """By plan, in one query. A draft's durations are those of its interventions now, as an approval copies them."""
    found: dict[int, list[Covered]] = {draft.pk: [] for draft in drafts}
    rows = Placement.objects.filter(plan__in=found).values_list(
        "plan_id", "intervention_id", "intervention__surgeon_id", "slot__room_id", "starts_at",
        "intervention__planned_minutes",
    )  # fmt: skip
    for plan_id, intervention, surgeon, room, starts_at, minutes in rows:
        found[plan_id].append(Covered(intervention, surgeon, room, starts_at, minutes))
    return found


def part_of(rows: Iterable[Covered], surgeon: int | None) -> Facts:
    """What a surgeon's sign-off covers, or the whole week's, in an order of its own."""
    return [
        [row.intervention, row.room, row.starts_at.astimezone(UTC).isoformat(), row.minutes]
        for row in sorted(rows)
        if surgeon is None or row.surgeon == surgeon
    ]


def digest_of(covers: Facts) -> str:
    """Equal as long as every intervention, room, start and duration is; the order of the rows is nothing."""
    return hashlib.sha256(json.dumps(sorted(covers), separators=(",", ":")).encode()).hexdigest()


def changes_between(before: Facts, after: Facts) -> dict[str, list[int]]:
    """The interventions added, removed and moved (another room, start or duration)."""
    was, now = _by_intervention(before), _by_intervention(after)
    return {
        "moved": sorted(key for key in was.keys() & now.keys() if was[key] != now[key]),
        "added": sorted(now.keys() - was.keys()),
        "removed": sorted(was.keys() - now.keys()),
    }


def _by_intervention(covers: Facts) -> Mapping[int, list[Any]]:
    return {row[0]: row[1:] for row in covers}
