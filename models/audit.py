"""The audit trail: who, what, on whom, when, why, with which device. Append-only by trigger."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.actions import Action
from models.fields import UtcDatetimeField, one_of


class AuditEvent(Model):
    """One act. Participants' events are numbered by the participant's `seq`, all others by the study's.

    No names, no e-mail addresses. No foreign keys: the trail must outlive what it is about.
    """

    id = fields.BigIntField(primary_key=True)
    participant_id = fields.UUIDField(null=True)
    seq = fields.BigIntField()
    at = UtcDatetimeField()
    action = one_of(Action, max_length=40)
    actor_id = fields.UUIDField(null=True)
    """Account; empty = the system itself."""
    actor_role = fields.CharField(max_length=20)
    session_id = fields.UUIDField(null=True)
    """The signed-in device."""
    site_id = fields.UUIDField(null=True)
    subject_type = fields.CharField(max_length=30)
    subject_id = fields.UUIDField(null=True)
    reason = fields.CharField(max_length=500, null=True)
    changes: fields.JSONField[dict[str, list[Any]]] = fields.JSONField()
    """field → [before, after]"""

    class Meta:
        table = "audit_event"
        indexes = (("subject_id", "seq"),)


class RecordRead(Model):
    """Who opened whose record: at most one row per account, participant and 15 minutes."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.UUIDField()
    participant_id = fields.UUIDField()
    slot_at = UtcDatetimeField()
    """Start of the quarter of an hour (UTC)."""

    class Meta:
        table = "record_read"
        unique_together = (("participant_id", "account_id", "slot_at"),)
