"""The parameters of an existing hospital become version 1; costs by priority start as they were, the same for all.

A version never changes: both databases refuse it.
"""

from django.db import migrations
from django.utils import timezone

NAMES = (
    "name",
    "hospital_day_euros",
    "overtime_hour_euros",
    "weekday_overtime_euros",
    "late_overtime_euros",
    "late_from_minute",
    "unplanned_euros",
    "expedited_unplanned_euros",
    "urgent_unplanned_euros",
    "deferred_euros",
    "expedited_deferred_euros",
    "urgent_deferred_euros",
    "turnover_minutes",
    "specialty_turnover_minutes",
    "recovery_beds",
    "most_positions",
    "longest_overtime_minutes",
    "most_surgeon_minutes",
    "tie_rule",
    "default_policy",
    "time_limit_seconds",
    "rule_levels",
    "rule_costs",
)
FIXED = "a version of the parameters never changes"
FORWARDS = {
    "sqlite": [
        f"""CREATE TRIGGER fixed_parameter_version BEFORE UPDATE ON planning_parameterversion
        BEGIN SELECT RAISE(ABORT, '{FIXED}'); END"""
    ],
    "postgresql": [
        f"""CREATE FUNCTION refuse_changed_parameters() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{FIXED}' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
        """CREATE TRIGGER fixed_parameter_version BEFORE UPDATE ON planning_parameterversion
        FOR EACH ROW EXECUTE FUNCTION refuse_changed_parameters()""",
    ],
}
BACKWARDS = {
    "sqlite": ["DROP TRIGGER fixed_parameter_version"],
    "postgresql": [
        "DROP TRIGGER fixed_parameter_version ON planning_parameterversion",
        "DROP FUNCTION refuse_changed_parameters",
    ],
}


def write_first_version(apps, schema_editor):
    site = apps.get_model("planning", "Site").objects.filter(pk=1).first()
    if site is None:
        return
    for priority in ("expedited", "urgent"):
        setattr(site, f"{priority}_unplanned_euros", site.unplanned_euros)
        setattr(site, f"{priority}_deferred_euros", site.deferred_euros)
    site.version = 1
    site.save()
    values = {name: getattr(site, name) for name in NAMES}
    apps.get_model("planning", "ParameterVersion").objects.create(number=1, values=values, created_at=timezone.now())


def forget_versions(apps, schema_editor):
    apps.get_model("planning", "PlanningRun").objects.update(parameter_version=None)
    apps.get_model("planning", "ParameterVersion").objects.all().delete()


def run(statements):
    def apply(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return apply


class Migration(migrations.Migration):
    dependencies = [("planning", "0014_parameter_versions")]
    operations = [
        migrations.RunPython(write_first_version, forget_versions),
        migrations.RunPython(run(FORWARDS), run(BACKWARDS)),
    ]
