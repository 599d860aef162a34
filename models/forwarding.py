"""The outbox: validated entries on their way to the study team."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.delivery import Delivery
from models.diary import DiaryEntry
from models.fields import UtcDatetimeField, one_of
from models.record import Record
from models.vocabulary import MessageKind


class Destination(Model):
    """How a destination fares; what it is (address, secret) stands in the settings."""

    code = fields.CharField(max_length=40, primary_key=True)
    paused_at: UtcDatetimeField[datetime | None] = UtcDatetimeField(null=True)
    failures_in_a_row = fields.IntField(default=0)
    broken_until: UtcDatetimeField[datetime | None] = UtcDatetimeField(null=True)
    """Circuit breaker: nothing is tried before this, then one message probes."""

    class Meta:
        table = "destination"


class OutboxMessage(Delivery):
    """One statement about one version of an entry for one destination; the payload never changes.

    The id is derived (UUIDv5 of destination, entry and `number`), so that what is sent again after a crash or
    from a restored backup is recognised as the same message.
    """

    destination = fields.CharField(max_length=40)
    entry_id: UUID
    entry: fields.ForeignKeyRelation[DiaryEntry] = fields.ForeignKeyField(
        "models.DiaryEntry", on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    """1, 2, 3 … of this entry at this destination; they leave in this order."""
    kind = one_of(MessageKind, max_length=10)
    entry_version = fields.IntField()
    payload = fields.TextField()
    """JSON text, byte for byte what is sent."""

    class Meta:
        table = "outbox_message"
        unique_together = (("entry", "destination", "number"),)
        indexes = (("destination", "state", "created_at", "id"),)


class DeliveryAttempt(Record):
    """One try to deliver one outbox message, kept for ever."""

    message_id: UUID
    message: fields.ForeignKeyRelation[OutboxMessage] = fields.ForeignKeyField(
        "models.OutboxMessage", related_name="tries", on_delete=fields.RESTRICT, db_index=True
    )
    number = fields.IntField()
    worker = fields.CharField(max_length=80)
    started_at = UtcDatetimeField()
    milliseconds = fields.IntField()
    outcome = fields.CharField(max_length=20)
    """delivered, failed, dead, or late (the lease was lost; nothing else was recorded)"""
    status = fields.SmallIntField(null=True)
    error = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "delivery_attempt"
