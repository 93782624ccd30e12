from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def close_without_object(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """What was asked of interventions that are over by now waited for an answer for ever."""
    changes = apps.get_model("planning", "ChangeRequest").objects.filter(state="open")
    changes.filter(intervention__state__in=("done", "cancelled")).update(state="closed", decided_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("planning", "0031_move_prices_and_redo")]

    operations = [
        migrations.AlterField(
            model_name="changerequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "En attente"),
                    ("accepted", "Acceptée"),
                    ("refused", "Refusée"),
                    ("withdrawn", "Retirée"),
                    ("closed", "Sans objet"),
                ],
                default="open",
                max_length=10,
                verbose_name="état",
            ),
        ),
        migrations.RunPython(close_without_object, migrations.RunPython.noop),
    ]
