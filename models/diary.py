"""The heart: an entry, every version ever written of it, and what could not become one."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model

from models.account import Account
from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.site import Site
from models.vocabulary import (
    ChangeReason,
    EntryKind,
    EntrySource,
    EntryState,
    QuarantineState,
    Relation,
    RevisionState,
)


class DiaryEntry(Record):
    """One report about one participant, as it stands now. The id was made on the phone."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT
    )
    site_id: UUID
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", on_delete=fields.RESTRICT
    )
    kind = one_of(EntryKind, max_length=20)
    state = one_of(EntryState, max_length=20)
    version = fields.IntField()
    seq = fields.BigIntField()
    """The participant's change number at which this row last changed."""
    data: fields.JSONField[dict[str, Any]] = fields.JSONField()
    """Current content. Fields this server does not know yet are kept as sent."""
    findings: fields.JSONField[list[dict[str, Any]]] = fields.JSONField()
    """What the edit checks remarked, each with whether the person confirmed it."""
    open_conflicts = fields.IntField(default=0)
    open_queries = fields.IntField(default=0)
    parent_id = fields.UUIDField(null=True)
    """The entry this one belongs to; may arrive later."""
    pending = fields.BooleanField(default=False)
    """True until the parent has arrived."""
    occurred_from = UtcDatetimeField(null=True)
    occurred_to = UtcDatetimeField(null=True)
    """Earliest and latest instant it can have happened, from the partial date in `data`."""
    recorded_by_id: UUID
    recorded_by: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="recorded_entries", on_delete=fields.RESTRICT, db_index=True
    )
    relation = one_of(Relation, max_length=30)
    """Whose words revision 1 is: of the person who wrote it or, on behalf, of the person who told."""
    source = one_of(EntrySource, max_length=20, default=EntrySource.APP, db_default="app")
    received_at = UtcDatetimeField()
    """Server receipt of revision 1 (UTC)."""
    changed_at = UtcDatetimeField()
    assignee_id: UUID | None
    assignee: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="assigned_entries", null=True, on_delete=fields.RESTRICT,
        db_index=True,
    )
    validated_version = fields.IntField(null=True)
    duplicate_of_id = fields.UUIDField(null=True)
    """The entry that tells of the same event, as staff linked it."""

    class Meta:
        table = "diary_entry"
        indexes = (("participant_id", "seq"), ("site_id", "state", "received_at", "id"))
        constraints = (
            CheckConstraint(
                check="version >= 1 AND open_queries >= 0 AND open_conflicts >= 0",
                name="diary_entry_counts",
            ),
        )


class EntryRevision(Record):
    """One write, accepted or conflicting, kept for ever. Version 1 is source data. Append-only by trigger."""

    entry_id: UUID
    entry: fields.ForeignKeyRelation[DiaryEntry] = fields.ForeignKeyField(
        "models.DiaryEntry", related_name="revisions", on_delete=fields.RESTRICT
    )
    version = fields.IntField(null=True)
    """The version this write created; empty for a conflicting one."""
    state = one_of(RevisionState, max_length=10)
    base_version = fields.IntField(default=0)
    seq = fields.BigIntField()
    data: fields.JSONField[dict[str, Any]] = fields.JSONField()
    """The whole content after this write (accepted) or as it would have been (conflict)."""
    sent: fields.JSONField[dict[str, Any]] = fields.JSONField()
    """Only what was sent."""
    retracts = fields.BooleanField(default=False)
    reason = one_of(ChangeReason, max_length=30, null=True)
    resolves: fields.JSONField[list[str]] = fields.JSONField()
    """Conflicting revisions this write settles."""
    findings: fields.JSONField[list[dict[str, Any]]] = fields.JSONField()
    author_id: UUID
    author: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="revisions", on_delete=fields.RESTRICT, db_index=True
    )
    """Who wrote it down."""
    relation = one_of(Relation, max_length=30)
    """Whose words it is."""
    source = one_of(EntrySource, max_length=20, default=EntrySource.APP, db_default="app")
    originator_id = fields.UUIDField(null=True)
    """The account of the person who told, where staff wrote it down for somebody with an account."""
    session_id = fields.UUIDField(null=True)
    """Empty for what an operator imported."""
    replica_id = fields.UUIDField(null=True)
    """Installation + account that wrote it; empty for single-resource writes."""
    client_seq = fields.BigIntField(null=True)
    device_time = fields.CharField(max_length=40, null=True)
    """Phone's clock with its offset, as sent."""
    timezone = fields.CharField(max_length=64, null=True)
    """Phone's IANA zone."""
    locale = fields.CharField(max_length=35, null=True)
    """The language in which it was asked (BCP 47)."""
    clock_skew = fields.BigIntField(null=True)
    """Seconds the phone's clock was ahead of the server's at sending."""
    app_version = fields.CharField(max_length=40, default="")
    form_schema = fields.IntField(default=1)
    protocol_hash = fields.CharField(max_length=64)
    """The study protocol it was made under."""
    received_at = UtcDatetimeField()

    class Meta:
        table = "entry_revision"
        unique_together = (("entry", "version"),)
        constraints = (
            CheckConstraint(
                check="(state = 'accepted') = (version IS NOT NULL)", name="entry_revision_version"
            ),
        )


class SyncReceipt(Model):
    """One upload answered `unchanged`, of which nothing else is left: a late duplicate of it stays harmless."""

    id = fields.CharField(max_length=80, primary_key=True)
    """SHA-256 of replica, record, number and content."""
    client_seq = fields.BigIntField()

    class Meta:
        table = "sync_receipt"


class QuarantinedItem(Record):
    """What a phone sent and could not be stored as an entry, word for word. Staff see it."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT
    )
    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    item_hash = fields.CharField(max_length=64)
    """SHA-256 of `body`: the same refused item sent again is counted, not stored again."""
    times_sent = fields.IntField(default=1)
    body = fields.TextField()
    problem: fields.JSONField[dict[str, Any]] = fields.JSONField()
    state = one_of(QuarantineState, max_length=12, default=QuarantineState.OPEN)
    session_id = fields.UUIDField(null=True)
    replica_id = fields.UUIDField(null=True)
    clock_skew = fields.BigIntField(null=True)
    app_version = fields.CharField(max_length=40, default="", db_default="")
    form_schema = fields.IntField(default=1, db_default=1)
    """How it came, so that it can be written as if it had been stored at once."""
    received_at = UtcDatetimeField()

    class Meta:
        table = "quarantined_item"
        unique_together = (("participant", "item_hash"),)
        indexes = (("participant_id", "state", "received_at"),)
