"""The policies in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy

from planning.solver.policies import POLICIES

# Colours and shapes of static/css/comparisons.css; a seventh policy shares the first one's.
MARKS = 6


def policy_label(key: str) -> str:
    """Rows may name a policy that is no longer offered: its id then."""
    return gettext(POLICIES[key].name) if key in POLICIES else key


def policy_choices() -> list[dict[str, Any]]:
    return [
        {
            "id": policy.id,
            "label": gettext(policy.name),
            "help": gettext(policy.summary),
            "searches": policy.method != "first-come",
        }
        for policy in POLICIES.values()
    ]


def policy_options() -> list[tuple[str, Any]]:
    """For the choice of a form."""
    return [(policy.id, gettext_lazy(policy.name)) for policy in POLICIES.values()]


def mark_of(key: str) -> int:
    """Which colour and shape draw the policy, from 1."""
    return (list(POLICIES).index(key) if key in POLICIES else 0) % MARKS + 1
