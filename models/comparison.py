"""What people said when they were asked whether two reports tell of the same fracture."""

from uuid import UUID

from tortoise import fields

from models.account import Account
from models.diary import DiaryEntry
from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.vocabulary import Sameness


class EntryComparison(Record):
    """One word of one person about two reports at their versions. Links nothing. Append-only by trigger."""

    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT, db_index=True
    )
    seq = fields.BigIntField()
    one_id: UUID
    one: fields.ForeignKeyRelation[DiaryEntry] = fields.ForeignKeyField(
        "models.DiaryEntry", related_name="compared", on_delete=fields.RESTRICT, db_index=True
    )
    one_version = fields.IntField()
    other_id: UUID
    other: fields.ForeignKeyRelation[DiaryEntry] = fields.ForeignKeyField(
        "models.DiaryEntry", related_name="compared_as_other", on_delete=fields.RESTRICT, db_index=True
    )
    other_version = fields.IntField()
    said = one_of(Sameness, max_length=10)
    from_staff = fields.BooleanField()
    """Staff's "different" ends the question until one of the two changes; a family's word is a note for staff."""
    author_id: UUID
    author: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    at = UtcDatetimeField()

    class Meta:
        table = "entry_comparison"
