from django.core.management import call_command
from django.db import migrations, models


def create_cache_table(apps, schema_editor):
    """What counts refused sign-ins must be seen by all processes, and outlive them."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("planning", "0011_master_plan_proposals_and_releases")]

    operations = [
        migrations.AddField(
            model_name="site",
            name="second_factor_required",
            field=models.BooleanField(default=False, verbose_name="exiger un second facteur de connexion"),
        ),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
