"""Slots, of the pattern and of one week: the same questions, asked the same way."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planning.calendar import Week, minute_of
from planning.models import MasterPlan, Room, Slot, SlotPattern, Specialty, Surgeon
from planning.models.people import Weekday
from planning.models.slots import SlotKind
from planning.selectors.specialties import open_on
from planning.services.week_slots import SlotValues
from planning.web.forms.fields import ClockField, DayField, DurationField, require_order


class OwnerField(forms.ChoiceField):
    """Nobody, a specialty or a surgeon, in one list; ``specialty:3`` and ``surgeon:5`` are its values."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Réservée à"))
        options.setdefault("required", False)
        super().__init__(**options)

    def fill(self, present: str) -> None:
        """``present`` is the owner that the edited slot has: it stays on offer when it is closed since."""
        kind, _sep, key = present.partition(":")
        kept = int(key) if kind == "specialty" else None
        specialties = [(f"specialty:{one.pk}", str(one)) for one in open_on(timezone.localdate(), keep=kept)]
        surgeons = [
            (f"surgeon:{one.pk}", f"{one} ({one.specialty.code})")
            for one in Surgeon.objects.filter(active=True).select_related("specialty")
        ]
        self.choices = [
            ("", _("Ouverte à tous")),
            (_("Spécialités"), specialties),
            (_("Chirurgiens"), surgeons),
        ]


def owner_of(row: Slot | SlotPattern) -> str:
    if row.surgeon_id:
        return f"surgeon:{row.surgeon_id}"
    return f"specialty:{row.specialty_id}" if row.specialty_id else ""


class SlotBaseForm(forms.Form):
    room = forms.ModelChoiceField(Room.objects.all(), label=_("Salle"), empty_label=_("Choisir…"))
    start_minute = ClockField(label=_("De"))
    end_minute = ClockField(label=_("À"))
    owner = OwnerField()
    kind = forms.ChoiceField(choices=SlotKind.choices, label=_("Nature"), initial=SlotKind.REGULAR)
    positions = forms.IntegerField(label=_("Interventions au plus"), min_value=1, max_value=50, initial=12)
    longest_minutes = DurationField(
        label=_("Plus longue intervention"), required=False, shortest=5, help_text=_("Vide : la durée de la plage.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast("OwnerField", self.fields["owner"]).fill(str((self.initial or {}).get("owner") or ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        require_order(self, "start_minute", "end_minute", _("La fin de la plage doit suivre son début, le même jour."))
        room, start, end = cleaned.get("room"), cleaned.get("start_minute"), cleaned.get("end_minute")
        if room is not None and start is not None and end is not None:
            hours = {"room": room.code, "opens": _hour(room.opens_minute), "closes": _hour(room.closes_minute)}
            message = _("La salle %(room)s est ouverte de %(opens)s à %(closes)s : restez dans ces heures.")
            if start < room.opens_minute:
                self.add_error("start_minute", message % hours)
            elif end > room.closes_minute:
                self.add_error("end_minute", message % hours)
        kind, _sep, key = (cleaned.get("owner") or "").partition(":")
        cleaned["specialty"] = Specialty.objects.get(pk=key) if kind == "specialty" else None
        cleaned["surgeon"] = Surgeon.objects.get(pk=key) if kind == "surgeon" else None
        return cleaned


class PatternForm(SlotBaseForm):
    cycle_week = forms.TypedChoiceField(coerce=int, label=_("Semaine du cycle"))
    weekday = forms.TypedChoiceField(coerce=int, choices=Weekday.choices, label=_("Jour"))
    field_order = ["cycle_week", "weekday", "room", "start_minute", "end_minute", "owner", "kind", "positions"]

    def __init__(self, *args: Any, master_plan: MasterPlan, **options: Any) -> None:
        super().__init__(*args, **options)
        weeks = cast("forms.TypedChoiceField", self.fields["cycle_week"])
        weeks.choices = [(number, str(number)) for number in range(1, master_plan.cycle_weeks + 1)]
        if master_plan.cycle_weeks == 1:
            weeks.widget = weeks.hidden_widget()
            weeks.initial = 1


class SlotForm(SlotBaseForm):
    date = forms.DateField(label=_("Jour"), widget=forms.Select)
    field_order = ["date", "room", "start_minute", "end_minute", "owner", "kind", "positions", "longest_minutes"]

    def __init__(self, *args: Any, week: Week, **options: Any) -> None:
        super().__init__(*args, **options)
        self.week = week
        days = cast("forms.Select", self.fields["date"].widget)
        days.choices = [(day.isoformat(), f"{Weekday(day.weekday()).label} {day:%d/%m}") for day in week.days]

    def clean_date(self) -> Any:
        day = self.cleaned_data["date"]
        if day not in self.week.days:
            raise forms.ValidationError(_("Ce jour n'est pas dans la semaine : choisissez-en un de la liste."))
        return day


def slot_values(given: dict[str, Any], day: Any) -> SlotValues:
    """As the services take them, once valid."""
    names = ("room", "start_minute", "end_minute", "kind", "specialty", "surgeon", "positions", "longest_minutes")
    return SlotValues(date=day, **{name: given[name] for name in names})


def slot_initial(slot: Slot) -> dict[str, Any]:
    return {
        "date": slot.date.isoformat(),
        "room": slot.room_id,
        "start_minute": minute_of(slot.starts_at, slot.date),
        "end_minute": minute_of(slot.ends_at, slot.date),
        "owner": owner_of(slot),
        "kind": slot.kind,
        "positions": slot.positions,
        "longest_minutes": slot.longest_minutes,
    }


def pattern_initial(pattern: SlotPattern) -> dict[str, Any]:
    names = ("cycle_week", "weekday", "start_minute", "end_minute", "kind", "positions", "longest_minutes")
    return {name: getattr(pattern, name) for name in names} | {"room": pattern.room_id, "owner": owner_of(pattern)}


class MasterPlanForm(forms.ModelForm[MasterPlan]):
    class Meta:
        model = MasterPlan
        fields = ["name", "valid_from", "valid_until", "cycle_weeks"]
        field_classes = {"valid_from": DayField, "valid_until": DayField}

    def clean_valid_from(self) -> Any:
        day = self.cleaned_data["valid_from"]
        if day.weekday() != 0:
            raise forms.ValidationError(_("Choisissez un lundi : c'est le premier jour du cycle."))
        return day

    def clean_cycle_weeks(self) -> int:
        weeks = int(self.cleaned_data["cycle_weeks"])
        patterns = self.instance.patterns.all() if self.instance.pk else ()
        last = max((pattern.cycle_week for pattern in patterns), default=1)
        if weeks < last:
            message = _("Des plages existent en semaine %(last)s du cycle : retirez-les d'abord.")
            raise forms.ValidationError(message, params={"last": last})
        return weeks

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        message = _("La fin de validité ne peut pas précéder son début.")
        require_order(self, "valid_from", "valid_until", message, strict=False)
        return cleaned


class ApplyForm(forms.Form):
    """From which week, and over how many, to write the pattern's slots."""

    first = DayField(label=_("À partir de la semaine du"))
    weeks = forms.IntegerField(label=_("Nombre de semaines"), min_value=1, max_value=52, initial=8)


def _hour(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
