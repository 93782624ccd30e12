"""What a cell says: text, minutes, dates and moments, as French, English and Dutch files write them.

Each reader answers the value, ``None`` for an empty cell, or raises ``Unreadable`` with the remedy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from planning.calendar import FIRST_DAY, LAST_DAY
from planning.exchange.tabular import Cell

DateOrder = Literal["dmy", "mdy"]

_MISSING = {"null", "none", "na", "n/a", "#n/a", "nan", "nil", "-", "--", "?", ".", "onbekend", "inconnu", "unknown"}
_TRUE = {"1", "o", "oui", "y", "yes", "j", "ja", "v", "vrai", "true", "x", "ambulatoire", "ambu", "outpatient"}
_FALSE = {"0", "n", "non", "no", "nee", "f", "faux", "false", "hospitalisation", "inpatient", "klinisch"}
_NUMBERED_DATE = re.compile(r"^(\d{1,4})[./\- ](\d{1,2})[./\- ](\d{1,4})(?:[T ,]+(.+))?$")
_CLOCK = re.compile(r"^(\d{1,2})\s*[:hHu]\s*(\d{0,2})(?::(\d{2})(?:[.,]\d+)?)?\s*(am|pm|AM|PM)?$")
_COMPACT_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_NUMBER = re.compile(r"^-?\d+(?:[.,]\d+)?$")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january januari", "fevrier fevr fev feb february februari", "mars mar march maart mrt",
            "avril avr apr april", "mai may mei", "juin jun june juni", "juillet juil jul july juli",
            "aout aou aug august augustus", "septembre sept sep september", "octobre oct october oktober okt",
            "novembre nov november", "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WORDED_DATE = re.compile(r"^(\d{1,2})[ .\-]*([^\W\d]+)[ .\-,]*(\d{2,4})(?:[T ,]+(.+))?$")
_EXCEL_EPOCH = datetime(1899, 12, 30)  # a wall clock, made aware where the site's zone is known


class Unreadable(ValueError):
    """The message is the remedy, in the user's language."""


class Ambiguous(Unreadable):
    """A date that reads as two, in a file that does not tell which."""


def plain(text: str) -> str:
    """For comparing: no case, accent or punctuation."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", "".join(c for c in bare if not unicodedata.combining(c))).split())


def distinctive(name: str) -> str:
    """« Chirurgie vasculaire » begins like Vascular, not like every other « Chirurgie »."""
    return re.sub(r"^(?:(?:chirurgie|surgery|service|specialite|salle|dr) )+", "", plain(name))


def is_missing(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and cell.strip().casefold() in _MISSING | {""})


def read_text(cell: Cell) -> str | None:
    """Whole numbers lose the decimals that a spreadsheet gave them: « 7,00 » is the code 7."""
    if is_missing(cell):
        return None
    text = " ".join(str(cell).split())
    return re.sub(r"^(\d+)[.,]0+$", r"\1", text)


def read_number(cell: Cell) -> float | None:
    if is_missing(cell):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    text = re.sub(r"[\s'’]", "", str(cell))
    if not _NUMBER.match(text):
        raise Unreadable(_("écrivez un nombre, comme 90 ou 12,5"))
    return float(text.replace(",", "."))


def read_minutes(cell: Cell) -> int | None:
    """A duration: 90, 90,0, « 90 min », 1:30, 1h30, or a spreadsheet's duration."""
    if is_missing(cell):
        return None
    if isinstance(cell, timedelta):
        return round(cell.total_seconds() / 60)
    if isinstance(cell, time | datetime):
        return cell.hour * 60 + cell.minute
    text = re.sub(r"\s*(min|minutes?|minuten|mn|')\.?$", "", str(cell).strip(), flags=re.IGNORECASE)
    clock = _CLOCK.match(text)
    if clock:
        return int(clock[1]) * 60 + int(clock[2] or 0)
    try:
        number = read_number(text)
    except Unreadable:
        raise Unreadable(_("écrivez une durée en minutes, comme 90, ou 1h30")) from None
    return None if number is None else round(number)


