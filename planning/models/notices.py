from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning.models.interventions import Intervention
from planning.models.people import User
from planning.models.plans import Plan


class Notice(models.Model):
    """What one person is told of, in the application and perhaps by e-mail. It never holds patient data.

    ``facts`` are codes, days and counts: worded by selectors/notice_words.py in the reader's language.
    """

    class Kind(models.TextChoices):
        PUBLISHED = "published", _("Programme publié")
        ACCEPTED = "accepted", _("Demande acceptée")
        RETURNED = "returned", _("Demande à compléter")
        REFUSED = "refused", _("Demande refusée")
        MERGED = "merged", _("Demandes réunies")
        CANCELLED = "cancelled", _("Intervention annulée")
        POSTPONED = "postponed", _("Sortie du programme")
        ANSWERED = "answered", _("Réponse à un changement")
        UNDONE = "undone", _("Décision reprise")
        SIGN = "sign", _("Visa demandé")
        SIGN_REFUSED = "unsigned", _("Visa refusé")
        REPLAN = "replan", _("À reprogrammer")
        ABSENCE = "absence", _("Absence")
        REQUESTED = "requested", _("Nouvelles demandes")
        CHANGE = "change", _("Changements demandés")

    class Group(models.TextChoices):
        """What a person chooses together to receive by e-mail or not."""

        PROGRAMME = "programme", _("Programmes publiés")
        REQUESTS = "requests", _("Réponses à mes demandes")
        SIGNS = "signs", _("Visas demandés")
        DUTIES = "duties", _("Absences et reprogrammations")
        # Never by e-mail: they come by the dozen, and the bloc's own list of them forgets none.
        INBOX = "inbox", _("Demandes à décider")

    class Mail(models.TextChoices):
        NONE = "none", _("Pas d'e-mail")
        DUE = "due", _("À envoyer")
        SENDING = "sending", _("En cours d'envoi")
        SENT = "sent", _("Envoyé")
        FAILED = "failed", _("Non parti")

    GROUPS = {
        Group.PROGRAMME: (Kind.PUBLISHED,),
        Group.REQUESTS: (
            Kind.ACCEPTED, Kind.RETURNED, Kind.REFUSED, Kind.MERGED, Kind.CANCELLED, Kind.POSTPONED, Kind.ANSWERED,
            Kind.UNDONE,
        ),
        Group.SIGNS: (Kind.SIGN, Kind.SIGN_REFUSED),
        Group.DUTIES: (Kind.REPLAN, Kind.ABSENCE),
        Group.INBOX: (Kind.REQUESTED, Kind.CHANGE),
    }  # fmt: skip

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    # Of kinds that are gathered while unread: how many of them.
    count = models.PositiveIntegerField(default=1)
    monday = models.DateField(null=True, blank=True)
    plan = models.ForeignKey(Plan, models.CASCADE, null=True, blank=True, related_name="+")
    intervention = models.ForeignKey(Intervention, models.CASCADE, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    mail_state = models.CharField(max_length=8, choices=Mail.choices, default=Mail.NONE)
    # When the e-mail is to be tried; while it is being sent, when another worker may take it up.
    mail_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_error = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("avis")
        verbose_name_plural = _("avis")
        indexes = [
            models.Index(fields=["user", "-at"], name="notices_of_a_person"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="unread_notices"),
            models.Index(
                fields=["mail_at"], condition=models.Q(mail_state__in=["due", "sending"]), name="notices_to_mail"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "plan"], condition=models.Q(kind="published"), name="one_notice_a_publication"
            ),
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=models.Q(kind__in=["requested", "change"], read_at=None),
                name="one_unread_gathering_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.at}"


class CalendarFeed(models.Model):
    """A person's secret calendar address. Only its digest is kept: the address is shown once, when it is made."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("adresse de calendrier")
        verbose_name_plural = _("adresses de calendrier")

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at}"
