"""What a surgeon asks and declares. The services judge what is asked; these forms read what was typed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import ChangeRequest, Surgeon, SurgeonPreference
from planning.models.people import Weekday
from planning.services.change_requests import MOST_REASON
from planning.web.forms.fields import DayField, DurationField
from planning.web.forms.surgeons import AbsenceForm

Half = SurgeonPreference.Half


class ChangeForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Ce que vous demandez"), choices=ChangeRequest.Kind.choices, widget=forms.RadioSelect, initial="move"
    )
    wished_date = DayField(label=_("Jour souhaité"), required=False)
    minutes = DurationField(
        label=_("Durée demandée en salle"),
        required=False,
        shortest=5,
        help_text=_("De l'entrée à la sortie : 1:30 ou 90."),
    )
    reason = forms.CharField(
        label=_("Pourquoi"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Rien qui permette de reconnaître le patient."),
        error_messages={"required": _("Écrivez pourquoi : le bloc décide d'après ce motif.")},
    )


class OwnAbsenceForm(AbsenceForm):
    """As the office's, for days to come only."""

    def __init__(self, *args: Any, surgeon: Surgeon, today: date, **options: Any) -> None:
        super().__init__(*args, surgeon=surgeon, **options)
        self.today = today
        self.fields["reason"].help_text = _("Facultatif, lu par ceux qui planifient.")

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < self.today:
            raise forms.ValidationError(_("Ce jour est passé : une absence se déclare à partir d'aujourd'hui."))
        return day


class PreferencesForm(forms.Form):
    """One choice for each half of the days from Monday to Friday."""

    def __init__(self, *args: Any, surgeon: Surgeon, **options: Any) -> None:
        super().__init__(*args, **options)
        known = {(one.weekday, one.half): one.wish for one in surgeon.preferences.all()}
        choices = [("", _("indifférent")), *SurgeonPreference.Wish.choices]
        for weekday in list(Weekday)[:5]:
            for half in Half:
                self.fields[f"{half}_{weekday.value}"] = forms.ChoiceField(
                    label=f"{weekday.label} {half.label}", choices=choices, required=False,
                    initial=known.get((weekday.value, half.value), ""),
                )  # fmt: skip

    @property
    def days(self) -> list[dict[str, Any]]:
        return [
            {"label": weekday.label, "halves": [self[f"{half}_{weekday.value}"] for half in Half]}
            for weekday in list(Weekday)[:5]
        ]

    def wishes(self) -> dict[tuple[int, str], str]:
        """Once valid, by weekday and half."""
        return {
            (weekday.value, half.value): self.cleaned_data[f"{half}_{weekday.value}"]
            for weekday in list(Weekday)[:5]
            for half in Half
            if self.cleaned_data.get(f"{half}_{weekday.value}")
        }
