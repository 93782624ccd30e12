from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.interventions import Intervention
from planning.models.people import User
from planning.models.plans import Plan


class JournalEntry(models.Model):
    """Who did what, when, from what to what, why, and at what cost.

    Never changed, never deleted: the database refuses both (migration), so what it names stays too.
    """

    class Action(models.TextChoices):
        MOVE = "move", _("Déplacement")
        FORCE = "force", _("Déplacement forcé")
        SWAP = "swap", _("Échange")
        SWAP_ROOMS = "swap_rooms", _("Échange de salles")
        UNPLAN = "unplan", _("Retrait du planning")
        PIN = "pin", _("Verrouillage")
        UNPIN = "unpin", _("Déverrouillage")
        UNDO = "undo", _("Annulation")
        REDO = "redo", _("Rétablissement")
        RUN = "run", _("Calcul demandé")
        PROPOSE = "propose", _("Proposition du planificateur")
        TAKE = "take", _("Proposition reprise")
        APPROVE = "approve", _("Approbation")
        SLOT = "slot", _("Plage modifiée")
        EDIT = "edit", _("Modification")
        IMPORT = "import", _("Import")
        ROOM = "room", _("Salle modifiée")
        SURGEON = "surgeon", _("Chirurgien modifié")
        SPECIALTY = "specialty", _("Spécialité modifiée")
        EQUIPMENT = "equipment", _("Équipement modifié")
        SETTINGS = "settings", _("Paramètres modifiés")
        MASTER = "master", _("Plan directeur validé")
        ACCOUNT = "account", _("Compte modifié")
        RELEASE = "release", _("Vacation libérée")
        SUBMIT = "submit", _("Demande soumise")
        ACCEPT = "accept", _("Demande acceptée")
        RETURN = "return", _("Demande renvoyée")
        REFUSE = "refuse", _("Refus")
        MERGE = "merge", _("Doublons réunis")
        CANCEL = "cancel", _("Intervention annulée")
        CHANGE = "change", _("Changement demandé")
        ANSWER = "answer", _("Réponse à un changement")
        SIGN = "sign", _("Visa")

    at = models.DateTimeField()
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=10, choices=Action.choices)
    monday = models.DateField(null=True, blank=True)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="+")
    intervention = models.ForeignKey(Intervention, models.PROTECT, null=True, blank=True, related_name="+")
    # {"slot": id, "room": code, "starts_at": iso, ...} for placements; free fields for the rest. Never patient data.
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    cost_delta = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["monday", "-at"])]
        verbose_name = _("entrée du journal")
        verbose_name_plural = _("journal")

    def __str__(self) -> str:
        return f"{self.at} {self.action}"


class PlanStep(models.Model):
    """One named, undoable step of a draft: the placements it touched, as they were and as they became.

    ``before`` and ``after`` map an intervention's id to its placement's fields, or to null when it was in the list.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    action = models.CharField(max_length=10, choices=JournalEntry.Action.choices)
    # What to show: an intervention's code, a room, a time; worded by the interface.
    facts = models.JSONField(default=dict)
    before = models.JSONField()
    after = models.JSONField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        verbose_name = _("étape")
        verbose_name_plural = _("étapes")
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="one_step_a_position")]

    def __str__(self) -> str:
        return f"{self.plan} {self.position}"
