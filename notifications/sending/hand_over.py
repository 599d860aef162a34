"""Handing parcels to channels: many at once, each within a deadline, all well inside their lease. No database here."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models import Notice
from models.vocabulary import AttemptState
from notifications.channels.base import Channel, ChannelError, Parcel
from notifications.sending.fallback import OURS

AT_ONCE = 32
DEADLINE = 13.0
"""Seconds for one parcel; longer than any channel waits for one device."""
ROUND = 38.0
"""Seconds for a whole batch: inside its lease, so that its fence still holds when it is written down."""
SAY_AGAIN = timedelta(hours=1)
log = logging.getLogger("notifications")
_said: dict[tuple[str, str], datetime] = {}
"""(channel, code) → when staff were last told in the log that our own set-up is at fault."""


@dataclass(frozen=True)
class Errand:
    """One parcel for one channel."""

    notice: Notice
    channel: Channel
    parcel: Parcel
    replaces: bool = False
    """It takes the place of one that is shown."""

    @property
    def key(self) -> tuple[UUID, str]:
        return self.notice.id, self.channel.name


@dataclass(frozen=True)
class Outcome:
    """What came of an errand."""

    errand: Errand
    state: AttemptState
    error: str | None = None
    provider_id: str | None = None
    segments: int = 0
    retry_after: timedelta | None = None
    counts: bool = True
    """Whether it was a try of that address; a fault of ours or want of time is not."""


async def hand_over(
    errands: Sequence[Errand], now_fn: Callable[[], datetime], outcomes: dict[tuple[UUID, str], Outcome]
) -> None:
    """All of them, in this order, so many at once. What came of each is kept at once, also if we are stopped."""
    slots, until = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop().time() + ROUND

    async def when_free(errand: Errand) -> None:
        async with slots:
            left = until - asyncio.get_running_loop().time()
            outcomes[errand.key] = (
                await _try(errand, min(left, DEADLINE), now_fn) if left > 0
                else Outcome(errand, AttemptState.QUEUED, "no_time", counts=False)
            )

    await asyncio.gather(*(when_free(errand) for errand in errands))


async def _try(errand: Errand, seconds: float, now_fn: Callable[[], datetime]) -> Outcome:
    """Whatever goes wrong with it stays with it."""
    try:
        async with asyncio.timeout(seconds):
            receipt = await errand.channel.send(errand.parcel)
    except ChannelError as failure:
        return _refused(errand, failure, now_fn())
    except TimeoutError:
        return Outcome(errand, AttemptState.SENT, "deadline")
    except Exception as bug:
        log.error("notice=%s channel=%s bug=%s", errand.notice.id, errand.channel.name, type(bug).__name__)
        return Outcome(errand, AttemptState.QUEUED, "bug")
    return Outcome(errand, AttemptState.ACCEPTED, provider_id=receipt.provider_id, segments=receipt.segments)


def _refused(errand: Errand, failure: ChannelError, now: datetime) -> Outcome:
    code = str(failure)
    if failure.ours:
        _tell_staff(errand.channel.name, code, now)
        code = f"{OURS}{code}"
    state = AttemptState.FAILED if failure.permanent else AttemptState.QUEUED
    return Outcome(errand, state, code[:200], retry_after=failure.retry_after, counts=not failure.ours)


def _tell_staff(channel: str, code: str, now: datetime) -> None:
    """Once an hour for each code: ten thousand notices of one minute fail for the same reason."""
    last = _said.get((channel, code))
    if last is None or abs(now - last) >= SAY_AGAIN:
        _said[channel, code] = now
        log.error("channel=%s our own set-up is at fault: %s", channel, code)
