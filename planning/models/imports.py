from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ColumnMapping(models.Model):
    """How the columns of one kind of file were matched by hand, remembered by the file's own header."""

    target = models.CharField(max_length=30)
    header_digest = models.CharField(max_length=64)
    mapping = models.JSONField()

    class Meta:
        verbose_name = _("correspondance de colonnes")
        verbose_name_plural = _("correspondances de colonnes")
        constraints = [models.UniqueConstraint(fields=["target", "header_digest"], name="one_mapping_a_header")]

    def __str__(self) -> str:
        return f"{self.target} {self.header_digest[:8]}"
