from __future__ import annotations

from django import forms

from planning.models import Specialty


class SpecialtyForm(forms.ModelForm[Specialty]):
    class Meta:
        model = Specialty
        fields = ["code", "name", "colour"]
        widgets = {"colour": forms.RadioSelect}

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()
