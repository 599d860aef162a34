"""Notices: what a person is told, once per occasion, and whether it left."""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.account import Account
from models.delivery import Delivery
from models.fields import UtcDatetimeField, one_of
from models.participant import Participant
from models.record import Record
from models.vocabulary import NoticeKind


class Notice(Delivery):
    """One notice per account, kind and slot; the unique key is what makes it once."""

    account_id: UUID
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.RESTRICT
    )
    participant_id: UUID
    participant: fields.ForeignKeyRelation[Participant] = fields.ForeignKeyField(
        "models.Participant", on_delete=fields.RESTRICT, db_index=True
    )
    kind = one_of(NoticeKind, max_length=20)
    subject_id = fields.UUIDField()
    """The visit, query, consent document or participant it is about."""
    slot = fields.CharField(max_length=40)
    """The occasion, such as a week's last day or a visit's day with the days before it (`2026-05-20/3d`)."""
    visible_at = UtcDatetimeField()
    """From when the inbox shows it: as `due_at` was at first, before quiet hours or a failed try moved it."""
    read_at = UtcDatetimeField(null=True)

    class Meta:
        table = "notice"
        unique_together = (("account", "kind", "subject_id", "slot"),)
        indexes = (("account_id", "visible_at", "id"),)

    def __init__(self, **values: Any) -> None:
        if "due_at" in values:
            values.setdefault("visible_at", values["due_at"])
        super().__init__(**values)


class NoticeAttempt(Record):
    """One try on one channel."""

    notice_id: UUID
    notice: fields.ForeignKeyRelation[Notice] = fields.ForeignKeyField(
        "models.Notice", related_name="tries", on_delete=fields.RESTRICT, db_index=True
    )
    channel = fields.CharField(max_length=20)
    at = UtcDatetimeField()
    outcome = fields.CharField(max_length=20)
    """accepted, failed or refused — accepted by a mail server is not read by a person."""
    error = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "notice_attempt"


class NoticePreference(Model):
    """What one account wants to be told by, and when not to be disturbed (its own local time)."""

    account_id = fields.UUIDField(primary_key=True)
    email_on = fields.BooleanField(default=True)
    quiet_from = fields.SmallIntField(default=20)
    quiet_until = fields.SmallIntField(default=8)
    """Full hours of the day; from > until spans midnight."""

    class Meta:
        table = "notice_preference"
