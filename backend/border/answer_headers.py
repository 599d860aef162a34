"""Headers of every answer that has not said otherwise: no cache keeps it, no browser guesses what it is."""

from litestar.types import Message, Scope

KEPT_NOWHERE = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")


async def keep_nowhere(message: Message, scope: Scope) -> None:
    """Also on problems, which pass no route; a page's own headers stay as they are."""
    if message["type"] != "http.response.start":
        return
    headers = list(message["headers"])
    said = {name.lower() for name, _ in headers}
    wanted: tuple[tuple[bytes, bytes], ...] = KEPT_NOWHERE
    if scope["litestar_app"].state.wiring.settings.public_url.startswith("https://"):
        wanted = (*wanted, STRICT_TRANSPORT)
    message["headers"] = headers + [header for header in wanted if header[0] not in said]
