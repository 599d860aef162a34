"""What somebody gets who has just signed in: the app its two tokens, a browser its cookie and no token."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response
from litestar.datastructures import Cookie

from backend.access.authentication import cookie_name, is_secure
from backend.access.sessions import StartedSession
from backend.access.tokens import LIFETIME, Tokens
from models.vocabulary import SessionKind

NO_STORE = {"Cache-Control": "no-store"}


class SignedIn(msgspec.Struct, omit_defaults=True):
    session_id: UUID
    access_token: str | None = None
    """Send it as `Authorization: Bearer …`. Absent in browsers."""
    expires_in: int | None = None
    """Seconds the access token lives."""
    refresh_token: str | None = None
    """Keep it until its successor has been used once."""


async def answer(tokens: Tokens, started: StartedSession, now: datetime, status: int = 201) -> Response[SignedIn]:
    if started.kind == SessionKind.APP:
        content = SignedIn(
            session_id=started.session_id, refresh_token=started.secret, expires_in=int(LIFETIME.total_seconds()),
            access_token=await tokens.issue(started.account_id, started.session_id, now),
        )
        return Response(content, status_code=status, headers=NO_STORE)
    age = int((started.expires_at - now).total_seconds())
    cookie = session_cookie(tokens.issuer, started.secret, age)
    return Response(
        SignedIn(started.session_id), status_code=status, cookies=[cookie], headers=NO_STORE
    )


def session_cookie(public_url: str, value: str, seconds: int) -> Cookie:
    """HttpOnly, SameSite=Lax, and Secure except on this very machine. 0 seconds = the browser forgets it."""
    return Cookie(
        cookie_name(public_url), value=value, path="/", max_age=seconds, httponly=True, samesite="lax",
        secure=is_secure(public_url),
    )