def read_clock(cell: Cell) -> int | None:
    """A time of day, in minutes after midnight: 8:00, 8h, 08:00:00, or a spreadsheet's time."""
    if is_missing(cell):
        return None
    if isinstance(cell, time | datetime):
        return cell.hour * 60 + cell.minute
    if isinstance(cell, float) and 0 <= cell < 1:
        return round(cell * 1440)
    match = _CLOCK.match(str(cell).strip())
    minutes = _clock_minutes(match) if match else None
    if minutes is None or minutes > 1440:
        raise Unreadable(_("écrivez une heure, comme 08:00"))
    return minutes


def read_flag(cell: Cell) -> bool | None:
    if is_missing(cell):
        return None
    word = plain(str(cell))
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Unreadable(_("écrivez oui ou non"))


def read_date(cell: Cell, order: DateOrder | None) -> date | None:
    moment = read_moment(cell, order)
    return None if moment is None else moment.date()


def read_moment(cell: Cell, order: DateOrder | None) -> datetime | None:
    """A wall clock; midnight when only a date is written. ``order`` settles 1/3/22; ``Ambiguous`` without it."""
    if is_missing(cell):
        return None
    moment = _read_moment(cell, order)
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
        raise Unreadable(_("l'année doit être comprise entre %(first)s et %(last)s") % years)
    return moment


def _read_moment(cell: Cell, order: DateOrder | None) -> datetime:
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, int | float) and 20_000 <= cell < 80_000:
        return _EXCEL_EPOCH + timedelta(minutes=round(cell * 1440))
    try:
        return _written_moment(str(cell).strip(), order)
    except Unreadable:
        raise
    except (ValueError, OverflowError):
        raise Unreadable(_("écrivez une date, comme 23/11/2026 ou 2026-11-23 08:30")) from None


def decide_order(cells: Iterable[Cell]) -> DateOrder | None:
    """From all the dates of the file: a first part above 12 says day first. None: nothing tells."""
    day_first = month_first = 0
    for cell in cells:
        match = _NUMBERED_DATE.match(cell.strip()) if isinstance(cell, str) else None
        if match and len(match[1]) < 3:
            day_first += int(match[1]) > 12
            month_first += int(match[2]) > 12
    if day_first == month_first:
        return None
    return "dmy" if day_first > month_first else "mdy"


def has_ambiguous_dates(cells: Iterable[Cell]) -> bool:
    for cell in cells:
        try:
            read_moment(cell, None)
        except Ambiguous:
            return True
        except Unreadable:
            continue
    return False


def _written_moment(text: str, order: DateOrder | None) -> datetime:
    compact, worded, numbered = _COMPACT_DATE.match(text), _WORDED_DATE.match(text), _NUMBERED_DATE.match(text)
    if compact:
        return datetime(*(int(part) for part in compact.groups()))  # type: ignore[arg-type]
    if numbered:
        day = _ordered(int(numbered[1]), int(numbered[2]), int(numbered[3]), len(numbered[1]), order)
        return _at(day, numbered[4])
    if worded and plain(worded[2]) in _MONTHS:
        return _at(date(_year(int(worded[3])), _MONTHS[plain(worded[2])], int(worded[1])), worded[4])
    raise ValueError(text)


def _ordered(first: int, second: int, third: int, width: int, order: DateOrder | None) -> date:
    if width >= 3:
        return date(first, second, third)
    if order is None and first != second:
        if first <= 12 and second <= 12:
            raise Ambiguous(_("dites si le jour ou le mois vient en premier"))
        order = "dmy" if first > 12 else "mdy"
    day, month = (second, first) if order == "mdy" else (first, second)
    return date(_year(third), month, day)


def _year(year: int) -> int:
    return year + 2000 if year < 100 else year


def _at(day: date, clock: str | None) -> datetime:
    moment = datetime.combine(day, time())
    if not clock:
        return moment
    match = _CLOCK.match(re.sub(r"(Z|[+-]\d\d:?\d\d)$", "", clock.strip()))
    minutes = _clock_minutes(match) if match else None
    if minutes is None:
        raise ValueError(clock)
    return moment + timedelta(minutes=minutes)


def _clock_minutes(match: re.Match[str]) -> int | None:
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 60 + minute if minute < 60 and hour <= 24 else None
