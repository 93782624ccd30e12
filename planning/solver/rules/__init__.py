"""Every rule of the planning, one small function each, answering the violation it finds and nothing otherwise.

Slot rules look at one intervention in one slot (``places``), capacities at one more of them (``capacities``), plan
rules at a whole plan (``plans``), timeline rules at start times (``timeline``, and ``day`` where they see all rooms).
Pins are a person's decision: a pinned intervention keeps its slot whatever it breaks (``pin_warnings`` lists that),
uses capacity first, and is never blamed by ``plan_violations``. How strictly each is kept is the site's setting
(levels.py).
"""

from planning.solver.rules.capacities import Load, capacity_violations, load_of
from planning.solver.rules.places import (
    SLOT_RULES,
    ambulatory_slot,
    is_allowed,
    paid_violations,
    slot_violations,
    surgeon_hours,
    surgeon_wish,
)
from planning.solver.rules.plans import pin_warnings, plan_violations, said_once
from planning.solver.rules.shared import judged, operating_span, wanted_span
from planning.solver.rules.timeline import timeline_violations

__all__ = [
    "SLOT_RULES",
    "Load",
    "ambulatory_slot",
    "capacity_violations",
    "is_allowed",
    "judged",
    "load_of",
    "operating_span",
    "paid_violations",
    "pin_warnings",
    "plan_violations",
    "said_once",
    "slot_violations",
    "surgeon_hours",
    "surgeon_wish",
    "timeline_violations",
    "wanted_span",
]
