from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.access import Role
from planning.models import Surgeon, User
from planning.selectors.accounts import surgeons_without_account


class AccountForm(forms.ModelForm[User]):
    """An account that is invited or, given an ``instance``, changed. ``seen`` is the version it was shown in."""

    surgeon = forms.ModelChoiceField(
        Surgeon.objects.none(), required=False, label=_("Chirurgien"), empty_label=_("Choisir…"),
        help_text=_("Celui dont le compte montre les interventions ; pour un compte de chirurgien seulement."),
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = User
        fields = ["last_name", "first_name", "email", "role"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["last_name"].required = True
        # Accounts made before invitations may have no address.
        self.fields["email"].required = self.instance.pk is None or bool(self.instance.email)
        surgeons = cast("forms.ModelChoiceField[Surgeon]", self.fields["surgeon"])
        surgeons.queryset = surgeons_without_account(self.instance.pk)
        self.initial["seen"] = self.instance.access_version
        if self.instance.pk:
            self.initial["surgeon"] = Surgeon.objects.filter(user=self.instance).first()

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        role, surgeon = self.cleaned_data.get("role"), self.cleaned_data.get("surgeon")
        if role == Role.SURGEON and surgeon is None and "surgeon" not in self.errors:
            self.add_error("surgeon", _("Dites de quel chirurgien il s'agit."))
        if role and role != Role.SURGEON:
            self.cleaned_data["surgeon"] = None
        return cleaned


class ReasonForm(forms.Form):
    """Why an account is closed or a second factor taken away; ``seen`` is the version the account was shown in."""

    reason = forms.CharField(label=_("Motif"), max_length=200, help_text=_("Gardé dans le journal."))
    seen = forms.IntegerField(widget=forms.HiddenInput)
