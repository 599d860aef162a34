"""Where participants are cared for."""

from tortoise import fields

from models.record import Record


class Site(Record):
    """A hospital: the border of a coordinator's sight."""

    code = fields.CharField(max_length=10, unique=True)
    name = fields.CharField(max_length=120)
    country = fields.CharField(max_length=2)
    timezone = fields.CharField(max_length=64)
    language = fields.CharField(max_length=10)

    class Meta:
        table = "site"
