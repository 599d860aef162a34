"""What a push service answered about one device, in the four ways that matter (pure)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

import httpx

from notifications.channels.base import Parcel

LARGEST = 4096
"""Bytes of one message, at all three services."""
LONGEST_WAIT = timedelta(minutes=60)
USUAL_LIFE = timedelta(days=1)
LONGEST_LIFE = timedelta(days=28)


class Fate(StrEnum):
    TAKEN = "taken"
    LATER = "later"
    """Away, busy, or our own set-up is wrong; the token may be good."""
    REFUSED = "refused"
    """It doesn't want this message, ever; the token may be good."""
    GONE = "gone"
    """This token takes nothing any more."""


@dataclass(frozen=True)
class PushAnswer:
    fate: Fate
    error: str | None = None
    """A code of ours; never what the other side wrote."""
    ours: bool = False
    """Somebody of the installation must look."""
    retry_after: timedelta | None = None
    provider_id: str | None = None


class PushRefused(Exception):
    """Raised on the way to an answer, for instance when there is no token of the provider."""

    def __init__(self, answer: PushAnswer) -> None:
        super().__init__(answer.error)
        self.answer = answer


def later(
    error: str, response: httpx.Response | None, now: datetime, least: timedelta, ours: bool = False
) -> PushAnswer:
    """Not now: as long as `Retry-After` says, else `least`; the sender's own pauses grow from there."""
    asked = _retry_after(response.headers.get("retry-after"), now) if response is not None else None
    return PushAnswer(Fate.LATER, error, ours, min(asked or least, LONGEST_WAIT))


def _retry_after(text: str | None, now: datetime) -> timedelta | None:
    """In seconds or as a date."""
    if not text:
        return None
    try:
        if text.isascii() and text.isdigit():
            wait = timedelta(seconds=int(text[:7]))
        else:
            wait = parsedate_to_datetime(text).astimezone(UTC) - now
    except (ValueError, OverflowError):
        return None
    return wait if wait > timedelta(0) else None


def life_of(parcel: Parcel) -> int:
    """For how many seconds a service may keep it for a phone that is off; 0 = now or never."""
    life = parcel.until - parcel.at if parcel.until else USUAL_LIFE
    return int(min(max(life, timedelta(0)), LONGEST_LIFE).total_seconds())
