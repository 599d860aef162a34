"""What staff see and say when they review."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.diary.schemas import EntryView, RevisionView
from models.vocabulary import (
    EntryKind,
    EntryState,
    LinkReason,
    QueryState,
    RejectionReason,
    UnlinkReason,
)

Sentence = Annotated[str, Meta(min_length=1, max_length=500)]
Pointer = Annotated[str, Meta(max_length=200, pattern=r"^(/[^/\x00]+)*$")]


class WorklistItem(msgspec.Struct):
    """One entry on the worklist; `seq` is what an act must carry as `If-Match: "s<seq>"`."""

    entry_id: UUID
    participant_id: UUID
    participant_code: str
    site_code: str
    kind: EntryKind
    state: EntryState
    version: int
    seq: int
    received_at: datetime
    age_hours: float
    findings: int
    open_queries: int
    open_conflicts: int
    relation: str
    source: str
    """`app`, or how staff came to write it down."""
    assignee_id: UUID | None
    may_be_duplicate: bool = False
    """Another report may tell of the same fracture."""


class QueryReplyView(msgspec.Struct):
    text: str
    from_staff: bool
    entry_version: int
    at: datetime


class QueryView(msgspec.Struct):
    """One question with its thread; `seq` is what closing it must carry as `If-Match: "s<seq>"`."""

    id: UUID
    entry_id: UUID
    seq: int
    field: str
    question: str
    state: QueryState
    entry_version: int
    opened_at: datetime
    due_on: date | None
    answered_at: datetime | None
    closed_at: datetime | None
    replies: list[QueryReplyView]


class ReviewView(msgspec.Struct):
    """Everything staff need to decide on one entry."""

    entry: EntryView
    participant_code: str
    site_code: str
    revisions: list[RevisionView]
    queries: list[QueryView]
    deliveries: list[dict[str, Any]]
    written_by_reader: bool
    """Some version was written down by whoever reads this now: better that somebody else validates it."""


class Assignment(msgspec.Struct, forbid_unknown_fields=True):
    assignee_id: UUID | None
    """null = nobody."""


class QueryQuestion(msgspec.Struct, forbid_unknown_fields=True):
    question: Sentence
    field: Pointer = ""
    """JSON pointer into the entry's data; empty = the whole entry."""
    due_on: date | None = None


class Reply(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


class Rejection(msgspec.Struct, forbid_unknown_fields=True):
    reason: RejectionReason


class Reopening(msgspec.Struct, forbid_unknown_fields=True):
    reason: Sentence


class DuplicateLink(msgspec.Struct, forbid_unknown_fields=True):
    duplicate_of: UUID
    """One that is linked itself stands for the one it is linked to."""
    reason: LinkReason


class Unlinking(msgspec.Struct, forbid_unknown_fields=True):
    reason: UnlinkReason


class ToldApart(msgspec.Struct, forbid_unknown_fields=True):
    other_id: UUID
    other_version: Annotated[int, Meta(ge=1, lt=2**31)]
    """As it was seen."""


class AuditEventView(msgspec.Struct):
    """One act of the audit trail."""

    seq: int
    at: datetime
    action: str
    actor_id: UUID | None
    actor_role: str
    session_id: UUID | None
    subject_type: str
    subject_id: UUID | None
    reason: str | None
    changes: dict[str, list[Any]]
