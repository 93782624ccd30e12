from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planning import wording
from planning.models import Intervention, Specialty, Surgeon
from planning.selectors.specialties import open_on
from planning.web.forms.fields import DayField, DurationField, RowsField, recovery_field, require_order, stay_kept


class InterventionForm(forms.ModelForm[Intervention]):
    planned_minutes = DurationField(
        label=_("Durée prévue en salle"),
        shortest=5,
        help_text=_("De l'entrée en salle à la sortie, sans la remise en état : 1:30 ou 90."),
    )

    recovery_minutes = recovery_field()

    class Meta:
        model = Intervention
        fields = [
            "code", "patient_code", "procedure_label", "procedure_code", "surgeon", "specialty", "planned_minutes",
            "priority", "admission_date", "deadline_date", "wished_date", "side", "anaesthesia", "recovery_minutes",
            "equipment", "ambulatory", "child", "septic", "notes",
        ]  # fmt: skip
        widgets = {
            "equipment": forms.CheckboxSelectMultiple,
            "notes": forms.Textarea(attrs={"rows": 3}),
        }
        field_classes = {
            "equipment": RowsField, "admission_date": DayField, "deadline_date": DayField, "wished_date": DayField
        }  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        surgeons = cast("forms.ModelChoiceField[Surgeon]", self.fields["surgeon"])
        active = Surgeon.objects.filter(active=True)
        if self.instance.pk:
            active = active | Surgeon.objects.filter(pk=self.instance.surgeon_id)
        surgeons.queryset = active.order_by("last_name")
        surgeons.empty_label = str(_("Choisir…"))
        specialties = cast("forms.ModelChoiceField[Specialty]", self.fields["specialty"])
        specialties.queryset = open_on(timezone.localdate(), keep=self.instance.specialty_id)
        specialties.required = False
        specialties.empty_label = str(_("Celle du chirurgien"))
        if not self.instance.pk:
            self.fields["code"].required = False
            self.fields["code"].help_text = _("Vide : le prochain numéro.")
        for name in ("side", "anaesthesia"):
            cast("forms.ChoiceField", self.fields[name]).choices = [
                ("", _("Non précisé")), *cast("Any", Intervention._meta.get_field(name)).choices
            ]  # fmt: skip
        self.fields["notes"].help_text = _("Rien qui permette de reconnaître le patient.")

    def clean_recovery_minutes(self) -> int:
        return stay_kept(self.cleaned_data["recovery_minutes"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        message = _("La date limite doit suivre la date d'hospitalisation : on opère le lendemain au plus tôt.")
        require_order(self, "admission_date", "deadline_date", message)
        if "specialty" not in self.errors and not self.cleaned_data.get("specialty"):
            self._take_surgeons_specialty()
        return cleaned

    def _take_surgeons_specialty(self) -> None:
        surgeon = self.cleaned_data.get("surgeon")
        if surgeon is None:
            return
        own = surgeon.specialty
        if own.pk != self.instance.specialty_id and own.closed_on and own.closed_on <= timezone.localdate():
            message = _("%(specialty)s, la spécialité du chirurgien, est fermée depuis le %(day)s : choisissez-en une.")
            facts = {"specialty": own.name, "day": wording.dated(own.closed_on, "j F Y")}
            self.add_error("specialty", message % facts)
        else:
            self.cleaned_data["specialty"] = own


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Motif de l'annulation"),
        max_length=200,
        error_messages={"required": _("Écrivez pourquoi l'intervention est annulée : le journal le garde.")},
    )
