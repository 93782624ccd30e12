from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.people import User


class PatientRead(models.Model):
    """One page or answer that showed whose the interventions are: who read it, when. Kept for a time, then purged."""

    class Source(models.TextChoices):
        WEEK = "week", _("Planning de la semaine")
        GRID = "grid", _("Planning, par l'API")
        LIST = "list", _("Liste des interventions")
        FORM = "form", _("Fiche de l'intervention")
        INBOX = "inbox", _("Boîte")
        JOURNAL = "journal", _("Journal")
        SIGN_OFF = "sign_off", _("Programme à viser")

    at = models.DateTimeField(db_index=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source.choices)
    monday = models.DateField(null=True, blank=True)
    # ",12,15,": numbers, not codes, so that a row costs one insert and is found by any of them.
    interventions = models.TextField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")

    def __str__(self) -> str:
        return f"{self.at} {self.source}"
