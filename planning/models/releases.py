from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.people import Surgeon, User
from planning.models.slots import Slot
from planning.models.theatre import Room, Specialty


class ReleaseRule(models.Model):
    """A specialty's empty slots go to another one, or to everyone, so many days ahead. No rule: they are kept."""

    specialty = models.OneToOneField(Specialty, models.CASCADE, verbose_name=_("spécialité"), related_name="release")
    days_ahead = models.PositiveSmallIntegerField(
        _("libérée à J moins"), default=7, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    substitute = models.ForeignKey(
        Specialty, models.CASCADE, verbose_name=_("remplaçant"), null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["specialty__code"]
        verbose_name = _("règle de libération")
        verbose_name_plural = _("règles de libération")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days_ahead__gte=1, days_ahead__lte=60), name="released_1_to_60_days_ahead"
            ),
            models.CheckConstraint(
                condition=models.Q(substitute=None) | ~models.Q(substitute=models.F("specialty")),
                name="substitute_is_another_specialty",
                violation_error_message=_("Le remplaçant est une autre spécialité."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.specialty} J-{self.days_ahead}"


class SlotRelease(models.Model):
    """A slot that passed from its owner to another: what, when, for whom. Readable once the slot is gone."""

    slot = models.ForeignKey(Slot, models.SET_NULL, null=True, blank=True, related_name="releases")
    room = models.ForeignKey(Room, models.CASCADE, related_name="+")
    date = models.DateField(_("date"))
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()
    specialty = models.ForeignKey(Specialty, models.CASCADE, related_name="releases")
    surgeon = models.ForeignKey(Surgeon, models.SET_NULL, null=True, blank=True, related_name="+")
    substitute = models.ForeignKey(Specialty, models.SET_NULL, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField()
    # Nobody: the rule did it.
    released_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-released_at", "-pk"]
        indexes = [models.Index(fields=["date", "room"])]
        verbose_name = _("libération")
        verbose_name_plural = _("libérations")

    def __str__(self) -> str:
        return f"{self.date} {self.room} {self.specialty}"
