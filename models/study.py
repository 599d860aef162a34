"""The study of this installation: its counter, its epoch, and every protocol version it was run under."""

from tortoise import fields
from tortoise.models import Model

from models.fields import UtcDatetimeField, new_id


class Study(Model):
    """One row (id 1). `seq` orders the audit events that concern no participant."""

    id = fields.SmallIntField(primary_key=True)
    epoch = fields.UUIDField(default=new_id)
    """Changes when a backup is restored; phones then resync from 0 (410)."""
    seq = fields.BigIntField(default=0)
    clock_offset = fields.BigIntField(default=0, db_default=0)
    """Seconds by which a sandbox runs ahead of the real clock; 0 in every other installation."""
    sandbox = fields.BooleanField(default=False, db_default=False)
    """Made for trying things out, for ever: no real person's data, and a clock that can be moved."""
    created_at = UtcDatetimeField()

    class Meta:
        table = "study"


class StudyProtocol(Model):
    """A protocol file exactly as it was loaded; entries name the one they were made under."""

    hash = fields.CharField(max_length=64, primary_key=True)
    """SHA-256 of `body`, hex."""
    code = fields.CharField(max_length=40)
    version = fields.CharField(max_length=40)
    body = fields.TextField()
    loaded_at = UtcDatetimeField()

    class Meta:
        table = "study_protocol"


class Heartbeat(Model):
    """The last sign of life of one worker process."""

    worker = fields.CharField(max_length=80, primary_key=True)
    beat_at = UtcDatetimeField()
    started_at = UtcDatetimeField()

    class Meta:
        table = "heartbeat"
