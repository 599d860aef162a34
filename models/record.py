"""Record: what every row with an identity has."""

from tortoise import fields
from tortoise.models import Model

from models.fields import new_id


class Record(Model):
    """A row with a UUIDv7."""

    id = fields.UUIDField(primary_key=True, default=new_id)

    class Meta:
        abstract = True
