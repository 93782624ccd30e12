"""The journal is appended to: both databases refuse to change or delete a line, and what a line names stays."""

import django.db.models.deletion
from django.db import migrations, models

APPEND_ONLY = "the journal is never changed nor deleted"
FORWARDS = {
    "sqlite": [
        f"""CREATE TRIGGER append_only_journal_{event.lower()} BEFORE {event} ON planning_journalentry
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"""
        for event in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"""CREATE FUNCTION refuse_changed_journal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{APPEND_ONLY}' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
        """CREATE TRIGGER append_only_journal BEFORE UPDATE OR DELETE ON planning_journalentry
        FOR EACH ROW EXECUTE FUNCTION refuse_changed_journal()""",
    ],
}
BACKWARDS = {
    "sqlite": ["DROP TRIGGER append_only_journal_update", "DROP TRIGGER append_only_journal_delete"],
    "postgresql": [
        "DROP TRIGGER append_only_journal ON planning_journalentry",
        "DROP FUNCTION refuse_changed_journal",
    ],
}


def run(statements):
    def apply(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return apply


def named(model):
    return models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=f"planning.{model}"
    )


class Migration(migrations.Migration):
    dependencies = [("planning", "0025_ambulatory_closing")]
    operations = [
        migrations.AlterField(model_name="journalentry", name="plan", field=named("plan")),
        migrations.AlterField(model_name="journalentry", name="intervention", field=named("intervention")),
        migrations.RunPython(run(FORWARDS), run(BACKWARDS)),
    ]
