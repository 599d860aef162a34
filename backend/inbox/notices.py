"""One's own notices: those that are due, of participants one still speaks for, except what has become void."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from backend.access.actor import Actor
from backend.errors import NotFound
from backend.inbox.schemas import NoticeView
from backend.inbox.status import statuses_of
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from models import Account, Notice, NoticeAttempt
from models.participation import states_that_tell
from models.vocabulary import DeliveryState, NoticeKind


def told_to(actor: Actor, now: datetime) -> QuerySet[Notice]:
    """Also what has become void since: a phone may still show it."""
    return Notice.filter(
        _told(), account_id=actor.account, participant_id__in=list(actor.guardians), visible_at__lte=now
    )


def _visible(actor: Actor, now: datetime) -> QuerySet[Notice]:
    return told_to(actor, now).exclude(state=DeliveryState.CANCELLED)


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


async def notice_of(actor: Actor, notice_id: UUID, now: datetime) -> Notice:
    """One's own notice, though it may be void by now. Raises NotFound."""
    notice = await told_to(actor, now).get_or_none(id=notice_id)
    if notice is None:
        raise NotFound
    return notice


async def unread(actor: Actor, now: datetime) -> int:
    return await _visible(actor, now).filter(read_at=None).count()


async def views_of(actor: Actor, notices: Sequence[Notice], app_name: str, now: datetime) -> list[NoticeView]:
    """As their owner reads them, in their own language."""
    language = (await Account.get(id=actor.account)).language
    statuses = await statuses_of(actor, notices, now)
    attempts: dict[UUID, list[NoticeAttempt]] = defaultdict(list)
    for attempt in await NoticeAttempt.filter(notice_id__in=list(statuses)).order_by("at", "id") if statuses else []:
        attempts[attempt.notice_id].append(attempt)
    return [
        NoticeView.of(notice, attempts[notice.id], statuses[notice.id], language=language, app_name=app_name)
        for notice in notices
    ]
