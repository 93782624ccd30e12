from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.interventions import Intervention
from planning.models.people import User
from planning.models.slots import Slot


class Plan(models.Model):
    """One version of one week. A draft is edited; a proposal and an approved version never change.

    ``revision`` grows at each change of the draft: a client that sends a stale one is answered 409.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        PROPOSED = "proposed", _("Proposé")
        APPROVED = "approved", _("Approuvé")
        SUPERSEDED = "superseded", _("Remplacé")

    monday = models.DateField(_("semaine du"))
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("statut"), max_length=10, choices=Status.choices)
    policy = models.CharField(_("politique"), max_length=40)
    parameters = models.JSONField(_("paramètres"), default=dict)
    revision = models.PositiveIntegerField(default=0)
    # The proposal this draft took, or the draft this version was approved from: what indicators compare with.
    base = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    lower_bound = models.FloatField(null=True, blank=True)
    total_cost = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    # Since when, and by whom, the sign-offs of this draft are asked for; an approval ends it.
    sign_offs_asked_at = models.DateTimeField(null=True, blank=True)
    sign_offs_asked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["monday", "number"]
        verbose_name = _("planning")
        verbose_name_plural = _("plannings")
        constraints = [
            models.UniqueConstraint(fields=["monday", "number"], name="one_plan_a_version"),
            models.UniqueConstraint(fields=["monday"], condition=models.Q(status="draft"), name="one_draft_a_week"),
            models.UniqueConstraint(
                fields=["monday"], condition=models.Q(status="approved"), name="one_approved_plan_a_week"
            ),
            models.CheckConstraint(condition=models.Q(monday__iso_week_day=1), name="plan_week_starts_on_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.monday} v{self.number}"


class Placement(models.Model):
    """An intervention in a slot from a start. Pinned once a person chose it: who, when and why."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="placements")
    intervention = models.ForeignKey(Intervention, models.PROTECT, related_name="placements")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="placements")
    starts_at = models.DateTimeField(_("début"))
    minutes = models.PositiveSmallIntegerField(_("durée (minutes)"))
    pinned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    pinned_at = models.DateTimeField(null=True, blank=True)
    pin_reason = models.CharField(_("motif"), max_length=300, blank=True)
    # Set when a person placed it against a rule, with their reason: shown as such ever after.
    forced = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.UniqueConstraint(fields=["plan", "intervention"], name="placed_once_a_plan"),
            models.CheckConstraint(
                condition=models.Q(pinned_by=None, pinned_at=None)
                | models.Q(pinned_by__isnull=False, pinned_at__isnull=False),
                name="pin_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(forced=False) | ~models.Q(pin_reason=""), name="forced_has_a_reason"
            ),
            models.CheckConstraint(condition=models.Q(minutes__gt=0), name="placement_has_a_duration"),
        ]

    def __str__(self) -> str:
        return f"{self.intervention.code} {self.starts_at}"
