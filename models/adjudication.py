"""What a reported fracture was, as trained readers judged it. Never overwrites the family's words."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.account import Account
from models.diary import DiaryEntry
from models.fields import UtcDatetimeField, one_of
from models.record import Record
from models.vocabulary import AdjudicationStatus, Detection, SignatureMeaning


class Adjudication(Record):
    """One signed judgement on one place of one fracture entry. Append-only by trigger; each reader's newest counts."""

    entry_id: UUID
    entry: fields.ForeignKeyRelation[DiaryEntry] = fields.ForeignKeyField(
        "models.DiaryEntry", related_name="adjudications", on_delete=fields.RESTRICT, db_index=True
    )
    site_index = fields.SmallIntField()
    """Which of the entry's `sites` (from 0)."""
    entry_version = fields.IntField()
    seq = fields.BigIntField()
    status = one_of(AdjudicationStatus, max_length=30)
    detection = one_of(Detection, max_length=10, default=Detection.CLINICAL)
    place: fields.JSONField[dict[str, Any]] = fields.JSONField()
    """Bone, side and segment as the reader sees them."""
    ao_code = fields.CharField(max_length=20, null=True)
    """AO Pediatric Comprehensive Classification of Long-Bone Fractures."""
    genant = fields.SmallIntField(null=True)
    """Vertebral grade 0-3."""
    evidence: fields.JSONField[list[str]] = fields.JSONField()
    blinded = fields.BooleanField()
    """The reader did not know arm, doses and visits."""
    comment = fields.TextField(default="")
    reader_id: UUID
    reader: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    signed_name = fields.CharField(max_length=200)
    signed_at = UtcDatetimeField()
    meaning = one_of(SignatureMeaning, max_length=30, default=SignatureMeaning.I_ADJUDICATED_THIS)
    content_hash = fields.CharField(max_length=64)
    """SHA-256 of the entry's content at that version."""

    class Meta:
        table = "adjudication"
