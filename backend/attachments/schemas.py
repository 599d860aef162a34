"""Images on the wire."""

from datetime import datetime
from uuid import UUID

import msgspec

from models import Attachment
from models.vocabulary import AttachmentPurpose, AttachmentState


class AttachmentView(msgspec.Struct):
    """One image as it stands. `missing`: an entry names it, and after a day it is not here."""

    id: UUID
    seq: int
    entry_id: UUID | None
    purpose: AttachmentPurpose | None
    state: AttachmentState
    missing: bool
    refusal: str | None
    """Why it was refused, as a code."""
    uploaded_by: UUID | None
    length: int | None
    """Bytes that the phone announced."""
    received: int
    size: int | None
    """Bytes of what is kept."""
    width: int | None
    height: int | None
    created_at: datetime
    stored_at: datetime | None

    @classmethod
    def of(cls, row: Attachment, *, missing: bool) -> "AttachmentView":
        return cls(
            row.id, row.seq, row.entry_id, row.purpose, row.state, missing, row.refusal, row.uploaded_by_id,
            row.length, row.received, row.size, row.width, row.height, row.created_at, row.stored_at,
        )
