from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Equipment(models.Model):
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    units = models.PositiveSmallIntegerField(
        _("unités partagées"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_(
            "Pour un équipement mobile que les salles se prêtent : combien il y en a. "
            "Vide : chaque salle équipée a le sien."
        ),
    )  # fmt: skip

    class Meta:
        ordering = ["code"]
        verbose_name = _("équipement")
        verbose_name_plural = _("équipements")

    def __str__(self) -> str:
        return self.name


class Specialty(models.Model):
    class Colour(models.TextChoices):
        """The nine colours of tokens.css; each carries its own rail pattern (plain, dashed, dotted)."""

        ORT = "ort", _("Bleu, trait plein")
        DIG = "dig", _("Ocre, tirets")
        GYN = "gyn", _("Prune, pointillé")
        URO = "uro", _("Jaune, pointillé")
        ORL = "orl", _("Turquoise, trait plein")
        OPH = "oph", _("Bleu canard, tirets")
        VAS = "vas", _("Rose, trait plein")
        NCH = "nch", _("Lavande, tirets")
        STO = "sto", _("Vert, pointillé")

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    colour = models.CharField(_("couleur et motif"), max_length=3, choices=Colour.choices, default=Colour.ORT)
    # From this day on the planner places none of its interventions; what is placed already stays, as a conflict.
    closed_on = models.DateField(_("fermée à partir du"), null=True, blank=True)
    close_reason = models.CharField(_("motif"), max_length=200, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("spécialité")
        verbose_name_plural = _("spécialités")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_on=None, close_reason="")
                | models.Q(closed_on__isnull=False) & ~models.Q(close_reason=""),
                name="closed_specialty_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Room(models.Model):
    """An operating room. Its opening bounds the calendar: nothing can be placed before or after it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("nom"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre d'affichage"), default=0)
    opens_minute = models.PositiveSmallIntegerField(_("ouverture (minutes après minuit)"), default=480)
    closes_minute = models.PositiveSmallIntegerField(
        _("fermeture (minutes après minuit)"), default=1200, validators=[MaxValueValidator(1440)]
    )
    equipment = models.ManyToManyField(Equipment, verbose_name=_("équipements"), blank=True, related_name="rooms")
    in_service = models.BooleanField(_("en service"), default=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("salle")
        verbose_name_plural = _("salles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_minute__gt=models.F("opens_minute"), closes_minute__lte=1440),
                name="room_closes_after_opening",
                violation_error_message=_("La fermeture doit suivre l'ouverture, le même jour."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RoomClosure(models.Model):
    """A room out of service from one date to another, both included."""

    room = models.ForeignKey(Room, models.CASCADE, verbose_name=_("salle"), related_name="closures")
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    reason = models.CharField(_("motif"), max_length=200)
    # None: before anyone wrote it down. What it hits waits since then.
    declared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_on"]
        verbose_name = _("fermeture de salle")
        verbose_name_plural = _("fermetures de salle")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="closure_ends_after_start",
                violation_error_message=_("La date de fin ne peut pas précéder la date de début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.starts_on} - {self.ends_on}"
