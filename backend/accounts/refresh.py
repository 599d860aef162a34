"""Refreshing: how an app stays signed in, also when the answer to its last refresh was lost in a lift.

Per session there are two tokens that work: the one last used (parent) and its unused successor.

| shown                              | answer                                                                  |
|------------------------------------|-------------------------------------------------------------------------|
| unused successor                   | it becomes the parent; a new successor, one generation on               |
| parent                             | the answer was lost: a fresh successor, which kills the unused one      |
| an unused one that was so killed   | RefreshSuperseded; the session lives, for the parent still works        |
| anything older                     | somebody copied it: the session is over                                 |
"""

from datetime import datetime
from uuid import UUID

from backend.access.actor import Actor
from backend.access.seal import Seal, secret_hash
from backend.access.sessions import (
    APP_LIFETIME,
    StartedSession,
    acting_session,
    read_refresh_token,
    refresh_token,
)
from backend.audit import record
from backend.errors import RefreshRefused, RefreshSuperseded, StudyError
from backend.wiring import Wiring
from models import Session
from models.actions import Action
from models.statement import is_postgres
from models.transaction import atomic
from models.vocabulary import SessionKind

REUSE = "refresh_reuse"


async def refresh(wiring: Wiring, token: str, now: datetime) -> StartedSession:
    """Give the app its next refresh token. Raises RefreshRefused or RefreshSuperseded.

    A refusal that ends the session is raised after the commit, or the end would be rolled back with it.
    """
    shown = read_refresh_token(wiring.seal, token)
    if shown is None:
        raise RefreshRefused
    outcome = await _turn(wiring.seal, shown, secret_hash(token), now)
    if isinstance(outcome, StudyError):
        raise outcome
    return outcome


@atomic
async def _turn(
    seal: Seal, shown: tuple[UUID, int], shown_hash: str, now: datetime
) -> StartedSession | StudyError:
    session = await _locked(shown[0])
    actor = await acting_session(shown[0], Action.SESSION_REFRESH, now)
    if session is None or actor is None:
        return RefreshRefused()
    if shown_hash == session.token_hash:
        session.parent_hash = shown_hash
        return await _succeed(seal, actor, session, session.generation + 1, now)
    if shown_hash == session.parent_hash:
        return await _succeed(seal, actor, session, session.generation, now)
    if shown[1] == session.generation:
        return RefreshSuperseded()
    if shown[1] < session.generation:
        await _end(actor, session, now)
    return RefreshRefused()


async def _locked(session_id: UUID) -> Session | None:
    """Twenty refreshes at once come one after the other."""
    chosen = Session.filter(id=session_id, kind=SessionKind.APP)
    return await (chosen.select_for_update(no_key=True) if is_postgres() else chosen).first()


async def _succeed(
    seal: Seal, actor: Actor, session: Session, generation: int, now: datetime
) -> StartedSession:
    before, token = session.generation, refresh_token(seal, session.id, generation)
    session.token_hash, session.generation = secret_hash(token), generation
    session.last_seen_at = now
    if not actor.is_staff:
        session.expires_at = now + APP_LIFETIME
    await session.save(
        update_fields=["token_hash", "parent_hash", "generation", "last_seen_at", "expires_at"]
    )
    await record(actor, actor.action, session, now, changes={"generation": [before, generation]})
    return StartedSession(session.id, actor.account, session.kind, token, session.expires_at)


async def _end(actor: Actor, session: Session, now: datetime) -> None:
    session.ended_at, session.end_reason = now, REUSE
    await session.save(update_fields=["ended_at", "end_reason"])
    await record(actor, Action.SESSION_END, session, now, reason=REUSE)
