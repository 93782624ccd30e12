from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import Equipment, Room
from planning.web.forms.fields import RowsField

MOST_UNITS = 100


class EquipmentForm(forms.ModelForm[Equipment]):
    units = forms.IntegerField(
        label=_("Unités partagées"), min_value=1, max_value=MOST_UNITS, required=False,
        help_text=_(
            "Pour un équipement mobile que les salles se prêtent : combien il y en a. "
            "Vide : chaque salle équipée a le sien."
        ),
    )  # fmt: skip
    rooms = RowsField(
        label=_("Salles où il peut servir"),
        queryset=Room.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Equipment
        fields = ["code", "name", "units"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["rooms"] = [room.pk for room in self.instance.rooms.all()]
