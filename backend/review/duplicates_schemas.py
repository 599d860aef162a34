"""Suggested duplicates on the wire, for staff and, gently, for families."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.vocabulary import EntrySource, EntryState, Likeness, Sameness


class ComparedReport(msgspec.Struct):
    """One of two reports that stand side by side."""

    entry_id: UUID
    version: int
    seq: int
    state: EntryState
    relation: str
    source: EntrySource
    received_at: datetime
    occurred_from: datetime | None
    occurred_to: datetime | None
    data: dict[str, Any]


class SaidOfBoth(msgspec.Struct):
    said: Sameness
    from_staff: bool
    author_id: UUID
    at: datetime


class DuplicateSuggestion(msgspec.Struct):
    """Two reports that somebody should compare."""

    kind: Likeness
    first: ComparedReport
    second: ComparedReport
    """Received later."""
    said: list[SaidOfBoth]
    """Families' words; they link nothing."""


class SimilarEntries(msgspec.Struct):
    """Two reports of which the family is asked whether they tell of the same."""

    entry_id: UUID
    other_id: UUID
    kind: Likeness
    answered: Sameness | None
    """What whoever asks has said so far."""


class Comparison(msgspec.Struct, forbid_unknown_fields=True):
    other_id: UUID
    said: Sameness
