from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.interventions import Intervention
from planning.models.plans import Plan


class Explanation(models.Model):
    """The honest differences of one intervention in one state of a plan, computed once by a worker.

    The row is the truth, as for a run. ``revision`` and ``digest`` say which state: the plan's placements and pins,
    and everything else that bounds its cost. ``asked_at`` is when somebody last waited for it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("En attente")
        RUNNING = "running", _("En cours")
        DONE = "done", _("Terminé")
        FAILED = "failed", _("Échoué")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="explanations")
    intervention = models.ForeignKey(Intervention, models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    asked_at = models.DateTimeField()
    # When a worker was last sent the id; once claimed, when it last said that it lives.
    heartbeat_at = models.DateTimeField()
    worker = models.CharField(max_length=120, blank=True)
    figures_done = models.PositiveSmallIntegerField(default=0)
    figures = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("explication")
        verbose_name_plural = _("explications")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "intervention", "revision", "digest"], name="one_explanation_a_state_of_a_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.intervention.code} {self.state}"
