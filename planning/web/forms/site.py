from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from planning.models import Intervention, Site, Specialty
from planning.models.people import Weekday
from planning.selectors.parameters import SIGN_OFFS
from planning.selectors.policies import policy_options
from planning.web.forms.fields import ClockField, DurationField

MOST_EUROS = 1_000_000
DEAREST_MOVE = 100_000
_PRIORITIES = {
    Intervention.Priority.URGENT: ("urgent_unplanned_euros", "urgent_deferred_euros"),
    Intervention.Priority.EXPEDITED: ("expedited_unplanned_euros", "expedited_deferred_euros"),
    Intervention.Priority.ELECTIVE: ("unplanned_euros", "deferred_euros"),
}


def _euros(label: Any, *, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_EUROS, required=required)


class ReasonForm(forms.Form):
    """Why a version of the parameters is made, and which one the person was shown."""

    reason = forms.CharField(
        label=_("Pourquoi ce changement"),
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": _("Tarif 2027, décision du conseil de bloc…")}),
        error_messages={"required": _("Écrivez pourquoi : l'historique le garde avec la version.")},
    )
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class SiteForm(ReasonForm, forms.ModelForm[Site]):
    """The parameters, and below the tables: overtime by weekday, leaving out by priority, cleaning by specialty."""

    hospital_day_euros = _euros(_("Journée d'attente après l'hospitalisation (€)"))
    overtime_hour_euros = _euros(_("Heure supplémentaire (€)"))
    late_from_minute = ClockField(label=_("Soirée à partir de"))
    ambulatory_closes_minute = ClockField(
        label=_("Fermeture de l'ambulatoire"),
        help_text=_("Heure à laquelle les patients ambulatoires doivent avoir quitté la salle de réveil."),
    )
    turnover_minutes = DurationField(label=_("Remise en état entre deux interventions"), shortest=0, longest=120)
    most_positions = forms.IntegerField(
        label=_("Interventions au plus par plage"), min_value=1, max_value=100, required=False
    )
    longest_overtime_minutes = DurationField(
        label=_("Plus longue intervention en heures supplémentaires"), shortest=5, required=False
    )
    most_surgeon_minutes = DurationField(
        label=_("Temps opératoire au plus par chirurgien et par jour"), shortest=5, required=False
    )
    default_policy = forms.ChoiceField(choices=policy_options, label=_("Politique par défaut"))
    move_euros = forms.IntegerField(
        label=_("Prix d'un déplacement (€)"), min_value=0, max_value=DEAREST_MOVE,
        help_text=_("Proposé à chaque nouveau calcul : ce qu'il faut gagner pour bouger une intervention déjà placée."),
    )  # fmt: skip
    time_limit_seconds = forms.IntegerField(
        label=_("Durée d'un calcul (secondes)"), min_value=1, max_value=600,
        help_text=_("Le planificateur rend le meilleur planning trouvé dans ce temps."),
    )  # fmt: skip

    class Meta:
        model = Site
        fields = [
            "name", "hospital_day_euros", "overtime_hour_euros", "late_from_minute", "turnover_minutes",
            "recovery_beds", "ambulatory_closes_minute", "most_positions", "longest_overtime_minutes",
            "most_surgeon_minutes", "tie_rule", "default_policy", "move_euros", "time_limit_seconds",
            *SIGN_OFFS,
            *(name for names in _PRIORITIES.values() for name in names),
        ]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        site = self.instance
        for priority, (must, may) in _PRIORITIES.items():
            self.fields[must] = _euros(_("%(priority)s, date limite dans la semaine") % {"priority": priority.label})
            self.fields[may] = _euros(_("%(priority)s, reportable") % {"priority": priority.label})
        for day in Weekday:
            own = site.weekday_overtime_euros[day]
            hour = _euros(_("Heure supplémentaire du %(day)s") % {"day": day.label}, required=False)
            late = _euros(_("Heure supplémentaire du %(day)s en soirée") % {"day": day.label}, required=False)
            hour.initial, late.initial = own, site.late_overtime_euros[day]
            # What an empty cell means, in grey.
            hour.widget.attrs["placeholder"] = str(site.overtime_hour_euros)
            late.widget.attrs["placeholder"] = str(site.overtime_hour_euros if own is None else own)
            self.fields[f"overtime_{day.value}"], self.fields[f"late_{day.value}"] = hour, late
        for cap in ("most_positions", "longest_overtime_minutes", "most_surgeon_minutes"):
            self.fields[cap].widget.attrs["placeholder"] = _("sans plafond")
        self.specialties = list(Specialty.objects.all())
        for one in self.specialties:
            label = _("Remise en état en %(specialty)s") % {"specialty": one.name}
            initial = site.specialty_turnover_minutes.get(str(one.pk))
            field = DurationField(label=label, shortest=0, longest=120, required=False, initial=initial)
            general = site.turnover_minutes
            field.widget.attrs["placeholder"] = f"{general // 60}:{general % 60:02d}"
            self.fields[f"turnover_{one.pk}"] = field

    @property
    def weekdays(self) -> Iterator[dict[str, Any]]:
        for day in Weekday:
            yield {"label": day.label, "hour": self[f"overtime_{day.value}"], "late": self[f"late_{day.value}"]}

    @property
    def priorities(self) -> Iterator[dict[str, Any]]:
        for priority, (must, may) in _PRIORITIES.items():
            yield {"label": priority.label, "must": self[must], "may": self[may]}

    @property
    def turnovers(self) -> Iterator[dict[str, Any]]:
        for one in self.specialties:
            yield {"specialty": one, "field": self[f"turnover_{one.pk}"]}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        message = _("Laisser à plus tard ne peut pas coûter plus que dépasser la date limite : baissez ce coût.")
        for must, may in _PRIORITIES.values():
            due, later = self.cleaned_data.get(must), self.cleaned_data.get(may)
            if due is not None and later is not None and later > due:
                self.add_error(may, message)
        return cleaned

    def site(self) -> Site:
        """The row with all that was typed, not saved."""
        site: Site = self.save(commit=False)
        given = self.cleaned_data
        site.weekday_overtime_euros = [given[f"overtime_{day.value}"] for day in Weekday]
        site.late_overtime_euros = [given[f"late_{day.value}"] for day in Weekday]
        turnovers = {str(one.pk): given[f"turnover_{one.pk}"] for one in self.specialties}
        site.specialty_turnover_minutes = {key: minutes for key, minutes in turnovers.items() if minutes is not None}
        return site
