"""Lists in pages: the cursor says after which row the next page begins, so nothing is skipped or repeated.

A cursor is opaque to clients (base64 of a small JSON list) and carries order keys only, never content.
"""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from backend.errors import InvalidParameter, UnknownCursor

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    items: list[T]
    next_cursor: str | None = None
    """Send it as `cursor` for the next page; null = this was the last."""


def page_limit(limit: int) -> int:
    """The limit as asked. Raises InvalidParameter outside 1..100."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidParameter(f"limit must be between 1 and {MAX_LIMIT}")
    return limit


def encode_cursor(*keys: Any) -> str:
    """The cursor that begins after the row with these order keys (texts, numbers, instants, ids)."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, *kinds: Any) -> tuple[Any, ...] | None:
    """The order keys in a cursor, read as `kinds`; None = from the start. Raises UnknownCursor."""
    if cursor is None:
        return None
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        keys: tuple[Any, ...] = msgspec.json.decode(content, type=tuple.__class_getitem__(kinds))
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError) as fault:
        raise UnknownCursor from fault
    if not all(_storable(key) for key in keys):
        raise UnknownCursor
    return keys


def _storable(key: Any) -> bool:
    """What both databases take: text without U+0000, an instant that can be told in UTC, a number of 64 bits."""
    if isinstance(key, str):
        return "\0" not in key
    if isinstance(key, datetime):
        return key.tzinfo is not None and _in_utc(key)
    return not isinstance(key, int) or abs(key) < 2**63


def _in_utc(at: datetime) -> bool:
    try:
        at.astimezone(UTC)
    except OverflowError:
        return False
    return True


def page_of(rows: list[T], limit: int, cursor_after: Any) -> Page[T]:
    """A page from `limit + 1` fetched rows; `cursor_after(last row)` makes the cursor of the next one."""
    shown = rows[:limit]
    return Page(shown, cursor_after(shown[-1]) if len(rows) > limit else None)
