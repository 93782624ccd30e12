from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.people import User


class InboxVisit(models.Model):
    """Up to when a person has read what their colleagues decided."""

    user = models.OneToOneField(User, models.CASCADE, related_name="inbox_visit")
    seen_at = models.DateTimeField(_("lu jusqu'au"))

    class Meta:
        verbose_name = _("lecture de la boîte")
        verbose_name_plural = _("lectures de la boîte")

    def __str__(self) -> str:
        return f"{self.user} {self.seen_at}"
