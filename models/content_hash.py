"""SHA-256 of an entry's content: what a signature is bound to."""

import hashlib
from typing import Any

import msgspec


def content_hash(data: dict[str, Any]) -> str:
    """The same for the same answers, in whatever order they were stored."""
    return hashlib.sha256(msgspec.json.encode(data, order="sorted")).hexdigest()
