"""Fields that read what people write: ``8h30`` for a time, ``1h45`` or ``105`` for a duration. Values are minutes."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Manager
from django.utils.translation import gettext_lazy as _

from planning import wording
from planning.calendar import FIRST_DAY, LAST_DAY
from planning.models.interventions import USUAL_RECOVERY_MINUTES
from planning.web.listing import MOST_DIGITS

_CLOCK = re.compile(r"^(\d{1,2})\s*[:hH.]\s*(\d{2})?$")
_DURATION = re.compile(r"^(?:(\d{1,2})\s*[:hH]\s*(\d{2})?|(\d{1,4})(?:\s*min)?)$")
LAST_MINUTE = 1440


class ClockField(forms.Field):
    """A time of the day, in minutes after midnight; 24:00 is the midnight that ends the day."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", _short_input("08:00"))
        super().__init__(**options)

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        match = _CLOCK.match(text)
        minute = int(match[1]) * 60 + int(match[2] or 0) if match else -1
        if not match or int(match[2] or 0) > 59 or minute > LAST_MINUTE:
            raise ValidationError(_("Écrivez l'heure comme 08:00, entre 00:00 et 24:00."), code="invalid")
        return minute

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else value


class DurationField(forms.Field):
    """A duration in minutes, written ``1:30``, ``1h30`` or ``90``."""

    def __init__(self, *, shortest: int = 0, longest: int = LAST_MINUTE, **options: Any) -> None:
        self.shortest, self.longest = shortest, longest
        options.setdefault("widget", _short_input("1:30"))
        super().__init__(**options)

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        match = _DURATION.match(text)
        if not match or int(match[2] or 0) > 59:
            raise ValidationError(_("Écrivez la durée comme 1:30, ou en minutes comme 90."), code="invalid")
        minutes = int(match[3]) if match[3] else int(match[1]) * 60 + int(match[2] or 0)
        if not self.shortest <= minutes <= self.longest:
            limits = {"shortest": _written(self.shortest), "longest": _written(self.longest)}
            raise ValidationError(_("La durée doit être comprise entre %(shortest)s et %(longest)s."), params=limits)
        return minutes

    def prepare_value(self, value: Any) -> Any:
        return _written(value) if isinstance(value, int) else value


def recovery_field() -> DurationField:
    return DurationField(
        label=_("Séjour prévu en salle de réveil"), required=False, shortest=0,
        help_text=_("Vide : 1:30. 0 : pas de passage en salle de réveil."),
    )  # fmt: skip


def stay_kept(minutes: int | None) -> int:
    """Of ``recovery_field``: the usual stay where nothing is written."""
    return USUAL_RECOVERY_MINUTES if minutes is None else minutes


class DayField(forms.DateField):
    """A day that the calendar of weeks knows, on the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", day_input())
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
            raise ValidationError(_("L'année doit être comprise entre %(first)s et %(last)s."), params=years)
        return day


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows; a number that no row could have is refused as an unknown one is."""

    def clean(self, value: Any) -> Any:
        for key in value or ():
            if not (str(key).isascii() and str(key).isdecimal() and len(str(key)) <= MOST_DIGITS):
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": key})
        return super().clean(value)


def refuse_overlap(form: forms.BaseForm, known: Manager[Any], message: Any) -> None:
    """Put ``message`` beside the first day when the dates meet others of ``known`` (``starts_on`` to ``ends_on``)."""
    start, end = form.cleaned_data.get("starts_on"), form.cleaned_data.get("ends_on")
    if start is None or end is None:
        return
    other = known.filter(starts_on__lte=end, ends_on__gte=start).first()
    if other is not None:
        dates = {"first": wording.dated(other.starts_on, "j F Y"), "last": wording.dated(other.ends_on, "j F Y")}
        form.add_error("starts_on", message % dates)


def _short_input(example: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "clock", "placeholder": example, "autocomplete": "off"})


def _written(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def day_input() -> forms.DateInput:
    """The browser's own calendar, always fed the ISO date it needs."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def require_order(form: forms.BaseForm, first: str, last: str, message: Any, *, strict: bool = True) -> None:
    """Put ``message`` beside ``last`` when it does not follow ``first``."""
    start, end = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if start is None or end is None:
        return
    if end < start or (strict and end == start):
        form.add_error(last, message)
