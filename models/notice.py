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
from models.vocabulary import AttemptState, NoticeKind, NoticeRank


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
    rank: int = fields.SmallIntField(default=NoticeRank.OTHER, db_default=2)
    """`NoticeRank`: which of two is told when only one may be."""
    useless_after = UtcDatetimeField(null=True)
    """The end of its task's window: it is neither told nor put off beyond."""
    told_at = UtcDatetimeField(null=True)
    """When a channel first accepted it: from then the fallback is counted, and that day's cap is used."""
    done_at = UtcDatetimeField(null=True)
    """When it turned out that what it asks for was done: what a phone still shows of it is to be replaced."""

    class Meta:
        table = "notice"
        unique_together = (("account", "kind", "subject_id", "slot"),)
        indexes = (("account_id", "visible_at", "id"),)

    def __init__(self, **values: Any) -> None:
        if "due_at" in values:
            values.setdefault("visible_at", values["due_at"])
        super().__init__(**values)


class NoticeAttempt(Record):
    """How far one notice got on one channel."""

    notice_id: UUID
    notice: fields.ForeignKeyRelation[Notice] = fields.ForeignKeyField(
        "models.Notice", related_name="tries", on_delete=fields.RESTRICT, db_index=True
    )
    channel = fields.CharField(max_length=20)
    """A `ChannelName`."""
    state = one_of(AttemptState, max_length=12, default=AttemptState.QUEUED, db_default="queued")
    at = UtcDatetimeField()
    """When it was last handed over."""
    tries = fields.IntField(default=1, db_default=1)
    delivered_at = UtcDatetimeField(null=True)
    """When the other side said that it arrived."""
    opened_at = UtcDatetimeField(null=True)
    """When the person came from there into the app."""
    provider_id = fields.CharField(max_length=200, null=True)
    """What the other side calls it; its receipts name it."""
    segments = fields.SmallIntField(default=0, db_default=0)
    """Of an SMS: what is paid for."""
    error = fields.CharField(max_length=200, null=True)
    """A code and perhaps a status; never what the other side wrote."""

    class Meta:
        table = "notice_attempt"
        unique_together = (("notice", "channel"),)
        indexes = (("channel", "at"), ("provider_id",))


class NoticePreference(Model):
    """What one account wants to be told by, and when not to be disturbed (its own local time)."""

    account_id = fields.UUIDField(primary_key=True)
    push_on = fields.BooleanField(default=True, db_default=True)
    email_on = fields.BooleanField(default=True)
    sms_on = fields.BooleanField(default=False, db_default=False)
    by_kind: fields.JSONField[dict[str, list[str]]] = fields.JSONField(default=dict, db_default="{}")
    """Kind → the channels for it, of those that are on; a kind that is missing takes them all, an empty list none."""
    fallback: fields.JSONField[list[str]] = fields.JSONField(default=list, db_default="[]")
    """In which order channels are tried while nobody has looked; empty = push, e-mail, SMS."""
    quiet_from = fields.SmallIntField(default=20)
    quiet_until = fields.SmallIntField(default=8)
    """Full hours of the day; from > until spans midnight."""
    hour = fields.SmallIntField(null=True)
    """The hour chosen for reminders; empty = the protocol's."""
    weekday = fields.SmallIntField(null=True)
    """ISO, 1 = Monday: the day chosen for the check-in, the first such one after its period; empty = its last day."""
    digest_weekday = fields.SmallIntField(null=True)
    """ISO: everything that can wait is told together on that day; empty = each by itself."""
    away_from = fields.DateField(null=True)
    away_until = fields.DateField(null=True)
    """A holiday, both days included: only what is about safety or tomorrow is told; the other guardian is asked."""
    changed_at = UtcDatetimeField(null=True)

    class Meta:
        table = "notice_preference"


class ReminderPlan(Model):
    """Up to where, and from what, the reminders of one guardianship were planned; anything else now = plan again."""

    guardianship_id = fields.UUIDField(primary_key=True)
    participant_seq = fields.BigIntField()
    timezone = fields.CharField(max_length=64)
    wishes_at = UtcDatetimeField(null=True)
    """`NoticePreference.changed_at` as it was."""
    protocol_hash = fields.CharField(max_length=64)
    next_at = UtcDatetimeField(db_index=True)
    """When time alone asks for the next look."""

    class Meta:
        table = "reminder_plan"
