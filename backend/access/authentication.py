"""The one guard in front of every route: who is it, does the session live, may any of its roles do this?

Native apps send a bearer token. Browsers send a cookie (`<session id>.<secret>`) and, for anything that changes
something, must come from our own page.
"""

import hmac
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from backend.access.actor import Actor
from backend.access.fast_path import load_actor_of_request
from backend.access.permissions import may
from backend.access.seal import secret_hash
from backend.clock import Now, utc_now
from backend.errors import ForeignPage, NotSignedIn, RoleMayNot, StepUpRequired
from models import Session
from models.actions import Action

THIS_MACHINE = ("localhost", "127.0.0.1")
IDLE = timedelta(minutes=30)
"""A browser of staff that nobody has used for so long is signed out: wards share their computers."""
NOTED_EVERY = timedelta(minutes=1)
LOOKED_AT_FOR = timedelta(seconds=1)
"""So long may a request's body take to come before its sender is looked at once more."""
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
Connection = ASGIConnection[Any, Any, Any, Any]


async def authorise(connection: Connection, handler: BaseRouteHandler) -> None:
    """Raises NotSignedIn, ForeignPage, RoleMayNot or StepUpRequired.

    A route says `action=…` or `public=True`; with `step_up=True` it also asks for a recent proof of who it is.
    """
    if handler.opt.get("public"):
        if _cookie(connection) or handler.opt.get("sets_cookie"):
            refuse_foreign_page(connection)
        return
    action: Action | None = handler.opt.get("action")
    now = utc_now()
    actor = await _actor(connection, action or Action.ACCOUNT_READ, now)
    if action is None or not may(actor, action):
        raise RoleMayNot
    if handler.opt.get("step_up") and not actor.has_just_proved(now):
        raise StepUpRequired
    connection.scope.update(actor=actor, looked_at=now)  # type: ignore[call-arg]


async def provide_actor(request: Request[Any, Any, Any], now: Now) -> Actor:
    """The dependency behind CurrentActor (`now`: see `provide_now`).

    The guard looks before the body is here. Who sends that slowly, for hours if they like, may have lost the right
    meanwhile.
    """
    if request.method not in SAFE_METHODS:
        await request.body()  # forms are read by the page itself, after this
        if utc_now() - request.scope["looked_at"] > LOOKED_AT_FOR:  # type: ignore[typeddict-item]
            await authorise(request, request.route_handler)
    actor: Actor = request.scope["actor"]  # type: ignore[typeddict-item]
    return actor


async def _actor(connection: Connection, action: Action, now: datetime) -> Actor:
    authorisation = connection.headers.get("authorization", "")
    scheme, _, token = authorisation.partition(" ")
    if scheme.lower() == "bearer" and token:
        return await _by_token(connection, token, action, now)
    if cookie := _cookie(connection):
        refuse_foreign_page(connection)
        actor = await by_cookie(cookie, action, now)
        await _require_in_use(actor, now)
        return actor
    raise _please_sign_in()


async def _by_token(connection: Connection, token: str, action: Action, now: datetime) -> Actor:
    claims = await connection.app.state.wiring.tokens.read(token, now)
    found = await load_actor_of_request(claims.session_id, action, now) if claims else None
    if found is None or found[1] or found[0].account_id != claims.account_id:
        raise _please_sign_in()
    return found[0]


def cookie_name(public_url: str) -> str:
    """`__Host-`: no neighbour of our host's name can plant one. Browsers take it with Secure only."""
    return "__Host-session" if is_secure(public_url) else "session"


def is_secure(public_url: str) -> bool:
    """Everywhere but on this very machine."""
    parts = urlsplit(public_url)
    return parts.scheme != "http" or parts.hostname not in THIS_MACHINE


def _cookie(connection: Connection) -> str | None:
    return connection.cookies.get(cookie_name(connection.app.state.wiring.settings.public_url))


async def by_cookie(cookie: str, action: Action, now: datetime) -> Actor:
    """The actor of a browser session. Raises NotSignedIn."""
    session_id, _, secret = cookie.partition(".")
    try:
        found = await load_actor_of_request(UUID(hex=session_id), action, now)
    except ValueError:
        found = None
    if found is None or not found[1] or not hmac.compare_digest(found[1], secret_hash(secret)):
        raise _please_sign_in()
    return found[0]


async def _require_in_use(actor: Actor, now: datetime) -> None:
    """Families stay signed in. Of staff, a use is noted once a minute at most. Raises NotSignedIn."""
    seen_at = actor.seen_at
    if not actor.is_staff or seen_at is None or now - seen_at < NOTED_EVERY:
        return
    if now - seen_at > IDLE:
        raise _please_sign_in()
    # Of several requests at once the first one writes.
    await Session.filter(id=actor.session_id, last_seen_at=seen_at).update(last_seen_at=now)


def refuse_foreign_page(connection: Connection) -> None:
    """CSRF protection: browsers name the page a request comes from, and pages can't forge these two headers."""
    if connection.scope.get("method") in SAFE_METHODS:
        return
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    if site in ("same-origin", "none"):
        return
    if site is None and origin and urlsplit(origin).netloc == connection.headers.get("host"):
        return
    raise ForeignPage


def _please_sign_in() -> NotSignedIn:
    refusal = NotSignedIn()
    refusal.headers = {"WWW-Authenticate": "Bearer"}
    return refusal
