"""A rule in one or two words, and the kinds of refusal that the grid draws apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from planning.solver.result import Violation


def chip(violation: Violation) -> str:
    """The rule in one or two words, for the head of a narrow column."""
    return str(CHIPS.get(violation.rule, violation.rule))


def family(violation: Violation) -> str:
    """Why a place is refused, in a few kinds that the grid draws apart: absent, busy, closed, outside, rule."""
    return _FAMILIES.get(violation.rule, "rule")


CHIPS: Mapping[str, Any] = {
    "hospitalised": gettext_lazy("hospit."),
    "deadline": gettext_lazy("limite"),
    "longest_duration": gettext_lazy("durée"),
    "slot_length": gettext_lazy("durée"),
    "surgeon_absent": gettext_lazy("absent"),
    "surgeon_day_too_short": gettext_lazy("durée chir."),
    "equipment": gettext_lazy("équip."),
    "slot_specialty": gettext_lazy("plage"),
    "slot_surgeon": gettext_lazy("plage"),
    "specialty_closed": gettext_lazy("spé. fermée"),
    "surgeon_hours": gettext_lazy("heures chir."),
    "outside_hours": gettext_lazy("heures chir."),
    "surgeon_wish": gettext_lazy("souhait"),
    "unwanted_start": gettext_lazy("souhait"),
    "positions": gettext_lazy("complet"),
    "slot_capacity": gettext_lazy("plein"),
    "surgeon_day": gettext_lazy("durée chir."),
    "outside_slot": gettext_lazy("hors plage"),
    "room_overlap": gettext_lazy("occupée"),
    "surgeon_overlap": gettext_lazy("chir. pris"),
    "recovery_full": gettext_lazy("SSPI"),
    "equipment_in_use": gettext_lazy("équip. pris"),
    "septic_before_clean": gettext_lazy("septique"),
    "child_late": gettext_lazy("enfant"),
    "ambulatory_late": gettext_lazy("ambulatoire"),
    "ambulatory_slot": gettext_lazy("ambulatoire"),
    "room_closed": gettext_lazy("fermée"),
    "no_slot": gettext_lazy("sans plage"),
    "dearer_than_leaving_out": gettext_lazy("trop cher"),
    "no_order": gettext_lazy("sans ordre"),
    "pinned_since": gettext_lazy("verrouillée"),
    "not_to_plan": gettext_lazy("à retirer"),
    "slot_gone": gettext_lazy("sans plage"),
}

_FAMILIES: Mapping[str, str] = {
    "surgeon_absent": "absent",
    "outside_hours": "absent",
    "surgeon_overlap": "busy",
    "recovery_full": "busy",
    "equipment_in_use": "busy",
    "surgeon_day": "busy",
    "surgeon_day_too_short": "busy",
    "room_overlap": "busy",
    "slot_capacity": "busy",
    "positions": "busy",
    "room_closed": "closed",
    "specialty_closed": "closed",
    "no_slot": "outside",
    "slot_specialty": "outside",
    "slot_surgeon": "outside",
    "outside_slot": "outside",
}
