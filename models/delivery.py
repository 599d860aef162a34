"""Delivery: a row that has to leave, and the one way to claim such rows.

A queue is a table row with a state. A claim writes a lease and a fence: work belongs to whoever holds the
fence, so a worker that slept past its lease can't overwrite what its successor recorded.
"""

import random
from datetime import datetime, timedelta

from tortoise import fields

from models.fields import UtcDatetimeField
from models.record import Record
from models.vocabulary import DeliveryState

LEASE = timedelta(seconds=45)
"""A killed worker's rows are due again after this; every delivery's total deadline is shorter."""


class Delivery(Record):
    state = fields.CharEnumField(DeliveryState, max_length=10, default=DeliveryState.QUEUED)
    attempts = fields.IntField(default=0)
    due_at = UtcDatetimeField()
    leased_until = UtcDatetimeField(null=True)
    fence = fields.UUIDField(null=True)
    delivered_at = UtcDatetimeField(null=True)
    last_error = fields.CharField(max_length=200, null=True)
    """A code and perhaps a status; never what the other side wrote."""
    created_at = UtcDatetimeField()

    class Meta:
        abstract = True


def back_off(attempts: int, now: datetime) -> datetime:
    """When to try again after `attempts` tries: 5 s doubling to 6 h, ± 20 % so that rows spread."""
    seconds = min(5 * 2 ** min(attempts - 1, 13), 6 * 3600)
    return now + timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 (jitter)
