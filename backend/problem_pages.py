"""Where a problem's `type` leads: what the code means, made from backend/errors."""

import inspect
from html import escape

from litestar import Response, get
from litestar.params import FromPath

from backend import errors
from backend.border.page_headers import page_headers
from backend.errors import NotFound, StudyError
from backend.wiring import CurrentWiring

KINDS = {kind.code: kind for _, kind in sorted(inspect.getmembers(errors, inspect.isclass))
         if issubclass(kind, StudyError) and kind is not StudyError}


@get("/problems", public=True, include_in_schema=False)
async def all_problems(wiring: CurrentWiring) -> Response[str]:
    """Every code that a problem can carry."""
    return _page(wiring.settings.public_url, *(KINDS[code] for code in sorted(KINDS)))


@get("/problems/{code:str}", public=True, include_in_schema=False)
async def one_problem(code: FromPath[str], wiring: CurrentWiring) -> Response[str]:
    """What one code means. Raises NotFound."""
    if code not in KINDS:
        raise NotFound
    return _page(wiring.settings.public_url, KINDS[code])


def _page(public_url: str, *kinds: type[StudyError]) -> Response[str]:
    rows = "".join(
        f"<dt><a href='/problems/{kind.code}'>{kind.code}</a> ({kind.status}): {escape(kind.title)}</dt>"
        f"<dd>{escape(inspect.cleandoc(kind.__doc__ or ''))}</dd>" for kind in kinds
    )
    text = f"<!doctype html><html lang='en'><meta charset='utf-8'><title>Problems</title><dl>{rows}</dl></html>"
    return Response(text, media_type="text/html", headers=page_headers(public_url))
