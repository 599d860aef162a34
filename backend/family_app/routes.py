"""/app/: the family page's files, each with the headers that keep strangers' code and frames out."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from backend.errors import NotFound
from backend.family_app.shell import File, shell

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    # Asked again each time: the worker caches the shell as one whole, so parts of two versions never meet.
    "Cache-Control": "no-cache",
}
Asked = Request[Any, Any, Any]
LED_TO = ("link", "verify-email", "reset-password")
"""Pages of their own: with a linking code, or with a link in a mail."""


class FamilyPageController(Controller):
    path = "/app"
    include_in_schema = False

    @get(["/", *(f"/{name}" for name in LED_TO)], public=True)
    async def page(self, request: Asked) -> Response[Any]:
        """The page; it looks at the address itself to see whether a code or a token was brought along."""
        if request.scope["raw_path"] == b"/app":  # outside the worker's scope /app/
            return Redirect("/app/", status_code=308)
        return _answer(request, "index.html")

    @get("/{name:path}", public=True)
    async def file(self, request: Asked, name: FromPath[str]) -> Response[Any]:
        """One file of the page."""
        return _answer(request, str(name).lstrip("/"))


@get([f"/{name}" for name in LED_TO], public=True, include_in_schema=False)
async def led_page(request: Asked) -> Redirect:
    """What links lead to; browsers carry `#…` along, so neither code nor token ever reaches a server's log."""
    return Redirect(f"/app{request.url.path}", status_code=307, headers={"Referrer-Policy": "no-referrer"})


@get("/", public=True, include_in_schema=False)
async def front_page() -> Redirect:
    """Whoever types only the host's name is a family; staff have a bookmark."""
    return Redirect("/app/", status_code=307)


def _answer(request: Asked, name: str) -> Response[Any]:
    wiring = request.app.state.wiring
    settings = wiring.settings
    files = shell(settings.app_name, settings.sandbox, emergency=settings.emergency_number, faces=bool(wiring.faces))
    file: File | None = files.get(name)
    if file is None:
        raise NotFound
    headers = {**HEADERS, "ETag": file.tag}
    if settings.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.headers.get("if-none-match") == file.tag:
        return Response(None, status_code=304, headers=headers)
    return Response(file.content, media_type=file.kind, headers=headers)
