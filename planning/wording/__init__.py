"""Rules, steps, figures and hours as sentences in the reader's language. Nothing else words them."""

from planning.wording.chips import chip, family
from planning.wording.figures import (
    NO_BREAK,
    clock,
    dated,
    day_and_month,
    day_label,
    day_short,
    duration,
    euros,
    listed,
    named,
    number,
    ordered,
    percent,
    signed,
    signed_euros,
    surgeon,
    week,
    weekday_short,
)
from planning.wording.rules import sentence
from planning.wording.steps import change_label, outcome, place, step_label

__all__ = [
    "NO_BREAK",
    "change_label",
    "chip",
    "clock",
    "dated",
    "day_and_month",
    "day_label",
    "day_short",
    "duration",
    "euros",
    "family",
    "listed",
    "named",
    "number",
    "ordered",
    "outcome",
    "percent",
    "place",
    "sentence",
    "signed",
    "signed_euros",
    "step_label",
    "surgeon",
    "week",
    "weekday_short",
]
