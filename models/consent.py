"""Consent: what was shown, word for word, and who said what to it."""

from uuid import UUID

from tortoise import fields

from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.site import Site
from models.vocabulary import Arm, ConsentAudience, ConsentDecision, ConsentMethod, Relation


class ConsentDocument(Record):
    """One version of one text in one language. Append-only by trigger: another wording is another version."""

    code = fields.CharField(max_length=40)
    """What it is, over all its versions and languages, such as `guardian-information`."""
    version = fields.CharField(max_length=20)
    audience = one_of(ConsentAudience, max_length=10)
    site_id: UUID | None
    site: fields.ForeignKeyNullableRelation[Site] = fields.ForeignKeyField(
        "models.Site", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    """Empty = all sites."""
    arm = one_of(Arm, max_length=30, null=True)
    """Empty = all arms."""
    language = fields.CharField(max_length=10)
    age_from = fields.SmallIntField(null=True)
    age_to = fields.SmallIntField(null=True)
    """Completed years, inclusive, of the child it addresses."""
    title = fields.CharField(max_length=200)
    body = fields.TextField()
    body_hash = fields.CharField(max_length=64)
    """SHA-256 of `body` as UTF-8, hex."""
    valid_from = UtcDatetimeField()
    required_from = UtcDatetimeField(null=True)
    """From then on a signature under an older version does not count any more; empty = it goes on counting."""
    created_by_id = fields.UUIDField()
    created_at = UtcDatetimeField()

    class Meta:
        table = "consent_document"


class ConsentSignature(Record):
    """One person's decision on one document, for ever. Append-only by trigger: the newest of a person counts."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT, db_index=True
    )
    seq = fields.BigIntField()
    document_id: UUID
    document: fields.ForeignKeyRelation[ConsentDocument] = fields.ForeignKeyField(
        "models.ConsentDocument", on_delete=fields.RESTRICT, db_index=True
    )
    document_hash = fields.CharField(max_length=64)
    relation = one_of(Relation, max_length=30)
    """Who decided, as they stand to the participant; `participant_self` for the child's or the adult's own word."""
    signer_id = fields.UUIDField(null=True)
    """Their account, where they have one."""
    decision = one_of(ConsentDecision, max_length=10)
    method = one_of(ConsentMethod, max_length=10)
    signed_at = UtcDatetimeField()
    recorded_by_id = fields.UUIDField()
    recorded_at = UtcDatetimeField()

    class Meta:
        table = "consent_signature"
