"""A sign-off never changes, and none is added to a decided version: both databases refuse it.

The parameters of an existing hospital become a version that says which sign-offs it requires: none, as before.
"""

from django.db import migrations
from django.utils import timezone

FIXED = "a sign-off never changes"
DECIDED = "an approved version takes no sign-off any more"
FROZEN = "('approved', 'superseded')"
NAMES = ("surgeon_sign_off", "anaesthetist_sign_off", "organiser_sign_off")
FORWARDS = {
    "sqlite": [
        f"""CREATE TRIGGER fixed_sign_off BEFORE UPDATE ON planning_signoff
        BEGIN SELECT RAISE(ABORT, '{FIXED}'); END""",
        f"""CREATE TRIGGER decided_sign_off BEFORE INSERT ON planning_signoff
        WHEN (SELECT status FROM planning_plan WHERE id = NEW.plan_id) IN {FROZEN}
        BEGIN SELECT RAISE(ABORT, '{DECIDED}'); END""",
    ],
    "postgresql": [
        f"""CREATE FUNCTION refuse_changed_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{FIXED}' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
        """CREATE TRIGGER fixed_sign_off BEFORE UPDATE ON planning_signoff
        FOR EACH ROW EXECUTE FUNCTION refuse_changed_sign_off()""",
        f"""CREATE FUNCTION refuse_decided_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT status FROM planning_plan WHERE id = NEW.plan_id) IN {FROZEN} THEN
                RAISE EXCEPTION '{DECIDED}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$""",
        """CREATE TRIGGER decided_sign_off BEFORE INSERT ON planning_signoff
        FOR EACH ROW EXECUTE FUNCTION refuse_decided_sign_off()""",
    ],
}
BACKWARDS = {
    "sqlite": ["DROP TRIGGER fixed_sign_off", "DROP TRIGGER decided_sign_off"],
    "postgresql": [
        "DROP TRIGGER fixed_sign_off ON planning_signoff",
        "DROP TRIGGER decided_sign_off ON planning_signoff",
        "DROP FUNCTION refuse_changed_sign_off",
        "DROP FUNCTION refuse_decided_sign_off",
    ],
}


def write_version(apps, schema_editor):
    site = apps.get_model("planning", "Site").objects.filter(pk=1).first()
    versions = apps.get_model("planning", "ParameterVersion").objects
    last = versions.order_by("-number").first()
    if site is None or last is None or last.number != site.version:
        return
    values = {**last.values, **{name: getattr(site, name) for name in NAMES}}
    versions.create(number=last.number + 1, values=values, created_at=timezone.now())
    site.version = last.number + 1
    site.save(update_fields=["version"])


def run(statements):
    def apply(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return apply


class Migration(migrations.Migration):
    dependencies = [("planning", "0023_sign_offs")]
    operations = [
        migrations.RunPython(run(FORWARDS), run(BACKWARDS)),
        migrations.RunPython(write_version, migrations.RunPython.noop),
    ]
