from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.people import User
from planning.models.plans import Plan
from planning.models.site import ParameterVersion


class PlanningRun(models.Model):
    """One request to the planner. The row is the truth; the broker only wakes a worker.

    A worker claims the row by a conditional UPDATE and then writes ``heartbeat_at``; a stale heartbeat puts the row
    back in the queue, three attempts at most.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("En attente")
        RUNNING = "running", _("En cours")
        DONE = "done", _("Terminé")
        INFEASIBLE = "infeasible", _("Sans solution")
        FAILED = "failed", _("Échoué")
        CANCELLED = "cancelled", _("Annulé")

    ACTIVE = (State.QUEUED, State.RUNNING)
    MAXIMUM_ATTEMPTS = 3

    monday = models.DateField(_("semaine du"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.QUEUED)
    policy = models.CharField(_("politique"), max_length=40)
    parameters = models.JSONField(default=dict)
    # What the hospital's parameters were when it was asked; None: asked before they had versions.
    parameter_version = models.ForeignKey(ParameterVersion, models.PROTECT, null=True, blank=True, related_name="runs")
    seed = models.PositiveIntegerField(default=0)
    time_limit_seconds = models.PositiveSmallIntegerField()
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    phase = models.CharField(_("phase"), max_length=20, blank=True)
    best_cost = models.FloatField(null=True, blank=True)
    # What the moves of the best plan are charged; ``lower_bound`` bounds ``best_cost`` and this together.
    moves_cost = models.FloatField(default=0)
    lower_bound = models.FloatField(null=True, blank=True)
    elapsed_seconds = models.FloatField(default=0)
    timings = models.JSONField(default=dict)
    messages = models.JSONField(default=list)
    cancel_requested = models.BooleanField(default=False)
    keep_best = models.BooleanField(default=False)
    failure = models.CharField(max_length=500, blank=True)
    plan = models.OneToOneField(Plan, models.SET_NULL, null=True, blank=True, related_name="run")

    class Meta:
        ordering = ["-requested_at"]
        verbose_name = _("calcul de planning")
        verbose_name_plural = _("calculs de planning")
        constraints = [
            models.UniqueConstraint(
                fields=["monday"], condition=models.Q(state__in=["queued", "running"]), name="one_active_run_a_week"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.monday} {self.state}"


class WorkerPulse(models.Model):
    """When each machine's worker last took a tick of the scheduler: what the health page looks at."""

    name = models.CharField(max_length=120, unique=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("signe de vie d'un worker")
        verbose_name_plural = _("signes de vie des workers")

    def __str__(self) -> str:
        return f"{self.name} {self.seen_at}"
