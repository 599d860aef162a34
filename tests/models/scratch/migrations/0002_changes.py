"""Each kind of change that makes SQLite rebuild the parent."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("models", "0001_hospital")]
    operations = [
        ops.AlterField("Hospital", "town", fields.CharField(max_length=80)),
        ops.AddField("Hospital", "beds", fields.IntField(db_default=0)),
        ops.RemoveField("Hospital", "fax"),
        ops.AddConstraint("Hospital", CheckConstraint(check="beds >= 0", name="hospital_beds")),
    ]
