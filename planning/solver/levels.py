"""How strictly each rule is kept: a site's setting, from the levels that make sense for the rule.

HARD: the planner never breaks it, and a person's drop that does needs a reason. SOFT: a person breaks it with a warning
only; the planner pays for it where the rule is in ``PRICED``, and goes on keeping it elsewhere. OFF: nobody looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Level(StrEnum):
    HARD = "hard"
    SOFT = "soft"
    OFF = "off"


_ONLY_HARD = (Level.HARD,)
_HARD_OR_SOFT = (Level.HARD, Level.SOFT)
_ANY = (Level.HARD, Level.SOFT, Level.OFF)
_NEVER_HARD = (Level.SOFT, Level.OFF)
# By rule, the levels it may take. Rules of one level are physical: no setting makes a room larger than it is.
LEVELS: dict[str, tuple[Level, ...]] = {
    "hospitalised": _HARD_OR_SOFT,
    "deadline": _HARD_OR_SOFT,
    "specialty_closed": _HARD_OR_SOFT,
    "slot_specialty": _ANY,
    "slot_surgeon": _ANY,
    "longest_duration": _ANY,
    "positions": _HARD_OR_SOFT,
    "slot_capacity": _ONLY_HARD,
    "surgeon_absent": _ONLY_HARD,
    "surgeon_day": _HARD_OR_SOFT,
    "surgeon_hours": _ANY,
    "surgeon_wish": _NEVER_HARD,
    "equipment": _ONLY_HARD,
    "outside_slot": _HARD_OR_SOFT,
    "room_overlap": _ONLY_HARD,
    "surgeon_overlap": _ONLY_HARD,
    "recovery_full": _ANY,
    "equipment_in_use": _HARD_OR_SOFT,
    "septic_before_clean": _ANY,
    "child_late": _NEVER_HARD,
    "ambulatory_late": _NEVER_HARD,
    "room_closed": _ONLY_HARD,
    "no_slot": _HARD_OR_SOFT,
}
# Hours were no rule before they were one: a site makes it hard when its hours are right. A wish is a remark for whoever
# plans until a site gives it a price.
DEFAULTS: dict[str, Level] = {
    "surgeon_hours": Level.SOFT,
    "surgeon_wish": Level.OFF,
    "child_late": Level.SOFT,
    "ambulatory_late": Level.SOFT,
}
# Soft, these cost the planner an amount each time they are broken, a late deadline each day.
PRICED = frozenset(
    {
        "deadline",
        "slot_specialty",
        "slot_surgeon",
        "longest_duration",
        "surgeon_hours",
        "surgeon_wish",
        "ambulatory_late",
    }
)
# Violations whose level is that of another rule: the same limit met by one intervention alone, or at a given start.
SETTING_OF = {
    "slot_length": "slot_capacity",
    "surgeon_day_too_short": "surgeon_day",
    "outside_hours": "surgeon_hours",
    "unwanted_start": "surgeon_wish",
    "ambulatory_slot": "ambulatory_late",
}


@dataclass(frozen=True)
class RuleSettings:
    """``levels`` and ``costs`` by rule, of those that differ from the default (HARD mostly, and no cost)."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    costs: Mapping[str, float] = field(default_factory=dict)

    def level(self, rule: str) -> Level:
        """Of a rule, or of one of its violations."""
        name = SETTING_OF.get(rule, rule)
        return self.levels.get(name) or DEFAULTS.get(name, Level.HARD)

    def cost(self, rule: str) -> float:
        return self.costs.get(SETTING_OF.get(rule, rule), 0.0) if self.pays(rule) else 0.0

    def pays(self, rule: str) -> bool:
        """Whether the planner may break the rule at its cost."""
        return SETTING_OF.get(rule, rule) in PRICED and self.level(rule) is Level.SOFT

    @cached_property
    def changed(self) -> bool:
        return bool(self.levels)

    @cached_property
    def priced(self) -> bool:
        return any(self.costs.get(rule) and self.pays(rule) for rule in PRICED)
