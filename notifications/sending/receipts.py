"""What we hear of a notice afterwards: it arrived, it was opened, it did not get there. Say it as often as you like.

A state only ever rises: `delivered` that comes late never undoes `opened`, `failed` never undoes either, and what was
superseded stays so. Each answers whether that notice is known on that channel, not whether anything changed.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from models import Notice, NoticeAttempt
from models.transaction import atomic
from models.vocabulary import AttemptState, ChannelName, DeliveryState
from notifications.sending.fallback import TAKEN

S = AttemptState
BEFORE_DELIVERED = (S.QUEUED, S.SENT, S.ACCEPTED, S.FAILED)
"""A number that was off the air for days may ring after its provider has given up."""
BEFORE_FAILED = (S.QUEUED, S.SENT, S.ACCEPTED)


@atomic
async def note_delivered(which: Q, now: datetime) -> bool:
    """It arrived; `which` is made by `on_channel` or `called`."""
    await _raise(which, BEFORE_DELIVERED, state=S.DELIVERED, delivered_at=now, error=None)
    return await NoticeAttempt.filter(which).exists()


@atomic
async def note_opened(which: Q, now: datetime) -> bool:
    """The person came from there into the app: a sign of life, so nothing else is tried."""
    found = await NoticeAttempt.filter(which).values_list("id", "notice_id")
    ids, notices = [row[0] for row in found], [row[1] for row in found]
    await NoticeAttempt.filter(id__in=ids, opened_at=None).update(opened_at=now)
    await NoticeAttempt.filter(id__in=ids, delivered_at=None).update(delivered_at=now)
    await _raise(Q(id__in=ids), (*BEFORE_DELIVERED, S.DELIVERED), state=S.OPENED, error=None)
    await _look_again(notices, now)
    return bool(found)


@atomic
async def note_failed(which: Q, error: str, now: datetime) -> bool:
    """The provider took it and could not bring it; `error` is a code. The next channel's turn is now."""
    found = await NoticeAttempt.filter(which).values_list("id", "notice_id")
    if await _raise(Q(id__in=[row[0] for row in found]), BEFORE_FAILED, state=S.FAILED, error=error[:200]):
        notices = [row[1] for row in found]
        await _look_again(notices, now)
        reached = NoticeAttempt.filter(notice_id__in=notices, state__in=list(TAKEN)).values_list("notice_id", flat=True)
        told_in_vain = Notice.filter(id__in=notices, state=DeliveryState.DELIVERED).exclude(id__in=list(await reached))
        await told_in_vain.update(state=DeliveryState.DEAD, last_error=error[:200])
    return bool(found)


def on_channel(notice_id: UUID, channel: ChannelName) -> Q:
    return Q(notice_id=notice_id, channel=channel)


def called(channel: ChannelName, provider_id: str) -> Q:
    """What the other side calls it."""
    return Q(channel=channel, provider_id=provider_id)


async def _raise(which: Q, before: Collection[AttemptState], **changes: object) -> int:
    return await NoticeAttempt.filter(which, state__in=list(before)).update(**changes)


async def _look_again(notices: Collection[UUID], now: datetime) -> None:
    """The sender decides anew what is left to do. (Whoever has it in hand records over this; then its step stands.)"""
    await Notice.filter(id__in=list(notices), state=DeliveryState.QUEUED, due_at__gt=now).update(due_at=now)
