"""What templates need to write times, durations, weeks and icons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from planning import wording
from planning.calendar import Week

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"></use></svg>', name)


@register.filter
def clock(minute: int) -> str:
    """480 -> ``08:00``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


@register.filter
def duration(minutes: int) -> str:
    """95 -> ``1 h 35``; 40 -> ``40 min``. Non-breaking spaces."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


@register.filter
def euros(value: float) -> str:
    """1250 -> ``1 250 €``."""
    return wording.euros(value)


@register.filter
def signed_euros(value: float) -> str:
    """-1250 -> ``−1 250 €``, or ``−€1,250`` in English."""
    return wording.signed_euros(value)


@register.filter
def week_of(day: date) -> Week:
    return Week.of(day)


@register.filter
def week_name(day: date) -> str:
    """The ISO week of a day -> ``S48 2026``."""
    return wording.week(day)


@register.filter
def for_policy(things: Iterable[Any], policy: str) -> Any:
    """The one that is about ``policy``: a strip's attribute, or a dictionary's id."""
    return next((one for one in things if getattr(one, "policy", None) == policy or _id(one) == policy), None)


def _id(thing: Any) -> Any:
    return thing.get("id") if isinstance(thing, dict) else None


@register.inclusion_tag("planning/_sort_head.html", takes_context=True)
def sort_head(context: template.Context, key: str, label: str, classes: str = "") -> dict[str, Any]:
    """A table head that sorts by ``key`` and, clicked again, reverses."""
    return sort_link(context, key, label) | {"classes": classes}


@register.inclusion_tag("planning/_sort_link.html", takes_context=True)
def sort_link(context: template.Context, key: str, label: str) -> dict[str, Any]:
    """The same where the list is no table."""
    sort = context["listing"].sort
    parameters = context["request"].GET.copy()
    parameters.pop("page", None)
    parameters["sort"] = f"-{key}" if sort == key else key
    direction = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    return {"label": label, "query": parameters.urlencode(), "direction": direction}
