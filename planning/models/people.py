from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.access import Role
from planning.models.theatre import Specialty


class Language(models.TextChoices):
    FRENCH = "fr", "Français"
    ENGLISH = "en", "English"


class User(AbstractUser):
    """An account; ``role`` decides what it may do (planning/access.py)."""

    role = models.CharField(_("rôle"), max_length=20, choices=Role.choices, default=Role.VIEWER)
    # Grows with each change an administrator makes: sessions opened before end, forms filled in before are refused.
    access_version = models.PositiveIntegerField(default=0, editable=False)
    # The language last chosen, which e-mails are written in.
    language = models.CharField(_("langue"), max_length=5, choices=Language.choices, default=Language.FRENCH)
    # Groups of notices (Notice.Group) that are not sent by e-mail.
    unmailed = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_session_auth_hash(self) -> str:
        """What a session keeps to be recognised: the password's, and the rights it was opened with."""
        return f"{self.access_version}:{super().get_session_auth_hash()}"


class Surgeon(models.Model):
    code = models.CharField(_("code"), max_length=20, unique=True)
    trigram = models.CharField(_("trigramme"), max_length=4)
    last_name = models.CharField(_("nom"), max_length=80)
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    specialty = models.ForeignKey(Specialty, models.PROTECT, verbose_name=_("spécialité"), related_name="surgeons")
    user = models.OneToOneField(
        User, models.SET_NULL, verbose_name=_("compte"), null=True, blank=True, related_name="surgeon"
    )
    daily_maximum_minutes = models.PositiveSmallIntegerField(
        _("durée maximale par jour (minutes)"), default=480, validators=[MaxValueValidator(1440)]
    )
    active = models.BooleanField(_("en activité"), default=True)

    class Meta:
        ordering = ["last_name", "first_name", "code"]
        verbose_name = _("chirurgien")
        verbose_name_plural = _("chirurgiens")

    def __str__(self) -> str:
        return f"Dr {self.last_name}"


class Weekday(models.IntegerChoices):
    """As ``date.weekday()``."""

    MONDAY = 0, _("lundi")
    TUESDAY = 1, _("mardi")
    WEDNESDAY = 2, _("mercredi")
    THURSDAY = 3, _("jeudi")
    FRIDAY = 4, _("vendredi")
    SATURDAY = 5, _("samedi")
    SUNDAY = 6, _("dimanche")


class SurgeonAvailability(models.Model):
    """A weekday on which the surgeon operates, from one minute of the day to another. No row: not available."""

    surgeon = models.ForeignKey(Surgeon, models.CASCADE, related_name="availabilities")
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday.choices)
    start_minute = models.PositiveSmallIntegerField(_("de (minutes après minuit)"), default=480)
    end_minute = models.PositiveSmallIntegerField(_("à (minutes après minuit)"), default=1200)

    class Meta:
        ordering = ["weekday"]
        verbose_name = _("disponibilité")
        verbose_name_plural = _("disponibilités")
        constraints = [
            models.UniqueConstraint(fields=["surgeon", "weekday"], name="one_availability_a_weekday"),
            models.CheckConstraint(
                condition=models.Q(end_minute__gt=models.F("start_minute"), end_minute__lte=1440, weekday__lte=6),
                name="availability_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.surgeon} {self.get_weekday_display()}"


class Absence(models.Model):
    """A surgeon away from one date to another, both included."""

    surgeon = models.ForeignKey(Surgeon, models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    reason = models.CharField(_("motif"), max_length=200, blank=True)
    # None: before anyone wrote it down. What it hits waits since then.
    declared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_on"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="absence_ends_after_start",
                violation_error_message=_("La date de fin ne peut pas précéder la date de début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.surgeon} {self.starts_on} - {self.ends_on}"


class SurgeonPreference(models.Model):
    """A half-day of the week that the surgeon would rather have, or rather not: planners see it.

    Those to avoid cost what the site says (the rule ``surgeon_wish``, off unless it says so); those preferred nothing.
    """

    class Half(models.TextChoices):
        MORNING = "morning", _("matin")
        AFTERNOON = "afternoon", _("après-midi")

    class Wish(models.TextChoices):
        PREFERRED = "preferred", _("souhaité")
        UNWANTED = "unwanted", _("à éviter")

    surgeon = models.ForeignKey(Surgeon, models.CASCADE, related_name="preferences")
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday.choices)
    half = models.CharField(_("demi-journée"), max_length=10, choices=Half.choices)
    wish = models.CharField(_("souhait"), max_length=10, choices=Wish.choices)

    class Meta:
        ordering = ["weekday", "-half"]
        verbose_name = _("souhait")
        verbose_name_plural = _("souhaits")
        constraints = [
            models.UniqueConstraint(fields=["surgeon", "weekday", "half"], name="one_preference_a_half_day"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="preference_of_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.surgeon} {self.get_weekday_display()} {self.half} {self.wish}"
