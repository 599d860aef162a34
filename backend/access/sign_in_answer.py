"""What somebody gets who has just signed in: the app its two tokens, a browser its cookie and no token."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from backend.access.authentication import cookie_name, is_secure
from backend.access.sessions import StartedSession
from backend.access.tokens import LIFETIME, Tokens
from models.vocabulary import SessionKind

NO_STORE = {"Cache-Control": "no-store"}
DEVICE_COOKIE_SECONDS = 400 * 24 * 3600
"""As long as browsers keep any cookie."""
LONGEST_DEVICE_TOKEN = 200


class SignedIn(msgspec.Struct, omit_defaults=True):
    session_id: UUID
    access_token: str | None = None
    """Send it as `Authorization: Bearer …`. Absent in browsers."""
    expires_in: int | None = None
    """Seconds the access token lives."""
    refresh_token: str | None = None
    """Keep it until its successor has been used once."""
    device_token: str | None = None
    """Keep it also after signing out, one per account, and send it with the next sign-in: then nobody who guesses
    elsewhere can lock this device out. Absent in browsers."""


async def answer(tokens: Tokens, started: StartedSession, now: datetime, status: int = 201) -> Response[SignedIn]:
    if started.kind == SessionKind.APP:
        content = SignedIn(
            session_id=started.session_id, refresh_token=started.secret, expires_in=int(LIFETIME.total_seconds()),
            access_token=await tokens.issue(started.account_id, started.session_id, now),
            device_token=started.device_token,
        )
        return Response(content, status_code=status, headers=NO_STORE)
    age = int((started.expires_at - now).total_seconds())
    cookies = [session_cookie(tokens.issuer, started.secret, age)]
    if started.device_token:
        cookies.append(device_cookie(tokens.issuer, started.device_token))
    return Response(SignedIn(started.session_id), status_code=status, cookies=cookies, headers=NO_STORE)


def session_cookie(public_url: str, value: str, seconds: int) -> Cookie:
    """0 seconds = the browser forgets it."""
    return _cookie(public_url, cookie_name(public_url), value, seconds)


def device_cookie(public_url: str, value: str) -> Cookie:
    """It stays when the session ends."""
    return _cookie(public_url, _device_cookie_name(public_url), value, DEVICE_COOKIE_SECONDS)


def device_shown(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The device token of the browser that asks, if it has signed in before."""
    token = connection.cookies.get(_device_cookie_name(connection.app.state.wiring.settings.public_url))
    return token if token and len(token) <= LONGEST_DEVICE_TOKEN else None


def _device_cookie_name(public_url: str) -> str:
    return "__Host-device" if is_secure(public_url) else "device"


def _cookie(public_url: str, name: str, value: str, seconds: int) -> Cookie:
    """HttpOnly, SameSite=Lax, and Secure except on this very machine."""
    return Cookie(
        name, value=value, path="/", max_age=seconds, httponly=True, samesite="lax",
        secure=is_secure(public_url),
    )
