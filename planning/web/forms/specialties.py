from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import Specialty
from planning.web.forms.fields import DayField


class SpecialtyForm(forms.ModelForm[Specialty]):
    class Meta:
        model = Specialty
        fields = ["code", "name", "colour"]
        widgets = {"colour": forms.RadioSelect}

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()


class SpecialtyClosingForm(forms.Form):
    closed_on = DayField(label=_("Fermée à partir du"))
    reason = forms.CharField(
        label=_("Motif"), max_length=200, widget=forms.TextInput(attrs={"placeholder": _("Transfert, fin d'activité…")})
    )
