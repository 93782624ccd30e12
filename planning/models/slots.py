from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.people import Surgeon, User, Weekday
from planning.models.theatre import Room, Specialty


class SlotKind(models.TextChoices):
    REGULAR = "regular", _("Heures normales")
    OVERTIME = "overtime", _("Heures supplémentaires")
    RESERVE = "reserve", _("Gardée pour les urgences différées")


class MasterPlan(models.Model):
    """A weekly pattern of slots, valid between two dates, repeated in cycles of one to four weeks.

    A draft is a proposal under discussion: no week follows it. ``study`` keeps the activity it was proposed from, so
    that it can be explained later; ``revision`` grows at each change, and a stale one is refused.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        VALIDATED = "validated", _("Validé")

    name = models.CharField(_("nom"), max_length=120)
    valid_from = models.DateField(_("valable à partir du"), help_text=_("Le lundi de la première semaine du cycle."))
    valid_until = models.DateField(_("jusqu'au"), null=True, blank=True)
    cycle_weeks = models.PositiveSmallIntegerField(
        _("cycle (semaines)"), default=1, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    status = models.CharField(_("statut"), max_length=10, choices=Status.choices, default=Status.VALIDATED)
    revision = models.PositiveIntegerField(default=0)
    study = models.JSONField(default=dict, blank=True)
    advice = models.TextField(_("avis du conseil de bloc"), blank=True)
    validated_at = models.DateTimeField(null=True, blank=True)
    validated_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("plan directeur")
        verbose_name_plural = _("plans directeurs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cycle_weeks__gte=1, cycle_weeks__lte=4), name="cycle_of_one_to_four_weeks"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="master_plan_ends_after_start",
                violation_error_message=_("La fin de validité ne peut pas précéder son début."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SlotPattern(models.Model):
    """One slot of the pattern: a room, a weekday of one week of the cycle, from-to, and its owner."""

    master_plan = models.ForeignKey(MasterPlan, models.CASCADE, related_name="patterns")
    cycle_week = models.PositiveSmallIntegerField(_("semaine du cycle"), default=1)
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday.choices)
    room = models.ForeignKey(Room, models.CASCADE, verbose_name=_("salle"), related_name="patterns")
    start_minute = models.PositiveSmallIntegerField(_("de (minutes après minuit)"))
    end_minute = models.PositiveSmallIntegerField(_("à (minutes après minuit)"))
    kind = models.CharField(_("nature"), max_length=10, choices=SlotKind.choices, default=SlotKind.REGULAR)
    specialty = models.ForeignKey(Specialty, models.PROTECT, verbose_name=_("spécialité"), null=True, blank=True)
    surgeon = models.ForeignKey(Surgeon, models.PROTECT, verbose_name=_("chirurgien"), null=True, blank=True)
    positions = models.PositiveSmallIntegerField(_("interventions au plus"), default=12)
    longest_minutes = models.PositiveSmallIntegerField(
        _("plus longue intervention (minutes)"), null=True, blank=True, help_text=_("Vide : la durée de la plage.")
    )
    # In a draft: a person wants it as it is, whatever is proposed.
    pinned = models.BooleanField(_("verrouillée"), default=False)

    class Meta:
        ordering = ["cycle_week", "weekday", "room__position", "start_minute"]
        verbose_name = _("plage type")
        verbose_name_plural = _("plages types")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    end_minute__gt=models.F("start_minute"),
                    end_minute__lte=1440,
                    weekday__lte=6,
                    cycle_week__gte=1,
                    cycle_week__lte=4,
                ),
                name="pattern_ends_after_start",
                violation_error_message=_("La fin de la plage doit suivre son début, le même jour."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.room} {self.start_minute}-{self.end_minute}"


class MasterPlanStep(models.Model):
    """One step of a draft, to undo or do again: all its slots on the other side of it, before it until it is undone."""

    master_plan = models.ForeignKey(MasterPlan, models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    action = models.CharField(max_length=10)
    facts = models.JSONField(default=dict)
    slots = models.JSONField()
    undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        verbose_name = _("étape du plan directeur")
        verbose_name_plural = _("étapes du plan directeur")
        constraints = [
            models.UniqueConstraint(fields=["master_plan", "position"], name="one_master_plan_step_a_position")
        ]

    def __str__(self) -> str:
        return f"{self.master_plan} {self.position}"


class Slot(models.Model):
    """A dated *plage* in a room, owned by nobody, a specialty or a surgeon.

    Slots of one room never overlap (a database constraint, see migration 0002).
    """

    class Origin(models.TextChoices):
        PATTERN = "pattern", _("Plan directeur")
        MANUAL = "manual", _("Modifiée à la main")
        EXCEPTION = "exception", _("Ouverte par exception")
        RELEASED = "released", _("Libérée par son propriétaire")

    date = models.DateField(_("date"))
    room = models.ForeignKey(Room, models.PROTECT, verbose_name=_("salle"), related_name="slots")
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    kind = models.CharField(_("nature"), max_length=10, choices=SlotKind.choices, default=SlotKind.REGULAR)
    specialty = models.ForeignKey(Specialty, models.PROTECT, verbose_name=_("spécialité"), null=True, blank=True)
    surgeon = models.ForeignKey(Surgeon, models.PROTECT, verbose_name=_("chirurgien"), null=True, blank=True)
    positions = models.PositiveSmallIntegerField(_("interventions au plus"), default=12)
    longest_minutes = models.PositiveSmallIntegerField(_("plus longue intervention (minutes)"), null=True, blank=True)
    origin = models.CharField(_("origine"), max_length=10, choices=Origin.choices, default=Origin.PATTERN)

    class Meta:
        ordering = ["date", "room__position", "starts_at"]
        verbose_name = _("plage")
        verbose_name_plural = _("plages")
        indexes = [models.Index(fields=["date", "room"]), models.Index(fields=["room", "starts_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="slot_ends_after_start",
                violation_error_message=_("La fin de la plage doit suivre son début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.room} {self.starts_at:%H:%M}"


class EditedRoomDay(models.Model):
    """A room and a day whose slots a person changed: the master plan no longer writes there."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="+")
    date = models.DateField(_("date"))

    class Meta:
        verbose_name = _("journée modifiée à la main")
        verbose_name_plural = _("journées modifiées à la main")
        constraints = [models.UniqueConstraint(fields=["room", "date"], name="one_mark_a_room_day")]

    def __str__(self) -> str:
        return f"{self.room} {self.date}"
