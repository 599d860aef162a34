"""Whether what a notice asks for still waits: looked up when it is read, since it may have been done a moment ago."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.inbox.schemas import NoticeStatus
from models import Account, Notice
from models.vocabulary import DeliveryState
from notifications.listeners import listener, preferences_of
from notifications.sending.tasks import DONE, tasks_of


async def statuses_of(actor: Actor, notices: Sequence[Notice], now: datetime) -> dict[UUID, NoticeStatus]:
    """Of the actor's own notices, however many."""
    if not notices:
        return {}
    account = await Account.get(id=actor.account)
    clock = listener(account, (await preferences_of([account.id]))[account.id])
    tasks = await tasks_of(notices, now)
    return {notice.id: _status(notice, tasks.moot(notice, clock, now), now) for notice in notices}


def _status(notice: Notice, moot: str | None, now: datetime) -> NoticeStatus:
    """`moot`: why there is nothing to tell any more."""
    cancelled = notice.state is DeliveryState.CANCELLED
    if notice.done_at or moot in DONE or (cancelled and notice.last_error in DONE):
        return NoticeStatus.DONE
    too_late = notice.useless_after is not None and notice.useless_after <= now
    return NoticeStatus.OVER if cancelled or moot or too_late else NoticeStatus.OPEN
