"""What staff have to do about a family that is not heard of: with an owner, a log of contacts and an end."""

from uuid import UUID

from tortoise import fields

from models.account import Account
from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.site import Site
from models.vocabulary import ContactWay, WorkItemClosing, WorkItemKind


class WorkItem(Record):
    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT
    )
    site_id: UUID
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField("models.Site", on_delete=fields.RESTRICT)
    kind = one_of(WorkItemKind, max_length=20)
    slot = fields.CharField(max_length=40)
    """The occasion. Silence: the last day of the first period nobody answered for. Unreachable: the guardianship and
    the day on which the last way broke (`<32 hex digits>/261120`)."""
    seq = fields.BigIntField()
    """The participant's change number at which this row last changed."""
    opened_at = UtcDatetimeField()
    due_at = UtcDatetimeField()
    owner_id: UUID | None
    owner: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    closing = one_of(WorkItemClosing, max_length=20, null=True)
    closed_at = UtcDatetimeField(null=True)
    closed_by_id = fields.UUIDField(null=True)
    """Empty for what closed by itself."""

    class Meta:
        table = "work_item"
        unique_together = (("participant", "kind", "slot"),)
        indexes = (("site_id", "closed_at", "due_at"),)


class WorkItemContact(Record):
    """One try of the staff to reach the family. Append-only by trigger."""

    work_item_id: UUID
    work_item: fields.ForeignKeyRelation[WorkItem] = fields.ForeignKeyField(
        "models.WorkItem", related_name="contacts", on_delete=fields.RESTRICT, db_index=True
    )
    way = one_of(ContactWay, max_length=20)
    reached = fields.BooleanField()
    note = fields.CharField(max_length=500, default="")
    by_id = fields.UUIDField()
    at = UtcDatetimeField()

    class Meta:
        table = "work_item_contact"
