from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planning.access import Role
from planning.models import Absence, Specialty, Surgeon, User
from planning.models.people import Weekday
from planning.selectors.specialties import open_on
from planning.web.forms.fields import ClockField, DayField, DurationField, refuse_overlap, require_order


class SurgeonForm(forms.ModelForm[Surgeon]):
    """The surgeon and, below, the weekdays on which they operate: two times a day, both empty when they do not."""

    daily_maximum_minutes = DurationField(
        label=_("Durée maximale par jour"), shortest=0, help_text=_("Temps opératoire d'une journée, par exemple 8:00.")
    )

    class Meta:
        model = Surgeon
        fields = ["code", "trigram", "last_name", "first_name", "specialty", "user", "daily_maximum_minutes", "active"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        free = User.objects.filter(role=Role.SURGEON, surgeon=None) | User.objects.filter(surgeon=self.instance.pk or 0)
        specialties = cast("forms.ModelChoiceField[Specialty]", self.fields["specialty"])
        specialties.queryset = open_on(timezone.localdate(), keep=self.instance.specialty_id)
        specialties.empty_label = str(_("Choisir…"))
        accounts = cast("forms.ModelChoiceField[User]", self.fields["user"])
        accounts.queryset = free.order_by("last_name", "username")
        accounts.empty_label = str(_("Aucun compte"))
        accounts.help_text = str(_("Seuls les comptes de chirurgiens encore libres sont proposés."))
        known = {}
        if self.instance.pk:
            known = {row.weekday: (row.start_minute, row.end_minute) for row in self.instance.availabilities.all()}
        for weekday in Weekday:
            start, end = known.get(weekday.value, (None, None))
            for side, value, label in (("start", start, _("de")), ("end", end, _("à"))):
                field = ClockField(required=False, initial=value, label=f"{weekday.label.capitalize()}, {label}")
                field.widget.attrs["placeholder"] = "–"
                self.fields[f"{side}_{weekday.value}"] = field

    def clean_trigram(self) -> str:
        return str(self.cleaned_data["trigram"]).upper()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for weekday in Weekday:
            first, last = f"start_{weekday.value}", f"end_{weekday.value}"
            if first in self.errors or last in self.errors:
                continue
            start, end = self.cleaned_data.get(first), self.cleaned_data.get(last)
            if (start is None) != (end is None):
                missing = first if start is None else last
                self.add_error(missing, _("Donnez les deux heures, ou aucune si le chirurgien n'opère pas ce jour-là."))
            require_order(self, first, last, _("La fin doit suivre le début."))
        return cleaned

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self._meta.fields or ()]

    @property
    def days(self) -> list[dict[str, Any]]:
        return [
            {"label": weekday.label, "start": self[f"start_{weekday.value}"], "end": self[f"end_{weekday.value}"]}
            for weekday in Weekday
        ]

    def hours(self) -> dict[int, tuple[int, int]]:
        """The weekdays worked, once valid: first and last minute."""
        return {
            weekday.value: (self.cleaned_data[f"start_{weekday.value}"], self.cleaned_data[f"end_{weekday.value}"])
            for weekday in Weekday
            if self.cleaned_data.get(f"start_{weekday.value}") is not None
        }


class AbsenceForm(forms.ModelForm[Absence]):
    def __init__(self, *args: Any, surgeon: Surgeon, **options: Any) -> None:
        super().__init__(*args, **options)
        self.surgeon = surgeon

    class Meta:
        model = Absence
        fields = ["starts_on", "ends_on", "reason"]
        widgets = {
            "reason": forms.TextInput(attrs={"placeholder": _("Congés, congrès…")}),
        }
        field_classes = {"starts_on": DayField, "ends_on": DayField}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        message = _("Le dernier jour ne peut pas précéder le premier.")
        require_order(self, "starts_on", "ends_on", message, strict=False)
        known = self.surgeon.absences
        refuse_overlap(self, known, _("Déjà absent du %(first)s au %(last)s : retirez d'abord cette absence."))
        return cleaned
