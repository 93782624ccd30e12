"""Days, hours, amounts and lists, as a reader of either language writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from planning.selectors.loaded import LoadedWeek

NO_BREAK = "\u00a0"
# A day of one figure, then the name of a month.
_FIRST = re.compile(r"(?<![\w:.])1(?=[ \u00a0][^\W\d])")
_SHORT_DAYS = (
    gettext_lazy("lun."),
    gettext_lazy("mar."),
    gettext_lazy("mer."),
    gettext_lazy("jeu."),
    gettext_lazy("ven."),
    gettext_lazy("sam."),
    gettext_lazy("dim."),
)


def day_short(day: date) -> str:
    """« mar. 24 »."""
    return f"{_SHORT_DAYS[day.weekday()]} {day.day}"


def weekday_short(weekday: int) -> str:
    """« lun. »."""
    return str(_SHORT_DAYS[weekday])


def day_and_month(day: date) -> str:
    """« mar. 24 nov. »."""
    return f"{_SHORT_DAYS[day.weekday()]} {dated(day, 'j N')}"


def day_label(day: date) -> str:
    """« mardi 24 novembre »."""
    # Translators: format de date de Django, « mardi 24 novembre ».
    return dated(day, _("l j F"))


def dated(day: date, form: str) -> str:
    """As Django writes it, but for the first of a month."""
    return first_of_month(date_format(day, form))


def first_of_month(text: str) -> str:
    """French writes « 1er février » and « 2 février »."""
    return _FIRST.sub("1er", text) if (get_language() or "").startswith("fr") else text


def week(monday: date) -> str:
    """« S48 2026 », of the ISO week."""
    year, number, _day = monday.isocalendar()
    return _("S%(number)d %(year)d") % {"number": number, "year": year}


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def duration(minutes: int) -> str:
    """« 45 min », « 2 h », « 1 h 05 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NO_BREAK}min"
    return f"{hours}{NO_BREAK}h" + (f"{NO_BREAK}{rest:02d}" if rest else "")


def number(value: float, decimals: int = 0) -> str:
    return str(number_format(round(value, decimals), decimal_pos=decimals, use_l10n=True, force_grouping=True))


def euros(value: float) -> str:
    # Translators: « 1 200 € », « €1,200 ».
    return (_("%(amount)s €") % {"amount": number(value)}).replace(" ", NO_BREAK)


def signed_euros(value: float) -> str:
    """« +300 € », « −50 € », « 0 € »."""
    return signed(round(value), euros(abs(value)))


def signed(value: float, text: str) -> str:
    """``text`` words the absolute value."""
    return text if value == 0 else f"{'+' if value > 0 else '−'}{text}"


def surgeon(loaded: LoadedWeek, key: str) -> str:
    row = loaded.surgeons.get(key)
    return f"Dr{NO_BREAK}{row.last_name}" if row else ""


def percent(share: float, decimals: int = 0) -> str:
    # Translators: « 12,5 % », « 12.5% ».
    return (_("%(amount)s %%") % {"amount": number(share * 100, decimals)}).replace(" ", NO_BREAK)


def named(name: Any, text: Any) -> str:
    """« I12 : Verrouillée entre-temps »."""
    return _("%(name)s : %(text)s") % {"name": name, "text": text}


def ordered(facts: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """Its names in the order of ``known``, then the others: PostgreSQL keeps a JSON object in an order of its own."""
    rank = {name: number for number, name in enumerate(known)}
    return sorted(facts, key=lambda name: (rank.get(name, len(rank)), name))


def listed(parts: Iterable[Any]) -> str:
    """Phrases that may hold commas, one after the other."""
    return _(" ; ").join(str(part) for part in parts)
