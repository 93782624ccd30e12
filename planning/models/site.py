from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.people import User


def no_weekday_price() -> list[int | None]:
    return [None] * 7


class Site(models.Model):
    """The hospital's planning parameters in force. One row; ``version`` is the ``ParameterVersion`` that holds them.

    Written by services/parameters.py, which adds a version at each change.
    """

    class TieRule(models.TextChoices):
        FILL = "fill", _("Remplir les salles dans l'ordre")
        BALANCE = "balance", _("Équilibrer les salles")

    class SurgeonSignOff(models.TextChoices):
        NONE = "none", _("Aucun")
        ONE = "one", _("Un, pour tous les chirurgiens")
        EACH = "each", _("Chaque chirurgien qui opère dans la semaine")

    name = models.CharField(_("établissement"), max_length=120, default="Bloc opératoire")
    hospital_day_euros = models.PositiveIntegerField(_("coût d'une journée d'attente (€)"), default=300)
    overtime_hour_euros = models.PositiveIntegerField(_("coût de l'heure supplémentaire (€)"), default=200)
    unplanned_euros = models.PositiveIntegerField(
        _("coût d'une intervention non planifiée dont la date limite tombe dans la semaine (€)"), default=3000
    )
    deferred_euros = models.PositiveIntegerField(
        _("coût d'une intervention laissée à une semaine suivante (€)"), default=600
    )
    # By priority; the two above are those of a programmed intervention.
    expedited_unplanned_euros = models.PositiveIntegerField(default=4500)
    urgent_unplanned_euros = models.PositiveIntegerField(default=6000)
    expedited_deferred_euros = models.PositiveIntegerField(default=1200)
    urgent_deferred_euros = models.PositiveIntegerField(default=3000)
    # An hour of overtime, Monday first: until ``late_from_minute``, and after; null is the price above, then the day's.
    weekday_overtime_euros = models.JSONField(default=no_weekday_price)
    late_overtime_euros = models.JSONField(default=no_weekday_price)
    late_from_minute = models.PositiveSmallIntegerField(default=1200)
    # {specialty id: minutes}; the others take ``turnover_minutes``.
    specialty_turnover_minutes = models.JSONField(default=dict)
    # Ceilings over what slots and surgeons say themselves; null: none.
    most_positions = models.PositiveSmallIntegerField(null=True, blank=True)
    longest_overtime_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    most_surgeon_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    # {rule: level} and {rule: euros}, of the rules that are not at their default (planning/solver/levels.py).
    rule_levels = models.JSONField(default=dict)
    rule_costs = models.JSONField(default=dict)
    turnover_minutes = models.PositiveSmallIntegerField(
        _("remise en état entre deux interventions (minutes)"), default=20
    )
    recovery_beds = models.PositiveSmallIntegerField(
        _("postes de salle de réveil (SSPI)"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Vide : 1,5 par salle en service."),
    )  # fmt: skip
    # When the day unit closes: day patients should have left the recovery room.
    ambulatory_closes_minute = models.PositiveSmallIntegerField(
        default=1140, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    tie_rule = models.CharField(_("à coût égal"), max_length=10, choices=TieRule.choices, default=TieRule.BALANCE)
    default_policy = models.CharField(_("politique par défaut"), max_length=40, default="specialty")
    second_factor_required = models.BooleanField(_("exiger un second facteur de connexion"), default=False)
    # What the dialog of a run offers (services/runs.py).
    move_euros = models.PositiveIntegerField(_("prix d'un déplacement (€)"), default=100)
    time_limit_seconds = models.PositiveSmallIntegerField(_("durée d'un calcul (secondes)"), default=20)
    # Which sign-offs an approval asks for (services/sign_offs.py); versioned, so that who chose and why is kept.
    surgeon_sign_off = models.CharField(
        _("visa des chirurgiens"), max_length=4, choices=SurgeonSignOff.choices, default=SurgeonSignOff.NONE
    )
    anaesthetist_sign_off = models.BooleanField(_("visa d'un anesthésiste"), default=False)
    organiser_sign_off = models.BooleanField(_("visa de l'organisation du bloc"), default=False)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("établissement")
        verbose_name_plural = _("établissements")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_site")]

    def __str__(self) -> str:
        return self.name


class ParameterVersion(models.Model):
    """All the parameters as one save left them: who, when, why. The database refuses any change (migration)."""

    number = models.PositiveIntegerField(unique=True)
    values = models.JSONField()
    created_at = models.DateTimeField()
    # None: what the site had before anyone saved.
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("motif"), max_length=300, blank=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("version des paramètres")
        verbose_name_plural = _("versions des paramètres")

    def __str__(self) -> str:
        return f"v{self.number}"
