"""Photos and letters that belong to an entry: declared with it, uploaded in pieces, shown only re-encoded."""

from uuid import UUID

from tortoise import fields

from models.account import Account
from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.vocabulary import AttachmentPurpose, AttachmentState


class Attachment(Record):
    """One image. The id was made on the phone and stands in the entry's `attachments`."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT
    )
    seq = fields.BigIntField()
    entry_id = fields.UUIDField(null=True, db_index=True)
    """The entry that declares it; may arrive later than the image."""
    purpose = one_of(AttachmentPurpose, max_length=10, null=True)
    state = one_of(AttachmentState, max_length=10)
    uploaded_by_id: UUID | None
    uploaded_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    length = fields.BigIntField(null=True)
    """Bytes the phone announced (tus `Upload-Length`)."""
    received = fields.BigIntField(default=0, db_default=0)
    """Bytes that came so far (tus `Upload-Offset`)."""
    pieces: fields.JSONField[list[str]] = fields.JSONField(default=list, db_default="[]")
    """Where in the store they lie, in their order; only these count, whatever else a lost race left there."""
    tries = fields.SmallIntField(default=0, db_default=0)
    """How often a worker began to look at what came whole."""
    sent_sha256 = fields.CharField(max_length=64, null=True)
    """Of what came from the phone; until it is whole, what the phone said it would be."""
    sha256 = fields.CharField(max_length=64, null=True)
    """Of the re-encoded image; its address in the store."""
    media_type = fields.CharField(max_length=40, null=True)
    size = fields.BigIntField(null=True)
    width = fields.IntField(null=True)
    height = fields.IntField(null=True)
    refusal = fields.CharField(max_length=40, null=True)
    """Why it was refused, as a code."""
    created_at = UtcDatetimeField()
    expires_at = UtcDatetimeField(null=True)
    """When an upload that doesn't go on is given up; of one that is whole, when a worker looks at it (again)."""
    stored_at = UtcDatetimeField(null=True)

    class Meta:
        table = "attachment"
        indexes = (("participant_id", "seq"), ("state", "expires_at"))
