"""What requests leave behind: answers kept for repeats, and counted attempts."""

from tortoise import fields
from tortoise.models import Model

from models.fields import UtcDatetimeField


class IdempotencyKey(Model):
    """The answer given under an Idempotency-Key, kept 90 days because phones are offline for weeks."""

    id = fields.CharField(max_length=300, primary_key=True)
    """account id : key"""
    fingerprint = fields.CharField(max_length=64)
    answer = fields.TextField(null=True)
    """JSON; written in the same transaction as the work it answers for."""
    created_at = UtcDatetimeField()

    class Meta:
        table = "idempotency_key"


class AttemptCount(Model):
    """Attempts at something guessable (sign-in, code) by one account or address in one window of time."""

    id = fields.CharField(max_length=120, primary_key=True)
    """what : keyed hash of whom : window start"""
    count = fields.IntField(default=0)
    expires_at = UtcDatetimeField()

    class Meta:
        table = "attempt_count"
