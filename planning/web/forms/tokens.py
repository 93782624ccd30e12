from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

DAYS = ((30, _("30 jours")), (90, _("90 jours")), (365, _("un an")))


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Nom du jeton"),
        max_length=60,
        help_text=_("Le programme qui s'en servira, par exemple « export DPI »."),
    )
    days = forms.TypedChoiceField(label=_("Valable"), choices=DAYS, coerce=int, initial=90)
