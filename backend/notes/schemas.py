"""What stands on the wire about private notes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

NoteText = Annotated[str, Meta(min_length=1, max_length=4000)]


class NoteWrite(msgspec.Struct, forbid_unknown_fields=True):
    text: NoteText
    entry_id: UUID | None = None
    """The diary entry it belongs to, if any; it may arrive later."""


class NoteView(msgspec.Struct):
    id: UUID
    entry_id: UUID | None
    text: str
    created_at: datetime
    changed_at: datetime
