"""What stands on the wire about notices."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

import msgspec

from models import Notice, NoticeAttempt
from models.vocabulary import AttemptState, ChannelName, NoticeKind, Snooze
from notifications.words.messages import text_of


class NoticeStatus(StrEnum):
    """Whether what a notice asks for still waits."""

    OPEN = "open"
    DONE = "done"
    OVER = "over"
    """Too late, put off, or not wanted any more."""


class DeliveryView(msgspec.Struct):
    """How far it got on one channel: accepted by a provider is not shown, shown is not read."""

    channel: ChannelName
    state: AttemptState
    at: datetime
    delivered_at: datetime | None
    opened_at: datetime | None

    @classmethod
    def of(cls, attempt: NoticeAttempt) -> "DeliveryView":
        return cls(
            ChannelName(attempt.channel), attempt.state, attempt.at, attempt.delivered_at, attempt.opened_at
        )


class NoticeView(msgspec.Struct):
    id: UUID
    kind: NoticeKind
    participant_id: UUID
    subject_id: UUID
    """The visit, data query, consent document, diary entry or participant it is about."""
    title: str
    text: str
    at: datetime
    read_at: datetime | None
    status: NoticeStatus
    useless_after: datetime | None
    """It can't be put off beyond this."""
    delivery: list[DeliveryView]
    """One per channel on which it was tried; none = it stands here only."""

    @classmethod
    def of(
        cls, notice: Notice, attempts: Sequence[NoticeAttempt], status: NoticeStatus, *, language: str, app_name: str
    ) -> "NoticeView":
        text = text_of(notice, language, app_name)
        return cls(
            notice.id, notice.kind, notice.participant_id, notice.subject_id, text.subject, text.body,
            notice.visible_at, notice.read_at, status, notice.useless_after,
            [DeliveryView.of(attempt) for attempt in attempts],
        )


class Inbox(msgspec.Struct):
    unread: int
    """Of all notices, not only of this page."""
    items: list[NoticeView]
    next_cursor: str | None = None


class SnoozeWish(msgspec.Struct, forbid_unknown_fields=True):
    until: Snooze


class Snoozed(msgspec.Struct):
    """It is told again then."""

    id: UUID
    """Of the notice that comes in its place."""
    due_at: datetime


class ReceiptNote(msgspec.Struct, forbid_unknown_fields=True):
    """What became of a notice on this phone."""

    channel: Literal["push", "email", "sms"]
    event: Literal["displayed", "opened"]
