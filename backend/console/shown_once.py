"""A secret on its way from the form that made it to the page that shows it once: sealed, in the browser that asked.

So no address, log or database ever holds it, and any of our processes can show it.
"""

from cryptography.fernet import InvalidToken
from litestar.datastructures import Cookie

from backend.access.authentication import is_secure
from backend.console.typed import Asked
from backend.wiring import Wiring

NAME = "shown_once"
SECONDS = 300


def keep_until_shown(wiring: Wiring, path: str, secret: str) -> Cookie:
    """Sent to that page only."""
    return _cookie(wiring, path, wiring.seal.close(f"{path} {secret}"), SECONDS)


def kept_for(wiring: Wiring, request: Asked) -> str | None:
    """The secret that this page is to show, if it was not shown yet."""
    try:
        path, _, secret = wiring.seal.open(request.cookies.get(NAME, "")).partition(" ")
    except InvalidToken:
        return None
    return secret if path == request.url.path else None


def forget(wiring: Wiring, path: str) -> Cookie:
    return _cookie(wiring, path, "", 0)


def _cookie(wiring: Wiring, path: str, value: str, seconds: int) -> Cookie:
    return Cookie(
        NAME, value=value, path=path, max_age=seconds, httponly=True, samesite="strict",
        secure=is_secure(wiring.settings.public_url),
    )
