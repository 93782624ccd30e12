"""From which activity a master plan is proposed, and when it would begin."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.calendar import Week
from planning.models import MasterPlan
from planning.web.forms.fields import DayField, require_order

MOST_DAYS = 3 * 366
USUAL_WEEKS = 26


class ProposalForm(forms.Form):
    name = forms.CharField(label=_("Nom"), max_length=120)
    valid_from = DayField(label=_("Prévu à partir du"), help_text=_("Un lundi ; il se confirme à la validation."))
    first = DayField(label=_("Activité du"))
    last = DayField(label=_("au"))
    fill_percent = forms.IntegerField(
        label=_("Part d'une vacation à utiliser, en pour cent"),
        min_value=50,
        max_value=100,
        initial=85,
        help_text=_("Remise en état comprise ; le reste absorbe les imprévus."),
    )
    reserve_hours = forms.IntegerField(
        label=_("Heures gardées par semaine pour les urgences différées"), min_value=0, max_value=200, initial=0
    )
    more_hours = forms.IntegerField(
        label=_("Heures à ouvrir en plus par semaine"),
        min_value=0,
        max_value=500,
        initial=0,
        help_text=_("0 : autant d'heures offertes qu'aujourd'hui."),
    )
    most_changes = forms.IntegerField(
        label=_("Demi-journées à changer au plus"),
        min_value=0,
        max_value=500,
        required=False,
        help_text=_("Vide : autant qu'il en faut."),
    )
    cycle_weeks = forms.TypedChoiceField(
        label=_("Cycle (semaines)"), coerce=int, choices=[(number, str(number)) for number in range(1, 5)]
    )

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if day.weekday() != 0:
            raise forms.ValidationError(_("Choisissez un lundi : c'est le premier jour du cycle."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        require_order(self, "first", "last", _("La fin de la période ne peut pas précéder son début."), strict=False)
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and (last - first).days > MOST_DAYS:
            self.add_error("first", _("Choisissez une période de trois ans au plus."))
        return cleaned


def proposal_initial(today: date, current: MasterPlan | None) -> dict[str, Any]:
    """The last 26 whole weeks, and a plan that begins in eight: the time to discuss it."""
    monday = Week.of(today).monday
    start = monday + timedelta(weeks=8)
    return {
        "name": _("Plan directeur %(year)s") % {"year": start.year},
        "valid_from": start,
        "first": monday - timedelta(weeks=USUAL_WEEKS),
        "last": monday - timedelta(days=1),
        "cycle_weeks": current.cycle_weeks if current else 1,
    }
