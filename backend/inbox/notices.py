"""One's own notices: those that are due, of participants one still speaks for, except what has become void."""

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from backend import audit
from backend.access.actor import Actor
from backend.errors import NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from models import Account, Notice
from models.actions import Action
from models.participation import states_that_tell
from models.transaction import atomic
from models.vocabulary import DeliveryState, NoticeKind


def _visible(actor: Actor, now: datetime) -> QuerySet[Notice]:
    return Notice.filter(
        _told(), account_id=actor.account, participant_id__in=list(actor.guardians), visible_at__lte=now
    ).exclude(state=DeliveryState.CANCELLED)


def _told() -> Q:
    """What a participant's state silences stands here no more either, though it was told before."""
    kinds = (Q(kind=kind, participant__state__in=states_that_tell(kind)) for kind in NoticeKind)
    return Q(*kinds, join_type="OR")


async def inbox_of(actor: Actor, cursor: str | None, limit: int, now: datetime) -> Page[Notice]:
    """A page of the inbox, newest first."""
    chosen = _visible(actor, now)
    if after := decode_cursor(cursor, datetime, UUID):
        at, last = after
        chosen = chosen.filter(Q(visible_at__lt=at) | Q(visible_at=at, id__lt=last))
    found = await chosen.order_by("-visible_at", "-id").limit(page_limit(limit) + 1)
    return page_of(found, limit, lambda notice: encode_cursor(notice.visible_at, notice.id))


async def unread(actor: Actor, now: datetime) -> int:
    return await _visible(actor, now).filter(read_at=None).count()


async def language_of(actor: Actor) -> str:
    return (await Account.get(id=actor.account)).language


@atomic
async def mark_read(actor: Actor, notice_id: UUID, now: datetime) -> None:
    """Note when one's own notice was first read; later readings change nothing. Raises NotFound."""
    if not await _visible(actor, now).filter(id=notice_id).exists():
        raise NotFound
    # Conditional, so that two devices reading at once leave one time and one event.
    if await Notice.filter(id=notice_id, read_at=None).update(read_at=now):
        notice = await Notice.get(id=notice_id)
        await audit.record(actor, Action.INBOX_MARK, notice, now)
