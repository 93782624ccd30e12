from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import MasterPlan, Site
from planning.selectors.policies import policy_options
from planning.services.comparisons import DEFAULT_ROUNDS
from planning.web.forms.fields import DayField

EFFORTS = (
    (50, _("Rapide")),
    (DEFAULT_ROUNDS, _("Normal")),
    (1000, _("Poussé")),
)
GROWTHS = ((0, _("observée")), *((percent, f"+{percent} %") for percent in (10, 20, 30, 50)))


class ComparisonForm(forms.Form):
    """What to compare; the service refuses what makes no comparison."""

    first = DayField(label=_("De la semaine du"))
    last = DayField(label=_("À la semaine du"))
    policies = forms.MultipleChoiceField(
        label=_("Politiques"), choices=policy_options, widget=forms.CheckboxSelectMultiple, required=False
    )
    name = forms.CharField(label=_("Nom"), max_length=120, required=False, help_text=_("Vide : les dates."))
    master_plan = forms.ModelChoiceField(
        MasterPlan.objects.all(),
        label=_("Plages"),
        required=False,
        empty_label=_("Celles de chaque semaine"),
        help_text=_("Une semaine sans plages prend celles du plan directeur en vigueur, à défaut du plus ancien."),
    )
    growth_percent = forms.TypedChoiceField(
        label=_("Demande"),
        choices=GROWTHS,
        coerce=int,
        initial=0,
        help_text=_("Plus forte : une part des interventions de chaque semaine, tirée au sort, compte deux fois."),
    )
    tie_rule = forms.ChoiceField(label=_("À coût égal"), choices=Site.TieRule.choices)
    rounds = forms.TypedChoiceField(label=_("Recherche"), choices=EFFORTS, coerce=int, initial=DEFAULT_ROUNDS)
    seed = forms.IntegerField(
        label=_("Graine"),
        min_value=0,
        max_value=10**9,
        initial=0,
        help_text=_("La même graine et les mêmes réglages redonnent les mêmes chiffres."),
    )
    urgent = forms.BooleanField(label=_("Compter aussi les interventions urgentes réalisées"), required=False)
    carry_over = forms.BooleanField(
        label=_("Reporter à la semaine suivante ce qu'une politique laisse de côté"), required=False
    )

    def values(self) -> dict[str, Any]:
        """As ``request_comparison`` takes them."""
        plan = self.cleaned_data["master_plan"]
        return self.cleaned_data | {"master_plan": plan.pk if plan else None}
