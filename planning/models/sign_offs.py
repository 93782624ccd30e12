from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.people import Surgeon, User
from planning.models.plans import Plan


class SignOff(models.Model):
    """What one person said of a programme, once: signed, or refused with why. The database refuses any change.

    ``covers`` is what they saw, [[intervention, room, start, minutes], …]; ``digest`` stands for it. A sign-off given
    on a draft holds as long as the digest is the same, and is copied to the version that it let pass.
    """

    class Kind(models.TextChoices):
        SURGEON = "surgeon", _("Chirurgiens")
        ANAESTHETIST = "anaesthetist", _("Anesthésie")
        ORGANISER = "organiser", _("Organisation du bloc")

    class Decision(models.TextChoices):
        SIGNED = "signed", _("Visé")
        REFUSED = "refused", _("Refusé")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sign_offs")
    kind = models.CharField(_("au titre de"), max_length=12, choices=Kind.choices)
    # Whose interventions it covers; null: the whole week's.
    surgeon = models.ForeignKey(Surgeon, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(_("décision"), max_length=8, choices=Decision.choices)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("donné le"))
    comment = models.CharField(_("remarque"), max_length=300, blank=True)
    covers = models.JSONField(default=list)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-signed_at", "-pk"]
        verbose_name = _("visa")
        verbose_name_plural = _("visas")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(surgeon=None) | models.Q(kind="surgeon"), name="only_surgeons_sign_for_a_surgeon"
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="refused") | ~models.Q(comment=""), name="refused_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.kind} {self.decision}"
