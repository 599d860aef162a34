"""Does something and then fails; the test asks what is left of it."""

from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Failed(Exception):
    pass


def fail(_apps: Any, _editor: Any) -> None:
    raise Failed


class Migration(migrations.Migration):
    dependencies = [("models", "0002_changes")]
    operations = [
        ops.AlterField("Hospital", "street", fields.CharField(max_length=90)),
        ops.RunSQL("DELETE FROM ward"),
        ops.RunPython(fail),
    ]
