import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [
    ("published", "Programme publié"),
    ("accepted", "Demande acceptée"),
    ("returned", "Demande à compléter"),
    ("refused", "Demande refusée"),
    ("merged", "Demandes réunies"),
    ("cancelled", "Intervention annulée"),
    ("postponed", "Sortie du programme"),
    ("answered", "Réponse à un changement"),
    ("undone", "Décision reprise"),
    ("sign", "Visa demandé"),
    ("unsigned", "Visa refusé"),
    ("replan", "À reprogrammer"),
    ("absence", "Absence"),
    ("requested", "Nouvelles demandes"),
    ("change", "Changements demandés"),
]
MAIL_STATES = [
    ("none", "Pas d'e-mail"),
    ("due", "À envoyer"),
    ("sending", "En cours d'envoi"),
    ("sent", "Envoyé"),
    ("failed", "Non parti"),
]


def reference(to, **options):
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=to, **options)


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0026_journal_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                choices=[("fr", "Français"), ("en", "English")], default="fr", max_length=5, verbose_name="langue"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="unmailed",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("last_read_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "adresse de calendrier", "verbose_name_plural": "adresses de calendrier"},
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("at", models.DateTimeField()),
                ("facts", models.JSONField(default=dict)),
                ("count", models.PositiveIntegerField(default=1)),
                ("monday", models.DateField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("mail_state", models.CharField(choices=MAIL_STATES, default="none", max_length=8)),
                ("mail_at", models.DateTimeField(blank=True, null=True)),
                ("mail_attempts", models.PositiveSmallIntegerField(default=0)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("mail_error", models.CharField(blank=True, max_length=80)),
                ("intervention", reference("planning.intervention", blank=True, null=True, related_name="+")),
                ("plan", reference("planning.plan", blank=True, null=True, related_name="+")),
                ("user", reference(settings.AUTH_USER_MODEL, related_name="notices")),
            ],
            options={
                "verbose_name": "avis",
                "verbose_name_plural": "avis",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["user", "-at"], name="notices_of_a_person"),
                    models.Index(condition=models.Q(("read_at", None)), fields=["user"], name="unread_notices"),
                    models.Index(
                        condition=models.Q(("mail_state__in", ["due", "sending"])),
                        fields=["mail_at"],
                        name="notices_to_mail",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "published")),
                        fields=("user", "plan"),
                        name="one_notice_a_publication",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["requested", "change"]), ("read_at", None)),
                        fields=("user", "kind"),
                        name="one_unread_gathering_notice",
                    ),
                ],
            },
        ),
    ]
