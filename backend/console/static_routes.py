"""The console's one style sheet and one script, read once."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Controller, Response, get
from litestar.params import FromPath

from backend.border.page_headers import page_headers
from backend.console.pages import REFUSALS
from backend.console.typed import Asked
from backend.errors import NotFound

KINDS = {"console.css": "text/css", "console.js": "text/javascript"}


class StaticFiles(Controller):
    path = "/console/static"
    include_in_schema = False
    exception_handlers = REFUSALS

    @get("/{name:str}", public=True)
    async def file(self, request: Asked, name: FromPath[str]) -> Response[Any]:
        """Kept by the browser, and asked for again by its tag."""
        if name not in KINDS:
            raise NotFound
        content, tag = _read(name)
        headers = page_headers(request.app.state.wiring.settings.public_url)
        headers |= {"Cache-Control": "no-cache", "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(None, status_code=304, headers=headers)
        return Response(content, media_type=KINDS[name], headers=headers)


@cache
def _read(name: str) -> tuple[bytes, str]:
    content = (Path(__file__).parent / "static" / name).read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
