from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.people import User


class Comparison(models.Model):
    """Several policies over the same weeks. Its weeks hold the demand as it was when asked, its cells the work.

    What is done and what is left is counted from the cells; this row only says whether a person stopped it.
    """

    MOST_WEEKS = 156

    name = models.CharField(_("nom"), max_length=120, blank=True)
    first_monday = models.DateField(_("première semaine"))
    last_monday = models.DateField(_("dernière semaine"))
    # Ids of planning/solver/policies.py, in the order asked.
    policies = models.JSONField(_("politiques"))
    # Seed, rounds, tie rule, costs, carry-over: all that, with the weeks, makes the figures.
    parameters = models.JSONField(_("paramètres"))
    # None: asked on the command line.
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    # When a worker was last called, or last took a cell: older than the heartbeats may be, and one is called again.
    called_at = models.DateTimeField()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        verbose_name = _("comparaison de politiques")
        verbose_name_plural = _("comparaisons de politiques")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_monday__gte=models.F("first_monday")), name="comparison_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.first_monday} - {self.last_monday}"


class ComparisonWeek(models.Model):
    """One week's demand and slots, frozen when the comparison was asked: every policy plans exactly this."""

    class Slots(models.TextChoices):
        DATED = "dated", _("plages de la semaine")
        PATTERN = "pattern", _("plan directeur")
        NONE = "none", _("aucune plage")

    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="weeks")
    monday = models.DateField(_("semaine du"))
    # The planner's contract for a week (planning/solver/week_json.py), with codes for ids.
    problem = models.JSONField()
    slots_from = models.CharField(max_length=10, choices=Slots.choices)
    # Minutes from opening to closing on the days the room is not closed, by room code.
    opening_minutes = models.JSONField()
    # By code, of those that a later week may still plan: what leaving it out costs once its last week has come.
    late_costs = models.JSONField(default=dict)

    class Meta:
        ordering = ["monday"]
        verbose_name = _("semaine comparée")
        verbose_name_plural = _("semaines comparées")
        constraints = [models.UniqueConstraint(fields=["comparison", "monday"], name="one_week_a_comparison")]

    def __str__(self) -> str:
        return f"{self.comparison_id} {self.monday}"


class ComparisonCell(models.Model):
    """One week under one policy. A worker claims it by a conditional UPDATE; a stale heartbeat queues it again."""

    class State(models.TextChoices):
        QUEUED = "queued", _("En attente")
        RUNNING = "running", _("En cours")
        DONE = "done", _("Terminée")
        FAILED = "failed", _("Échouée")

    MAXIMUM_ATTEMPTS = 3

    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="cells")
    monday = models.DateField(_("semaine du"))
    policy = models.CharField(_("politique"), max_length=40)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.QUEUED)
    worker = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    proven = models.BooleanField(default=False)
    lower_bound = models.FloatField(null=True, blank=True)
    # planning/solver/figures.py; and intervention code to slot id of the week's problem.
    figures = models.JSONField(null=True, blank=True)
    assignments = models.JSONField(default=dict)
    # What it left out, as interventions of the week's problem; kept when weeks carry over.
    left_over = models.JSONField(default=list)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["monday", "policy"]
        verbose_name = _("case d'une comparaison")
        verbose_name_plural = _("cases d'une comparaison")
        indexes = [models.Index(fields=["state", "heartbeat_at"])]
        constraints = [
            models.UniqueConstraint(fields=["comparison", "monday", "policy"], name="one_cell_a_week_and_policy"),
        ]

    def __str__(self) -> str:
        return f"{self.comparison_id} {self.monday} {self.policy} {self.state}"


class CriterionWeights(models.Model):
    """How much each criterion counts for one person, from 0 to 5."""

    user = models.OneToOneField(User, models.CASCADE, related_name="criterion_weights")
    weights = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("poids des critères")
        verbose_name_plural = _("poids des critères")

    def __str__(self) -> str:
        return f"{self.user}"
