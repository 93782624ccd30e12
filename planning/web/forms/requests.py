"""What a surgeon asks for. A draft may lack what a submission may not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.models import Equipment, Intervention
from planning.web.forms.fields import DayField, DurationField, RowsField, recovery_field, require_order, stay_kept

DAYS_TO_OPERATE = 30
_YES_NO = ((False, _("Complète")), (True, _("Ambulatoire")))


class RequestForm(forms.ModelForm[Intervention]):
    """``submitting``: whether it is to be sent to the bloc, or only kept."""

    patient_code = forms.CharField(
        label=_("Code du dossier"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("Un code, jamais un nom : P-4821."),
    )  # fmt: skip
    procedure_label = forms.CharField(
        label=_("Acte"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("Chercher ou écrire un acte")}),
        error_messages={"required": _("Dites quel acte : choisissez-en un, ou écrivez-le.")},
    )  # fmt: skip
    planned_minutes = DurationField(
        label=_("Durée en salle"), shortest=5,
        help_text=_("De l'entrée en salle à la sortie, sans la remise en état : 1:30 ou 90."),
        error_messages={"required": _("Dites combien de temps la salle est occupée, de l'entrée à la sortie.")},
    )  # fmt: skip
    recovery_minutes = recovery_field()
    ambulatory = forms.BooleanField(
        label=_("Hospitalisation"), required=False, widget=forms.RadioSelect(choices=_YES_NO), initial=False
    )

    class Meta:
        model = Intervention
        fields = [
            "patient_code", "ambulatory", "procedure_label", "side", "planned_minutes", "priority", "admission_date",
            "deadline_date", "equipment", "anaesthesia", "child", "septic", "recovery_minutes", "notes", "wished_date",
        ]  # fmt: skip
        widgets = {
            "side": forms.RadioSelect,
            "priority": forms.RadioSelect,
            "anaesthesia": forms.RadioSelect,
            "equipment": forms.CheckboxSelectMultiple,
            "notes": forms.Textarea(attrs={"rows": 3}),
        }
        field_classes = {
            "equipment": RowsField, "admission_date": DayField, "deadline_date": DayField, "wished_date": DayField
        }  # fmt: skip

    def __init__(self, *args: Any, submitting: bool = False, **options: Any) -> None:
        self.submitting, today = submitting, timezone.localdate()
        initial = {
            "admission_date": today + timedelta(days=1), "deadline_date": today + timedelta(days=DAYS_TO_OPERATE),
            "priority": Intervention.Priority.ELECTIVE,
        }  # fmt: skip
        if not (options.get("instance") and options["instance"].pk):
            options["initial"] = initial | (options.get("initial") or {})
        super().__init__(*args, **options)
        for name, none in (("side", pgettext_lazy("côté", "Sans objet")), ("anaesthesia", _("Non précisée"))):
            known = cast("Any", Intervention._meta.get_field(name)).choices
            cast("forms.ChoiceField", self.fields[name]).choices = [("", none), *known]
        self.fields["notes"].help_text = _("Rien qui permette de reconnaître le patient.")
        self.fields["deadline_date"].label = _("À opérer au plus tard le")
        if self.instance.state == Intervention.State.RETURNED:
            self.fields["answer"] = forms.CharField(
                label=_("Votre réponse"), max_length=300, required=submitting,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Gardée au journal : rien qui permette de reconnaître le patient."),
                error_messages={"required": _("Répondez à la question du bloc : le journal garde la réponse.")},
            )  # fmt: skip

    def clean_patient_code(self) -> str:
        code = self.cleaned_data["patient_code"].strip()
        if not code and self.submitting:
            raise ValidationError(_("Donnez le code du dossier : le bloc en a besoin pour préparer l'intervention."))
        if code and not re.search(r"\d", code):
            raise ValidationError(_("Un code, jamais un nom : il contient au moins un chiffre, comme P-4821."))
        return str(code)

    def clean_recovery_minutes(self) -> int:
        return stay_kept(self.cleaned_data["recovery_minutes"])

    def clean_procedure_label(self) -> str:
        return " ".join(str(self.cleaned_data["procedure_label"]).split())

    def clean_deadline_date(self) -> Any:
        day = self.cleaned_data["deadline_date"]
        if self.submitting and day <= timezone.localdate():
            raise ValidationError(_("Cette date limite est passée : donnez un jour à venir."))
        return day

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        message = _("La date limite doit suivre la date d'hospitalisation : on opère le lendemain au plus tôt.")
        require_order(self, "admission_date", "deadline_date", message)
        wished, last = self.cleaned_data.get("wished_date"), self.cleaned_data.get("deadline_date")
        first = self.cleaned_data.get("admission_date")
        if wished and first and last and not first < wished <= last:
            text = _("Le jour souhaité doit suivre l'hospitalisation et ne pas dépasser la date limite.")
            self.add_error("wished_date", text)
        return cleaned

    def equipment_chosen(self) -> list[Equipment]:
        return list(self.cleaned_data.get("equipment") or [])
