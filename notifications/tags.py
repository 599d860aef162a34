"""The tag of a notice: the same task for the same person has the same one, so that a newer push replaces it (pure)."""

import hashlib
from base64 import urlsafe_b64encode
from uuid import UUID

from models.vocabulary import NoticeKind

LETTERS = 22
"""132 bits; Web Push takes at most 32 letters of base64url as a topic."""


def tag_of(account_id: UUID, kind: NoticeKind, subject_id: UUID) -> str:
    """Opaque: whoever carries the push learns nothing from it."""
    digest = hashlib.sha256(f"{account_id}/{kind}/{subject_id}".encode()).digest()
    return urlsafe_b64encode(digest).decode()[:LETTERS]
