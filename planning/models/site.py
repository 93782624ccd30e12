from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Site(models.Model):
    """The hospital's planning parameters. One row; each plan and run keeps its own copy of them."""

    class TieRule(models.TextChoices):
        FILL = "fill", _("Remplir les salles dans l'ordre")
        BALANCE = "balance", _("Équilibrer les salles")

    name = models.CharField(_("établissement"), max_length=120, default="Bloc opératoire")
    hospital_day_euros = models.PositiveIntegerField(_("coût d'une journée d'attente (€)"), default=300)
    overtime_hour_euros = models.PositiveIntegerField(_("coût de l'heure supplémentaire (€)"), default=200)
    unplanned_euros = models.PositiveIntegerField(
        _("coût d'une intervention non planifiée dont la date limite tombe dans la semaine (€)"), default=3000
    )
    deferred_euros = models.PositiveIntegerField(
        _("coût d'une intervention laissée à une semaine suivante (€)"), default=600
    )
    turnover_minutes = models.PositiveSmallIntegerField(
        _("remise en état entre deux interventions (minutes)"), default=20
    )
    recovery_beds = models.PositiveSmallIntegerField(
        _("postes de salle de réveil (SSPI)"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Vide : 1,5 par salle en service."),
    )  # fmt: skip
    tie_rule = models.CharField(_("à coût égal"), max_length=10, choices=TieRule.choices, default=TieRule.BALANCE)
    default_policy = models.CharField(_("politique par défaut"), max_length=40, default="specialty")
    second_factor_required = models.BooleanField(_("exiger un second facteur de connexion"), default=False)
    time_limit_seconds = models.PositiveSmallIntegerField(_("durée d'un calcul (secondes)"), default=20)

    class Meta:
        verbose_name = _("établissement")
        verbose_name_plural = _("établissements")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_site")]

    def __str__(self) -> str:
        return self.name
