"""The signed-in devices of one's own account: see them, sign one out, sign all out. Access dies at once."""

from datetime import datetime
from uuid import UUID

from tortoise.queryset import QuerySet

from backend.access.actor import Actor
from backend.access.scope import locked_account
from backend.access.sessions import end_sessions
from backend.accounts.mailed_links import take_back_change
from backend.audit import record
from backend.errors import NotFound
from backend.paging import Page, decode_cursor, encode_cursor, page_limit, page_of
from models import Session
from models.transaction import atomic
from models.vocabulary import SessionKind

SIGNED_OUT = "signed_out"
SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"


async def own_sessions(actor: Actor, cursor: str | None, limit: int, now: datetime) -> Page[Session]:
    """Newest first (ids are made in the order of time)."""
    chosen = _living(actor, now)
    if after := decode_cursor(cursor, UUID):
        chosen = chosen.filter(id__lt=after[0])
    found = await chosen.order_by("-id").limit(page_limit(limit) + 1)
    return page_of(found, limit, lambda last: encode_cursor(last.id))


@atomic
async def sign_out(actor: Actor, session_id: UUID, now: datetime) -> None:
    """End one session of one's own. Raises NotFound."""
    session = await _living(actor, now).filter(id=session_id).first()
    if session is None:
        raise NotFound
    session.ended_at, session.end_reason = now, SIGNED_OUT
    await session.save(update_fields=["ended_at", "end_reason"])
    await record(actor, actor.action, session, now, reason=SIGNED_OUT)


@atomic
async def sign_out_everywhere(actor: Actor, now: datetime) -> None:
    """End every session of the account, this one too."""
    account = await locked_account(actor.account)
    if account is None:
        raise NotFound
    ended = await end_sessions(account.id, SIGNED_OUT_EVERYWHERE, now)
    await take_back_change(account, now)
    await record(
        actor, actor.action, account, now, reason=SIGNED_OUT_EVERYWHERE, changes={"sessions": [ended, 0]}
    )


async def signed_in_with(actor: Actor) -> SessionKind:
    session = await Session.get(id=actor.session_id)
    return session.kind


def _living(actor: Actor, now: datetime) -> QuerySet[Session]:
    return Session.filter(account_id=actor.account, ended_at__isnull=True, expires_at__gt=now)
