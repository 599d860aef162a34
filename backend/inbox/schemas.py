"""What stands on the wire about notices and preferences."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models import Notice, NoticePreference
from models.vocabulary import NoticeKind
from notifications.messages import text_of

Hour = Annotated[int, Meta(ge=0, le=23)]


class NoticeView(msgspec.Struct):
    id: UUID
    kind: NoticeKind
    participant_id: UUID
    subject_id: UUID
    """The visit, data query, consent document or participant it is about."""
    title: str
    text: str
    at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, notice: Notice, language: str, app_name: str) -> "NoticeView":
        text = text_of(notice, language, app_name)
        return cls(
            notice.id, notice.kind, notice.participant_id, notice.subject_id, text.subject, text.body,
            notice.visible_at, notice.read_at,
        )


class Inbox(msgspec.Struct):
    unread: int
    """Of all notices, not only of this page."""
    items: list[NoticeView]
    next_cursor: str | None = None


class Preferences(msgspec.Struct, forbid_unknown_fields=True):
    email_on: bool
    quiet_from: Hour
    quiet_until: Hour
    """Full hours in the account's own zone; the same hour twice means no quiet hours."""

    @classmethod
    def of(cls, preference: NoticePreference) -> "Preferences":
        return cls(preference.email_on, preference.quiet_from, preference.quiet_until)
