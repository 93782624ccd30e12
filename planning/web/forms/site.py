from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import Site
from planning.selectors.policies import policy_options
from planning.web.forms.fields import DurationField


class SiteForm(forms.ModelForm[Site]):
    turnover_minutes = DurationField(label=_("Remise en état entre deux interventions"), shortest=0, longest=120)
    default_policy = forms.ChoiceField(choices=policy_options, label=_("Politique par défaut"))
    time_limit_seconds = forms.IntegerField(
        label=_("Durée d'un calcul (secondes)"), min_value=1, max_value=600,
        help_text=_("Le planificateur rend le meilleur planning trouvé dans ce temps."),
    )  # fmt: skip

    class Meta:
        model = Site
        fields = [
            "name", "hospital_day_euros", "overtime_hour_euros", "unplanned_euros", "deferred_euros",
            "turnover_minutes", "recovery_beds", "tie_rule", "default_policy", "time_limit_seconds",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        urgent, later = self.cleaned_data.get("unplanned_euros"), self.cleaned_data.get("deferred_euros")
        if urgent is not None and later is not None and later > urgent:
            message = _("Laisser à plus tard ne peut pas coûter plus que dépasser la date limite : baissez ce coût.")
            self.add_error("deferred_euros", message)
        return cleaned
