"""The tables as they stand after the last scratch migration."""

from tortoise import fields
from tortoise.models import Model


class Hospital(Model):
    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=10, unique=True)
    town = fields.CharField(max_length=80)
    street = fields.CharField(max_length=40)
    beds = fields.IntField(db_default=0)

    class Meta:
        table = "hospital"
        unique_together = (("town", "street"),)


class Ward(Model):
    id = fields.IntField(primary_key=True)
    hospital: fields.ForeignKeyRelation[Hospital] = fields.ForeignKeyField("models.Hospital")
    name = fields.CharField(max_length=40)

    class Meta:
        table = "ward"
