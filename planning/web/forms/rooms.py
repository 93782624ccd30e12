from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import Room, RoomClosure
from planning.web.forms.fields import ClockField, DayField, RowsField, refuse_overlap, require_order


class RoomForm(forms.ModelForm[Room]):
    opens_minute = ClockField(label=_("Ouverture"))
    closes_minute = ClockField(
        label=_("Fermeture"), help_text=_("Rien ne peut être placé avant l'ouverture ni après la fermeture.")
    )

    class Meta:
        model = Room
        fields = ["code", "name", "opens_minute", "closes_minute", "position", "equipment", "in_service"]
        widgets = {"equipment": forms.CheckboxSelectMultiple}
        field_classes = {"equipment": RowsField}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        message = _("La fermeture doit suivre l'ouverture : avancez l'ouverture ou reculez la fermeture.")
        require_order(self, "opens_minute", "closes_minute", message)
        return cleaned


class ClosureForm(forms.ModelForm[RoomClosure]):
    def __init__(self, *args: Any, room: Room, **options: Any) -> None:
        super().__init__(*args, **options)
        self.room = room

    class Meta:
        model = RoomClosure
        fields = ["starts_on", "ends_on", "reason"]
        widgets = {
            "reason": forms.TextInput(attrs={"placeholder": _("Maintenance, travaux…")}),
        }
        field_classes = {"starts_on": DayField, "ends_on": DayField}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        message = _("Le dernier jour ne peut pas précéder le premier.")
        require_order(self, "starts_on", "ends_on", message, strict=False)
        message = _("Déjà fermée du %(first)s au %(last)s : retirez d'abord cette fermeture.")
        refuse_overlap(self, self.room.closures, message)
        return cleaned
