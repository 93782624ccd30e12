"""Django's own ``date`` filter, for every template, with the first of a month as French writes it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import date

from planning.wording.figures import first_of_month

register = template.Library()


@register.filter(name="date", expects_localtime=True, is_safe=False)
def written_date(value: Any, form: str | None = None) -> str:
    """``{{ day|date:"j F Y" }}``: « 1er février 2027 »."""
    return first_of_month(date(value, form))
