from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import Site
from planning.selectors.rule_words import LEVEL_LABELS, RULE_CHECKS, RULE_NAMES, WHY_HARD
from planning.solver.levels import DEFAULTS, LEVELS, PRICED, Level
from planning.web.forms.site import MOST_EUROS, ReasonForm


class RulesForm(ReasonForm):
    """A level for each rule that may have several, and a cost for those the planner may then break."""

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        super().__init__(*args, **options)
        for rule, levels in LEVELS.items():
            if len(levels) == 1:
                continue
            field = forms.ChoiceField(
                choices=[(level.value, LEVEL_LABELS[level]) for level in levels],
                label=_("Niveau : %(rule)s") % {"rule": RULE_NAMES[rule]},
                initial=site.rule_levels.get(rule) or DEFAULTS.get(rule, Level.HARD),
            )
            self.fields[f"level_{rule}"] = field
            if rule in PRICED:
                self.fields[f"cost_{rule}"] = forms.IntegerField(
                    label=_("Coût : %(rule)s") % {"rule": RULE_NAMES[rule]}, min_value=0, max_value=MOST_EUROS,
                    required=False, initial=site.rule_costs.get(rule, 0),
                )  # fmt: skip

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        for rule in LEVELS:
            settable = f"level_{rule}" in self.fields
            yield {
                "rule": rule,
                "name": RULE_NAMES[rule],
                "checks": RULE_CHECKS[rule],
                "why_hard": WHY_HARD.get(rule, ""),
                "level": self[f"level_{rule}"] if settable else None,
                "cost": self[f"cost_{rule}"] if rule in PRICED else None,
                "daily": rule == "deadline",
                "kept": rule not in PRICED,
            }

    def settings(self) -> tuple[dict[str, str], dict[str, int]]:
        """Levels and costs that differ from the default, once valid."""
        given = self.cleaned_data
        levels = {
            rule: given[f"level_{rule}"]
            for rule in LEVELS
            if f"level_{rule}" in given and given[f"level_{rule}"] != DEFAULTS.get(rule, Level.HARD)
        }
        return levels, {rule: given[f"cost_{rule}"] for rule in sorted(PRICED) if given.get(f"cost_{rule}")}
