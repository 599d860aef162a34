"""What a destination answered to one message, in the four ways that matter."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import OutboxMessage


class Verdict(StrEnum):
    TAKEN = "taken"
    TEMPORARY = "temporary"
    """It was away, busy or set up wrongly; the message may be fine."""
    REFUSED = "refused"
    """It does not want this message; others may pass."""
    GONE = "gone"
    """It wants nothing any more (410): a person has to look."""


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    error: str | None = None
    """A code of ours; never what the other side wrote."""
    status: int | None = None
    not_before: datetime | None = None
    """It asked us not to come back earlier (Retry-After)."""


Send = Callable[[OutboxMessage, datetime], Awaitable[Answer]]
"""Send one message at a time of day. Answers, and never raises for what the other side does."""
