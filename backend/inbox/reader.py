"""What becomes of a notice with its reader: shown, opened, read, put off."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from backend import audit
from backend.access import scope
from backend.access.actor import Actor
from backend.errors import IllegalState, NotFound
from backend.inbox.notices import notice_of
from backend.inbox.schemas import NoticeStatus, ReceiptNote
from backend.inbox.status import statuses_of
from models import Notice, NoticeAttempt
from models.actions import Action
from models.transaction import atomic
from models.vocabulary import AttemptState, ChannelName, Snooze
from notifications.planning.snooze import SNOOZED, TooLateToSnooze, snooze
from notifications.sending.receipts import note_delivered, note_opened, on_channel

SHOWN = (AttemptState.SENT, AttemptState.ACCEPTED, AttemptState.DELIVERED)


@atomic
async def mark_read(actor: Actor, notice_id: UUID, now: datetime) -> None:
    """Note when one's own notice was first read; later readings change nothing. Raises NotFound."""
    notice = await notice_of(actor, notice_id, now)
    # Conditional, so that two devices reading at once leave one time and one event.
    if await Notice.filter(id=notice_id, read_at=None).update(read_at=now):
        await _open_on_the_last(notice, now)
        await audit.record(actor, Action.INBOX_MARK, notice, now)


async def _open_on_the_last(notice: Notice, now: datetime) -> None:
    """Whoever reads it came by the channel that told it last, unless a phone has said by which."""
    tries = await NoticeAttempt.filter(notice_id=notice.id).order_by("-at", "-id")
    last = next((attempt for attempt in tries if attempt.state in SHOWN), None)
    if last and not any(attempt.state is AttemptState.OPENED for attempt in tries):
        await note_opened(Q(id=last.id), now)


@atomic
async def note_receipt(actor: Actor, notice_id: UUID, told: ReceiptNote, now: datetime) -> None:
    """Note that a notice was shown or opened; said again it changes nothing. Raises NotFound."""
    notice = await notice_of(actor, notice_id, now)
    which = on_channel(notice.id, ChannelName(told.channel))
    before = await NoticeAttempt.filter(which).first()
    if before is None:
        raise NotFound
    await (note_opened(which, now) if told.event == "opened" else note_delivered(which, now))
    await _record(actor, notice, before, now)


@atomic
async def put_off(actor: Actor, notice_id: UUID, until: Snooze, now: datetime) -> Notice:
    """The notice that comes in its place; asked for again, the same one.

    Raises NotFound, or IllegalState for what is done or over, or would be by then.
    """
    await scope.locked_account(actor.account)
    notice = await notice_of(actor, notice_id, now)
    if notice.last_error == SNOOZED:
        return await snooze(notice, until, now)
    status = (await statuses_of(actor, [notice], now))[notice.id]
    if status is not NoticeStatus.OPEN:
        raise IllegalState(state=status)
    try:
        later = await snooze(notice, until, now)
    except TooLateToSnooze:
        raise IllegalState(state=NoticeStatus.OVER) from None
    await audit.record(actor, Action.NOTICE_SNOOZE, notice, now, changes={"until": [None, until]})
    return later


async def _record(actor: Actor, notice: Notice, before: NoticeAttempt, now: datetime) -> None:
    after = await NoticeAttempt.get(id=before.id)
    if after.state is not before.state:
        changes = {after.channel: [before.state, after.state]}
        await audit.record(actor, Action.NOTICE_RECEIPT, notice, now, changes=changes)
