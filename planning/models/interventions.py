from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.people import Surgeon, User
from planning.models.theatre import Equipment, Room, Specialty

# What the recovery room is booked for when nobody says: an assumption, the demonstration's mean.
USUAL_RECOVERY_MINUTES = 90


class InterventionQuerySet(models.QuerySet["Intervention"]):
    def submitted(self) -> InterventionQuerySet:
        """Without what surgeons are still writing: a draft is nobody else's business."""
        return self.exclude(state=Intervention.State.DRAFT)


class Intervention(models.Model):
    """A surgical case. The patient is a pseudonymous code, never a name.

    ``planned_minutes`` is room occupancy, from entry to exit.
    """

    class State(models.TextChoices):
        # The surgeon's alone until it is submitted.
        DRAFT = "draft", _("Brouillon")
        REQUESTED = "requested", _("Demandée")
        # Sent back to whoever asked, with a question (``return_reason``); submitted again, it is a request anew.
        RETURNED = "returned", _("À compléter")
        ACCEPTED = "accepted", _("À planifier")
        PLANNED = "planned", _("Planifiée")
        DONE = "done", _("Réalisée")
        CANCELLED = "cancelled", _("Annulée")

    class Priority(models.TextChoices):
        ELECTIVE = "elective", _("Programmée")
        EXPEDITED = "expedited", _("Prioritaire")
        URGENT = "urgent", _("Urgente")

    class Side(models.TextChoices):
        LEFT = "left", _("Gauche")
        RIGHT = "right", _("Droit")
        BOTH = "both", _("Bilatéral")

    class Anaesthesia(models.TextChoices):
        GENERAL = "general", _("Générale")
        SPINAL = "spinal", _("Rachianesthésie")
        REGIONAL = "regional", _("Locorégionale")
        SEDATION = "sedation", _("Sédation")
        LOCAL = "local", _("Locale")

    code = models.CharField(_("code de l'intervention"), max_length=30, unique=True)
    patient_code = models.CharField(
        _("code du patient"),
        max_length=30,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$", _("Lettres, chiffres, tiret, point et souligné seulement.")
            )
        ],
        help_text=_("Un code, jamais un nom."),
    )
    procedure_label = models.CharField(_("acte"), max_length=200)
    procedure_code = models.CharField(_("code de l'acte"), max_length=20, blank=True)
    surgeon = models.ForeignKey(Surgeon, models.PROTECT, verbose_name=_("chirurgien"), related_name="interventions")
    specialty = models.ForeignKey(Specialty, models.PROTECT, verbose_name=_("spécialité"), related_name="interventions")
    planned_minutes = models.PositiveSmallIntegerField(
        _("durée prévue en salle (minutes)"),
        validators=[MinValueValidator(5), MaxValueValidator(1440)],
        help_text=_("De l'entrée en salle à la sortie, sans la remise en état."),
    )
    equipment = models.ManyToManyField(
        Equipment, verbose_name=_("équipements"), blank=True, related_name="interventions"
    )
    admission_date = models.DateField(_("date d'hospitalisation"), help_text=_("Opération le lendemain au plus tôt."))
    deadline_date = models.DateField(_("date limite"))
    priority = models.CharField(_("priorité"), max_length=10, choices=Priority.choices, default=Priority.ELECTIVE)
    wished_date = models.DateField(
        _("date souhaitée"), null=True, blank=True, help_text=_("Un souhait : le bloc décide.")
    )
    side = models.CharField(_("côté"), max_length=10, choices=Side.choices, blank=True)
    anaesthesia = models.CharField(_("anesthésie"), max_length=10, choices=Anaesthesia.choices, blank=True)
    ambulatory = models.BooleanField(_("ambulatoire"), default=False)
    child = models.BooleanField(_("enfant"), default=False, help_text=_("Opéré en premier dans sa salle."))
    septic = models.BooleanField(_("septique"), default=False, help_text=_("Opérée en dernier dans sa salle."))
    recovery_minutes = models.PositiveSmallIntegerField(
        _("séjour prévu en salle de réveil (minutes)"),
        default=USUAL_RECOVERY_MINUTES,
        validators=[MaxValueValidator(1440)],
        help_text=_("0 : pas de passage en salle de réveil."),
    )
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.ACCEPTED)
    notes = models.TextField(_("notes pour le bloc"), blank=True)
    source_reference = models.CharField(_("référence d'origine"), max_length=80, null=True, blank=True, unique=True)
    requested_at = models.DateTimeField(_("demandée le"))
    requested_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    # What happened, once done: never written by the planner.
    actual_room = models.ForeignKey(
        Room, models.PROTECT, verbose_name=_("salle réelle"), null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("entrée en salle"), null=True, blank=True)
    left_at = models.DateTimeField(_("sortie de salle"), null=True, blank=True)
    cancel_reason = models.CharField(_("motif d'annulation"), max_length=200, blank=True)
    return_reason = models.CharField(_("question du bloc"), max_length=300, blank=True)
    # Fell out of a version that planned it, and not planned anew since: nobody may forget it.
    to_replan_since = models.DateTimeField(_("à reprogrammer depuis"), null=True, blank=True)
    responsible = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("responsable"), null=True, blank=True, related_name="+"
    )
    # Until it is planned anew: the week aimed at, or why there is none yet.
    replan_monday = models.DateField(_("semaine visée"), null=True, blank=True)
    replan_note = models.CharField(_("ce qui la retient"), max_length=200, blank=True)
    # A person looked at the one of the same patient and procedure: these are two.
    no_duplicate = models.BooleanField(_("vérifiée : ce n'est pas un doublon"), default=False)

    objects = InterventionQuerySet.as_manager()

    class Meta:
        ordering = ["deadline_date", "requested_at", "pk"]
        verbose_name = _("intervention")
        verbose_name_plural = _("interventions")
        indexes = [
            models.Index(fields=["state", "admission_date"]),
            models.Index(fields=["surgeon", "state"]),
            models.Index(fields=["entered_at"]),
            # What waits is counted at each page, and searched for its duplicates: never by reading ten years.
            models.Index(
                fields=["to_replan_since"], condition=models.Q(to_replan_since__isnull=False), name="to_replan"
            ),
            models.Index(fields=["patient_code"], name="by_patient_code"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(planned_minutes__gte=5, planned_minutes__lte=1440),
                name="duration_between_5_min_and_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(deadline_date__gt=models.F("admission_date")),
                name="deadline_after_admission",
                violation_error_message=_("La date limite doit suivre la date d'hospitalisation."),
            ),
            models.CheckConstraint(
                condition=models.Q(left_at=None) | models.Q(entered_at__lt=models.F("left_at")),
                name="leaves_after_entering",
                violation_error_message=_("La sortie de salle doit suivre l'entrée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.procedure_label}"
