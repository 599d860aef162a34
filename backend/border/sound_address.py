"""U+0000 in an address: our parsing lets it through and PostgreSQL's text does not, so it goes nowhere."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from backend.errors import InvalidParameter, NotFound


async def refuse_nul(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Raises NotFound (in the path) or InvalidParameter (in the query)."""
    if "\0" in connection.scope["path"]:
        raise NotFound
    query = connection.scope["query_string"]
    if b"%00" in query or b"\0" in query:
        raise InvalidParameter("A parameter can't contain the character U+0000")
