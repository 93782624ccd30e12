"""Two rules beyond model constraints on both databases: slots of a room never overlap, decided plans never change."""

from django.db import migrations

FROZEN = "('approved', 'superseded')"
OVERLAP = "slots of one room cannot overlap"
DECIDED = "an approved plan never changes"

SQLITE = [
    *(
        f"""CREATE TRIGGER slot_no_overlap_{event.split()[0].lower()} BEFORE {event} ON planning_slot
        WHEN EXISTS (SELECT 1 FROM planning_slot s WHERE s.room_id = NEW.room_id AND s.id IS NOT NEW.id
                     -- no slot is longer than a day: keeps the search within the index
                     AND s.starts_at > datetime(NEW.starts_at, '-2 days')
                     AND s.starts_at < NEW.ends_at AND NEW.starts_at < s.ends_at)
        BEGIN SELECT RAISE(ABORT, '{OVERLAP}'); END"""
        for event in ("INSERT", "UPDATE OF room_id, starts_at, ends_at")
    ),
    *(
        f"""CREATE TRIGGER decided_placement_{event.lower()} BEFORE {event} ON planning_placement
        WHEN (SELECT status FROM planning_plan WHERE id = NEW.plan_id) IN {FROZEN}
        BEGIN SELECT RAISE(ABORT, '{DECIDED}'); END"""
        for event in ("INSERT", "UPDATE")
    ),
]
SQLITE_BACK = [
    "DROP TRIGGER slot_no_overlap_insert",
    "DROP TRIGGER slot_no_overlap_update",
    "DROP TRIGGER decided_placement_insert",
    "DROP TRIGGER decided_placement_update",
]
POSTGRESQL = [
    # int8range instead of plain equality, so that the btree_gist extension is not needed.
    """ALTER TABLE planning_slot ADD CONSTRAINT slot_no_overlap EXCLUDE USING gist (
        int8range(room_id, room_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) DEFERRABLE""",
    f"""CREATE FUNCTION refuse_decided_placement() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT status FROM planning_plan WHERE id = NEW.plan_id) IN {FROZEN} THEN
                RAISE EXCEPTION '{DECIDED}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER decided_placement BEFORE INSERT OR UPDATE ON planning_placement
        FOR EACH ROW EXECUTE FUNCTION refuse_decided_placement()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER decided_placement ON planning_placement",
    "DROP FUNCTION refuse_decided_placement",
    "ALTER TABLE planning_slot DROP CONSTRAINT slot_no_overlap",
]


def run(statements):
    def apply(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return apply


class Migration(migrations.Migration):
    dependencies = [("planning", "0001_initial")]
    operations = [
        migrations.RunPython(
            run({"sqlite": SQLITE, "postgresql": POSTGRESQL}),
            run({"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}),
        )
    ]
