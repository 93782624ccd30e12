from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.interventions import Intervention
from planning.models.people import User


class ChangeRequest(models.Model):
    """What a surgeon asks about an intervention that an approved version holds; the director answers once."""

    class Kind(models.TextChoices):
        MOVE = "move", _("Changer de date")
        DURATION = "duration", _("Changer la durée")
        CANCEL = "cancel", _("Annuler")
        OTHER = "other", _("Autre")

    class State(models.TextChoices):
        OPEN = "open", _("En attente")
        ACCEPTED = "accepted", _("Acceptée")
        REFUSED = "refused", _("Refusée")
        WITHDRAWN = "withdrawn", _("Retirée")
        # Its intervention was done, cancelled or merged into another first.
        CLOSED = "closed", _("Sans objet")

    intervention = models.ForeignKey(Intervention, models.CASCADE, related_name="change_requests")
    kind = models.CharField(_("demande"), max_length=10, choices=Kind.choices)
    # What is asked, by kind: the day wished for, or the duration in minutes.
    wished_date = models.DateField(_("date souhaitée"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("durée demandée (minutes)"), null=True, blank=True)
    reason = models.CharField(_("motif"), max_length=300)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(_("réponse"), max_length=300, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("demande de changement")
        verbose_name_plural = _("demandes de changement")
        constraints = [
            models.UniqueConstraint(
                fields=["intervention"], condition=models.Q(state="open"), name="one_open_change_request"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at=None) | ~models.Q(state="open"),
                name="open_change_request_is_undecided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention.code} {self.kind} {self.state}"
