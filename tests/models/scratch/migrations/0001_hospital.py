"""A parent with cascading children, UNIQUE inside the table, indexes, and a trigger with semicolons."""

from typing import Any

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

SQLITE = """CREATE TABLE diary_of_hospitals (note VARCHAR(90));
CREATE TRIGGER hospital_noted AFTER INSERT ON hospital BEGIN
  INSERT INTO diary_of_hospitals VALUES ('opened; ' || NEW.code);
  INSERT INTO diary_of_hospitals VALUES ('in ' || NEW.town);
END;"""

POSTGRES = """CREATE TABLE diary_of_hospitals (note VARCHAR(90));
CREATE FUNCTION note_hospital() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO diary_of_hospitals VALUES ('opened; ' || NEW.code);
  INSERT INTO diary_of_hospitals VALUES ('in ' || NEW.town);
  RETURN NEW; END $$;
CREATE TRIGGER hospital_noted AFTER INSERT ON hospital FOR EACH ROW EXECUTE FUNCTION note_hospital();"""


async def write_triggers(_apps: Any, editor: Any) -> None:
    await editor._run_sql(POSTGRES if editor.DIALECT == "postgres" else SQLITE)


class Migration(migrations.Migration):
    initial = True
    operations = [
        ops.CreateModel(
            name="Hospital",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True)),
                ("code", fields.CharField(max_length=10, unique=True)),
                ("town", fields.CharField(max_length=40)),
                ("street", fields.CharField(max_length=40)),
                ("fax", fields.CharField(max_length=40)),
            ],
            options={"table": "hospital", "app": "models", "pk_attr": "id", "unique_together": (("town", "street"),),
                     "indexes": [Index(fields=["street", "town"])]},
        ),
        ops.CreateModel(
            name="Ward",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True)),
                ("hospital", fields.ForeignKeyField("models.Hospital", on_delete=fields.CASCADE, db_index=True)),
                ("name", fields.CharField(max_length=40)),
            ],
            options={"table": "ward", "app": "models", "pk_attr": "id"},
        ),
        ops.RunSQL("CREATE INDEX hospital_in_a ON hospital (town) WHERE town >= 'a'", "DROP INDEX hospital_in_a"),
        ops.RunSQL("CREATE INDEX hospital_fax ON hospital (fax)", "DROP INDEX hospital_fax"),
        ops.RunPython(write_triggers, ops.RunPython.noop),
    ]
