"""Data queries: a question of the site's staff about one field of an entry, and the family's replies."""

from uuid import UUID

from tortoise import fields

from models.account import Account
from models.diary import DiaryEntry
from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.vocabulary import QueryState


class DataQuery(Record):
    entry_id: UUID
    entry: fields.ForeignKeyRelation[DiaryEntry] = fields.ForeignKeyField(
        "models.DiaryEntry", related_name="queries", on_delete=fields.RESTRICT, db_index=True
    )
    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT
    )
    seq = fields.BigIntField()
    field = fields.CharField(max_length=200)
    """JSON pointer into the entry's data; empty = the whole entry."""
    question = fields.TextField()
    state = one_of(QueryState, max_length=10)
    entry_version = fields.IntField()
    """The version the question is about."""
    opened_by_id: UUID
    opened_by: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name="opened_queries", on_delete=fields.RESTRICT, db_index=True
    )
    opened_at = UtcDatetimeField()
    due_on = fields.DateField(null=True)
    answered_at = UtcDatetimeField(null=True)
    closed_at = UtcDatetimeField(null=True)

    class Meta:
        table = "data_query"
        indexes = (("participant_id", "seq"),)


class QueryReply(Record):
    """One contribution to a query's thread."""

    query_id: UUID
    query: fields.ForeignKeyRelation[DataQuery] = fields.ForeignKeyField(
        "models.DataQuery", related_name="replies", on_delete=fields.RESTRICT, db_index=True
    )
    author_id: UUID
    author: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT, db_index=True
    )
    from_staff = fields.BooleanField(default=False)
    text = fields.TextField(default="")
    entry_version = fields.IntField()
    """The version that answers, where the reply was a correction."""
    at = UtcDatetimeField()

    class Meta:
        table = "query_reply"
